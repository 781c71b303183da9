"""Policies of what belongs to a resource without being declared: the stream of a table, the copy of a file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from tests.terraform.stand_ins.given import OUTSIDE, scan, verdicts

# --- the stream of a table ---

TABLE = 'resource "aws_dynamodb_table" "t" {\n name = "records"\n stream_enabled = true\n}\n'
STREAM_ARN = '"arn:aws:dynamodb:us-east-1:111122223333:table/records/stream/2026-01-01T00:00:00.000"'


def table_policy(of: str, principal: str, name: str = "p") -> str:
    statement = f'{{Effect = "Allow", Principal = {principal}, Action = "dynamodb:GetRecords", Resource = "*"}}'
    policy = f'jsonencode({{Version = "2012-10-17", Statement = [{statement}]}})'
    return f'resource "aws_dynamodb_resource_policy" "{name}" {{\n resource_arn = {of}\n policy = {policy}\n}}\n'


def both_policies(own: str, of_stream: str, stream: str) -> str:
    return TABLE + table_policy("aws_dynamodb_table.t.arn", own, "own") + table_policy(stream, of_stream, "of_stream")


EVERYONE, A_SERVICE = '"*"', '{Service = "lambda.amazonaws.com"}'
SHARED_TABLE = "dynamodb_no_cross_account_policy"
STREAMS = [
    "aws_dynamodb_table.t.stream_arn",
    STREAM_ARN,
    '"${aws_dynamodb_table.t.arn}/stream/2026-01-01T00:00:00.000"',
]


@pytest.mark.parametrize("of", ["aws_dynamodb_table.t.arn", *STREAMS])
@pytest.mark.parametrize(("principal", "status"), [(EVERYONE, Status.FAIL), ('{AWS = "111122223333"}', Status.UNKNOWN)])
def test_who_may_read_the_stream_of_a_table_may_read_the_table(
    tmp_path: Path, of: str, principal: str, status: Status
) -> None:
    found = verdicts(scan(tmp_path, TABLE + table_policy(of, principal), SHARED_TABLE))
    assert found == {"aws_dynamodb_table.t": status}


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    ("own", "of_stream", "says"),
    [
        (EVERYONE, A_SERVICE, "has a policy that allows everyone"),
        (A_SERVICE, EVERYONE, "has a stream that has a policy that allows everyone"),
        ('{AWS = "111122223333"}', EVERYONE, "has a stream that has a policy that allows everyone"),
        (EVERYONE, '{AWS = "111122223333"}', "has a policy that allows everyone"),
    ],
)
def test_neither_policy_hides_the_other(tmp_path: Path, stream: str, own: str, of_stream: str, says: str) -> None:
    (finding,) = scan(tmp_path, both_policies(own, of_stream, stream), SHARED_TABLE).findings
    assert (finding.resource.address, finding.status) == ("aws_dynamodb_table.t", Status.FAIL)
    assert finding.message.startswith(says)


def test_what_a_stream_denies_is_not_denied_to_who_reads_the_table(tmp_path: Path) -> None:
    denies = table_policy(STREAMS[0], EVERYONE, "of_stream").replace("Allow", "Deny")
    text = TABLE + table_policy("aws_dynamodb_table.t.arn", EVERYONE, "own")
    assert verdicts(scan(tmp_path, text + denies, SHARED_TABLE)) == {"aws_dynamodb_table.t": Status.FAIL}


def test_a_table_whose_stream_has_a_policy_still_has_none(tmp_path: Path) -> None:
    of_nobody = table_policy(STREAMS[0], EVERYONE).replace("Allow", "Deny")
    (finding,) = scan(tmp_path, TABLE + of_nobody, SHARED_TABLE).findings
    assert (finding.status, finding.message) == (Status.PASS, "has no policy, so that no other account gets in")


@pytest.mark.parametrize(("own", "either"), [(EVERYONE, A_SERVICE), (A_SERVICE, EVERYONE), (None, EVERYONE)])
def test_a_policy_of_a_table_or_of_its_stream_hides_nothing(tmp_path: Path, own: str | None, either: str) -> None:
    text = 'variable "of_table" { type = bool }\n' + TABLE
    text += table_policy(f"var.of_table ? aws_dynamodb_table.t.arn : {STREAMS[0]}", either)
    text += "" if own is None else table_policy("aws_dynamodb_table.t.arn", own, "own")
    found = verdicts(scan(tmp_path, text, SHARED_TABLE))
    assert found == {"aws_dynamodb_table.t": Status.FAIL}


def test_the_policy_of_the_stream_of_a_table_elsewhere_is_told_where_it_stands(tmp_path: Path) -> None:
    (finding,) = scan(tmp_path, table_policy(STREAM_ARN, EVERYONE), SHARED_TABLE).findings
    assert (finding.resource.address, finding.status) == ("aws_dynamodb_resource_policy.p", Status.FAIL)


@pytest.mark.parametrize("type_", ["awscc_dynamodb_table", "aws_dynamodb_table"])
def test_the_stream_of_a_table_of_either_provider(tmp_path: Path, type_: str) -> None:
    text = f'resource "{type_}" "t" {{}}\n' + table_policy(f"{type_}.t.stream_arn", EVERYONE)
    assert verdicts(scan(tmp_path, text, SHARED_TABLE)) == {f"{type_}.t": Status.FAIL}


def test_a_policy_of_a_stream_in_the_block_of_its_table(tmp_path: Path) -> None:
    statement = '{Effect = "Allow", Principal = "*", Action = "dynamodb:GetRecords", Resource = "*"}'
    document = f'{{ policy_document = jsonencode({{Version = "2012-10-17", Statement = [{statement}]}}) }}'
    text = 'resource "awscc_dynamodb_table" "t" {\n stream_specification = { resource_policy = ' + document + " }\n}\n"
    text += 'resource "awscc_dynamodb_global_table" "g" {\n replicas = [{ region = "us-east-1"\n'
    text += "replica_stream_specification = { resource_policy = " + document + " } }]\n}\n"
    assert verdicts(scan(tmp_path, text, SHARED_TABLE)) == {
        "awscc_dynamodb_table.t": Status.FAIL,
        'awscc_dynamodb_global_table.g.replicas["us-east-1"]': Status.FAIL,
    }


# --- the destination of a replication of a file system ---

OPEN_FILES = "efs_policy_not_public"


def replication(destination: str) -> str:
    place = f'region = "us-west-2"\n {destination}'
    return (
        'resource "aws_efs_replication_configuration" "r" {\n source_file_system_id = "fs-0000"\n'
        f"destination {{\n {place}\n }}\n}}\n"
    )


def file_system_policy(of: str) -> str:
    statement = '{Effect = "Allow", Principal = "*", Action = "*", Resource = "*"}'
    document = f'jsonencode({{Version = "2012-10-17", Statement = [{statement}]}})'
    return f'resource "aws_efs_file_system_policy" "p" {{\n file_system_id = {of}\n policy = {document}\n}}\n'


@pytest.mark.parametrize(
    ("destination", "named"),
    [
        ('file_system_id = "fs-0123"', '"fs-0123"'),
        ("file_system_id = var.thing", "var.thing"),
        ('file_system_id = "fs-0123"', "aws_efs_replication_configuration.r.destination[0].file_system_id"),
        ("file_system_id = var.thing", "aws_efs_replication_configuration.r.destination[0].file_system_id"),
        ("", "aws_efs_replication_configuration.r.destination[0].file_system_id"),
    ],
)
def test_a_policy_on_the_destination_of_a_replication_is_told_once(
    tmp_path: Path, destination: str, named: str
) -> None:
    found = verdicts(scan(tmp_path, OUTSIDE + replication(destination) + file_system_policy(named), OPEN_FILES))
    assert found == {'aws_efs_replication_configuration.r.destination["us-west-2"]': Status.FAIL}


def test_a_policy_on_a_declared_destination_is_told_there(tmp_path: Path) -> None:
    text = 'resource "aws_efs_file_system" "d" {}\n' + replication("file_system_id = aws_efs_file_system.d.id")
    for named in ("aws_efs_file_system.d.id", "aws_efs_replication_configuration.r.destination[0].file_system_id"):
        found = verdicts(scan(tmp_path, text + file_system_policy(named), OPEN_FILES))
        assert found == {"aws_efs_file_system.d": Status.FAIL}


@pytest.mark.parametrize("named", ['"fs-0124"', "data.aws_instance.d.id"])
def test_a_policy_on_another_file_system_is_told_where_it_stands(tmp_path: Path, named: str) -> None:
    text = OUTSIDE + replication('file_system_id = "fs-0123"') + file_system_policy(named)
    found = verdicts(scan(tmp_path, text, OPEN_FILES))
    assert found.pop("aws_efs_file_system_policy.p") is Status.FAIL
    assert found == {'aws_efs_replication_configuration.r.destination["us-west-2"]': Status.UNKNOWN}
