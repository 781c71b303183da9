"""Parts whose whole is declared elsewhere: every split type of every table, named in every way, in every source."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment.model import Assessment, Why
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.controls.loading import load
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.locations import Gap, GapKind
from hipaa_guard.facts.readings import is_awscc
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import NotVisible, Undecided, Unknown
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.binding import required_arguments
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from tests.terraform.plans import block, change, plan

OUTSIDE = """
variable "thing" {}
variable "things" { type = map(object({ id = string })) }
data "aws_instance" "d" { instance_id = "i-0123456789abcdef0" }
data "aws_security_group" "d" { name = "elsewhere" }
data "terraform_remote_state" "net" { backend = "s3" }
module "gone" { source = "example/gone/aws" }
resource "aws_eks_cluster" "k" {}
"""

NAMED = {
    "a literal": '"elsewhere-0123456789"',
    "an ARN": '"arn:aws:svc:us-east-1:111122223333:thing/elsewhere"',
    "a variable": "var.thing",
    "a part of a variable": 'var.things["a"].id',
    "a data source": "data.aws_security_group.d.id",
    "the state of another configuration": "data.terraform_remote_state.net.outputs.thing",
    "a module that is not there": "module.gone.thing",
    "something that a declared resource makes": "aws_eks_cluster.k.vpc_config[0].cluster_security_group_id",
    "a text around a variable": '"x-${var.thing}"',
    "a function of a variable": "lower(var.thing)",
    "a choice of two variables": 'var.thing == "" ? var.thing : var.things["b"].id',
}


@cache
def kinds() -> list[type[Resource]]:
    """The kinds that controls judge."""
    return sorted({control.kind for control in load()}, key=lambda kind: kind.kind)


@cache
def splits() -> list[tuple[type[Resource], str, str]]:
    """Every kind with each of its split types, and the argument by which that points at it."""
    found = [(kind, type_, by) for kind in kinds() for type_, several in kind.splits().items() for by in several]
    return [each for each in found if not any(issubclass(each[0], kind) and kind is not each[0] for kind in kinds())]


def part(type_: str, by: str, value: str, name: str = "part") -> str:
    """A split resource that names its whole by an expression."""
    listed = by in ("users", "roles", "groups")
    return f'resource "{type_}" "{name}" {{\n  {by} = {f"[{value}]" if listed else value}\n}}\n'


def whole(kind: type[Resource], type_: str) -> str:
    """A declared resource of a kind, of another type than the part."""
    assert kind.terraform is not None
    main = next(each for each in kind.terraform.types if each != type_ and not is_awscc(each))
    naming = kind.terraform.naming(main)
    return f'resource "{main}" "declared" {{\n' + (f'  {naming} = "declared"\n' if naming else "") + "}\n"


def inventory(directory: Path, text: str) -> tuple[Inventory, list[Gap]]:
    """What a configuration declares, and the rows that come with it."""
    (directory / "main.tf").write_text(text)
    (configuration,) = read(directory)
    return build_inventory(configuration, kinds()), configuration.gaps


def names(found: Inventory, kind: type[Resource]) -> list[set[str]]:
    """The addresses of the parts of each stand-in of a kind."""
    return [{part.origin.address or "" for part in each.parts} for each in found.stand_ins(kind)]


def facts(resource: Resource) -> dict[str, str]:
    """All facts in words."""
    told = {}
    for name, fact in type(resource).facts.items():
        try:
            told[name] = repr(resource.peek(fact))
        except NotVisible:
            continue
    return told


@pytest.mark.parametrize("value", NAMED.values(), ids=NAMED.keys())
def test_no_part_of_any_kind_is_lost_or_given_to_another(tmp_path: Path, value: str) -> None:
    tried = 0
    for kind, type_, by in splits():
        assert kind.terraform is not None
        alone, _ = inventory(tmp_path, OUTSIDE + whole(kind, type_))
        beside, rows = inventory(tmp_path, OUTSIDE + whole(kind, type_) + part(type_, by, value))
        if type_ in kind.terraform.shared:
            assert names(beside, kind) == []
            assert [row.subject for row in rows if row.kind is GapKind.ELSEWHERE] == [f"{type_}.part"]
        else:
            assert names(beside, kind) == [{f"{type_}.part"}], (kind, type_, by)
        for one, other in zip(alone.seen(kind), beside.seen(kind), strict=False):
            assert facts(one) == facts(other), (kind, type_, by)
        tried += 1
    assert tried > 50


@pytest.mark.parametrize("format", ["plan", "state"])
def test_nor_in_plans_and_states(tmp_path: Path, format: str) -> None:
    for kind, type_, by in splits():
        assert kind.terraform is not None
        named: Any = ["elsewhere"] if by in ("users", "roles", "groups") else "elsewhere"
        if format == "plan":
            expressions = {by: {"constant_value": named}}
            document = plan([change(f"{type_}.part", {by: named})], [block(f"{type_}.part", expressions)])
        else:
            entry = {
                "address": f"{type_}.part",
                "mode": "managed",
                "type": type_,
                "name": "part",
                "values": {by: named},
            }
            document = {"format_version": "1.0", "values": {"root_module": {"resources": [entry]}}}
        path = tmp_path / f"{format}.json"
        path.write_text(json.dumps(document))
        (configuration,) = read(path)
        found = build_inventory(configuration, kinds())
        rows = [row for row in configuration.gaps if row.kind is GapKind.ELSEWHERE]
        assert bool(rows) == (type_ in kind.terraform.shared)
        assert bool(found.stand_ins(kind)) != bool(rows), (kind, type_, by)


@pytest.mark.parametrize(
    "value", [value for name, value in NAMED.items() if "function" not in name and "choice" not in name]
)
def test_parts_that_name_the_same_thing_share_a_stand_in(tmp_path: Path, value: str) -> None:
    other = value.replace("elsewhere-", "other-").replace(":thing/", ":other/")
    text = part("aws_s3_bucket_policy", "bucket", value) + part("aws_s3_bucket_public_access_block", "bucket", value)
    text += part("aws_s3_bucket_acl", "bucket", '"yet-another"')
    bucket = next(kind for kind in kinds() if kind.kind == "s3.Bucket")
    found, _ = inventory(tmp_path, OUTSIDE + text)
    both = {"aws_s3_bucket_policy.part", "aws_s3_bucket_public_access_block.part"}
    assert sorted(map(sorted, names(found, bucket))) == [["aws_s3_bucket_acl.part"], sorted(both)]
    if other != value:
        found, _ = inventory(tmp_path, text + part("aws_s3_bucket_logging", "bucket", other))
        assert len(found.stand_ins(bucket)) == 3


@pytest.mark.parametrize(
    ("type_", "by", "values", "expected"),
    [
        ("aws_iam_policy_attachment", "users", 'var.thing, "nurse", aws_iam_user.declared.name', 2),
        ("aws_iam_group_membership", "users", "var.thing, aws_iam_user.declared.name", 1),
        ("aws_iam_group_membership", "users", "aws_iam_user.declared.name", 0),
    ],
)
def test_one_part_may_belong_to_several(tmp_path: Path, type_: str, by: str, values: str, expected: int) -> None:
    user = next(kind for kind in kinds() if kind.kind == "iam.User")
    found, _ = inventory(tmp_path, OUTSIDE + whole(user, type_) + part(type_, by, values))
    assert len(found.stand_ins(user)) == expected


def test_all_own_facts_of_a_stand_in_are_unknown(tmp_path: Path) -> None:
    """Nothing that a kind's own arguments tell may be taken as left out."""
    for kind, type_, by in splits():
        assert kind.terraform is not None
        if type_ in kind.terraform.shared:
            continue
        found, _ = inventory(tmp_path, part(type_, by, '"elsewhere"'))
        (stand_in,) = found.stand_ins(kind)
        for name, fact in kind.facts.items():
            if any(text.startswith(type_) for text in fact.terraform_texts()) or name == "listener_protocols":
                continue
            try:
                value = stand_in.resource.peek(fact)
            except NotVisible:
                continue
            assert _open(value) or name in ("manager", "arn"), (kind, type_, name, value)


