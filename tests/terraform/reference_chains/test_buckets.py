"""Split resources that point at their main one through another split resource, or in several ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.facts.values import Unknown
from tests.terraform.kinds import at, file, hcl, told, why
from tests.terraform.plans import block, change, plan, refs
from tests.terraform.reference_chains.blocks import resource

VERSIONED = 'versioning_configuration {\n status = "Enabled"\n}\n'
BLOCK = "block_public_acls = true\n"
BUCKET = resource("aws_s3_bucket.a", "") + resource("aws_s3_bucket.b", "")
FENCE = resource("aws_s3_bucket_public_access_block.p", f"bucket = aws_s3_bucket.a.id\n{BLOCK}")


def versioning(bucket: str, more: str = "") -> str:
    """A split resource that points at what an expression says."""
    return resource("aws_s3_bucket_versioning.v", f"bucket = {bucket}\n{VERSIONED}{more}")


@pytest.mark.parametrize(
    "pointer",
    [
        "aws_s3_bucket_public_access_block.p.id",
        "aws_s3_bucket_public_access_block.p.bucket",
        "aws_s3_bucket_public_access_block.p.*.id[0]",
        '"arn:aws:s3:::${aws_s3_bucket_public_access_block.p.id}"',
        "var.on ? aws_s3_bucket_public_access_block.p.id : aws_s3_bucket.a.id",
        "var.on ? aws_s3_bucket.a.bucket : aws_s3_bucket.a.id",
        "local.attached",
    ],
)
def test_through_a_sibling_as_if_directly(tmp_path: Path, pointer: str) -> None:
    declared = 'variable "on" {}\nlocals { attached = aws_s3_bucket_public_access_block.p.id }\n'
    found = hcl(tmp_path, declared + BUCKET + FENCE + versioning(pointer))
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b").versioning is None


def test_through_a_chain_of_siblings(tmp_path: Path) -> None:
    policy = resource("aws_s3_bucket_policy.q", 'bucket = aws_s3_bucket_public_access_block.p.id\npolicy = "{}"')
    found = hcl(tmp_path, BUCKET + FENCE + policy + versioning("aws_s3_bucket_policy.q.id"))
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.a").policy == "{}"


def test_through_a_sibling_whose_own_bucket_is_a_name(tmp_path: Path) -> None:
    text = (
        'variable "n" {}\n'
        + resource("aws_s3_bucket.a", 'bucket = "records"')
        + resource("aws_s3_bucket.b", 'bucket = "x-${var.n}"')
        + resource("aws_s3_bucket_policy.a", 'bucket = "records"\npolicy = "{}"')
        + resource("aws_s3_bucket_policy.b", 'bucket = "x-${var.n}"\npolicy = "{}"')
        + versioning("aws_s3_bucket_policy.a.id")
        + resource("aws_s3_bucket_versioning.w", f"bucket = aws_s3_bucket_policy.b.id\n{VERSIONED}")
    )
    found = hcl(tmp_path, text)
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b").versioning == "Enabled"


def test_siblings_in_a_circle_are_doubtful_and_end(tmp_path: Path) -> None:
    circle = resource("aws_s3_bucket_policy.q", "bucket = aws_s3_bucket_versioning.v.id")
    found = hcl(tmp_path, BUCKET + circle + versioning("aws_s3_bucket_policy.q.id"))
    assert "may apply" in why(at(found, "aws_s3_bucket.a"), "versioning")


def test_through_a_sibling_that_may_not_exist(tmp_path: Path) -> None:
    text = 'variable "on" {}\n' + BUCKET
    text += resource(
        "aws_s3_bucket_policy.q", 'count = var.on ? 1 : 0\nbucket = aws_s3_bucket.a.id\npolicy = "{}"'
    ) + versioning("var.on ? aws_s3_bucket_policy.q[0].id : aws_s3_bucket.a.id")
    found = hcl(tmp_path, text)
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b").versioning is None


def test_two_buckets_to_choose_from_are_both_in_doubt_and_no_other(tmp_path: Path) -> None:
    text = 'variable "on" {}\n' + BUCKET + resource("aws_s3_bucket.c", "") + resource("aws_s3_bucket.d", 'bucket = "d"')
    text += FENCE + versioning('var.on ? (var.on ? aws_s3_bucket_public_access_block.p.id : "d") : aws_s3_bucket.b.id')
    found = hcl(tmp_path, text)
    for name in "abd":
        assert "may apply" in why(at(found, f"aws_s3_bucket.{name}"), "versioning")
    assert at(found, "aws_s3_bucket.c").versioning is None


def test_a_name_that_another_resource_makes_of_the_bucket_is_in_doubt_for_that_bucket(tmp_path: Path) -> None:
    text = BUCKET + resource("aws_s3_access_point.p", "bucket = aws_s3_bucket.a.id")
    text += resource("test_other.o", "things = [aws_s3_bucket.b.arn]")
    found = hcl(tmp_path, text + versioning("aws_s3_access_point.p.id"))
    assert "may apply" in why(at(found, "aws_s3_bucket.a"), "versioning")
    assert at(found, "aws_s3_bucket.b").versioning is None
    found = hcl(tmp_path, text + versioning("test_other.o.made"))
    assert "may apply" in why(at(found, "aws_s3_bucket.b"), "versioning")
    assert at(found, "aws_s3_bucket.a").versioning is None


def test_in_a_plan_too(tmp_path: Path) -> None:
    changes = [
        change("aws_s3_bucket.a", {}, {"id": True, "bucket": True}),
        change("aws_s3_bucket.b", {}, {"id": True, "bucket": True}),
        change("aws_s3_bucket_public_access_block.p", {}, {"id": True, "bucket": True}),
        change(
            "aws_s3_bucket_versioning.v",
            {"versioning_configuration": [{"status": "Enabled"}]},
            {"id": True, "bucket": True},
        ),
    ]

    def inventory(*names: str) -> Any:
        resources = [
            block("aws_s3_bucket.a", {}),
            block("aws_s3_bucket.b", {}),
            block("aws_s3_bucket_public_access_block.p", {"bucket": refs("aws_s3_bucket.a.id")}),
            block(
                "aws_s3_bucket_versioning.v",
                {"bucket": refs(*names), "versioning_configuration": [{"status": {"constant_value": "Enabled"}}]},
            ),
        ]
        return file(tmp_path, plan(changes, resources))

    sibling = "aws_s3_bucket_public_access_block.p.id"
    for names in [(sibling,), (sibling, "aws_s3_bucket.a.id")]:
        found = inventory(*names)
        assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
        assert at(found, "aws_s3_bucket.b").versioning is None
    found = inventory(sibling, "aws_s3_bucket.b.id")
    assert isinstance(told(at(found, "aws_s3_bucket.a"), "versioning"), Unknown)
    assert isinstance(told(at(found, "aws_s3_bucket.b"), "versioning"), Unknown)


# --- instances of unknown number -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("main", "split", "joined"),
    [
        ("count = var.on ? 1 : 0", "count = var.on ? 1 : 0\nbucket = aws_s3_bucket.a[0].id", True),
        ("count = var.on ? 1 : 0", "count = var.on ? 1 : 0\nbucket = one(aws_s3_bucket.a[*].id)", True),
        ("count = var.n", "count = var.n\nbucket = aws_s3_bucket.a[count.index].id", True),
        ("count = var.n", "count = var.n\nbucket = aws_s3_bucket.a.*.id[count.index]", True),
        ("count = var.n", "count = var.n\nbucket = element(aws_s3_bucket.a[*].id, count.index)", True),
        ("for_each = var.n", "for_each = var.n\nbucket = aws_s3_bucket.a[each.key].id", True),
        ("for_each = toset(var.n)", "for_each = toset(var.n)\nbucket = aws_s3_bucket.a[each.value].id", True),
        ("for_each = var.n", "for_each = aws_s3_bucket.a\nbucket = each.value.id", True),
        ("count = var.n", "count = var.n\nbucket = aws_s3_bucket.a[0].id", False),
        ("count = var.n", "count = var.n\nbucket = aws_s3_bucket.a.*.id[0]", False),
        ("for_each = var.n", 'for_each = var.n\nbucket = aws_s3_bucket.a["x"].id', False),
        ("for_each = var.n", "for_each = var.n\nbucket = aws_s3_bucket.a[each.value].id", False),
        ("for_each = var.n", "for_each = var.n\nbucket = aws_s3_bucket.a[var.on].id", False),
        ("for_each = var.n", "for_each = var.on\nbucket = aws_s3_bucket.a[each.key].id", False),
    ],
)
def test_counted_alike_they_belong_together_key_by_key(tmp_path: Path, main: str, split: str, joined: bool) -> None:
    text = 'variable "on" {}\nvariable "n" {}\n' + resource("aws_s3_bucket.a", main)
    found = hcl(tmp_path, text + resource("aws_s3_bucket_versioning.v", f"{split}\n{VERSIONED}"))
    value = told(at(found, "aws_s3_bucket.a[?]"), "versioning")
    assert isinstance(value, Unknown) is not joined
    assert not joined or value == "Enabled"


# --- data sources ----------------------------------------------------------------------------------------------------

GROUP = 'variable "n" {}\nresource "aws_security_group" "g" {}\n'


def rule(group: str) -> str:
    """A rule that opens a security group to everyone."""
    return resource("aws_vpc_security_group_ingress_rule.r", f'security_group_id = {group}\ncidr_ipv4 = "0.0.0.0/0"')


def test_a_data_source_reads_what_was_there_before(tmp_path: Path) -> None:
    data = 'data "aws_security_group" "d" {\n name = var.n\n}\n'
    found = hcl(tmp_path, GROUP + data + rule("data.aws_security_group.d.id"))
    assert at(found, "aws_security_group.g").open is False


@pytest.mark.parametrize(
    ("data", "is_open"),
    [
        ('data "aws_security_group" "d" {\n id = aws_security_group.g.id\n}\n', True),
        ('data "aws_security_group" "d" {\n name = aws_security_group.g.name\n}\n', None),
        ('data "aws_security_group" "d" {\n name = "x"\n depends_on = [aws_security_group.g]\n}\n', None),
    ],
)
def test_unless_it_asks_for_what_is_declared(tmp_path: Path, data: str, is_open: bool | None) -> None:
    found = hcl(tmp_path, GROUP + data + rule("data.aws_security_group.d.id"))
    value = told(at(found, "aws_security_group.g"), "open")
    assert isinstance(value, Unknown) if is_open is None else value is is_open


@pytest.mark.parametrize(("asked", "is_open"), [("", False), ("depends_on = [aws_security_group.g]", None)])
def test_a_value_that_a_data_source_keeps_is_from_outside(tmp_path: Path, asked: str, is_open: bool | None) -> None:
    """Unless it is read after something that is declared here."""
    data = f'data "aws_ssm_parameter" "d" {{\n name = "group"\n {asked}\n}}\n'
    found = hcl(tmp_path, GROUP + data + rule("data.aws_ssm_parameter.d.value"))
    value = told(at(found, "aws_security_group.g"), "open")
    assert isinstance(value, Unknown) if is_open is None else value is is_open


def test_a_name_made_of_what_a_data_source_reads_is_no_other(tmp_path: Path) -> None:
    text = (
        'data "aws_caller_identity" "me" {}\n'
        + resource("aws_s3_bucket.a", "bucket = data.aws_caller_identity.me.account_id")
        + resource("aws_s3_bucket.b", 'bucket = "x${data.aws_caller_identity.me.account_id}"')
    )
    found = hcl(tmp_path, text + versioning("data.aws_caller_identity.me.account_id"))
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b").versioning is None


@pytest.mark.parametrize(("argument", "attribute"), [("aws_s3_bucket.a.id", "id"), ("aws_s3_bucket.a.id", "bucket")])
@pytest.mark.parametrize("named", ["", 'bucket = "records"'])
def test_a_data_source_repeats_what_it_was_asked_by(tmp_path: Path, argument: str, attribute: str, named: str) -> None:
    data = f'data "aws_s3_bucket" "d" {{\n bucket = {argument}\n}}\n'
    text = resource("aws_s3_bucket.a", named) + data + versioning(f"data.aws_s3_bucket.d.{attribute}")
    assert at(hcl(tmp_path, text), "aws_s3_bucket.a").versioning == "Enabled"
    text = text.replace("bucket = aws_s3_bucket.a.id", 'bucket = "records"')
    found = at(hcl(tmp_path, text), "aws_s3_bucket.a").versioning
    assert found == ("Enabled" if named else None)
