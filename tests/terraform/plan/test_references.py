"""Plans: what is not known yet is the reference that the configuration says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.facts.records import in_words
from hipaa_guard.facts.values import Cause, Reference, Unknown
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.recorded.plan import read_plan
from tests.terraform.kinds import KINDS, at, file, told, why
from tests.terraform.plan.given import ENABLED, bucket, versioning, versioning_block
from tests.terraform.plans import block, change, const, plan, refs


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