def _open(value: Any) -> bool:
    """Whether a value is not known, or not all of it."""
    if isinstance(value, Unknown):
        return True
    try:
        return isinstance(value, list) and not all(True for _ in value)
    except Undecided:
        return True


# --- verdicts --------------------------------------------------------------------------------------------------------

SSH = """
  type        = "ingress"
  protocol    = "tcp"
  from_port   = 22
  to_port     = 22
  cidr_blocks = ["{}"]
"""
OPEN_POLICY = """
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::x/*" }]
  })
"""
FENCE = """
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
"""


def rule(name: str, group: str, cidr: str = "0.0.0.0/0", more: str = "") -> str:
    return (
        f'resource "aws_security_group_rule" "{name}" {{\n security_group_id = {group}\n{SSH.format(cidr)}{more}\n}}\n'
    )


def on_bucket(type_: str, body: str, more: str = "") -> str:
    return f'resource "{type_}" "x" {{\n bucket = var.thing\n{body}{more}\n}}\n'


def scan(directory: Path, text: str, control: str) -> Assessment:
    (directory / "main.tf").write_text(text)
    return scan_terraform(TerraformTarget(directory), Options(only=[control]))


def verdicts(result: Assessment) -> dict[str, Status]:
    return {finding.resource.address or "": finding.status for finding in result.findings}


