"""A policy and its table of cases for one kind, made from the table of its facts. Both run as they are."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass

from hipaa_guard import services
from hipaa_guard.facts.readings import is_awscc, names_split
from hipaa_guard.facts.resource import Fact, Resource

_SERVICES = f"{services.__name__}."

_CHOSEN = {
    # annotation: (judgement, a good value, a bad one), as Python has the first and Terraform the others
    "bool": ("{fact}", "true", "false"),
    "bool | None": ("{fact}", "true", "false"),
    "int": ("{fact} >= 7", "7", "1"),
    "int | None": ("({fact} or 0) >= 7", "7", "1"),
    "str": ('{fact} == "good"', '"good"', '"bad"'),
    "str | None": ('{fact} == "good"', '"good"', '"bad"'),
}


@dataclass(frozen=True, slots=True)
class _SettableFact:
    """A fact whose value one argument of Terraform sets: ``path`` leads to it from a resource of ``type``."""

    fact: Fact
    type: str
    path: tuple[str, ...]


def kinds() -> dict[str, type[Resource]]:
    """The kinds that a template can be made for, by name."""
    modules = [importlib.import_module(each.name) for each in pkgutil.iter_modules(services.__path__, _SERVICES)]
    declared = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    found = {
        kind.kind: kind
        for kind in declared
        if issubclass(kind, Resource) and next(_settable_facts(kind), None) is not None
    }
    return dict(sorted(found.items()))


def policy_text(id: str, kind: type[Resource]) -> str:
    """The policy module."""
    settable = next(_settable_facts(kind))
    judgement, good, _ = _chosen(settable.fact)
    judgement = judgement.format(fact=f"resource.{settable.fact.name}")
    hcl = "\n".join(f"            {line}".rstrip() for line in _resource(kind, settable, good).splitlines())
    service = kind.kind.partition(".")[0]
    hint = _hint(kind, settable, good)
    return f'''"""A policy of your own: say in one sentence why you need it."""

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, control, failed, passed
from hipaa_guard.services import {service}


@control(
    title="A sentence that describes a good resource, without a full stop",
    severity=MEDIUM,
    hipaa=("164.308(a)(1)(ii)(B)",),
    why="Why it matters for ePHI.",
    fix=Fix({hint}
        terraform="""
{hcl}
        """,
        note="The steps for a resource that already exists.",
        not_by_machine="is yours to decide",
    ),
)
def {id}(resource: {service}.{kind.__name__}) -> Verdict:
    # Edit this judgement. docs/facts.md lists the facts of each kind. A fact that is not known
    # raises by itself, and the verdict becomes unknown: do not catch it.
    if {judgement}:
        return passed("has the right {settable.fact.name}")
    return failed("has another {settable.fact.name}")
'''


def table_text(id: str, kind: type[Resource]) -> str:
    """The module with its table of cases."""
    settable = next(_settable_facts(kind))
    _, good, bad = _chosen(settable.fact)
    cases = "\n".join(
        _case(verdict, sentence, _resource(kind, settable, value), variable=value == _VARIABLE)
        for verdict, sentence, value in (
            ("PASS", "as it should be", good),
            ("FAIL", "otherwise", bad),
            ("UNKNOWN", "a variable without a value", _VARIABLE),
        )
    )
    return f'''"""The verdict of {id} on each state. It judges the resource called `phi`."""

from pathlib import Path

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases

ID = "{id}"

test_verdict = cases(
{cases}
    policies=[Path(__file__).parent],
)
'''


_VARIABLE = "var.not_given"


def _case(verdict: str, sentence: str, hcl: str, *, variable: bool) -> str:
    text = f'variable "not_given" {{}}\n\n{hcl}' if variable else hcl
    lines = "\n".join(f"        {line}".rstrip() for line in text.splitlines())
    return f'''    Case(
        ID,
        "{sentence}",
        {verdict},
        terraform="""
{lines}
        """,
    ),'''


def _chosen(fact: Fact) -> tuple[str, str, str]:
    """The entry of `_CHOSEN`; for a fact with few allowed values, with two of these."""
    judgement, good, bad = _CHOSEN[fact.annotation]
    if fact.allowed is None:
        return judgement, good, bad
    values = fact.allowed.values
    first, second = (values[-1], values[0]) if fact.annotation.startswith("int") else values[:2]
    return judgement.replace(good, json.dumps(first)), json.dumps(first), json.dumps(second)


def _settable_facts(kind: type[Resource]) -> Iterator[_SettableFact]:
    """The facts of a kind that the template can use, booleans first."""
    if kind.terraform is None:
        return
    own = kind.terraform.types[0]
    plain_facts = [fact for fact in kind.facts.values() if fact.live_only is None and fact.parse is None]
    order = list(_CHOSEN)
    for fact in sorted((f for f in plain_facts if f.annotation in _CHOSEN), key=lambda f: order.index(f.annotation)):
        for reading in fact.readings(own)[:1]:
            if isinstance(reading, str) and reading.replace(".", "").replace("_", "").isalnum():
                head, _, rest = reading.partition(".")
                split = names_split(reading)
                yield _SettableFact(fact, head if split else own, tuple((rest if split else reading).split(".")))


def _resource(kind: type[Resource], settable: _SettableFact, value: str) -> str:
    """The HCL of a resource with a value; for a split resource, also of its main one."""
    assert kind.terraform is not None
    own = kind.terraform.types[0]
    *blocks, argument = settable.path
    body = f"{argument} = {value}"
    for block in reversed(blocks):
        body = f"{block} {{\n{_indented(body)}\n}}"
    inside = kind.terraform.inside.get(own)
    if inside is not None:
        body = f'{inside.region} = "eu-west-1"\n{body}'
        for block in reversed(inside.path.split(".")):
            body = f"{block} {{\n{_indented(body)}\n}}"
    if settable.type == own:
        return f'resource "{own}" "phi" {{\n{_indented(body)}\n}}'
    joined = next(iter(kind.terraform.pointing(settable.type)), None)
    body = f"{joined} = {own}.phi.id\n{body}"
    return f'resource "{own}" "phi" {{}}\n\nresource "{settable.type}" "phi" {{\n{_indented(body)}\n}}'


def _hint(kind: type[Resource], settable: _SettableFact, value: str) -> str:
    """A hint for `hipaa-guard fix`, where one argument of the resource itself makes the whole change."""
    assert kind.terraform is not None
    own = kind.terraform.types[0]
    if settable.type != own or own in kind.terraform.inside or is_awscc(own):
        return ""
    line = f"{own}.{'.'.join(settable.path)} = {value}"
    return f"""
        # If the change replaces no resource and needs no decision, `hipaa-guard fix` can make it: write
        # sets={line!r}
        # instead of terraform and not_by_machine."""


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
