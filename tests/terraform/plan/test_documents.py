"""Plans: policies, damaged documents, and the same as source."""

from __future__ import annotations

import copy
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.records import in_words
from hipaa_guard.facts.values import PartialJson, Reference, Unknown
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.recorded.plan import read_plan
from tests.terraform.kinds import KINDS, at, file, hcl, told
from tests.terraform.plan.given import bucket, versioning, versioning_block
from tests.terraform.plans import block, change, const, plan, refs


def test_region_and_default_tags_come_from_the_provider(tmp_path: Path) -> None:
    provider = {"region": refs("var.region"), "default_tags": [{"tags": const({"owner": "clinic"})}]}
    known = change("aws_s3_bucket.b", {"tags": {"phi": "yes"}}, {"tags_all": True})
    own = change("aws_s3_bucket.c", {"region": "us-west-2", "tags_all": {"owner": "clinic"}})
    found = file(
        tmp_path,
        plan(
            [known, own],
            [block("aws_s3_bucket.b", {"tags": const({"phi": "yes"})}), block("aws_s3_bucket.c", {})],
            provider=provider,
            variables={"region": {"value": "eu-west-1"}},
        ),
    )
    assert at(found, "aws_s3_bucket.b").origin.region == "eu-west-1"
    assert at(found, "aws_s3_bucket.b").tags == {"owner": "clinic", "phi": "yes"}
    assert at(found, "aws_s3_bucket.c").origin.region == "us-west-2"


def test_a_policy_document_that_waits_for_an_arn_keeps_what_is_known(tmp_path: Path) -> None:
    statement = {"effect": "Deny", "actions": ["s3:*"], "principals": [{"type": "*", "identifiers": ["*"]}]}
    document = change(
        "data.aws_iam_policy_document.d",
        {"statement": [{**statement, "resources": [None], "condition": []}]},
        {"json": True, "statement": [{"resources": [True]}]},
        actions=("read",),
        mode="data",
    )
    policy = change("aws_s3_bucket_policy.p", {}, {"bucket": True, "policy": True})
    written = [
        block("aws_s3_bucket.b", {}),
        block(
            "aws_s3_bucket_policy.p",
            {"bucket": refs("aws_s3_bucket.b.id"), "policy": {"references": ["data.aws_iam_policy_document.d.json"]}},
        ),
        block(
            "data.aws_iam_policy_document.d",
            {"statement": [{"actions": const(["s3:*"]), "resources": refs("aws_s3_bucket.b.arn")}]},
        ),
    ]
    found = told(at(file(tmp_path, plan([bucket(), policy, document], written)), "aws_s3_bucket.b"), "policy")
    assert isinstance(found, PartialJson)
    (only,) = found.document["Statement"]
    assert (only["Effect"], only["Action"], only["Principal"]) == ("Deny", "s3:*", "*")
    assert isinstance(only["Resource"], Reference)
    assert only["Resource"].address == "aws_s3_bucket.b"


@pytest.mark.parametrize("levels", [4, 40])
def test_a_policy_document_made_of_too_many_others_is_a_row(tmp_path: Path, levels: int) -> None:
    names = [f"data.aws_iam_policy_document.d{number}" for number in range(levels)]
    own = {"statement": [{"effect": "Deny", "actions": ["s3:*"], "resources": [None]}]}
    changes = [bucket(), change("aws_s3_bucket_policy.p", {}, {"bucket": True, "policy": True})]
    changes.append(change(names[0], own, {"json": True, "statement": [{"resources": [True]}]}, mode="data"))
    expressions = {"bucket": refs("aws_s3_bucket.b.id"), "policy": refs(f"{names[-1]}.json")}
    written = [block("aws_s3_bucket.b", {}), block("aws_s3_bucket_policy.p", expressions)]
    written.append(block(names[0], {"statement": [{"resources": refs("aws_s3_bucket.b.arn")}]}))
    for before, name in itertools.pairwise(names):
        sources = "source_policy_documents"
        changes.append(change(name, {sources: [None, None]}, {"json": True, sources: [True, True]}, mode="data"))
        written.append(block(name, {sources: refs(f"{before}.json", f"{before}.json")}))
    configuration = read_plan(plan(changes, written), str(tmp_path))
    found = next(each for each in build_inventory(configuration, KINDS) if each.origin.address == "aws_s3_bucket.b")
    assert isinstance(told(found, "policy"), Unknown)
    assert [gap.kind for gap in configuration.gaps] == ([GapKind.LIMIT] if levels > 20 else [])