def test_each_part_that_opens_the_whole_is_a_finding_of_its_own(tmp_path: Path) -> None:
    text = OUTSIDE + rule("a", "var.thing") + rule("b", "var.thing", "10.0.0.0/8") + rule("c", "var.thing", "::/0")
    text = text.replace('cidr_blocks = ["::/0"]', 'ipv6_cidr_blocks = ["::/0"]')
    result = scan(tmp_path, text, "sg_no_public_ingress_ssh")
    assert verdicts(result) == {"aws_security_group_rule.a": Status.FAIL, "aws_security_group_rule.c": Status.FAIL}
    finding = result.findings[0]
    assert "belongs to the security group var.thing, which is declared elsewhere and lets in TCP 22" in finding.message
    assert finding.resource.part_of == "security group var.thing"
    assert finding.location is not None
    assert finding.location.line_start == text[: text.index('"a"')].count("\n") + 1


def test_a_part_that_is_harmless_leaves_one_row(tmp_path: Path) -> None:
    result = scan(tmp_path, OUTSIDE + rule("a", "var.thing", "10.0.0.0/8"), "sg_no_public_ingress_ssh")
    assert result.findings == ()
    rows = [gap for gap in result.coverage.gaps if gap.kind is GapKind.ELSEWHERE]
    assert [(row.subject, row.incomplete) for row in rows] == [("security group var.thing", False)]


NO_FENCE = FENCE.replace("true", "false")


@pytest.mark.parametrize(
    ("fence", "expected"),
    [
        (on_bucket("aws_s3_bucket_public_access_block", FENCE), {}),
        (on_bucket("aws_s3_bucket_public_access_block", NO_FENCE), {"aws_s3_bucket_policy.x": Status.FAIL}),
        ("", {}),  # there may be a block where the bucket is declared
    ],
)
def test_a_block_on_the_same_bucket_overrules_its_policy(
    tmp_path: Path, fence: str, expected: dict[str, Status]
) -> None:
    text = OUTSIDE + on_bucket("aws_s3_bucket_policy", OPEN_POLICY) + fence
    found = verdicts(scan(tmp_path, text, "s3_bucket_policy_not_public"))
    assert {address: status for address, status in found.items() if status is Status.FAIL} == expected


def test_a_block_that_may_not_exist_overrules_nothing_for_certain(tmp_path: Path) -> None:
    text = 'variable "on" { type = bool }\n' + OUTSIDE + on_bucket("aws_s3_bucket_policy", OPEN_POLICY)
    text += on_bucket("aws_s3_bucket_public_access_block", FENCE, "count = var.on ? 1 : 0")
    assert verdicts(scan(tmp_path, text, "s3_bucket_policy_not_public")) == {}


