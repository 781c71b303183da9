"""Which directory is the source of a plan or state, and what happens where it is not or cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import PartialJson, Unknown
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from hipaa_guard.terraform.read import read
from tests.terraform.plans import change, plan, shown_state
from tests.terraform.source_tree.beside import BUCKET, POLICY, beside, one, policy_plan, write


@pytest.mark.parametrize(
    "source",
    [
        POLICY.replace("aws_s3_bucket.b.arn", "var.other"),
        POLICY.replace("Principal =", "Extra = var.other, Principal ="),
        POLICY.replace("policy = jsonencode", "other = jsonencode"),
    ],
)
def test_a_source_that_has_changed_since_tells_nothing(tmp_path: Path, source: str) -> None:
    found = beside(tmp_path, policy_plan(), source + 'variable "other" { default = "safe" }')
    policy = one(found, "aws_s3_bucket_policy.p").get("policy")
    assert type(policy) is Unknown
    (gap,) = found.gaps
    assert (gap.kind, gap.subject, gap.incomplete) == (GapKind.SOURCE, "aws_s3_bucket_policy.p.policy", False)


def test_resources_without_a_block_stay_where_they_are_and_are_counted(tmp_path: Path) -> None:
    module = change("module.far.aws_s3_bucket.b", {"bucket": "far"}, module="module.far")
    found = beside(tmp_path, plan([BUCKET, module]), 'resource "aws_s3_bucket" "b" {}\nmodule "far" { source = "o/r" }')
    assert str(one(found, "module.far.aws_s3_bucket.b").location) == "document.json:1"
    assert one(found, "module.far.aws_s3_bucket.b").get("bucket") == "far"
    assert [(gap.kind, gap.incomplete) for gap in found.gaps] == [(GapKind.MODULE, False), (GapKind.SOURCE, False)]
    assert "module.far.aws_s3_bucket.b" in found.gaps[1].reason


def test_the_root_is_the_module_that_declares_most(tmp_path: Path) -> None:
    files = {
        "prod/main.tf": 'resource "aws_s3_bucket" "b" {}\nresource "aws_s3_bucket" "c" {}',
        "test/main.tf": 'resource "aws_s3_bucket" "b" {}',
    }
    found = beside(tmp_path, plan([BUCKET, change("aws_s3_bucket.c", {})]), files)
    assert (found.root, str(one(found, "aws_s3_bucket.c").location)) == ("prod", "prod/main.tf:2")


def test_a_module_that_examples_call_may_be_the_root(tmp_path: Path) -> None:
    files = {
        "main.tf": 'resource "aws_s3_bucket" "b" {}',
        "examples/all/main.tf": 'module "it" { source = "../.." }',
    }
    assert str(one(beside(tmp_path, plan([BUCKET]), files), "aws_s3_bucket.b").location) == "main.tf:1"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a/main.tf": 'resource "aws_s3_bucket" "b" {}', "b/main.tf": 'resource "aws_s3_bucket" "b" {}'}, "a, b"),
        ({"main.tf": 'resource "aws_s3_bucket" "other" {}'}, "does not hold the source"),
        ({"README.md": "nothing"}, "does not hold the source"),
    ],
)
def test_a_directory_that_is_not_its_source_is_refused(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(TerraformInputError, match=said):
        beside(tmp_path, plan([BUCKET]), files)


def test_source_goes_with_a_plan_or_state_only(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": "", "plan.json": json.dumps(plan([BUCKET]))})
    with pytest.raises(TerraformInputError, match="goes with a plan or a state"):
        read(tmp_path, source=tmp_path)
    with pytest.raises(TerraformInputError, match="is no directory"):
        read(tmp_path / "plan.json", source=tmp_path / "main.tf")
    with pytest.raises(TerraformInputError, match="--source"):
        read(tmp_path / "plan.json", PlanInputs(variables={"a": "b"}))


def test_files_of_the_source_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    files = {"main.tf": 'resource "aws_s3_bucket" "b" {}', "broken.tf": 'resource "aws_sns_topic" {{{'}
    found = beside(tmp_path, plan([BUCKET]), files)
    assert [(gap.kind, gap.subject, gap.incomplete) for gap in found.gaps] == [(GapKind.FILE, "broken.tf", False)]


def test_a_damaged_plan_beside_its_source_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    tree = write(tmp_path / "source", {"main.tf": POLICY})
    for wrong in (None, True, 7, "text", [], {}, [None], {"x": None}):
        for path in (("variables",), ("prior_state",), ("prior_state", "values"), ("resource_changes", 1, "index")):
            document = policy_plan() | {"variables": {"a": {"value": 1}}, "prior_state": shown_state([])}
            place: Any = document
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = wrong
            (tmp_path / "plan.json").write_text(json.dumps(document))
            (found,) = read(tmp_path / "plan.json", source=tree)
            assert isinstance(one(found, "aws_s3_bucket_policy.p").get("policy"), PartialJson)
