"""Plans as JSON."""

from __future__ import annotations

import copy
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.records import in_words
from hipaa_guard.facts.values import Cause, Incomplete, PartialJson, Reference, Unknown
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.recorded.plan import read_plan
from tests.terraform.kinds import KINDS, at, file, hcl, told, why
from tests.terraform.plans import block, change, const, plan, refs

ENABLED = [{"status": "Enabled", "mfa": None}]


def bucket(key: str = "", **more: Any) -> dict[str, Any]:
    unknown = {"id": True, "arn": True, "acl": True, "versioning": True, "tags_all": {}}
    return change(f"aws_s3_bucket.b{key}", {"bucket": None, "tags": None, "lifecycle_rule": []}, unknown, **more)


def versioning(key: str = "", **more: Any) -> dict[str, Any]:
    unknown = {"id": True, "bucket": True, "versioning_configuration": [{"mfa_delete": True}]}
    return change(f"aws_s3_bucket_versioning.v{key}", {"versioning_configuration": ENABLED}, unknown, **more)


def versioning_block(bucket: dict[str, Any], **more: Any) -> dict[str, Any]:
    expressions = {"bucket": bucket, "versioning_configuration": [{"status": const("Enabled")}]}
    return block("aws_s3_bucket_versioning.v", expressions, **more)


def test_an_unknown_argument_is_the_reference_that_the_configuration_says(tmp_path: Path) -> None:
    found = file(
        tmp_path,
        plan(
            [bucket(), versioning()],
            [block("aws_s3_bucket.b", {}), versioning_block(refs("aws_s3_bucket.b.id"))],
        ),
    )
    assert at(found, "aws_s3_bucket.b").versioning == "Enabled"


def test_what_the_provider_computes_is_unset(tmp_path: Path) -> None:
    found = file(tmp_path, plan([bucket()], [block("aws_s3_bucket.b", {})]))
    assert at(found, "aws_s3_bucket.b").versioning is None
    assert at(found, "aws_s3_bucket.b").rules is None


@pytest.mark.parametrize(
    ("names", "repeated_over"),
    [
        (("aws_s3_bucket.b", "each.key"), refs("var.names")),
        (("each.value.id", "each.value"), {"references": ["aws_s3_bucket.b"]}),
    ],
)
def test_instances_join_key_by_key(tmp_path: Path, names: tuple[str, ...], repeated_over: dict[str, Any]) -> None:
    keys = ["a.b", 'q"x', "c"]
    written = {"a.b": '["a.b"]', 'q"x': '["q\\"x"]', "c": '["c"]'}
    changes = [bucket(written[key], index=key) for key in keys]
    changes += [versioning(written[key], index=key) for key in keys[:2]]
    pointer = versioning_block({"references": list(names)}, for_each_expression=repeated_over)
    found = file(tmp_path, plan(changes, [block("aws_s3_bucket.b", {}, for_each_expression=const(keys)), pointer]))
    assert at(found, 'aws_s3_bucket.b["a.b"]').versioning == "Enabled"
    assert at(found, 'aws_s3_bucket.b["q\\"x"]').versioning == "Enabled"
    assert at(found, 'aws_s3_bucket.b["c"]').versioning is None


def test_count_joins_by_number(tmp_path: Path) -> None:
    changes = [bucket("[0]", index=0), bucket("[1]", index=1), versioning("[0]", index=0)]
    pointer = versioning_block({"references": ["aws_s3_bucket.b", "count.index"]}, count_expression=const(1))
    found = file(tmp_path, plan(changes, [block("aws_s3_bucket.b", {}), pointer]))
    assert at(found, "aws_s3_bucket.b[0]").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b[1]").versioning is None


def test_a_splat_may_mean_any_instance(tmp_path: Path) -> None:
    changes = [bucket("[0]", index=0), bucket("[1]", index=1), versioning()]
    found = file(tmp_path, plan(changes, [block("aws_s3_bucket.b", {}), versioning_block(refs("aws_s3_bucket.b"))]))
    assert "versioning.v may apply" in why(at(found, "aws_s3_bucket.b[0]"), "versioning")
    assert "versioning.v may apply" in why(at(found, "aws_s3_bucket.b[1]"), "versioning")


def test_a_local_is_not_in_a_plan(tmp_path: Path) -> None:
    found = file(
        tmp_path,
        plan([bucket(), versioning()], [block("aws_s3_bucket.b", {}), versioning_block(refs("local.bucket"))]),
    )
    assert "local.bucket" in why(at(found, "aws_s3_bucket.b"), "versioning")