def test_a_part_that_may_not_exist_is_judged_as_if_it_did(tmp_path: Path) -> None:
    text = 'variable "on" { type = bool }\n' + OUTSIDE + rule("a", "var.thing", more="count = var.on ? 1 : 0")
    (finding,) = scan(tmp_path, text, "sg_no_public_ingress_ssh").findings
    assert finding.status is Status.FAIL
    assert finding.uncertain is not None


def test_the_finding_keeps_its_fingerprint_whatever_other_parts_there_are(tmp_path: Path) -> None:
    def of_a(text: str) -> Finding:
        result = scan(tmp_path, OUTSIDE + text, "sg_no_public_ingress_ssh")
        return next(each for each in result.findings if each.resource.address == "aws_security_group_rule.a")

    one = of_a(rule("a", "var.thing"))
    assert one.fingerprint == of_a(rule("a", "var.thing") + rule("b", "var.thing")).fingerprint
    assert one.fingerprint == of_a(rule("a", '"sg-0123456789abcdef0"')).fingerprint


def test_a_sensitive_name_is_not_shown(tmp_path: Path) -> None:
    text = 'variable "thing" {\n sensitive = true\n default = "sg-hidden"\n}\n' + rule("a", "var.thing")
    result = scan(tmp_path, text, "sg_no_public_ingress_ssh")
    assert verdicts(result) == {"aws_security_group_rule.a": Status.FAIL}
    assert "sg-hidden" not in repr(result)


def test_a_bucket_elsewhere_sends_its_logs_here(tmp_path: Path) -> None:
    """The bucket that takes them in need not log its own accesses."""
    logs = 'resource "aws_s3_bucket" "logs" {\n bucket = "logs"\n}\n'
    told = on_bucket("aws_s3_bucket_logging", 'target_bucket = aws_s3_bucket.logs.id\ntarget_prefix = "x"')
    without = verdicts(scan(tmp_path, OUTSIDE + logs, "s3_bucket_access_logging_enabled"))
    with_part = verdicts(scan(tmp_path, OUTSIDE + logs + told, "s3_bucket_access_logging_enabled"))
    assert without["aws_s3_bucket.logs"] is Status.FAIL
    assert with_part["aws_s3_bucket.logs"] is Status.NOT_APPLICABLE


# --- whose a value is ------------------------------------------------------------------------------------------------

TWINS = """
variable "first" { type = bool }
resource "aws_s3_bucket" "a" {
  count  = var.first ? 1 : 0
  bucket = "records"
}
resource "aws_s3_bucket" "b" {
  count  = var.first ? 0 : 1
  bucket = "records"
}
"""


@pytest.mark.parametrize("attribute", ["id", "bucket"])
@pytest.mark.parametrize(
    "way", ["aws_s3_bucket.a[0].{}", '"${{aws_s3_bucket.a[0].{}}}"', "local.name", "one(aws_s3_bucket.a[*].{})"]
)
def test_a_name_joins_as_the_id_does(tmp_path: Path, attribute: str, way: str) -> None:
    """Also where two conditional resources would carry the same literal name."""
    value = way.format(attribute)
    text = TWINS + f"locals {{ name = aws_s3_bucket.a[0].{attribute} }}\n"
    text += f'resource "aws_s3_bucket_versioning" "v" {{\n count = var.first ? 1 : 0\n bucket = {value}\n'
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    result = scan(tmp_path, text, "s3_bucket_versioning_enabled")
    # A list of names of which it is not known how many there are is not claimed to hold one; of ids it is.
    of_a = Status.UNKNOWN if value == "one(aws_s3_bucket.a[*].bucket)" else Status.PASS
    assert verdicts(result) == {"aws_s3_bucket.a[?]": of_a, "aws_s3_bucket.b[?]": Status.FAIL}


