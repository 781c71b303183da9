"""Replicas of DynamoDB tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases
from tests.policies.replicas.holders import (
    EU,
    KEY_ARN,
    KINDS,
    PITR,
    PROTECTED,
    TABLE,
    document,
    eu,
    judged,
    source,
    statuses,
)
from tests.terraform.plans import block, change, const, plan

PROVIDER = 'provider "aws" {\n region = "us-east-1"\n}\n'

OWN_KEY = 'resource "aws_kms_key" "own" {}\n'

SSE = "server_side_encryption {\n enabled = true\n kms_key_arn = aws_kms_key.own.arn\n}\n"

KMS, CMK = "dynamodb_table_encrypted_with_kms", "dynamodb_table_encrypted_with_cmk"


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
    assessment = scan_terraform(TerraformTarget(source(tmp_path, text)), Options())
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
    assert [
        f.resource.address for f in scan_terraform(TerraformTarget(path), Options()).findings if f.control_id == PITR
    ] == [
        "aws_dynamodb_table.phi",
        EU,
    ]
    assert scan_terraform(TerraformTarget(path, changed_only=True), Options()).findings == ()