def test_through_modules_in_both_directions(tmp_path: Path) -> None:
    store, guard = 'module.store["x.y"]', "module.guard"
    other = 'module.store["z"]'
    changes = [
        change(f"{store}.aws_s3_bucket.b", {}, {"id": True}, module=store),
        change(f"{other}.aws_s3_bucket.b", {}, {"id": True}, module=other),
        change(
            f"{guard}.aws_s3_bucket_versioning.v",
            {"versioning_configuration": ENABLED},
            {"bucket": True},
            module=guard,
        ),
    ]
    calls = {
        "store": {
            "source": "./store",
            "module": {
                "outputs": {"id": {"expression": refs("aws_s3_bucket.b.id")}},
                "resources": [block("aws_s3_bucket.b", {})],
            },
        },
        "guard": {
            "source": "./guard",
            "expressions": {
                "bucket": {"references": ['module.store["x.y"].id', 'module.store["x.y"]', "module.store"]}
            },
            "module": {"resources": [versioning_block(refs("var.bucket"))]},
        },
    }
    found = file(tmp_path, plan(changes, calls=calls))
    assert at(found, f"{store}.aws_s3_bucket.b").versioning == "Enabled"
    assert at(found, f"{other}.aws_s3_bucket.b").versioning is None


def test_null_is_not_unknown(tmp_path: Path) -> None:
    expressions = {"engine": const("postgres"), "kms_key_id": refs("var.key"), "storage_encrypted": refs("local.on")}
    after = {"engine": "postgres", "kms_key_id": None}
    found = file(
        tmp_path,
        plan(
            [change("aws_db_instance.d", after, {"storage_encrypted": True})],
            [block("aws_db_instance.d", expressions)],
        ),
    )
    assert told(at(found, "aws_db_instance.d"), "key") is None
    unknown = told(at(found, "aws_db_instance.d"), "encrypted")
    assert isinstance(unknown, Unknown)
    assert unknown.cause is Cause.AFTER_APPLY


def test_a_computed_key_is_a_reference(tmp_path: Path) -> None:
    key = change("aws_kms_key.k", {"enable_key_rotation": True}, {"arn": True, "id": True})
    database = change("aws_db_instance.d", {"engine": "postgres"}, {"kms_key_id": True})
    written = block("aws_db_instance.d", {"kms_key_id": refs("aws_kms_key.k.arn")})
    found = file(tmp_path, plan([key, database], [block("aws_kms_key.k", {}), written]))
    reference = at(found, "aws_db_instance.d").key
    assert isinstance(reference, Reference)
    assert (reference.address, reference.attribute, reference.is_set) == ("aws_kms_key.k", "arn", True)


def test_unknown_elements_of_a_list(tmp_path: Path) -> None:
    groups = [change(f"aws_security_group.{name}", {}, {"id": True}) for name in "ab"]
    after = {"vpc_security_group_ids": ["sg-1", None, None]}
    database = change("aws_db_instance.d", after, {"vpc_security_group_ids": [False, True, True]})
    names = refs("aws_security_group.a.id", "aws_security_group.b.id")
    written = [block("aws_db_instance.d", {"vpc_security_group_ids": names})]
    written += [block(f"aws_security_group.{name}", {}) for name in "ab"]
    first, second, third = at(file(tmp_path, plan([*groups, database], written)), "aws_db_instance.d").groups
    assert first == "sg-1"
    assert [second.address, third.address] == ["aws_security_group.a", "aws_security_group.b"]


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    after = {"engine": "postgres", "password": "hunter2", "storage_encrypted": True}
    marks = {"password": True, "storage_encrypted": True}
    found = file(
        tmp_path, plan([change("aws_db_instance.d", after, sensitive=marks)], [block("aws_db_instance.d", {})])
    )
    database = at(found, "aws_db_instance.d")
    password = database.password
    assert isinstance(password, Unknown)
    assert password.is_set
    assert "hunter2" not in in_words(password)
    assert "hunter2" not in repr(password)
    assert database.encrypted is True


def test_what_is_deleted_or_read_is_no_resource(tmp_path: Path) -> None:
    changes = [
        change("aws_s3_bucket.gone", {}, actions=("delete",)),
        change("aws_s3_bucket.left", {}, actions=("forget",)),
        change("aws_s3_bucket.same", {"bucket": "same"}, actions=("no-op",)),
        change("aws_s3_bucket.new", {"bucket": "new"}, actions=("delete", "create")),
        {**change("aws_s3_bucket.same", {"bucket": "old"}), "deposed": "byebye00"},
        change("data.aws_s3_bucket.d", {}, actions=("read",), mode="data"),
    ]
    found = file(tmp_path, plan(changes))
    assert {one.origin.address: one.origin.name for one in found} == {
        "aws_s3_bucket.same": "same",
        "aws_s3_bucket.new": "new",
    }


@pytest.mark.parametrize("mark", [{"errored": True}, {"complete": False}])
def test_a_partial_plan_says_so_and_lacks_nothing_for_certain(mark: dict[str, Any]) -> None:
    configuration = read_plan({**plan([bucket()], [block("aws_s3_bucket.b", {})]), **mark}, "plan.json")
    assert [gap.incomplete for gap in configuration.gaps] == [True]
    found = build_inventory(configuration, KINDS)
    assert "the plan is partial" in why(at(found, "aws_s3_bucket.b"), "versioning")


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
