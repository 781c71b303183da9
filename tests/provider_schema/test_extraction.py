"""Extraction of the providers' schemas: from hand-written ones, from what is recorded, and from this machine's."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.provider_schema import __main__ as command
from tests.provider_schema import cloudformation
from tests.provider_schema.__main__ import lacking, main, with_types
from tests.provider_schema.asking import has_oldest, oldest
from tests.provider_schema.rows import DEEPEST, Row, SchemaError, of_provider, packed, read, rows
from tests.schema import AWSCC, NEWEST, OLDEST, REFERENCE, lines_of, title

BLOCK: dict[str, Any] = {
    "attributes": {
        "name": {"type": "string", "required": True},
        "arn": {"type": "string", "computed": True},
        "tags": {"type": ["map", "string"], "optional": True},
        "rows": {"type": ["list", ["object", {"a": "string"}]], "optional": True, "computed": True},
        "own": {
            "nested_type": {"nesting_mode": "set", "attributes": {"in": {"type": ["set", "number"], "required": True}}},
            "optional": True,
        },
    },
    "block_types": {
        "rule": {"nesting_mode": "list", "min_items": 1, "max_items": 1, "block": {"attributes": {}}},
        "rules": {"nesting_mode": "set", "block": {"attributes": {"leaf": {"type": "bool", "optional": True}}}},
    },
}


def document(source: str = "hashicorp/aws") -> dict[str, Any]:
    schemas = {"resource_schemas": {"aws_x": {"version": 0, "block": BLOCK}}}
    return {"format_version": "1.0", "provider_schemas": {f"registry.terraform.io/{source}": schemas}}


def test_every_argument_and_block_is_a_row() -> None:
    assert [row[1:] for row in rows(of_provider(document(), "hashicorp/aws"))] == [
        ("arn", "string", "computed"),
        ("name", "string", "required"),
        ("own", "attributes set", "optional"),
        ("own.in", "set of number", "required"),
        ("rows", "list of object", "optional"),
        ("rule", "block", "required"),
        ("rules", "blocks", "optional"),
        ("rules.leaf", "bool", "optional"),
        ("tags", "map of string", "optional"),
    ]


def test_what_repeats_itself_without_end_is_cut() -> None:
    block: dict[str, Any] = {"attributes": {"leaf": {"type": "string", "optional": True}}}
    for _ in range(DEEPEST + 3):
        block = {"block_types": {"and": {"nesting_mode": "list", "block": block}}}
    assert [row.path for row in rows({"aws_x": {"block": block}})] == [
        ".".join(["and"] * steps) for steps in range(1, DEEPEST + 1)
    ]


@pytest.mark.parametrize(
    ("told", "says"),
    [([], "no provider_schemas"), (document("hashicorp/google"), "only registry.terraform.io/hashicorp/google")],
)
def test_another_document_is_refused_with_the_reason(told: Any, says: str) -> None:
    with pytest.raises(SchemaError, match=says):
        of_provider(told, "hashicorp/aws")


def test_the_same_rows_are_the_same_bytes() -> None:
    found = rows(of_provider(document(), "hashicorp/aws"))
    assert packed("Terraform AWS provider 7", found) == packed("Terraform AWS provider 7", list(found))


@pytest.mark.parametrize("name", [NEWEST, OLDEST, AWSCC])
def test_each_recorded_schema_tells_its_release_and_has_rows(name: str) -> None:
    assert "provider" in title(name)
    found = [Row(*line) for line in lines_of(name)]
    assert {row.presence for row in found} == {"required", "optional", "computed"}
    assert len({row[:2] for row in found}) == len(found)


@pytest.mark.skipif(not has_oldest(), reason="terraform or the oldest AWS provider is not there")
def test_extracting_the_oldest_release_again_changes_nothing() -> None:
    version, schemas = oldest()
    again = packed(f"Terraform AWS provider {version}", rows(schemas))
    assert gzip.decompress(again) == gzip.decompress((REFERENCE / OLDEST).read_bytes())


def test_a_file_of_a_newer_release_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "schema.json").write_text(json.dumps(document()))
    monkeypatch.setattr(command, "REFERENCE", tmp_path)
    arguments = ["aws", str(tmp_path / "schema.json"), "--release", "7.0.0"]
    assert main(arguments) == 0
    assert (tmp_path / NEWEST).read_bytes() == packed(
        "Terraform AWS provider 7.0.0", rows(of_provider(document(), "hashicorp/aws"))
    )
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("is in date")
    assert main(["aws", str(tmp_path / "none.json"), "--release", "7.0.0"]) == 2
    (tmp_path / "schema.json").write_text("{")
    assert main(arguments) == 2


# --- the awscc provider, by CloudFormation's schemas -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("KmsKeyId", "kms_key_id"),
        ("CloudWatchLogsLogGroupArn", "cloudwatch_logs_log_group_arn"),
        ("CidrIpv6", "cidr_ipv_6"),
        ("S3BucketName", "s3_bucket_name"),
        ("SSESpecification", "sse_specification"),
        ("EnableIAMDatabaseAuthentication", "enable_iam_database_authentication"),
        # From the provider's pages of awscc_pipes_pipe, awscc_iot_topic_rule and
        # awscc_elasticloadbalancingv2_load_balancer.
        ("DynamoDBStreamParameters", "dynamo_db_stream_parameters"),
        ("DynamoDBv2", "dynamo_d_bv_2"),
        ("PrivateIPv4Address", "private_i_pv_4_address"),
    ],
)
def test_a_property_is_called_as_the_provider_calls_it(name: str, argument: str) -> None:
    assert cloudformation.words(name) == argument


OTHERWISE = {
    # In these schemas one of several alternatives; the provider requires it.
    "awscc_dynamodb_global_table": {"attribute_definitions", "key_schema"},
    "awscc_dynamodb_table": {"key_schema"},  # a JSON text to the provider
    # Read-only in CloudFormation since.
    "awscc_efs_file_system": {"replication_configuration"},
}
"""Type -> the arguments that the provider and these schemas tell otherwise, themselves or inside."""


def test_what_the_provider_itself_tells_is_what_these_schemas_tell() -> None:
    recorded: dict[str, dict[str, Row]] = {}
    for row in read(AWSCC):
        recorded.setdefault(row.type, {})[row.path] = row
    assert len(recorded) > 40
    for type_, theirs in recorded.items():
        ours = {row.path: row for row in cloudformation.rows_of(type_)}
        assert set(theirs) <= set(ours), type_
        otherwise = {path.partition(".")[0] for path, row in theirs.items() if row != ours[path]}
        assert otherwise == OTHERWISE.get(type_, set()), type_


def test_a_type_that_no_row_has_is_told_by_cloudformation() -> None:
    found = with_types([], ["awscc_kinesis_stream"])
    told = {row.path: (row.kind, row.presence) for row in found}
    assert told["stream_encryption.key_id"] == ("string", "optional")
    assert told["stream_encryption"] == ("attributes", "optional")
    assert told["arn"] == ("string", "computed")
    assert "id" in told


def test_the_recorded_types_are_all_that_the_tables_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lacking(read(AWSCC)) == [], "run `make docs`"
    monkeypatch.setattr(command, "types_read", lambda: {"awscc_kinesis_strem"})
    with pytest.raises(SchemaError, match="no type that awscc would call awscc_kinesis_strem"):
        lacking([])
