"""Split resources that may not exist, and what points at a resource."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.values import Reference, Unknown
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.recorded.instances import RecordedInstance
from tests.terraform.joins.given import VERSIONED
from tests.terraform.kinds import KINDS, at, hcl, told, why


def test_one_that_may_not_exist_decides_nothing(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        f"""
        variable "on" {{}}
        resource "aws_s3_bucket" "a" {{}}
        resource "aws_s3_bucket_versioning" "v" {{
          count  = var.on ? 1 : 0
          bucket = aws_s3_bucket.a.id
          {VERSIONED}
        }}
        resource "aws_s3_bucket_public_access_block" "p" {{
          count             = var.on ? 1 : 0
          bucket            = aws_s3_bucket.a.id
          block_public_acls = false
        }}
        """,
    )
    assert "aws_s3_bucket_versioning.v[?] may not exist" in why(at(found, "aws_s3_bucket.a"), "versioning")
    assert at(found, "aws_s3_bucket.a").blocks_acls is False, "as when it does not exist"


def test_counted_alike_both_exist_or_neither() -> None:
    class Counted(RecordedInstance):
        def __init__(self, type: str, name: str, expansion: str, values: dict[str, object]) -> None:
            place = Location("main.tf", 1, 1)
            super().__init__(f"{type}.{name}[?]", type, name, "", place, None, values.get, Unknown("count: var.on"))
            self.expansion = expansion

    def versioning(expansion: str) -> object:
        pointer = Reference("aws_s3_bucket.a[?]", "id")
        main = Counted("aws_s3_bucket", "a", "var.on ? 1 : 0", {})
        values = {"bucket": pointer, "versioning_configuration": [{"status": "Enabled"}]}
        split = Counted("aws_s3_bucket_versioning", "v", expansion, values)
        (bucket,) = build_inventory(Configuration(".", "hcl", [main, split]), KINDS)
        return told(bucket, "versioning")

    assert versioning("var.on ? 1 : 0") == "Enabled"
    assert versioning("aws_s3_bucket.a") == "Enabled", "chained"
    assert isinstance(versioning("var.on && var.safe ? 1 : 0"), Unknown)


def test_another_state_names_nothing_here(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        f"""
        data "terraform_remote_state" "other" {{ backend = "s3" }}
        resource "aws_s3_bucket" "a" {{}}
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = data.terraform_remote_state.other.outputs.bucket
          {VERSIONED}
        }}
        """,
    )
    assert at(found, "aws_s3_bucket.a").versioning is None


def test_in_one_uncertain_module_both_exist_or_neither(tmp_path: Path) -> None:
    module = f"""
    resource "aws_s3_bucket" "a" {{}}
    resource "aws_s3_bucket_versioning" "v" {{
      bucket = aws_s3_bucket.a.id
      {VERSIONED}
    }}
    """
    found = hcl(tmp_path, 'variable "n" {}\nmodule "m" {\n source = "./m"\n count = var.n\n}', m=module)
    bucket = at(found, "module.m[?].aws_s3_bucket.a")
    assert bucket.versioning == "Enabled"
    assert bucket.origin.uncertain is not None


def test_one_instance_is_not_all_that_may_exist(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        f"""
        variable "names" {{ type = set(string) }}
        resource "aws_s3_bucket" "b" {{ for_each = var.names }}
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = aws_s3_bucket.b["records"].id
          {VERSIONED}
        }}
        """,
    )
    assert "another instance" in why(at(found, "aws_s3_bucket.b[?]"), "versioning")


@pytest.mark.parametrize(
    ("possible", "open_"),
    [("0.0.0.0/0", None), ("10.0.0.0/8", False)],
)
def test_linked_lists_are_incomplete_where_something_may_point_here(
    tmp_path: Path, possible: str, open_: bool | None
) -> None:
    """What may belong here matters only if it would change the answer."""
    rule = """
    resource "aws_vpc_security_group_ingress_rule" "%s" {
      security_group_id = %s
      cidr_ipv4         = "%s"
    }
    """
    found = hcl(
        tmp_path,
        'variable "on" {}\nresource "aws_security_group" "a" {}\nresource "aws_security_group" "b" {}\n'
        + rule % ("one", "aws_security_group.a.id", "0.0.0.0/0")
        + rule % ("two", "var.on ? aws_security_group.a.id : aws_security_group.b.id", possible),
    )
    assert at(found, "aws_security_group.a").open is True
    if open_ is None:
        assert "rule.two may apply" in why(at(found, "aws_security_group.b"), "open")
    else:
        assert at(found, "aws_security_group.b").open is open_


def test_absence_is_unknown_for_an_instance_given_to_an_unread_module() -> None:
    def instance(address: str, type: str, **values: object) -> RecordedInstance:
        name = address.rpartition(".")[2]
        return RecordedInstance(address, type, name, "", Location("x.tf", 1, 1), None, values.get)

    bucket = instance("aws_s3_bucket.a", "aws_s3_bucket")
    other = instance("aws_s3_bucket.b", "aws_s3_bucket")
    configuration = Configuration(".", "hcl", [bucket, other])
    configuration.given_to_unread["aws_s3_bucket.a"] = Unknown("module.m was given it and is not available")
    found = build_inventory(configuration, KINDS)
    assert why(at(found, "aws_s3_bucket.a"), "versioning") == "module.m was given it and is not available"
    assert at(found, "aws_s3_bucket.b").versioning is None


def test_a_kind_may_depend_on_a_value(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        """
        variable "engine" {}
        resource "aws_db_instance" "a" { engine = "postgres" }
        resource "aws_db_instance" "b" { engine = "docdb" }
        resource "aws_db_instance" "c" { engine = var.engine }
        """,
    )
    assert {resource.origin.address for resource in found} == {"aws_db_instance.a", "aws_db_instance.c"}
    assert at(found, "aws_db_instance.a").origin.uncertain is None
    assert at(found, "aws_db_instance.c").origin.uncertain is not None


def test_a_fact_leads_to_the_lines_that_tell_it(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        'resource "aws_s3_bucket" "a" {}\n'
        'resource "aws_s3_bucket_versioning" "v" {\n'
        "  bucket = aws_s3_bucket.a.id\n"
        "  versioning_configuration {\n"
        '    status = "Enabled"\n'
        "  }\n"
        "}\n",
    )
    bucket = at(found, "aws_s3_bucket.a")
    evidence = bucket.evidence(type(bucket).facts["versioning"])
    assert (evidence.value, evidence.source) == ("Enabled", "main.tf:5")
    assert evidence.location.line_start == 5
    assert bucket.evidence(type(bucket).facts["policy"]).source == ""


def test_a_reference_stays_one(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        'resource "aws_kms_key" "k" {}\nresource "aws_db_instance" "d" { kms_key_id = aws_kms_key.k.arn }',
    )
    key = told(at(found, "aws_db_instance.d"), "key")
    assert isinstance(key, Reference)
    assert (key.address, key.attribute) == ("aws_kms_key.k", "arn")


def test_joins_do_not_grow_with_the_square() -> None:
    def configuration(size: int) -> Configuration:
        result = Configuration(".", "plan")
        place = Location("plan.json", 1, 1)
        for number in range(size):
            address = f"aws_s3_bucket.b[{number}]"
            points = [Reference(address, "id"), f"name-{number}", Unknown("var.x has no value")][number % 3]
            result.instances.append(
                RecordedInstance(address, "aws_s3_bucket", "b", "", place, None, {"bucket": f"name-{number}"}.get)
            )
            result.instances.append(
                RecordedInstance(
                    f"aws_s3_bucket_versioning.v[{number}]",
                    "aws_s3_bucket_versioning",
                    "v",
                    "",
                    place,
                    None,
                    {"bucket": points, "versioning_configuration": [{"status": "Enabled"}]}.get,
                )
            )
        return result

    def work(size: int) -> int:
        """How many steps the interpreter takes: unlike time, it is the same on a busy machine."""
        steps = 0

        def counting(frame: FrameType, event: str, _: object) -> Callable[..., Any]:
            nonlocal steps
            frame.f_trace_opcodes = True
            steps += event == "opcode"
            return counting

        made, before = configuration(size), sys.gettrace()
        sys.settrace(counting)
        try:
            for bucket in build_inventory(made, KINDS):
                told(bucket, "versioning")
                told(bucket, "policy")
        finally:
            sys.settrace(before)
        return steps

    work(30)
    assert work(900) < 12 * work(90)
