"""Resources that stand inside of another, as replicas do: each is judged by itself, wherever it is told.

The first half is generated: it holds for every kind with such blocks, by the table `HOLDERS`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hipaa_guard.assessment.baseline import baseline_of
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.controls.wanted import kinds_of
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.readings import Inside, is_awscc
from hipaa_guard.facts.resource import Resource
from hipaa_guard.outputs.json_format import parse, render
from hipaa_guard.scan import Options, scan_terraform
from hipaa_guard.terraform.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, all_controls, blank_each_fact, cases
from tests.fixing.trees import fix, reasons
from tests.lifecycle.register_text import covered, entry, scan
from tests.policies.secretsmanager.awscc import OPEN_SECRET
from tests.schema import schema
from tests.terraform.plans import block, change, const, plan, refs

KINDS = kinds_of(list(all_controls().values()))
WITH_BLOCKS = [(kind, type) for kind in KINDS if kind.terraform is not None for type in kind.terraform.inside]

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Holder:
    """How replicas stand in a resource of one type, with a control that one passes and the other fails."""

    kind: str
    type: str
    control: str
    good: Values
    bad: Values
    around: Values = field(default_factory=dict)
    """Arguments with which the resource around them passes."""
    computed: Values = field(default_factory=dict)
    """What the provider adds to a replica once it is applied."""

    @property
    def path(self) -> str:
        return self._block.path

    @property
    def region(self) -> str:
        return self._block.region

    @property
    def _block(self) -> Inside:
        kind = next(kind for kind in KINDS if kind.kind == self.kind)
        assert kind.terraform is not None
        return kind.terraform.inside[self.type]

    def replica(self, region: str | None, values: Values) -> dict[str, Any]:
        return {**({} if region is None else {self.region: region}), **values}

    def values(self, *replicas: Values) -> dict[str, Any]:
        """All arguments of the resource, as a plan or state has them."""
        inner: Any = list(replicas)
        for step in reversed(self.path.split(".")[1:]):
            inner = {step: inner}
        return {**self.around, self.path.partition(".")[0]: inner}


KEY = "alias/records"
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:alias/records"
HOLDERS = [
    Holder(
        "dynamodb.TableReplica",
        "aws_dynamodb_table",
        "dynamodb_table_pitr_enabled",
        good={"point_in_time_recovery": True},
        bad={"point_in_time_recovery": False},
        around={"name": "records", "point_in_time_recovery": [{"enabled": True}]},
    ),
    Holder(
        "dynamodb.TableReplica",
        "awscc_dynamodb_global_table",
        "dynamodb_table_pitr_enabled",
        good={"point_in_time_recovery_specification": {"point_in_time_recovery_enabled": True}},
        bad={"deletion_protection_enabled": True},
        around={"table_name": "records"},
    ),
    Holder(
        "secretsmanager.SecretReplica",
        "aws_secretsmanager_secret",
        "secret_encrypted_with_cmk",
        good={"kms_key_id": KEY},
        bad={},
        around={"name": "records", "kms_key_id": KEY},
    ),
    Holder(
        "secretsmanager.SecretReplica",
        "awscc_secretsmanager_secret",
        "secret_encrypted_with_cmk",
        good={"kms_key_id": KEY},
        bad={},
        around={"name": "records", "kms_key_id": KEY},
    ),
    Holder(
        "efs.FileSystemReplica",
        "aws_efs_replication_configuration",
        "efs_encrypted_with_cmk",
        good={"kms_key_id": KEY},
        bad={},
        around={"source_file_system_id": "fs-0123456789abcdef0"},
    ),
    Holder(
        "efs.FileSystemReplica",
        "awscc_efs_file_system",
        "efs_encrypted_with_cmk",
        good={"kms_key_id": KEY},
        bad={},
        around={"encrypted": True, "kms_key_id": KEY},
    ),
]
each_holder = pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: f"{holder.type}.{holder.path}")
DECLARED = 'variable "open" {}\n'


def hcl(holder: Holder, name: str, lines: str) -> str:
    """A resource with what stands around its replicas, and lines that declare them."""
    around = "\n".join(written(key, value) for key, value in holder.around.items())
    return f'resource "{holder.type}" "{name}" {{\n{around}\n{lines}\n}}\n'


def written(key: str, value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "\n".join(f"{key} {{\n{lines_of(each)}\n}}" for each in value)
    return f"{key} = {json.dumps(value)}"


def lines_of(values: Values) -> str:
    return "\n".join(written(key, value) for key, value in values.items())


def replicas(holder: Holder, *each: Values, more: str = "") -> str:
    """Replicas as source writes them: nested blocks, or for `awscc` a list; ``more`` is an expression for others."""
    if not is_awscc(holder.type):
        blocks = "".join(f"{holder.path} {{\n{lines_of(one)}\n}}\n" for one in each)
        content = f"content {{\n{holder.region} = {holder.path}.key\n{_turned(holder)}\n}}"
        return blocks + (f'dynamic "{holder.path}" {{\nfor_each = {more}\n{content}\n}}\n' if more else "")
    items = f"concat({json.dumps(list(each))}, {more})" if more else json.dumps(list(each))
    first, *rest = holder.path.split(".")
    for step in reversed(rest):
        items = f"{{ {step} = {items} }}"
    return f"{first} = {items}"


def _turned(holder: Holder) -> str:
    """The deciding argument, taken from the turn of a dynamic block."""
    return "\n".join(f"{name} = {holder.path}.value" for name in holder.good)


def judged(path: Path, control: str) -> dict[str, Finding]:
    """The findings of one control by address."""
    (configuration,) = read(path)
    inventory = build_inventory(configuration, KINDS)
    return {one.resource.address or "": one for one in judge([all_controls()[control]], inventory)}


def source(directory: Path, text: str) -> Path:
    (directory / "main.tf").write_text(DECLARED + text)
    return directory


def document(directory: Path, told: Mapping[str, Any]) -> Path:
    path = directory / "document.json"
    path.write_text(json.dumps(told))
    return path


def statuses(found: Mapping[str, Finding]) -> dict[str, str]:
    return {address: finding.status for address, finding in found.items()}


def test_every_kind_with_such_blocks_is_in_the_table() -> None:
    assert {(holder.kind, holder.type) for holder in HOLDERS} == {(kind.kind, type) for kind, type in WITH_BLOCKS}


def expected(holder: Holder) -> dict[str, str]:
    """The verdicts on a resource with a good replica, and on one with a bad one."""
    main: dict[str, dict[str, str]] = {"aws_efs_replication_configuration": {}, "awscc_dynamodb_global_table": {}}
    around = main.get(holder.type, {f"{holder.type}.{name}": PASS for name in ("good", "bad")})
    return {
        **around,
        f'{holder.type}.good.{holder.path}["eu-west-1"]': PASS,
        f'{holder.type}.bad.{holder.path}["eu-central-1"]': FAIL,
    }


@each_holder
def test_a_failing_replica_fails_beside_a_passing_source(holder: Holder, tmp_path: Path) -> None:
    good, bad = holder.replica("eu-west-1", holder.good), holder.replica("eu-central-1", holder.bad)
    text = hcl(holder, "good", replicas(holder, good)) + hcl(holder, "bad", replicas(holder, bad))
    found = judged(source(tmp_path, text), holder.control)
    assert statuses(found) == expected(holder)
    address, finding = next((a, f) for a, f in found.items() if "central" in a)
    assert (finding.resource.kind, finding.resource.type) == (holder.kind, holder.type)
    assert finding.resource.region == "eu-central-1"
    assert finding.resource.inside == address.removesuffix(f'.{holder.path}["eu-central-1"]')
    assert finding.location is not None
    line = (tmp_path / "main.tf").read_text().splitlines()[finding.location.line_start - 1]
    assert line.startswith(holder.path.partition(".")[0])


@each_holder
def test_a_plan_and_a_state_say_the_same(holder: Holder, tmp_path: Path) -> None:
    entries = [
        (f"{holder.type}.{name}", holder.values(holder.replica(region, values)))
        for name, region, values in (("good", "eu-west-1", holder.good), ("bad", "eu-central-1", holder.bad))
    ]
    planned = plan([change(address, values) for address, values in entries], [block(a, {}) for a, _ in entries])
    assert statuses(judged(document(tmp_path, planned), holder.control)) == expected(holder)
    resources = [
        {"address": a, "mode": "managed", "type": holder.type, "name": a.partition(".")[2], "values": values}
        for a, values in entries
    ]
    state = {"format_version": "1.0", "values": {"root_module": {"resources": resources}}}
    assert statuses(judged(document(tmp_path, state), holder.control)) == expected(holder)


@each_holder
def test_blanking_a_fact_never_flips_a_verdict_on_a_replica(holder: Holder, tmp_path: Path) -> None:
    text = "".join(
        hcl(holder, name, replicas(holder, holder.replica("eu-west-1", values)))
        for name, values in (("good", holder.good), ("bad", holder.bad))
    )
    (configuration,) = read(source(tmp_path, text))
    kind = next(kind for kind in KINDS if kind.kind == holder.kind)
    for control in all_controls().values():
        if kind not in control.kind.narrower():
            continue
        inventory = build_inventory(configuration, kinds_of([control]))
        on_replicas = [one for one in judge([control], inventory) if one.resource.kind == holder.kind]
        assert len(on_replicas) == 2
        for finding in on_replicas:
            assert finding.error is None
            blank_each_fact(control, inventory, finding)


@each_holder
def test_a_replica_whose_region_is_not_known_is_judged(holder: Holder, tmp_path: Path) -> None:
    for name, values in (("good", holder.good), ("bad", holder.bad)):
        text = hcl(holder, name, replicas(holder, holder.replica("REGION", values)))
        found = judged(source(tmp_path, text.replace('"REGION"', "var.open")), holder.control)
        assert (
            found[f"{holder.type}.{name}.{holder.path}[0]"].status
            == expected(holder)[next(address for address in expected(holder) if f".{name}.{holder.path}" in address)]
        )


@each_holder
def test_replicas_whose_list_is_not_known_are_unknown(holder: Holder, tmp_path: Path) -> None:
    text = hcl(holder, "phi", replicas(holder, more="var.open"))
    finding = judged(source(tmp_path, text), holder.control)[f"{holder.type}.phi.{holder.path}[?]"]
    assert finding.status == UNKNOWN
    assert "var.open has no value" in (finding.uncertain or "")


@pytest.mark.parametrize(
    "holder", [holder for holder in HOLDERS if not is_awscc(holder.type)], ids=lambda holder: holder.type
)
def test_those_that_are_known_are_judged_beside_others_that_are_not(holder: Holder, tmp_path: Path) -> None:
    text = hcl(holder, "phi", replicas(holder, holder.replica("eu-west-1", holder.bad), more="var.open"))
    found = judged(source(tmp_path, text), holder.control)
    assert found[f'{holder.type}.phi.{holder.path}["eu-west-1"]'].status == FAIL
    assert found[f"{holder.type}.phi.{holder.path}[?]"].status == UNKNOWN


@each_holder
def test_no_replica_is_made_up(holder: Holder, tmp_path: Path) -> None:
    found = judged(source(tmp_path, hcl(holder, "phi", "")), holder.control)
    assert not [address for address in found if holder.path in address]


# --- what the schemas hold ---------------------------------------------------------------------------------------

_COPIES = re.compile(r"(^|[._])(replicas?|replication|destinations?|secondary|global|copy)(_|$|\.)")
NO_RESOURCES = {
    "aws_s3_bucket.replication_configuration": "the destination is a bucket with a declaration of its own",
    "awscc_s3_bucket.replication_configuration": "the destination is a bucket with a declaration of its own",
    "awscc_s3_bucket.metadata_table_configuration": "a table of metadata about objects",
    "awscc_s3_bucket.inventory_configurations": "reports go to a bucket with a declaration of its own",
    "awscc_s3_bucket.analytics_configurations": "reports go to a bucket with a declaration of its own",
    "awscc_s3_bucket.logging_configuration": "logs go to a bucket with a declaration of its own",
    "aws_dynamodb_table.global_secondary_index": "an index of the table, under its key",
    "aws_dynamodb_table.local_secondary_index": "an index of the table, under its key",
    "awscc_dynamodb_table.global_secondary_indexes": "an index of the table, under its key",
    "awscc_dynamodb_table.local_secondary_indexes": "an index of the table, under its key",
    "awscc_dynamodb_global_table.global_secondary_indexes": "an index of the table, under its key",
    "awscc_dynamodb_global_table.local_secondary_indexes": "an index of the table, under its key",
    "aws_dynamodb_table.global_table_witness": "nobody can read a witness, and it has no settings",
    "aws_instance.secondary_network_interface": "an interface",
    "aws_launch_template.secondary_interfaces": "an interface",
    "aws_spot_instance_request.secondary_network_interface": "an interface",
}


def test_no_nested_block_that_may_be_a_copy_is_forgotten() -> None:
    types = {type for kind in KINDS if kind.terraform is not None for type in kind.terraform.types}
    found = set()
    for type in types:
        nested = {path.rpartition(".")[0] for path in schema()[type] if "." in path}
        found |= {f"{type}.{path.partition('.')[0]}" for path in nested if _COPIES.search(path)}
    known = {
        f"{type}.{kind.terraform.inside[type].path.partition('.')[0]}" for kind, type in WITH_BLOCKS if kind.terraform
    }
    assert found - known - set(NO_RESOURCES) == set()


@pytest.mark.parametrize(("kind", "type"), WITH_BLOCKS, ids=lambda each: each if isinstance(each, str) else each.kind)
def test_the_blocks_and_their_regions_exist(kind: type[Resource], type: str) -> None:
    assert kind.terraform is not None
    inside = kind.terraform.inside[type]
    assert {inside.path, f"{inside.path}.{inside.region}"} <= schema()[type]


# --- tables ------------------------------------------------------------------------------------------------------

TABLE = 'resource "aws_dynamodb_table" "phi" {\n name = "records"\n %s\n}\n'
PROVIDER = 'provider "aws" {\n region = "us-east-1"\n}\n'
OWN_KEY = 'resource "aws_kms_key" "own" {}\n'
SSE = "server_side_encryption {\n enabled = true\n kms_key_arn = aws_kms_key.own.arn\n}\n"
KMS, CMK = "dynamodb_table_encrypted_with_kms", "dynamodb_table_encrypted_with_cmk"
EU = 'aws_dynamodb_table.phi.replica["eu-west-1"]'


def eu(lines: str = "") -> str:
    return f'replica {{\n region_name = "eu-west-1"\n {lines}\n}}\n'


@pytest.mark.parametrize(
    ("lines", "kms", "cmk"),
    [
        (eu(), FAIL, FAIL),
        ("server_side_encryption {\n enabled = true\n}\n" + eu(), PASS, FAIL),
        (SSE + eu(), PASS, FAIL),
        (SSE + eu("kms_key_arn = aws_kms_key.own.arn"), PASS, PASS),
        ("server_side_encryption {\n enabled = var.open\n}\n" + eu(), UNKNOWN, UNKNOWN),
        (SSE + eu("kms_key_arn = var.open"), PASS, UNKNOWN),
    ],
)
def test_the_type_of_key_is_the_tables_and_the_key_the_replicas(lines: str, kms: str, cmk: str, tmp_path: Path) -> None:
    path = source(tmp_path, OWN_KEY + TABLE % lines)
    assert (judged(path, KMS)[EU].status, judged(path, CMK)[EU].status) == (kms, cmk)


APART = 'resource "aws_dynamodb_table_replica" "phi" {{\n global_table_arn = {0}\n {1}\n}}\n'
MAIN = OWN_KEY + 'resource "aws_dynamodb_table" "main" {\n name = "records"\n' + SSE + "}\n"
OURS = "aws_dynamodb_table.main.arn"
THEIRS = '"arn:aws:dynamodb:us-east-1:111122223333:table/records"'
PITR, PROTECTED = "dynamodb_table_pitr_enabled", "dynamodb_deletion_protection"
CROSS = "dynamodb_no_cross_account_policy"

test_apart = cases(
    Case(PITR, "a replica of its own block, without recovery", FAIL, terraform=MAIN + APART.format(OURS, "")),
    Case(PITR, "with recovery", PASS, terraform=MAIN + APART.format(OURS, "point_in_time_recovery = true")),
    Case(PROTECTED, "a replica of its own block, unprotected", FAIL, terraform=MAIN + APART.format(OURS, "")),
    Case(
        PROTECTED,
        "a replica of its own block, protected",
        PASS,
        terraform=MAIN + APART.format(OURS, "deletion_protection_enabled = true"),
    ),
    Case(KMS, "a replica without a key is encrypted as its table", PASS, terraform=MAIN + APART.format(OURS, "")),
    Case(CMK, "a replica without a key has the key of AWS", FAIL, terraform=MAIN + APART.format(OURS, "")),
    Case(CMK, "with a key", PASS, terraform=MAIN + APART.format(OURS, "kms_key_arn = aws_kms_key.own.arn")),
    Case(KMS, "of a table that is declared elsewhere", UNKNOWN, terraform=APART.format(THEIRS, "")),
    Case(
        KMS,
        "of a table that is declared elsewhere, with a key",
        PASS,
        terraform=APART.format(THEIRS, f'kms_key_arn = "{KEY_ARN}"'),
    ),
)


@pytest.mark.parametrize(
    ("arn", "main", "replica"),
    [
        ("aws_dynamodb_table.phi.arn", False, True),
        ('"arn:aws:dynamodb:us-east-1:111122223333:table/records"', False, True),
        ('"arn:aws:dynamodb:eu-west-1:111122223333:table/records"', True, False),
        ("tolist(aws_dynamodb_table.phi.replica)[0].arn", None, False),
    ],
)
def test_a_policy_is_of_the_table_or_of_one_replica(arn: str, main: bool | None, replica: bool, tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:*", "Resource": "*"}
    text = json.dumps(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    whose = f'resource "aws_dynamodb_resource_policy" "p" {{\n resource_arn = {arn}\n policy = {text}\n}}\n'
    found = judged(source(tmp_path, PROVIDER + TABLE % eu() + whose), CROSS)
    assert (found[EU].status == PASS) is replica
    if main is not None:
        assert (found["aws_dynamodb_table.phi"].status == PASS) is main


def test_dynamic_blocks_and_a_region_twice(tmp_path: Path) -> None:
    lines = (
        'dynamic "replica" {\n for_each = ["eu-west-1", "eu-west-2"]\n content {\n region_name = replica.value\n }\n}\n'
    )
    found = judged(source(tmp_path, TABLE % (lines + eu("point_in_time_recovery = true"))), PITR)
    assert statuses(found) == {
        "aws_dynamodb_table.phi": FAIL,
        EU: FAIL,
        'aws_dynamodb_table.phi.replica["eu-west-2"]': FAIL,
        "aws_dynamodb_table.phi.replica[2]": PASS,
    }


def test_a_table_and_its_replicas_are_counted_and_have_fingerprints_of_their_own(tmp_path: Path) -> None:
    text = TABLE % (eu() + eu().replace("eu-west-1", "eu-west-2"))
    assessment = scan_terraform(source(tmp_path, text), Options())
    assert assessment.coverage.resources["dynamodb.Table"] == 1
    assert assessment.coverage.resources["dynamodb.TableReplica"] == 2
    assert assessment.coverage.unjudged_types == {}
    assert len({finding.fingerprint for finding in assessment.findings}) == len(assessment.findings)


# --- plans -------------------------------------------------------------------------------------------------------


def test_a_plan_that_leaves_the_replicas_of_a_table_open_hides_none(tmp_path: Path) -> None:
    """As Terraform 1.11 plans a dynamic block over what is known after apply: no expression, and all unknown."""
    entries = [
        change("aws_dynamodb_table.phi", {"name": "records"}, {"replica": True, "arn": True}),
        change("aws_secretsmanager_secret.phi", {"name": "records"}, {"replica": True, "arn": True}),
    ]
    blocks = [block(address, {"name": const("records")}) for address in (entries[0]["address"], entries[1]["address"])]
    path = document(tmp_path, plan(entries, blocks))
    assert judged(path, PITR)["aws_dynamodb_table.phi.replica[?]"].status == UNKNOWN
    # The provider computes the replicas of a secret where none are written: every secret looks like that.
    assert list(judged(path, "secret_encrypted_with_cmk")) == ["aws_secretsmanager_secret.phi"]


def test_a_plan_beside_its_source_has_the_lines_of_the_blocks(tmp_path: Path) -> None:
    tree = tmp_path / "source"
    tree.mkdir()
    source(tree, TABLE % (eu().replace("eu-west-1", "eu-west-2") + eu()))
    listed = [{"region_name": region, "point_in_time_recovery": False} for region in ("eu-west-1", "eu-west-2")]
    expressions = {
        "name": const("records"),
        "replica": [{"region_name": const(each["region_name"])} for each in listed],
    }
    planned = plan(
        [change("aws_dynamodb_table.phi", {"name": "records", "replica": listed})],
        [block("aws_dynamodb_table.phi", expressions)],
    )
    (configuration,) = read(document(tmp_path, planned), source=tree)
    inventory = build_inventory(configuration, KINDS)
    lines = {each.origin.region: each.origin.location for each in inventory if each.origin.inside}
    text = (tree / "main.tf").read_text().splitlines()
    for region, location in lines.items():
        assert location is not None
        assert text[location.line_start - 1].startswith(("replica", " replica"))
        assert f'"{region}"' in text[location.line_start]


def test_what_a_plan_does_not_change_is_left_out_with_its_replicas(tmp_path: Path) -> None:
    values = {"name": "records", "replica": [{"region_name": "eu-west-1"}]}
    entry = change("aws_dynamodb_table.phi", values, actions=("no-op",))
    path = document(tmp_path, plan([entry], [block("aws_dynamodb_table.phi", {"name": const("records")})]))
    assert [f.resource.address for f in scan_terraform(path, Options()).findings if f.control_id == PITR] == [
        "aws_dynamodb_table.phi",
        EU,
    ]
    assert scan_terraform(path, Options(), changed_only=True).findings == ()


# --- what is kept of a resource ----------------------------------------------------------------------------------


def findings(path: Path, **options: Any) -> dict[str, Finding]:
    found = scan_terraform(path, Options(only=(PITR,), **options)).findings
    return {finding.resource.address or "": finding for finding in found}


def test_a_replica_keeps_its_fingerprint_where_its_table_is_moved(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for directory in (before, after):
        directory.mkdir()
    moved = "moved {\n from = aws_dynamodb_table.phi\n to = aws_dynamodb_table.records\n}\n"
    old = findings(source(before, TABLE % eu()))[EU]
    new = findings(source(after, (TABLE % eu()).replace('"phi"', '"records"') + moved))
    assert old.fingerprint in new[EU.replace("phi", "records")].previous


def test_a_baseline_knows_a_replica_whose_table_gets_a_count(tmp_path: Path) -> None:
    before = baseline_of(scan_terraform(source(tmp_path, TABLE % eu()), Options(only=(PITR,))))
    after = scan_terraform(source(tmp_path, TABLE % ("count = 1\n" + eu())), Options(only=(PITR,)))
    assert {each.resource.address for each in after.findings} == {
        "aws_dynamodb_table.phi[0]",
        'aws_dynamodb_table.phi[0].replica["eu-west-1"]',
    }
    assert all(before.knows(each) for each in after.findings)


def test_a_comment_speaks_for_the_replicas_of_its_block_and_tags_do_not(tmp_path: Path) -> None:
    lines = 'tags = { env = "test" }\n' + eu()
    path = source(tmp_path, "# hipaa-guard: exception EX-1\n" + TABLE % lines)

    def met(**scope: Any) -> set[str]:
        return set(covered(scan(path, entry(control=PITR, scope=scope), only=(PITR,))))

    assert met(inline=True) == {"aws_dynamodb_table.phi", EU}
    assert met(address="aws_dynamodb_table.phi", tags={"env": "test"}) == {"aws_dynamodb_table.phi"}
    assert met(address="aws_dynamodb_table.phi.*", tags={"env": "test"}) == set()
    assert met(address=EU) == {EU}


def test_the_json_tells_the_resource_that_a_replica_stands_in(tmp_path: Path) -> None:
    assessment = scan_terraform(source(tmp_path, TABLE % eu()), Options(only=(PITR,)))
    text = render(assessment)
    told = json.loads(text)
    jsonschema.validate(told, json.loads((files("hipaa_guard.outputs") / "schema/assessment-1.0.json").read_text()))
    assert {each["resource"]["address"]: each["resource"].get("inside") for each in told["findings"]} == {
        "aws_dynamodb_table.phi": None,
        EU: "aws_dynamodb_table.phi",
    }
    assert {each.resource.inside for each in parse(text).findings} == {None, "aws_dynamodb_table.phi"}


def test_no_repair_is_made_inside_of_a_block(tmp_path: Path) -> None:
    text = 'resource "aws_dynamodb_table" "phi" {\n  name = "records"\n\n  replica {\n    region_name = "eu-west-1"\n  }\n}\n'
    (tmp_path / "main.tf").write_text(text)
    fixed = fix(tmp_path, PITR)
    assert "no repair inside of aws_dynamodb_table.phi is known that is certain" in reasons(fixed)


# --- secrets -----------------------------------------------------------------------------------------------------

SECRET = 'resource "aws_secretsmanager_secret" "phi" {\n replica {\n region = "eu-west-1"\n }\n}\n'
COPY = 'aws_secretsmanager_secret.phi.replica["eu-west-1"]'


def test_a_replica_of_a_secret_has_its_policy_and_is_not_rotated_by_itself(tmp_path: Path) -> None:
    attached = f'resource "aws_secretsmanager_secret_policy" "p" {{\n secret_arn = aws_secretsmanager_secret.phi.arn\n policy = {OPEN_SECRET}\n}}\n'
    path = source(tmp_path, SECRET + attached)
    assert judged(path, "secret_policy_not_public")[COPY].status == FAIL
    for control in ("secret_rotation_enabled", "secret_rotation_interval_90_days"):
        assert judged(path, control)[COPY].status == NOT_APPLICABLE
    assert judged(source(tmp_path, SECRET), "secret_policy_not_public")[COPY].status == PASS


# --- file systems ------------------------------------------------------------------------------------------------

BACKUP, TLS = "efs_automatic_backup_enabled", "efs_tls_required"
DESTINATION = 'aws_efs_replication_configuration.phi.destination["us-west-2"]'
REPLICATED = """
resource "aws_efs_file_system" "phi" {{ encrypted = true }}
resource "aws_efs_file_system" "other" {{ encrypted = true }}
resource "aws_efs_replication_configuration" "phi" {{
  source_file_system_id = aws_efs_file_system.phi.id
  destination {{
    region = "us-west-2"
    {0}
  }}
}}
"""
ID_OF_DESTINATION = "aws_efs_replication_configuration.phi.destination[0].file_system_id"


def test_a_destination_is_encrypted_and_has_settings_of_its_own(tmp_path: Path) -> None:
    path = source(tmp_path, REPLICATED.format(""))
    assert {id: judged(path, id)[DESTINATION].status for id in ("efs_encrypted_at_rest", BACKUP, TLS)} == {
        "efs_encrypted_at_rest": PASS,
        BACKUP: FAIL,
        TLS: FAIL,
    }
    zone = source(tmp_path, REPLICATED.format('availability_zone_name = "us-west-2b"'))
    assert judged(zone, BACKUP)[DESTINATION].status == PASS


def test_settings_that_name_the_destination_are_its_own(tmp_path: Path) -> None:
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = json.dumps(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    settings = f"""
    resource "aws_efs_backup_policy" "b" {{
      file_system_id = {ID_OF_DESTINATION}
      backup_policy {{
        status = "ENABLED"
      }}
    }}
    resource "aws_efs_file_system_policy" "p" {{
      file_system_id = {ID_OF_DESTINATION}
      policy         = {document}
    }}
    """
    path = source(tmp_path, REPLICATED.format("") + settings)
    for id in (BACKUP, TLS):
        assert statuses(judged(path, id)) == {
            "aws_efs_file_system.phi": FAIL,
            "aws_efs_file_system.other": FAIL,
            DESTINATION: PASS,
        }


def test_a_destination_that_was_there_before_is_judged_where_it_is_declared(tmp_path: Path) -> None:
    path = source(tmp_path, REPLICATED.format("file_system_id = aws_efs_file_system.other.id"))
    assert set(judged(path, BACKUP)) == {"aws_efs_file_system.phi", "aws_efs_file_system.other"}
    path = source(tmp_path, REPLICATED.format('file_system_id = "fs-0123456789abcdef0"'))
    found = judged(path, "efs_encrypted_with_cmk")[DESTINATION]
    assert found.status == UNKNOWN
    assert "may have been there before" in found.message
    path = source(tmp_path, REPLICATED.format("file_system_id = var.open"))
    assert judged(path, "efs_encrypted_with_cmk")[DESTINATION].status == UNKNOWN


def test_a_plan_tells_a_destination_that_was_there_before_from_a_new_one(tmp_path: Path) -> None:
    """As Terraform 1.11 plans them: the id is known after apply either way, and only the expression differs."""
    after = {"destination": [{"region": "us-west-2", "kms_key_id": None}]}
    unknown = {"destination": [{"file_system_id": True, "status": True}]}
    expressions = {
        "new": {"destination": [{"region": const("us-west-2")}]},
        "old": {"destination": [{"region": const("us-west-2"), "file_system_id": refs("aws_efs_file_system.d.id")}]},
    }
    type = "aws_efs_replication_configuration"
    planned = plan(
        [
            change("aws_efs_file_system.d", {"encrypted": True}, {"id": True}),
            *(change(f"{type}.{name}", after, unknown) for name in expressions),
        ],
        [block("aws_efs_file_system.d", {}), *(block(f"{type}.{name}", each) for name, each in expressions.items())],
    )
    found = judged(document(tmp_path, planned), "efs_encrypted_with_cmk")
    assert set(found) == {"aws_efs_file_system.d", f'{type}.new.destination["us-west-2"]'}


def test_a_state_names_every_destination(tmp_path: Path) -> None:
    def entry(type: str, name: str, values: Values) -> dict[str, Any]:
        return {"address": f"{type}.{name}", "mode": "managed", "type": type, "name": name, "values": values}

    def replication(name: str, id: str, key: str | None) -> dict[str, Any]:
        place = {"region": "us-west-2", "kms_key_id": key, "file_system_id": id}
        return entry("aws_efs_replication_configuration", name, {"destination": [place]})

    resources = [
        entry("aws_efs_file_system", "declared", {"id": "fs-1", "encrypted": True, "kms_key_id": KEY}),
        replication("to_declared", "fs-1", None),
        replication("with_key", "fs-2", KEY),
        replication("without", "fs-3", None),
        entry("aws_efs_backup_policy", "b", {"file_system_id": "fs-2", "backup_policy": [{"status": "ENABLED"}]}),
    ]
    path = document(tmp_path, {"format_version": "1.0", "values": {"root_module": {"resources": resources}}})
    type = "aws_efs_replication_configuration"
    assert statuses(judged(path, "efs_encrypted_with_cmk")) == {
        "aws_efs_file_system.declared": PASS,
        f'{type}.with_key.destination["us-west-2"]': PASS,
        f'{type}.without.destination["us-west-2"]': UNKNOWN,
    }
    assert statuses(judged(path, BACKUP)) == {
        "aws_efs_file_system.declared": FAIL,
        f'{type}.with_key.destination["us-west-2"]': PASS,
        f'{type}.without.destination["us-west-2"]': UNKNOWN,
    }


# --- automated backups of RDS ------------------------------------------------------------------------------------

ENCRYPTED, SHARED = "rds_snapshot_encrypted", "rds_snapshot_not_public"
DATABASE = 'resource "aws_db_instance" "d" {{\n engine = "postgres"\n storage_encrypted = {0}\n}}\n'
BACKUPS = """
resource "aws_db_instance_automated_backups_replication" "phi" {{
  source_db_instance_arn = {0}
  {1}
}}
"""
AWSCC = 'resource "awscc_rds_db_instance" "phi" {{\n engine = "postgres"\n storage_encrypted = {0}\n {1}\n}}\n'
TO_EU = 'automatic_backup_replication_region = "eu-west-1"'

test_backups = cases(
    Case(
        ENCRYPTED,
        "replicated backups of an encrypted instance",
        PASS,
        terraform=DATABASE.format("true") + BACKUPS.format("aws_db_instance.d.arn", ""),
    ),
    Case(
        ENCRYPTED,
        "replicated backups of a plain instance",
        FAIL,
        terraform=DATABASE.format("false") + BACKUPS.format("aws_db_instance.d.arn", ""),
    ),
    Case(
        ENCRYPTED,
        "replicated backups with a key",
        PASS,
        terraform=DATABASE.format("false") + BACKUPS.format("aws_db_instance.d.arn", f'kms_key_id = "{KEY_ARN}"'),
    ),
    Case(
        ENCRYPTED,
        "replicated backups of an instance that is declared elsewhere",
        UNKNOWN,
        terraform=BACKUPS.format('"arn:aws:rds:us-east-1:111122223333:db:records"', ""),
    ),
    Case(
        SHARED,
        "replicated backups",
        NOT_APPLICABLE,
        terraform=DATABASE.format("true") + BACKUPS.format("aws_db_instance.d.arn", ""),
        says="cannot be shared",
    ),
    Case(ENCRYPTED, "of an encrypted instance of awscc", PASS, terraform=AWSCC.format("true", TO_EU)),
    Case(ENCRYPTED, "of a plain instance of awscc", FAIL, terraform=AWSCC.format("false", TO_EU)),
)


def test_an_instance_of_awscc_is_still_found_where_its_backups_have_its_address(tmp_path: Path) -> None:
    replica = (
        'resource "awscc_rds_db_instance" "copy" {\n source_db_instance_identifier = awscc_rds_db_instance.phi.id\n}\n'
    )
    found = judged(source(tmp_path, AWSCC.format("false", TO_EU) + replica), "rds_instance_encrypted_at_rest")
    assert found["awscc_rds_db_instance.copy"].status == FAIL


def controls_on(kind: str) -> list[Control]:
    return [each for each in all_controls().values() if kind in {one.kind for one in each.kind.narrower()}]


def test_replicas_are_judged_by_the_controls_of_what_they_copy() -> None:
    for kind, original in (
        ("dynamodb.TableReplica", "dynamodb.Table"),
        ("secretsmanager.SecretReplica", "secretsmanager.Secret"),
        ("efs.FileSystemReplica", "efs.FileSystem"),
        ("rds.ReplicatedBackups", "rds.Snapshot"),
    ):
        assert controls_on(kind) == controls_on(original)


def test_a_replica_is_not_looked_for_in_an_account() -> None:
    assert all(kind.aws is None and kind.terraform_only for kind, _ in WITH_BLOCKS)


def test_an_inventory_lists_replicas_apart_from_what_they_copy(tmp_path: Path) -> None:
    (configuration,) = read(source(tmp_path, TABLE % eu()))
    inventory: Inventory = build_inventory(configuration, KINDS)
    assert sorted(each.kind for each in inventory) == ["dynamodb.Table", "dynamodb.TableReplica"]
