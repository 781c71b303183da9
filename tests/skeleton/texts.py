"""The modules of a service's skeleton, as texts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from botocore import xform_name

from tests.skeleton import NOT_LOOKED_UP, models, trying
from tests.skeleton.tables import Kind, holders, title


def module(name: str) -> str:
    """What the modules are called: the service as Python can name it."""
    return name.replace("-", "_")


def files(name: str, kinds: list[Kind]) -> dict[str, str]:
    """Path from the top -> text."""
    own = module(name)
    found = {f"src/hipaa_guard/services/{own}.py": service_text(name, kinds)}
    for folder, its_kinds in holders(kinds).items():
        found[f"policies/{folder}/{own}.py"] = policy_text(name, folder, its_kinds)
    found[f"{cases_folder(name)}/__init__.py"] = ""
    found[f"{cases_folder(name)}/test_controls.py"] = cases_text(name, kinds)
    found[f"tests/aws/hospital/{own}.py"] = hospital_text(name, kinds)
    return found


def cases_folder(name: str) -> str:
    """The folder of the service's cases."""
    return f"tests/policies/{module(name)}"


# --- the table of facts ------------------------------------------------------------------------------------------------


def service_text(name: str, kinds: list[Kind]) -> str:
    """The module of the service: one class a kind."""
    imports = [
        *(
            ["from hipaa_guard.facts.allowed_values import one_of"]
            if any(f.values for k in kinds for f in k.facts)
            else []
        ),
        f"from hipaa_guard.facts.readings import {', '.join(_readings(kinds))}",
        f"from hipaa_guard.facts.resource import Resource{', fact' if any(k.facts for k in kinds) else ''}",
        *(["from hipaa_guard.facts.values import Unknown"] if any(k.facts for k in kinds) else []),
    ]
    unset = f'\n_NOT_LOOKED_UP = Unknown("{NOT_LOOKED_UP}")\n' if any(k.facts for k in kinds) else ""
    nouns = ", ".join(_nouns(kind) for kind in kinds)
    return (
        f'"""{title(name)}: {nouns}."""\n\nfrom __future__ import annotations\n\n'
        + "\n".join(imports)
        + "\n"
        + unset
        + "".join(f"\n\n{_class(kind)}" for kind in kinds)
        + "".join(_rest(kind) for kind in kinds)
    )


def _readings(kinds: list[Kind]) -> list[str]:
    told = " ".join(fact.aws for kind in kinds for fact in kind.facts)
    return ["Block", "Listing", *(each for each in ("ask", "listed") if f"{each}(" in told)]


def _noun(kind: Kind) -> str:
    return kind.words.replace("_", " ")