@pytest.mark.parametrize("given", ["aws_security_group.a.id", "aws_vpc.v.id"])
def test_a_module_that_was_not_read_gives_back_at_most_what_it_was_given(tmp_path: Path, given: str) -> None:
    text = f"""
    resource "aws_vpc" "v" {{}}
    resource "aws_security_group" "a" {{}}
    resource "aws_security_group" "b" {{}}
    module "m" {{
      source = "example/m/aws"
      thing  = {given}
    }}
    """
    result = scan(tmp_path, text + rule("r", "module.m.group_id"), "sg_no_public_ingress_ssh")
    found = verdicts(result)
    assert found["aws_security_group.b"] is Status.PASS
    if "aws_vpc" in given:
        assert found["aws_security_group.a"] is Status.PASS
        assert found["aws_security_group_rule.r"] is Status.FAIL
    else:
        assert found["aws_security_group.a"] is Status.UNKNOWN


@pytest.mark.parametrize(
    ("value", "of_a"),
    [
        ("coalesce(var.thing, aws_security_group.a.id)", Status.UNKNOWN),
        ("var.thing != null ? var.thing : aws_security_group.a.id", Status.UNKNOWN),
        ("try(var.thing, aws_security_group.a.id)", Status.PASS),  # a variable is never an error
        ("var.thing", Status.PASS),
        ("element([var.thing, aws_security_group.a.id], length(var.things))", Status.UNKNOWN),
    ],
)
def test_a_value_that_may_be_ours_leaves_only_that_in_doubt(tmp_path: Path, value: str, of_a: Status) -> None:
    groups = "".join(f'resource "aws_security_group" "{name}" {{}}\n' for name in "ab")
    found = verdicts(scan(tmp_path, OUTSIDE + groups + rule("r", value), "sg_no_public_ingress_ssh"))
    assert (found["aws_security_group.a"], found["aws_security_group.b"]) == (of_a, Status.PASS)


@pytest.mark.parametrize("name", ['"phi--use1-az4--x-s3"', '"${var.thing}--use1-az4--x-s3"', ""])
def test_a_part_of_something_of_another_kind_is_a_row(tmp_path: Path, name: str) -> None:
    """A directory bucket is declared here, but no bucket of the kind that the controls judge."""
    named = f"bucket = {name}" if name else ""
    text = OUTSIDE + f'resource "aws_s3_directory_bucket" "d" {{\n {named}\n}}\n'
    text += part("aws_s3_bucket_policy", "bucket", "aws_s3_directory_bucket.d.bucket")
    found, rows = inventory(tmp_path, text)
    assert all(not found.stand_ins(kind) for kind in kinds())
    (row,) = (row for row in rows if row.kind is GapKind.ELSEWHERE)
    assert row.reason == "it belongs to aws_s3_directory_bucket.d, whose type no control judges"


@pytest.mark.parametrize("value", ["null", '""', None])
def test_a_part_that_does_not_say_whose_it_is_is_a_row(tmp_path: Path, value: str | None) -> None:
    for kind, type_, by in splits():
        needed = required_arguments.arguments_of(type_).get(by)
        if needed is None or not needed.required:
            continue
        text = f'resource "{type_}" "part" {{\n{f"{by} = {value}" if value else ""}\n}}\n'
        found, rows = inventory(tmp_path, text)
        assert found.stand_ins(kind) == []
        assert f"{type_}.part" in {row.subject for row in rows if "does not say" in row.reason}, (type_, by)


def test_a_line_of_the_rule_names_what_is_only_declared_in_part(tmp_path: Path) -> None:
    """Evidence of one control is no evidence for the line, while others could not judge the same bucket."""
    versioned = on_bucket("aws_s3_bucket_versioning", 'versioning_configuration {\n status = "Enabled"\n}')
    (tmp_path / "main.tf").write_text('variable "thing" {}\n' + versioned)
    result = scan_terraform(TerraformTarget(tmp_path), Options())
    lines = [line for line in result.requirements if any(each.why is Why.ELSEWHERE for each in line.not_judged)]
    assert {each.what for line in lines for each in line.not_judged} == {"s3.Bucket"}
    assert {line.status for line in lines} <= {Status.PARTIAL, Status.UNKNOWN, Status.MANUAL}
    assert Status.PARTIAL in {line.status for line in lines}
    assert result.coverage.elsewhere["s3_bucket_tls_required"] == 1
    assert "s3_bucket_versioning_enabled" not in result.coverage.elsewhere
    assert result.coverage.resources == {"s3.Bucket": 1}