def test_elements_that_share_one_name_are_texts_made_from_it_and_no_references(tmp_path: Path) -> None:
    document = change(
        "data.aws_iam_policy_document.d",
        {"statement": [{"effect": "Deny", "actions": ["s3:*"], "resources": [None, None]}]},
        {"json": True, "statement": [{"resources": [True, True]}]},
        actions=("read",),
        mode="data",
    )
    policy = change("aws_s3_bucket_policy.p", {}, {"bucket": True, "policy": True})
    both = refs("aws_s3_bucket.b.arn", "aws_s3_bucket.b.arn")  # [b.arn, "${b.arn}/*"]
    written = [
        block("aws_s3_bucket.b", {}),
        block(
            "aws_s3_bucket_policy.p",
            {"bucket": refs("aws_s3_bucket.b.id"), "policy": refs("data.aws_iam_policy_document.d.json")},
        ),
        block("data.aws_iam_policy_document.d", {"statement": [{"actions": const(["s3:*"]), "resources": both}]}),
    ]
    found = told(at(file(tmp_path, plan([bucket(), policy, document], written)), "aws_s3_bucket.b"), "policy")
    assert isinstance(found, PartialJson)
    (only,) = found.document["Statement"]
    assert only["Action"] == "s3:*"
    for resource in only["Resource"]:
        assert isinstance(resource, Unknown)
        assert not isinstance(resource, Reference)
        assert resource.references == ("aws_s3_bucket.b.arn",)


def test_an_encoded_policy_with_an_unknown_part_is_unknown_and_no_reference(tmp_path: Path) -> None:
    policy = change("aws_s3_bucket_policy.p", {}, {"bucket": True, "policy": True})
    expressions = {"bucket": refs("aws_s3_bucket.b.id"), "policy": refs("aws_s3_bucket.b.arn")}
    written = [block("aws_s3_bucket.b", {}), block("aws_s3_bucket_policy.p", expressions)]
    found = told(at(file(tmp_path, plan([bucket(), policy], written)), "aws_s3_bucket.b"), "policy")
    assert isinstance(found, Unknown)
    assert not isinstance(found, Reference)
    assert found.is_set  # the provider requires it


def test_blocks_that_the_plan_does_not_list_are_not_taken_as_unset(tmp_path: Path) -> None:
    rules = {"lifecycle_rule": [{"enabled": True, "id": None}]}
    dynamic = change("aws_s3_bucket.b", rules, {"lifecycle_rule": [{"id": True}]})
    rule = at(file(tmp_path, plan([dynamic], [block("aws_s3_bucket.b", {})])), "aws_s3_bucket.b").rules[0]
    assert rule["enabled"] is True
    assert isinstance(rule["id"], Unknown)


def test_a_plan_of_values_only_is_read(tmp_path: Path) -> None:
    whole = plan([], [block("aws_s3_bucket.b", {}), versioning_block(refs("aws_s3_bucket.b.id"))])
    del whole["resource_changes"]
    entries = [copy.deepcopy(one) for one in (bucket(), versioning())]
    for entry in entries:
        entry["values"] = entry.pop("change")["after"]
    whole["planned_values"] = {"root_module": {"resources": entries}}
    assert at(file(tmp_path, whole), "aws_s3_bucket.b").versioning == "Enabled"


