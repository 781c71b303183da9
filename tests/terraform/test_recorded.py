"""What plans and states record in their own way: values that are not set, plans that were cut down or only refresh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.recorded.plan import read_plan
from hipaa_guard.terraform.recorded.state import read_state
from tests.terraform.kinds import at, file, hcl, told
from tests.terraform.plans import Applied, block, change, plan, shown_state

KEY = "aws_s3_bucket_server_side_encryption_configuration"
ENCRYPTION = {"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": ""}]}]}


def addresses(found: Configuration) -> list[str]:
    return [each.address for each in found.instances]


@pytest.mark.parametrize("source", ["plan", "state", "source"])
def test_an_empty_text_is_an_argument_that_is_not_set(tmp_path: Path, source: str) -> None:
    """Providers record unset texts so; a key that is no key must not pass as one."""
    if source == "source":
        found = hcl(
            tmp_path,
            f"""
            resource "aws_db_instance" "d" {{ kms_key_id = "" }}
            resource "aws_s3_bucket" "b" {{ tags = {{ owner = "" }} }}
            resource "{KEY}" "e" {{
              bucket = aws_s3_bucket.b.id
              rule {{
                apply_server_side_encryption_by_default {{ kms_master_key_id = "" }}
              }}
            }}
            """,
        )
    else:
        database = {"kms_key_id": "", "engine": "postgres"}
        bucket = {"bucket": "records", "id": "records", "tags": {"owner": ""}, "tags_all": {"owner": ""}}
        encryption = {"bucket": "records", **ENCRYPTION}
        told_by: dict[str, dict[str, Any]] = {
            "aws_db_instance.d": database,
            "aws_s3_bucket.b": bucket,
            f"{KEY}.e": encryption,
        }
        state = shown_state([Applied(address, values) for address, values in told_by.items()])
        changes = [change(address, values, actions=("no-op",)) for address, values in told_by.items()]
        found = file(tmp_path, state if source == "state" else plan(changes, [block(each, {}) for each in told_by]))
    assert told(at(found, "aws_db_instance.d"), "key") is None
    assert told(at(found, "aws_s3_bucket.b"), "key") is None
    assert told(at(found, "aws_s3_bucket.b"), "tags") == {"owner": ""}


def test_empty_texts_in_nested_blocks_are_not_set_either() -> None:
    state = shown_state([Applied(f"{KEY}.e", ENCRYPTION)])
    for found in (read_state(state, "state.json"), read_plan(plan([change(f"{KEY}.e", ENCRYPTION)]), "plan.json")):
        (rule,) = found.instances[0].get("rule")
        assert rule["apply_server_side_encryption_by_default"] == [{"kms_master_key_id": None}]


def test_a_plan_that_only_refreshes_tells_what_exists() -> None:
    """It has no changes at all and plans no values: its state has everything."""
    refresh = plan([], prior_state=shown_state([Applied("aws_s3_bucket.b", {"bucket": "records"})]))
    del refresh["resource_changes"]
    refresh["planned_values"] = {"root_module": {}}
    (bucket,) = read_plan(refresh, "plan.json").instances
    assert (bucket.address, bucket.get("bucket")) == ("aws_s3_bucket.b", "records")


def test_planned_values_that_are_no_changes_are_not_lost() -> None:
    values = shown_state([Applied("aws_s3_bucket.b", {"bucket": "records"}), Applied("aws_s3_bucket.c")])["values"]
    whole = plan([change("aws_s3_bucket.c", {"bucket": "other"})], planned_values=values)
    found = read_plan(whole, "plan.json")
    assert addresses(found) == ["aws_s3_bucket.c", "aws_s3_bucket.b"]
    assert found.instances[0].get("bucket") == "other"


def test_what_is_left_of_a_replaced_object_is_not_the_object() -> None:
    old = change("aws_s3_bucket.b", {"bucket": "old"}, actions=("no-op",)) | {"deposed": "byebye00"}
    new = change("aws_s3_bucket.b", {"bucket": "new"}, actions=("create", "delete"))
    (bucket,) = read_plan(plan([new, old]), "plan.json").instances
    assert bucket.get("bucket") == "new"
    state = shown_state([Applied("aws_s3_bucket.b", {"bucket": "old"})])
    state["values"]["root_module"]["resources"][0]["deposed_key"] = "byebye00"
    assert read_state(state, "state.json").instances == []


def test_imported_moved_and_forgotten_resources() -> None:
    changes = [
        change("aws_s3_bucket.imported", {"bucket": "a"}, actions=("update",)),
        change("aws_s3_bucket.moved", {"bucket": "b"}, actions=("no-op",)) | {"previous_address": "aws_s3_bucket.x"},
        change("aws_s3_bucket.forgotten", {"bucket": "c"}, actions=("forget",)),
        change("aws_s3_bucket.deleted", {"bucket": "d"}, actions=("delete",)),
    ]
    changes[0]["change"]["importing"] = {"id": "a"}
    assert addresses(read_plan(plan(changes), "plan.json")) == ["aws_s3_bucket.imported", "aws_s3_bucket.moved"]


def test_what_a_plan_leaves_as_it_is() -> None:
    """A bucket whose policy goes is not left as it is."""

    def bucket(name: str, action: str) -> dict[str, Any]:
        values = {"bucket": name, "id": name, "arn": f"arn:aws:s3:::{name}"}
        return change(f"aws_s3_bucket.{name}", values, actions=(action,))

    goes = change("aws_s3_bucket_policy.p", {}, actions=("delete",))
    goes["change"]["before"] = {"bucket": "loses", "policy": "{}"}
    comes = change("aws_s3_bucket_versioning.v", {"bucket": "gets"})
    changes = [bucket("same", "no-op"), bucket("loses", "no-op"), bucket("gets", "no-op"), bucket("new", "create")]
    found = read_plan(plan([*changes, goes, comes]), "plan.json")
    assert found.unchanged == {"aws_s3_bucket.same"}
