"""Promises that hold for every control, so that nobody has to remember them when adding one."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from hipaa_guard.controls.control import PEERS, Control, Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.readings import is_awscc, names_split
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import Undecided, Unknown
from hipaa_guard.law import citations
from hipaa_guard.testing import (
    is_phi,
    terraform_inventory,
)
from tests import peer_ids
from tests.nearest import nearest, unknown_words
from tests.policies.boto_names import WrongNameError, misspelt, model
from tests.policies.registry import CONTROLS, cases_of, registry
from tests.schema import REFERENCE, schema

POLICIES = Path(__file__).parents[2] / "policies"
MAY_IMPORT = re.compile(r"hipaa_guard\.(authoring|judging|services|controls\.(reasons|advice))(\.|$)")


def imported(module: ast.Module) -> Iterator[str]:
    """The modules that a module imports, relative ones with their dots."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("file", sorted(POLICIES.glob("*/*.py")), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_policy_module_imports_what_policies_may_and_no_other_policy(file: Path) -> None:
    names = list(imported(ast.parse(file.read_text(encoding="utf-8"))))
    strange = [name for name in names if name.partition(".")[0] not in sys.stdlib_module_names]
    assert [name for name in strange if not MAY_IMPORT.match(name)] == []


SCHEMA = dict(schema())
each_control = pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)


@each_control
def test_has_a_passing_and_a_failing_case(control: Control) -> None:
    # Unknown ones are derived from them: see `test_derived_unknown`.
    verdicts = {case.verdict for case in cases_of(control)}
    missing = [status.value for status in (Status.PASS, Status.FAIL) if status not in verdicts]
    assert not missing, f"{control.id} has no case that is {' and none that is '.join(missing)}{near_case(control)}"


def near_case(control: Control) -> str:
    """The control that its cases may be told of by mistake."""
    return "" if cases_of(control) else nearest(control.id, {case.control for case in registry()})


@each_control
def test_is_told_to_every_source_that_can_tell_it(control: Control) -> None:
    told = {side for case in cases_of(control) for side in case.sides}
    can = {side for side, where in (("terraform", control.kind.terraform), ("aws", control.kind.aws)) if where}
    missing = sorted(can - told)
    assert not missing, f"{control.id} has no case that is told to {' and none to '.join(missing)}"


@each_control
def test_what_its_cases_deny_exists(control: Control) -> None:
    wrong = [each for case in cases_of(control) for each in misspelt_call(case.denied)]
    assert not wrong, f"{control.id}: denied={wrong}"


def misspelt_call(denied: str | None) -> list[str]:
    """What is wrong with a call that a case denies (``s3:GetBucketAcl``)."""
    if denied is None:
        return []
    service, _, operation = denied.partition(":")
    try:
        return [f"{service}:{each}" for each in unknown_words([operation], model(service).operation_names)]
    except WrongNameError as error:
        return [str(error)]


@each_control
def test_says_what_an_auditor_and_an_engineer_need(control: Control) -> None:
    id = control.id
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", id), f"{id} is no id: service_subject_condition in snake case"
    assert control.title[0].isupper(), f"{id}: the title begins small: {control.title}"
    assert not control.title.endswith("."), f"{id}: the title ends with a full stop: {control.title}"
    assert control.why.endswith("."), f"{id}: why= is no sentence: {control.why}"
    assert control.fix.terraform or control.kind.terraform is None, f"{id}: the fix has no terraform="
    assert control.fix.cli or control.fix.note, f"{id}: the fix has neither cli= nor note="


@each_control
def test_a_machine_closes_the_gap_or_the_control_says_why_not(control: Control) -> None:
    fix = control.fix
    assert fix.by_machine != bool(fix.not_by_machine)
    # A predicate: it follows "the change" and "it".
    assert re.fullmatch(r"[a-z][a-z]+ .*[^.]", fix.not_by_machine) or fix.by_machine
    if fix.by_machine:
        assert control.kind.terraform is not None
        assert set(fix.types) <= set(control.kind.terraform.types)


REPAIRED = [control for control in CONTROLS if control.fix.by_machine]


@pytest.mark.parametrize("control", REPAIRED, ids=lambda control: control.id)
def test_every_argument_that_a_machine_sets_exists(control: Control) -> None:
    fix = control.fix
    settings = [*fix.settings, *fix.settings_where_written, *fix.inline_settings]
    assert [each for each in settings if each.path not in SCHEMA[each.type]] == []


@each_control
def test_cites_the_rule(control: Control) -> None:
    assert control.hipaa, f"{control.id} cites no line of the rule"
    assert not (wrong := unknown_words(control.hipaa, citations())), f"{control.id}: hipaa={wrong}"


@each_control
def test_cites_nothing_that_no_scan_can_show(control: Control) -> None:
    # Clearinghouse isolation and plan documents of group health plans: peers cite them, auditors do not accept it.
    shown = [c for c in control.hipaa if c == "164.308(a)(4)(ii)(A)" or c.startswith("164.314(b)")]
    assert not shown, f"{control.id} cites {shown}, which no scan can show"


KNOWN_PEER_IDS = peer_ids.known()


@each_control
def test_names_only_checks_of_peers_that_exist(control: Control) -> None:
    wrong = [*unknown_words(control.peers, PEERS)]
    for peer, ids in control.peers.items():
        wrong += [f"{peer}: {each}" for each in unknown_words(ids, KNOWN_PEER_IDS[peer])]
    assert not wrong, f"{control.id}: peers={wrong}; newer ids come from `python -m tests.peer_ids`"


@pytest.mark.parametrize("control", [c for c in CONTROLS if c.fix.terraform], ids=lambda control: control.id)
def test_the_documented_fix_passes(control: Control, tmp_path: Path) -> None:
    text = control.fix.terraform
    assert control.kind.terraform is not None
    types = control.kind.terraform.types
    if not any(re.search(rf'resource "{type}" "phi"', text) for type in types):
        text = f'resource "{types[0]}" "phi" {{}}\n{text}'
    findings = [f for f in judge([control], terraform_inventory(text, [control], tmp_path)) if is_phi(f, control.kind)]
    assert [(f.status, f.message) for f in findings] == [(Status.PASS, f.message) for f in findings]
    assert findings


def test_ids_are_permanent() -> None:
    written = (REFERENCE / "control_ids.txt").read_text().split()
    current = {control.id for control in CONTROLS} | {id for c in CONTROLS for id in c.previous_ids}
    missing = sorted(set(written) - current)
    published = [f"{id}{nearest(id, current)}" for id in missing]
    assert not published, f"these ids were published: keep them, or list them as previous_ids: {published}"
    assert sorted(current) == written, "new ids: `make docs` adds them to tests/reference/control_ids.txt"


def test_no_policy_module_shadows_a_standard_module() -> None:
    names = {control.module.rpartition(".")[2] for control in CONTROLS}
    shadowing = sorted(names & sys.stdlib_module_names)
    assert not shadowing, f"policy modules that are called as modules of Python are: {shadowing}"


# Written by people although the provider's schema of today no longer has them.
RETIRED_PATHS = {("aws_s3_bucket", "server_side_encryption_configuration")}


def paths_of(kind: type[Resource]) -> list[tuple[str, str, str]]:
    """(fact, type, path) of every Terraform path in a kind's table."""
    assert kind.terraform is not None
    found = []
    for fact in kind.facts.values():
        for type in kind.terraform.types:
            for reading in fact.readings(type):
                if names_split(reading):
                    head, _, rest = str(reading).partition(".")
                    found.append((fact.name, head, rest))
                elif isinstance(reading, str):
                    found.append((fact.name, type, reading))
    return found


def arguments_of(kind: type[Resource], type: str) -> set[str]:
    """The arguments that a kind has in a resource of a type: those of the block inside of it, where that is meant."""
    inside = kind.terraform.inside.get(type) if kind.terraform is not None else None
    if inside is None:
        return SCHEMA[type]
    before = f"{inside.path}."
    return {path.removeprefix(before) for path in SCHEMA[type] if path.startswith(before)}


def misspelt_paths(kind: type[Resource]) -> list[str]:
    """What a kind's table names of Terraform that the provider does not have, each with its fact and the nearest name."""
    assert kind.terraform is not None
    unknown = [f"{kind.kind}: the type {each}" for each in unknown_words(kind.terraform.types, SCHEMA)]
    if unknown:
        return unknown
    by_fact: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    for fact, type, path in paths_of(kind):
        by_fact[fact, path, is_awscc(type)].append(type)
    wrong = []
    for (fact, path, _), types in by_fact.items():
        unknown = [each for type in types if type not in SCHEMA for each in unknown_words([type], SCHEMA)]
        # A kind of several types need not find each path in each of them, but in one at least of each provider.
        known = {argument for type in types if type in SCHEMA for argument in arguments_of(kind, type)}
        unknown = unknown or unknown_words([path], known)
        wrong += [f"{kind.kind}.{fact}: {' or '.join(types)}: {each}" for each in unknown]
    return wrong


KINDS = [kind for kind in kinds_of(CONTROLS) if kind.terraform is not None]


each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)


@each_kind
def test_every_terraform_path_exists(kind: type[Resource]) -> None:
    assert misspelt_paths(kind) == []


@each_kind
def test_every_naming_argument_exists(kind: type[Resource]) -> None:
    assert kind.terraform is not None
    # A block is called as the resource around it is, or by an argument of its own.
    arguments = {each for type in kind.terraform.types for each in SCHEMA[type] | arguments_of(kind, type)}
    wrong = unknown_words(set(kind.terraform.naming_arguments()) - {"arn"}, arguments)
    for type in kind.terraform.types:
        if is_awscc(type) and kind.terraform.awscc_name is not None:
            wrong += unknown_words([kind.terraform.awscc_name], SCHEMA[type] | arguments_of(kind, type))
    assert not wrong, f"{kind.kind}: {wrong}"


@each_kind
def test_every_type_that_facts_look_at_exists(kind: type[Resource]) -> None:
    # A text that ends with an underscore is the start of several.
    named = {t for t in kind.terraform_types() if is_awscc(t) and not t.endswith("_")}
    assert not (wrong := unknown_words(named, SCHEMA)), f"{kind.kind}: {wrong}"


@each_kind
def test_every_fact_is_read_from_every_provider_that_declares_the_kind(kind: type[Resource]) -> None:
    assert kind.terraform is not None
    told = [fact for fact in kind.facts.values() if fact.live_only is None]
    unread = {
        f"{kind.kind}.{f.name} of {type}" for f in told for type in kind.terraform.types if not f.is_read_from(type)
    }
    assert not unread, f"no reading (terraform= or awscc=) tells {sorted(unread)}"


@each_kind
def test_every_join_exists(kind: type[Resource]) -> None:
    assert kind.terraform is not None
    for type in sorted({type for _, type, _ in paths_of(kind) if type not in kind.terraform.types}):
        pointing = kind.terraform.pointing(type)
        assert type in SCHEMA, f"{kind.kind}: {unknown_words([type], SCHEMA)}"
        assert pointing, f"{kind.kind}: joined_by= does not say by which argument {type} points at it"
        wrong = unknown_words(pointing, SCHEMA[type])
        assert not wrong, f"{kind.kind}: {type} is joined by an argument that it has not: {wrong}"


def test_every_aws_path_exists() -> None:
    assert misspelt(kinds_of(CONTROLS)) == []  # each with its fact and the nearest name


def test_undecided_names_the_fact() -> None:
    assert Undecided(Unknown("why"), "policy").reason == "policy: why"