def test_the_same_as_source(tmp_path: Path) -> None:
    source = hcl(
        tmp_path,
        """
        resource "aws_kms_key" "k" {}
        resource "aws_s3_bucket" "b" {
          bucket = "records"
          tags   = { phi = "yes" }
        }
        resource "aws_s3_bucket_versioning" "v" {
          bucket = aws_s3_bucket.b.id
          versioning_configuration { status = "Enabled" }
        }
        resource "aws_s3_bucket_server_side_encryption_configuration" "e" {
          bucket = aws_s3_bucket.b.id
          rule {
            apply_server_side_encryption_by_default {
              sse_algorithm     = "aws:kms"
              kms_master_key_id = aws_kms_key.k.arn
            }
          }
        }
        """,
    )
    by_default = {"sse_algorithm": "aws:kms", "kms_master_key_id": None}
    inner = {"sse_algorithm": const("aws:kms"), "kms_master_key_id": refs("aws_kms_key.k.arn")}
    encryption = "aws_s3_bucket_server_side_encryption_configuration.e"
    planned = file(
        tmp_path,
        plan(
            [
                change("aws_kms_key.k", {}, {"arn": True}),
                change(
                    "aws_s3_bucket.b",
                    {"bucket": "records", "tags": {"phi": "yes"}, "tags_all": {"phi": "yes"}},
                    {"id": True, "arn": True},
                ),
                versioning(),
                change(
                    encryption,
                    {"rule": [{"apply_server_side_encryption_by_default": [by_default], "bucket_key_enabled": None}]},
                    {
                        "bucket": True,
                        "rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": True}]}],
                    },
                ),
            ],
            [
                block("aws_kms_key.k", {}),
                block("aws_s3_bucket.b", {"bucket": const("records"), "tags": const({"phi": "yes"})}),
                versioning_block(refs("aws_s3_bucket.b.id")),
                block(
                    encryption,
                    {
                        "bucket": refs("aws_s3_bucket.b.id"),
                        "rule": [{"apply_server_side_encryption_by_default": [inner]}],
                    },
                ),
            ],
        ),
    )
    for name in type(at(source, "aws_s3_bucket.b")).facts:
        ours, theirs = (told(at(found, "aws_s3_bucket.b"), name) for found in (source, planned))
        if isinstance(ours, Reference):
            assert ours.same_as(theirs), name
        else:
            assert ours == theirs, name


@pytest.mark.parametrize("version", ["2.0", "3.1", "", None, 7])
def test_versions_that_may_mean_something_else_are_refused(version: object) -> None:
    with pytest.raises(TerraformInputError, match=r"terraform show -json|Terraform 1\.x"):
        read_plan({**plan([]), "format_version": version}, "plan.json")


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.99"])
def test_versions_that_are_known_are_read(version: str) -> None:
    assert read_plan({**plan([]), "format_version": version}, "plan.json").instances == []


def test_damaged_plans_are_read_as_far_as_they_go() -> None:
    whole = plan([bucket(), versioning()], [block("aws_s3_bucket.b", {}), versioning_block(refs("aws_s3_bucket.b.id"))])
    damage: list[Any] = [None, True, 7, "text", [], {}, [None], [[]], {"x": None}, {"references": 3}, [{"a": [1]}]]
    for path in _paths(whole):
        for wrong in damage:
            document = copy.deepcopy(whole)
            place: Any = document
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = wrong
            try:
                configuration = read_plan(document, "plan.json")
            except TerraformInputError:
                continue
            for resource in build_inventory(configuration, KINDS):
                for name in type(resource).facts:
                    assert not isinstance(told(resource, name), Incomplete)
                    resource.evidence(type(resource).facts[name])


def test_deep_values_end() -> None:
    value: Any = "bottom"
    for _ in range(400):
        value = [{"x": value}]
    configuration = read_plan(plan([change("aws_s3_bucket.b", {"lifecycle_rule": value})]), "plan.json")
    (found,) = build_inventory(configuration, KINDS)
    assert "bottom" not in json.dumps(in_words(told(found, "rules")))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    return [found for key, item in inside for found in [(*path, key), *_paths(item, (*path, key))]]
