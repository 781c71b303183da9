"""Whose a value is that names something declared elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.assessment.model import Why
from hipaa_guard.controls.control import Status
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.binding import required_arguments
from tests.terraform.plans import block, change, plan
from tests.terraform.stand_ins.given import (
    OUTSIDE,
    inventory,
    kinds,
    on_bucket,
    part,
    rule,
    scan,
    splits,
    verdicts,
)

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
