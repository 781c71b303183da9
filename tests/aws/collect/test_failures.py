"""What a scan says of lost pages, failures, and what lies elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.readings import Listing
from hipaa_guard.facts.values import Cause, Undecided, Unknown
from tests.aws.clinic import (
    KINDS,
    Bucket,
    Key,
    Region,
    User,
    furnish,
    give,
    refuse,
)
from tests.aws.collect.causes import Opened, cause_of

# --- other failures ---


def more(request: dict[str, Any]) -> bool:
    """Whether a request asks for a further page."""
    return "Marker" in str(request["body"])


def test_a_lost_page_leaves_the_list_incomplete(account: AwsAccount) -> None:
    nurse = {"UserName": "nurse", "Arn": "arn:aws:iam::123456789012:user/nurse"}
    refuse(account, "iam.list_users", "InternalFailure", status=500, when=more)
    give(account, "iam.list_users", {"Users": [nurse], "IsTruncated": True, "Marker": "m"})
    collected = collect(account, [User], {})
    users = collected.inventory.all(User)
    assert isinstance(users, Incomplete)
    assert [each.origin.name for each in users.seen] == ["nurse"]
    assert users.unknown.cause is Cause.SERVICE_ERROR
    assert [gap.subject for gap in collected.gaps] == ["iam.list_users"]
    assert collected.calls == {"iam.list_users": 5}  # the first page once, the second as often as is worth it


def test_pages_are_joined_to_the_last(account: AwsAccount) -> None:
    users = [{"UserName": name, "Arn": f"arn:aws:iam::123456789012:user/{name}"} for name in ("a", "b")]
    give(account, "iam.list_users", {"Users": users[1:], "IsTruncated": False}, when=more)
    give(account, "iam.list_users", {"Users": users[:1], "IsTruncated": True, "Marker": "m"})
    inventory = collect(account, [User], {}).inventory
    assert [each.origin.name for each in inventory.all(User)] == ["a", "b"]


def test_pages_are_joined_where_boto3_has_no_paginator(account: AwsAccount) -> None:
    class Firewall(Key):
        aws = Listing("wafv2.list_web_acls", "WebACLs[]", arn="{ARN}", Scope="REGIONAL")

    first, second = {"Name": "a", "ARN": "arn:a"}, {"Name": "b", "ARN": "arn:b"}
    give(account, "wafv2.list_web_acls", {"WebACLs": [second]}, when=more)
    give(account, "wafv2.list_web_acls", {"WebACLs": [first], "NextMarker": "m"})
    assert not account.clients.client("wafv2").can_paginate("list_web_acls")
    collected = collect(account, [Firewall], {})
    assert {each.origin.name for each in collected.inventory.all(Firewall)} == {"a", "b"}
    assert collected.calls == {"wafv2.list_web_acls": 4}  # two pages in two regions


def test_a_lost_page_of_a_bulk_answer_leaves_what_is_picked_from_it_unknown(account: AwsAccount) -> None:
    key = collect(account, [Key], {}).inventory.seen(Key)[0].origin.name
    refuse(account, "kms.list_aliases", "KMSInternalException", status=500, when=more)
    seen = {"AliasName": "alias/seen", "TargetKeyId": key}
    give(account, "kms.list_aliases", {"Aliases": [seen], "Truncated": True, "NextMarker": "m"})
    collected = collect(account, [Key], {Key: {"alias"}})
    assert isinstance(collected.inventory.seen(Key)[0].peek(Key.facts["alias"]), Unknown)


@pytest.mark.parametrize(
    ("code", "status", "cause"),
    [
        ("ThrottlingException", 400, Cause.THROTTLED),
        ("InternalFailure", 500, Cause.SERVICE_ERROR),
        ("SubscriptionRequiredException", 400, Cause.NOT_ENABLED),
        ("UnrecognizedClientException", 400, Cause.CREDENTIALS),
        ("ValidationException", 400, Cause.OTHER),
        ("SomethingNew", 400, Cause.OTHER),
    ],
)
def test_no_failure_passes_for_an_answer(account: AwsAccount, code: str, status: int, cause: Cause) -> None:
    refuse(account, "kms.list_keys", code, status=status)
    refuse(account, "ec2.get_ebs_encryption_by_default", code, status=status)
    collected = collect(account, [Key, Region])
    assert isinstance(collected.inventory.all(Key), Incomplete)
    assert {cause_of(each, "disks_encrypted") for each in collected.inventory.seen(Region)} == {cause}
    assert all(gap.incomplete for gap in collected.gaps)
    assert any(code in gap.reason for gap in collected.gaps)


def test_expired_credentials_end_the_scan_without_further_calls(account: AwsAccount) -> None:
    refuse(account, "kms.list_keys", "ExpiredTokenException", status=400)
    account.caller.call("kms.list_keys", {}, "us-east-1")
    collected = collect(account, KINDS)
    assert collected.calls == {}
    assert collected.facts.known == 0
    (gap,) = collected.gaps
    assert gap.subject == "credentials"
    assert {cause_of(each, "disks_encrypted") for each in collected.inventory.seen(Region)} == {Cause.CREDENTIALS}


def test_a_silent_endpoint_is_asked_twice_and_no_more(account: AwsAccount) -> None:
    from botocore.exceptions import ConnectTimeoutError

    attempts: list[str] = []

    def silent(request: Any, **_: Any) -> None:
        if "eu-west-1" in request.url:
            attempts.append(request.url)
            raise ConnectTimeoutError(endpoint_url=request.url)

    account.clients.client("kms").meta.events.register("before-send", silent)
    collected = collect(account, [Key], {})
    keys = collected.inventory.all(Key)
    assert isinstance(keys, Incomplete)
    assert keys.unknown.cause is Cause.UNREACHABLE
    assert account.caller.call("kms.list_aliases", {}, "eu-west-1").value is None
    assert len(attempts) == 2
    assert [(gap.subject, gap.region) for gap in collected.gaps] == [("kms in eu-west-1", "eu-west-1")]


def test_a_service_that_a_region_does_not_have_is_no_gap(opened: Opened) -> None:
    from botocore.exceptions import EndpointConnectionError

    class Fleet(Key):
        aws = Listing("appstream.describe_fleets", "Fleets[]", arn="{Arn}")

    account = opened("us-east-1,eu-north-1")
    assert account.clients.offers("appstream", "eu-north-1") is False

    def no_such_host(request: Any, **_: Any) -> None:
        raise EndpointConnectionError(endpoint_url=request.url)

    account.clients.client("appstream").meta.events.register_first("before-send", no_such_host)
    collected = collect(account, [Fleet], {})
    assert [gap.region for gap in collected.gaps] == ["us-east-1"]


def test_a_fault_in_a_table_is_counted_as_ours(account: AwsAccount) -> None:
    class NoSuchCall(Key):
        aws = Listing("kms.list_locks", "Locks[]")

    collected = collect(account, [NoSuchCall], {})
    assert isinstance(collected.inventory.all(NoSuchCall), Incomplete)
    assert collected.faults == 2  # of two regions
    assert "fault of this program" in collected.gaps[0].reason


# --- scope ---


def test_buckets_outside_the_regions_asked_for_are_left_out_but_not_denied(opened: Opened) -> None:
    furnish()
    collected = collect(opened("eu-west-1"), [Bucket], {})
    assert [each.origin.name for each in collected.inventory.seen(Bucket)] == ["images"]
    assert collected.out_of_scope == 1
    with pytest.raises(Undecided) as caught:
        collected.inventory.find(Bucket, "records")
    assert caught.value.unknown.cause is Cause.NOT_IN_SCOPE


@pytest.mark.parametrize(
    "arn",
    ["arn:aws:kms:ap-south-1:123456789012:key/k", "arn:aws:kms:eu-west-1:999999999999:key/k"],
)
def test_what_lies_elsewhere_is_not_said_to_be_missing(account: AwsAccount, arn: str) -> None:
    inventory = collect(account, [Key], {}).inventory
    with pytest.raises(Undecided):
        inventory.find(Key, arn)
    assert inventory.find(Key, "arn:aws:kms:eu-west-1:123456789012:key/none") is None


def test_many_elements_without_a_name_are_one_row_of_the_coverage(account: AwsAccount) -> None:
    give(account, "kms.list_keys", {"Keys": [{"KeyId": "k"}] * 1000})
    collected = collect(account, [Key])
    assert len({gap.region for gap in collected.gaps}) == len(collected.gaps)
    assert Key.kind in collected.inventory.unlisted