def test_a_plan_that_changes_nothing_of_it_says_nothing_of_it(tmp_path: Path) -> None:
    values = {"bucket": "elsewhere", "versioning_configuration": [{"status": "Suspended"}]}
    for actions, expected in ((("update",), 1), (("no-op",), 0)):
        changes = [change("aws_s3_bucket_versioning.part", values, actions=actions)]
        expressions = {"bucket": {"constant_value": "elsewhere"}}
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(plan(changes, [block("aws_s3_bucket_versioning.part", expressions)])))
        result = scan_terraform(TerraformTarget(path, changed_only=True), Options())
        rows = [gap for gap in result.coverage.gaps if gap.kind is GapKind.ELSEWHERE]
        assert (len(rows), len(result.findings)) == (expected, expected)


HIDDEN = 'variable "secret" {\n sensitive = true\n default = "topsecret-records"\n}\nvariable "on" { type = bool }\n'
SUSPENDED = 'versioning_configuration {\n status = "Suspended"\n}\n'


def suspended(bucket: str) -> str:
    return f'resource "aws_s3_bucket_versioning" "v" {{\n bucket = {bucket}\n{SUSPENDED}}}\n'


FENCED = 'resource "aws_s3_bucket_public_access_block" "p" {\n bucket = var.secret\n}\n'
HALF_NAMED = 'variable "env" {}\nresource "aws_s3_bucket" "b" {\n bucket = "${var.env}-records"\n}\n'


@pytest.mark.parametrize(
    "text",
    [
        FENCED + suspended("aws_s3_bucket_public_access_block.p.id"),
        suspended("var.on ? var.secret : var.secret"),
        HALF_NAMED + suspended("var.secret"),
    ],
)
def test_a_sensitive_name_is_shown_by_no_way_around(tmp_path: Path, text: str) -> None:
    (tmp_path / "main.tf").write_text(HIDDEN + text)
    assert "topsecret" not in repr(scan_terraform(TerraformTarget(tmp_path), Options()))


