"""States: as `terraform show -json` writes them, and raw files."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.facts.records import in_words
from hipaa_guard.facts.values import Unknown
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.read import read
from hipaa_guard.terraform.recorded.state import read_raw_state, read_state
from tests.terraform.kinds import KINDS, at, file, hcl, told

BUCKET = {
    "bucket": "records",
    "id": "records",
    "arn": "arn:aws:s3:::records",
    "tags": {"phi": "yes"},
    "tags_all": {"phi": "yes"},
    "lifecycle_rule": [],
}
VERSIONING = {
    "bucket": "records",
    "id": "records",
    "versioning_configuration": [{"status": "Enabled", "mfa_delete": ""}],
}
DATABASE = {
    "identifier": "patients",
    "arn": "arn:aws:rds:eu-west-1:123456789012:db:patients",
    "engine": "postgres",
    "password": "hunter2",
    "storage_encrypted": True,
    "vpc_security_group_ids": ["sg-1", "sg-2"],
}

SHOWN: dict[str, Any] = {
    "format_version": "1.0",
    "terraform_version": "1.11.4",
    "values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_s3_bucket.b",
                    "mode": "managed",
                    "type": "aws_s3_bucket",
                    "name": "b",
                    "values": BUCKET,
                },
                {
                    "address": 'aws_db_instance.d["x.y"]',
                    "mode": "managed",
                    "type": "aws_db_instance",
                    "name": "d",
                    "index": "x.y",
                    "values": DATABASE,
                    "sensitive_values": {"password": True, "vpc_security_group_ids": [False, True]},
                },
                {
                    "address": "aws_s3_bucket.old",
                    "mode": "managed",
                    "type": "aws_s3_bucket",
                    "name": "old",
                    "deposed_key": "byebye00",
                    "values": BUCKET,
                },
                {
                    "address": "data.aws_s3_bucket.d",
                    "mode": "data",
                    "type": "aws_s3_bucket",
                    "name": "d",
                    "values": BUCKET,
                },
            ],
            "child_modules": [
                {
                    "address": 'module.m["a.b"]',
                    "resources": [
                        {
                            "address": 'module.m["a.b"].aws_s3_bucket_versioning.v',
                            "mode": "managed",
                            "type": "aws_s3_bucket_versioning",
                            "name": "v",
                            "values": VERSIONING,
                        }
                    ],
                }
            ],
        }
    },
}


def raw(type: str, name: str, attributes: dict[str, Any], **more: Any) -> dict[str, Any]:
    instance = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
    for key in ("index_key", "deposed", "status", "sensitive_attributes"):
        if key in more:
            instance[key] = more.pop(key)
    provider = 'provider["registry.terraform.io/hashicorp/aws"]'
    return {"mode": "managed", "type": type, "name": name, "provider": provider, "instances": [instance], **more}


RAW: dict[str, Any] = {
    "version": 4,
    "terraform_version": "1.11.4",
    "serial": 3,
    "lineage": "7f0c3a0e",
    "outputs": {"secret": {"value": "hunter2", "type": "string", "sensitive": True}},
    "resources": [
        raw("aws_s3_bucket", "b", BUCKET, status="tainted"),
        raw(
            "aws_db_instance",
            "d",
            DATABASE,
            index_key="x.y",
            sensitive_attributes=[
                [{"type": "get_attr", "value": "password"}],
                [
                    {"type": "get_attr", "value": "vpc_security_group_ids"},
                    {"type": "index", "value": {"value": 1, "type": "number"}},
                ],
            ],
        ),
        raw("aws_s3_bucket", "old", BUCKET, deposed="byebye00"),
        raw("aws_s3_bucket", "d", BUCKET, mode="data"),
        raw("aws_s3_bucket_versioning", "v", VERSIONING, module='module.m["a.b"]'),
    ],
}


@pytest.mark.parametrize("document", [SHOWN, RAW], ids=["shown", "raw"])
def test_a_state_is_read(tmp_path: Path, document: dict[str, Any]) -> None:
    found = file(tmp_path, document, "terraform.tfstate")
    assert {one.origin.address for one in found} == {"aws_s3_bucket.b", 'aws_db_instance.d["x.y"]'}
    bucket = at(found, "aws_s3_bucket.b")
    assert bucket.versioning == "Enabled"
    assert bucket.policy is None
    assert bucket.rules is None
    assert bucket.origin.arn == "arn:aws:s3:::records"
    assert bucket.origin.keys == {"records", "arn:aws:s3:::records"}
    assert str(bucket.origin.location) == "terraform.tfstate:1"


@pytest.mark.parametrize("document", [SHOWN, RAW], ids=["shown", "raw"])
def test_secrets_are_never_shown(tmp_path: Path, document: dict[str, Any]) -> None:
    database = at(file(tmp_path, document), 'aws_db_instance.d["x.y"]')
    password = database.password
    assert isinstance(password, Unknown)
    assert password.is_set
    assert "hunter2" not in in_words(password) + repr(password)
    first, second = database.groups
    assert first == "sg-1"
    assert isinstance(second, Unknown)
    assert database.origin.region == "eu-west-1"


def test_the_same_as_source(tmp_path: Path) -> None:
    state = file(tmp_path, RAW)
    source = hcl(
        tmp_path,
        """
        resource "aws_s3_bucket" "b" {
          bucket = "records"
          tags   = { phi = "yes" }
        }
        module "m" {
          source   = "./m"
          for_each = toset(["a.b"])
          bucket   = aws_s3_bucket.b.id
        }
        """,
        m="""
        variable "bucket" {}
        resource "aws_s3_bucket_versioning" "v" {
          bucket = var.bucket
          versioning_configuration { status = "Enabled" }
        }
        """,
    )
    for name in type(at(source, "aws_s3_bucket.b")).facts:
        assert told(at(source, "aws_s3_bucket.b"), name) == told(at(state, "aws_s3_bucket.b"), name), name


def test_an_empty_state_is_one(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"format_version": "1.0"}')
    (configuration,) = read(tmp_path / "state.json")
    assert (configuration.source, configuration.instances) == ("state", [])


@pytest.mark.parametrize("version", [1, 3, 5])
def test_other_versions_are_refused(version: int) -> None:
    with pytest.raises(TerraformInputError, match="terraform show -json"):
        read_raw_state({**RAW, "version": version}, "terraform.tfstate")


def test_instances_in_an_older_shape_are_reported() -> None:
    old = {**raw("aws_s3_bucket", "b", {}), "instances": [{"attributes_flat": {"bucket": "records"}}]}
    configuration = read_raw_state({**RAW, "resources": [old]}, "terraform.tfstate")
    assert configuration.instances == []
    assert "refresh-only" in configuration.gaps[0].hint


@pytest.mark.parametrize("document", [SHOWN, RAW], ids=["shown", "raw"])
def test_damaged_states_are_read_as_far_as_they_go(document: dict[str, Any]) -> None:
    reader = read_raw_state if document is RAW else read_state
    damage: list[Any] = [None, True, 7, "text", [], {}, [None], [[]], {"x": None}]
    for path in _paths(document):
        for wrong in damage:
            damaged = copy.deepcopy(document)
            place: Any = damaged
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = wrong
            try:
                configuration = reader(damaged, "state.json")
            except TerraformInputError:
                continue
            for resource in build_inventory(configuration, KINDS):
                for name in type(resource).facts:
                    resource.evidence(type(resource).facts[name])


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    return [found for key, item in inside for found in [(*path, key), *_paths(item, (*path, key))]]