def _nouns(kind: Kind) -> str:
    """The noun for several: ``repositories``, ``addresses``."""
    noun = _noun(kind)
    if re.search("[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search("(s|x|ch|sh)$", noun) else f"{noun}s"


def _class(kind: Kind) -> str:
    lines = [f"class {kind.name}(Resource):", f'    """One {_noun(kind)}."""', ""]
    types = ", ".join(f'"{each}"' for each in (kind.type, kind.awscc) if each is not None)
    named = _naming(kind)
    lines += [f"    terraform = Block({types}{named})", f"    aws = {_listing(kind)}"]
    if kind.cloudformation is not None:
        lines.append(f'    aws_types = ("{kind.cloudformation}",)')
        hub = models.security_hub_type(kind.cloudformation)
        lines += [f'    security_hub_type = "{hub}"'] if hub else []
    for fact in kind.facts:
        awscc = f'\n        awscc="{fact.awscc}",' if kind.awscc is not None else ""
        allowed = (
            f"\n        allowed=one_of({', '.join(json.dumps(each) for each in fact.values)})," if fact.values else ""
        )
        lines.append(
            f'\n    {fact.name}: {fact.annotation} = fact(\n        terraform="{fact.terraform}",{awscc}\n'
            f"        unset=_NOT_LOOKED_UP,\n        aws={fact.aws},{allowed}\n    )"
        )
    return "\n".join(lines) + "\n"


def _naming(kind: Kind) -> str:
    name = _name_argument(kind)
    if name is None:
        return ""
    theirs = kind.awscc_naming
    return f', name="{name}"' + (f', awscc_name="{theirs}"' if kind.awscc is not None and theirs is not None else "")


def _name_argument(kind: Kind) -> str | None:
    """The argument by which people name the resource."""
    wanted = [f"{kind.words}_name", "name", f"{kind.words}_identifier", f"{kind.words}_id"]
    return next((each for each in wanted if each in kind.arguments), None)


def _listing(kind: Kind) -> str:
    listed = kind.listed
    parts = [f'"{kind.service}.{xform_name(listed.operation.name)}"', f'"{listed.items}"']
    arn = listed.identity(kind.words, "arn")
    name = listed.identity(kind.words, "name", "identifier", "id")
    parts += [f'wrap="{listed.wrap}"'] if listed.wrap else []
    parts += [f'arn="{{{arn}}}"'] if arn else []
    parts += [f'name="{name}"'] if name else []
    keys = [each for each in dict.fromkeys((name, arn)) if each]
    parts += [f"keys=({''.join(json.dumps(each) + ', ' for each in keys)})"] if keys else []
    return f"Listing({', '.join(parts)})"


def _rest(kind: Kind) -> str:
    """What the skeleton found no answer for, as a comment at the end."""
    if not kind.unmatched:
        return ""
    deeper = Counter(".".join(path.split(".")[:2]) for path in kind.unmatched if path.count(".") > 1)
    lines = [path for path in kind.unmatched if path.count(".") <= 1]
    lines += [f"{path}: {number} inside" for path, number in deeper.items()]
    paths = "".join(f"#   {line}\n" for line in sorted(lines))
    return f"\n# {kind.name}: AWS's answers have no member of the name of these arguments of\n# {kind.type}:\n{paths}"


# --- judgements --------------------------------------------------------------------------------------------------------


def policy_text(name: str, folder: str, kinds: list[Kind]) -> str:
    """A module of policies without a control."""
    nouns = ", ".join(_nouns(kind) for kind in kinds)
    return f'"""{folder.replace("_", " ").capitalize()}: {nouns} of {name}."""\n'


# --- cases -------------------------------------------------------------------------------------------------------------


def cases_text(name: str, kinds: list[Kind]) -> str:
    """States to tell to Terraform and to AWS."""
    told = "".join(f"\n\n{_state(name, kind)}" for kind in kinds)
    return (
        f'"""The controls on {name}, told to Terraform and to AWS."""\n\nfrom __future__ import annotations\n\n'
        f"from typing import Any\n\nfrom hipaa_guard.testing import Aws, Told, resource\n{told}"
    )


def _state(name: str, kind: Kind) -> str:
    written = "".join(f"{_hcl(kind, argument)}\\n" for argument in kind.required)
    call = _creating(name, kind, f"aws.{module(name)}")
    return f'''def {kind.words}(lines: str = "", **more: Any) -> Told:
    """A {_noun(kind)} with some arguments, told to both sides."""

    def seed(aws: Aws) -> None:
        {call}

    return Told(resource("{kind.type}", f'{written}{{lines}}'), seed)
'''


def _hcl(kind: Kind, argument: str) -> str:
    """An argument or block, as it stands in an f-string."""
    told = kind.arguments[argument]
    if told in ("block", "blocks"):
        return f"{argument} {{{{}}}}"
    return f"{argument} = " + {"string": '"phi"', "number": "1", "bool": "true"}.get(told, "[]")


def _creating(name: str, kind: Kind, client: str, more: str = ", **more") -> str:
    """The call that makes one."""
    operation = models.creation(models.service(name), kind.words)
    if operation is None:
        return f'raise NotImplementedError("no operation of {name} makes a {_noun(kind)} by itself")'
    given = ", ".join(f"{argument}={value!r}" for argument, value in trying.arguments(name, kind).items())
    return f"{client}.{xform_name(operation.name)}({(given + more).removeprefix(', ')})"


# --- the simulated hospital --------------------------------------------------------------------------------------------


def hospital_text(name: str, kinds: list[Kind]) -> str:
    """Makes one of each kind, or answers for moto."""
    known = [kind for kind in kinds if trying.works(name, kind)]
    unknown = [kind for kind in kinds if kind not in known]
    imports = []
    if known:
        imports.append("from examples.account import client")
    if unknown:
        imports += [
            "from tests.aws.hospital import Answers",
            "from tests.aws.shapes.samples import sample",
            "from tests.aws.wire import model_of",
        ]
    nouns = ", ".join(_nouns(kind) for kind in kinds).capitalize()
    text = f'"""{nouns}."""\n\nfrom __future__ import annotations\n\n' + "\n".join(imports) + "\n"
    if known:
        calls = "".join(f"    {_creating(name, kind, 'service', '')}\n" for kind in known)
        text += f'\n\ndef furnish() -> None:\n    service = client("{name}")\n{calls}'
    if unknown:
        text += _answers(name, unknown)
    return text


def _answers(name: str, kinds: list[Kind]) -> str:
    operations = {
        operation.name: operation
        for kind in kinds
        for operation in (kind.listed.operation, *([kind.described.operation] if kind.described else []))
    }
    rows = "".join(f"    {_answer(name, operation)},\n" for operation in operations.values())
    return f"\n\nANSWERS: Answers = {{\n{rows}}}\n"


def _answer(name: str, operation: Any) -> str:
    """An answer with everything in it, and no further page."""
    told = f"{name}.{xform_name(operation.name)}"
    tokens, more = models.paging(operation)
    without = f", without=frozenset({{{', '.join(map(json.dumps, tokens))}}})" if tokens else ""
    answer = f'sample(model_of("{told}").output_shape, region=region{without})'
    if more:
        answer = "{**" + answer + "".join(f', "{each}": False' for each in more) + "}"
    return f'"{told}": lambda region, _: {answer}'


def following(name: str, kinds: list[Kind], left_out: list[str]) -> list[str]:
    """What to do next, in words."""
    own = module(name)
    folders = ", ".join(f"policies/{folder}/{own}.py" for folder in holders(kinds))
    steps = [f"left out: {each}" for each in left_out]
    for kind in kinds:
        steps += [
            f"{kind.name}: {len(kind.unmatched)} arguments of {kind.type} have no answer of the same name: see the end of the module"
        ] * bool(kind.unmatched)
        if kind.cloudformation is None:
            steps.append(f"{kind.name}: CloudFormation has no type of that name: find what AWS calls it, for aws_types")
        elif kind.awscc is None:
            steps.append(
                f"{kind.name}: not every fact has a property in {kind.cloudformation}: give awscc= to the others, then add the type"
            )
        if kind.listed.identity(kind.words, "arn") is None:
            steps.append(f"{kind.name}: {kind.listed.operation.name} tells no ARN: write arn= as a template")
        steps.append(
            f"{kind.name}: add to aws_types what ARNs call it ({kind.service}:...): AWS's service authorization reference "
            "has it as the ARN's resource type"
        )
    return [
        *steps,
        f"in src/hipaa_guard/services/{own}.py look up what the provider does where an argument is left out, and say it in unset=; delete the facts that no control will read",
        f"write controls in {folders}, or in the module of the folder that has their like; delete those modules that stay empty. docs/own-policies.md lists the judgements that controls share",
        f"write their cases in {cases_folder(name)}/test_controls.py",
        *(
            [
                f"write twins of the awscc types, TWINS in {cases_folder(name)}/awscc.py, as tests/policies/sqs/awscc.py has them"
            ]
            if any(kind.awscc for kind in kinds)
            else []
        ),
        "run `make docs`, then `make check`: what is still missing is told by the tests",
    ]


def described(files: Mapping[str, str]) -> list[str]:
    """The lines that say what was written."""
    return [f"wrote {path} ({len(re.findall(chr(10), text))} lines)" for path, text in files.items()]