@pytest.mark.parametrize(
    "value",
    [
        "each.key",
        "lower(each.value)",
        'coalesce(var.env, "zz")',
        'replace(var.env, "_", "-")',
        'var.on ? "pp" : "qq"',
        'lookup(var.cfg, "n", null)',
    ],
)
def test_two_arguments_that_are_written_alike_are_worth_the_same(tmp_path: Path, value: str) -> None:
    repeated = "for_each = toset(var.names)" if "each." in value else ""
    text = 'variable "env" {}\nvariable "on" { type = bool }\nvariable "cfg" { type = map(string) }\n'
    text += 'variable "names" { type = list(string) }\n'
    text += f'resource "aws_s3_bucket" "b" {{\n {repeated}\n bucket = {value}\n}}\n'
    text += 'resource "aws_s3_bucket_versioning" "v" {\n' + f" {repeated}\n bucket = {value}\n"
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert set(verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled")).values()) == {Status.PASS}


@pytest.mark.parametrize("key", ["each.key", "each .key", "each\n.key", "each /* it */ . key"])
def test_of_two_instances_the_same_text_names_two_things(tmp_path: Path, key: str) -> None:
    text = 'variable "m" { type = map(string) }\n'
    text += f'resource "aws_s3_bucket" "b" {{\n for_each = toset(["a"])\n bucket = (var.m[({key})])\n}}\n'
    text += f'resource "aws_s3_bucket_versioning" "v" {{\n for_each = toset(["b"])\n bucket = (var.m[({key})])\n'
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled"))['aws_s3_bucket.b["a"]'] is Status.FAIL


@pytest.mark.parametrize("value", ["uuid()", "uuid ()", '"${uuid( )}"', "timestamp ()"])
def test_a_function_that_gives_another_value_each_time_names_two_things(tmp_path: Path, value: str) -> None:
    text = f'resource "aws_s3_bucket" "b" {{\n bucket = {value}\n}}\n'
    text += 'resource "aws_s3_bucket_versioning" "v" {\n' + f" bucket = {value}\n"
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert Status.PASS not in verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled")).values()


@pytest.mark.parametrize(("one", "other"), [("lower(var.env)", "var.env"), ('lookup(var.cfg, "n")', 'var.cfg["n"]')])
def test_two_values_of_one_variable_may_be_the_same(tmp_path: Path, one: str, other: str) -> None:
    text = 'variable "env" {}\nvariable "cfg" { type = map(string) }\n'
    text += f'resource "aws_s3_bucket" "b" {{\n bucket = {one}\n}}\n'
    text += f'resource "aws_s3_bucket_versioning" "v" {{\n bucket = {other}\n'
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled")) == {"aws_s3_bucket.b": Status.UNKNOWN}


@pytest.mark.parametrize("other", ['var.cfg["n"]', "var.cfg.n"])
def test_one_path_has_one_name(tmp_path: Path, other: str) -> None:
    text = 'variable "cfg" { type = map(string) }\n' + 'resource "aws_s3_bucket" "b" {\n bucket = var.cfg.n\n}\n'
    text += f'resource "aws_s3_bucket_versioning" "v" {{\n bucket = {other}\n'
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled")) == {"aws_s3_bucket.b": Status.PASS}


ADOPTED = (
    'resource "aws_vpc" "other" {}\nresource "aws_default_security_group" "other" {\n vpc_id = aws_vpc.other.id\n}\n'
)


def test_a_group_that_is_looked_up_by_its_name_is_not_the_default_group(tmp_path: Path) -> None:
    data = 'data "aws_security_group" "web" {\n name = "web"\n}\n'
    found = verdicts(
        scan(tmp_path, ADOPTED + data + rule("r", "data.aws_security_group.web.id"), "sg_no_public_ingress_ssh")
    )
    assert found["aws_security_group_rule.r"] is Status.FAIL
    assert found["aws_default_security_group.other"] is Status.PASS


def test_a_default_group_that_is_looked_up_by_its_network_is_the_one_of_that(tmp_path: Path) -> None:
    data = 'resource "aws_vpc" "g" {}\ndata "aws_security_group" "g" {\n name = "default"\n vpc_id = aws_vpc.g.id\n}\n'
    found = verdicts(
        scan(tmp_path, ADOPTED + data + rule("r", "data.aws_security_group.g.id"), "sg_no_public_ingress_ssh")
    )
    assert found == {"aws_vpc.g": Status.UNKNOWN, "aws_default_security_group.other": Status.PASS}


def test_a_part_among_very_many_is_found(tmp_path: Path) -> None:
    rules = [rule(f"r{number}", "var.thing", "10.0.0.0/8") for number in range(150)]
    text = OUTSIDE + "".join(rules) + rule("open", "var.thing")
    found = verdicts(scan(tmp_path, text, "sg_no_public_ingress_ssh"))
    assert found == {"aws_security_group_rule.open": Status.FAIL}


def test_another_end_of_another_kind_puts_nothing_else_in_doubt(tmp_path: Path) -> None:
    text = 'variable "on" { type = bool }\nresource "aws_vpc" "v" {}\nresource "aws_vpc" "w" {}\n'
    text += 'resource "aws_security_group" "a" {}\nresource "aws_security_group" "b" {}\n'
    text += rule("r", "var.on ? aws_security_group.a.id : aws_vpc.v.default_security_group_id")
    found = verdicts(scan(tmp_path, text, "sg_no_public_ingress_ssh"))
    unknown = {address for address, status in found.items() if status is Status.UNKNOWN}
    assert unknown == {"aws_security_group.a", "aws_vpc.v"}


TWO_REGIONS = """
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
"""
OPEN_PERMISSION = 'function_name = "f"\n principal = "*"\n action = "lambda:InvokeFunction"\n statement_id = "x"\n'


def function(name: str, provider: str = "") -> str:
    where = f"provider = {provider}\n" if provider else ""
    return f'resource "aws_lambda_function" "{name}" {{\n {where} function_name = "f"\n role = "arn:aws:iam::111122223333:role/r"\n}}\n'


def permission(provider: str = "") -> str:
    where = f"provider = {provider}\n" if provider else ""
    return f'resource "aws_lambda_permission" "p" {{\n {where} {OPEN_PERMISSION}}}\n'


def test_a_name_means_what_is_in_the_region_of_whoever_uses_it(tmp_path: Path) -> None:
    both = TWO_REGIONS + function("east") + function("west", "aws.west")
    found = verdicts(scan(tmp_path, both + permission("aws.west"), "lambda_function_not_public"))
    assert found == {"aws_lambda_function.east": Status.PASS, "aws_lambda_function.west": Status.FAIL}
    one = TWO_REGIONS + function("east")
    found = verdicts(scan(tmp_path, one + permission("aws.west"), "lambda_function_not_public"))
    assert found == {"aws_lambda_function.east": Status.PASS, "aws_lambda_permission.p": Status.FAIL}
    found = verdicts(scan(tmp_path, one + permission(), "lambda_function_not_public"))
    assert found == {"aws_lambda_function.east": Status.FAIL}


def test_a_name_of_a_bucket_means_the_same_in_every_region(tmp_path: Path) -> None:
    text = TWO_REGIONS + 'resource "aws_s3_bucket" "b" {\n bucket = "records"\n}\n'
    text += 'resource "aws_s3_bucket_versioning" "v" {\n provider = aws.west\n bucket = "records"\n'
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled")) == {"aws_s3_bucket.b": Status.PASS}


@pytest.mark.parametrize("closed", ["", "aws.west"])
def test_a_name_of_what_is_elsewhere_means_one_thing_in_each_region(tmp_path: Path, closed: str) -> None:
    def policy(name: str, principal: str, provider: str) -> str:
        where = f"provider = {provider}\n" if provider else ""
        statement = f'{{ Effect = "Allow", Principal = "{principal}", Action = "secretsmanager:*", Resource = "*" }}'
        text = f'policy = jsonencode({{ Version = "2012-10-17", Statement = [{statement}] }})'
        return f'resource "aws_secretsmanager_secret_policy" "{name}" {{\n{where}secret_arn = "records"\n{text}\n}}\n'

    text = TWO_REGIONS + policy("open", "*", "") + policy("other", "111122223333", closed)
    found = verdicts(scan(tmp_path, text, "secret_policy_not_public"))
    one = {"aws_secretsmanager_secret_policy.open": Status.FAIL, "aws_secretsmanager_secret_policy.other": Status.PASS}
    assert found == (one if closed else {}), "two policies of one secret contradict each other"


def test_instances_of_a_module_that_is_not_there_are_told_apart_and_named_alike_in_each_scan(tmp_path: Path) -> None:
    keys = {"one": '"a"', "two": '"b"', "three": '"${var.x}-a"', "four": '"${var.x}-b"'}
    text = 'variable "x" {}\nmodule "gone" {\nsource = "example/gone/aws"\nfor_each = toset(["a", "b"])\n}\n'
    for name, key in keys.items():
        text += f'resource "aws_s3_bucket_versioning" "{name}" {{\nbucket = module.gone[{key}].id\n'
        text += 'versioning_configuration {\nstatus = "Enabled"\n}\n}\n'
    found = {
        each.resource.name: each.resource.part_of
        for each in scan(tmp_path, text, "s3_bucket_versioning_enabled").findings
    }
    assert found == {
        "one": 'S3 bucket module.gone["a"].id',
        "two": 'S3 bucket module.gone["b"].id',
        "three": "S3 bucket that aws_s3_bucket_versioning.three names by bucket",
        "four": "S3 bucket that aws_s3_bucket_versioning.four names by bucket",
    }
