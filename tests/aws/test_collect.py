"""What a scan learns of an account, and what it says of what it could not learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from hipaa_guard.aws.collecting.collect import Collected, collect
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.readings import Listing
from hipaa_guard.facts.values import Cause, Incomplete, Undecided, Unknown
from tests.aws.clinic import (
    KINDS,
    Bucket,
    CarelessBucket,
    Group,
    InlinePolicy,
    Key,
    Owner,
    Region,
    User,
    furnish,
    give,
    named,
    refuse,
)

Opened = Callable[..., AwsAccount]


@pytest.fixture
def account(opened: Opened) -> AwsAccount:
    furnish()
    return opened()


def cause_of(resource: Any, fact: str) -> Cause:
    with pytest.raises(Undecided) as caught:
        getattr(resource, fact)
    return caught.value.unknown.cause


def balanced(collected: Collected) -> bool:
    count = collected.facts
    return count.planned == count.known + count.absent + count.unknown > 0


# --- a whole account ---


def test_facts_of_two_regions_are_read(account: AwsAccount) -> None:
    inventory = collect(account, KINDS).inventory
    records, images = named(inventory, Bucket, "records"), named(inventory, Bucket, "images")
    assert (records.versioning, images.versioning) == ("Enabled", None)
    assert (records.origin.region, images.origin.region) == ("us-east-1", "eu-west-1")
    assert "Statement" in records.policy
    assert images.policy is None
    (key,) = inventory.seen(Key)
    assert (key.origin.region, key.rotates, key.alias) == ("eu-west-1", False, "alias/images")
    assert key.made.startswith("20")
    assert {each.origin.region: each.disks_encrypted for each in inventory.seen(Region)} == {
        "us-east-1": False,
        "eu-west-1": False,
    }
    (owner,) = inventory.seen(Owner)
    assert owner.blocks_public_access is True


def test_resources_carry_where_they_are_and_what_names_them(account: AwsAccount) -> None:
    inventory = collect(account, KINDS).inventory
    group = next(each for each in inventory.seen(Group) if each.origin.region == "eu-west-1")
    origin = group.origin
    assert origin.kind == "clinic.Group"
    assert origin.arn == f"arn:aws:ec2:eu-west-1:123456789012:security-group/{origin.name}"
    assert {origin.name, origin.arn, f"security-group/{origin.name}", "default"} == origin.keys
    (key,) = inventory.seen(Key)
    assert inventory.find(Key, key.origin.arn) is key
    assert inventory.find(Bucket, "records") is named(inventory, Bucket, "records")
    assert inventory.find(Bucket, "no-such-bucket") is None


def test_what_is_listed_per_resource_knows_its_parent(account: AwsAccount) -> None:
    inventory = collect(account, [InlinePolicy]).inventory
    (policy,) = inventory.seen(InlinePolicy)
    assert policy.origin.name == "ward"
    assert policy.owner == "nurse"
    assert policy.document["Statement"][0]["Action"] == "ec2:*"
    assert inventory.seen(User) == []  # listed only because its policies are


def test_the_credential_report_is_made_and_read_by_row(account: AwsAccount) -> None:
    collected = collect(account, [User])
    (nurse,) = collected.inventory.seen(User)
    assert nurse.has_password is False
    assert collected.calls["iam.get_credential_report"] == 1


def test_each_call_is_made_once(account: AwsAccount) -> None:
    collected = collect(account, KINDS)
    assert {name: n for name, n in collected.calls.items() if name != "iam.generate_credential_report"} == {
        "ec2.describe_security_groups": 2,
        "ec2.get_ebs_encryption_by_default": 2,
        "iam.get_credential_report": 1,
        "iam.get_user_policy": 1,
        "iam.list_user_policies": 1,
        "iam.list_users": 1,
        "kms.describe_key": 1,
        "kms.get_key_rotation_status": 1,
        "kms.list_aliases": 1,
        "kms.list_keys": 2,
        "s3.get_bucket_encryption": 2,
        "s3.get_bucket_location": 2,  # only because the simulated account does not tell the regions of buckets
        "s3.get_bucket_policy": 2,
        "s3.get_bucket_versioning": 2,
        "s3.list_buckets": 1,
        "s3control.get_public_access_block": 1,
    }


def test_only_wanted_facts_are_asked_for(account: AwsAccount) -> None:
    collected = collect(account, [Bucket, Group], {Bucket: {"versioning"}})
    assert set(collected.calls) == {
        "ec2.describe_security_groups",
        "s3.get_bucket_location",
        "s3.get_bucket_versioning",
        "s3.list_buckets",
    }
    records = named(collected.inventory, Bucket, "records")
    assert records.versioning == "Enabled"
    assert cause_of(records, "policy") is Cause.NOT_COLLECTED
    assert collected.facts.planned == 2


def test_facts_say_which_call_told_them(account: AwsAccount) -> None:
    inventory = collect(account, KINDS).inventory
    evidence = named(inventory, Bucket, "images").evidence(Bucket.facts["encryption"])
    assert evidence.source == "s3:GetEncryptionConfiguration in eu-west-1"
    assert next(iter(inventory.seen(Group))).evidence(Group.facts["title"]).source == (
        "ec2:DescribeSecurityGroups in us-east-1"
    )


def test_every_planned_fact_is_accounted_for(account: AwsAccount) -> None:
    refuse(account, "s3.get_bucket_versioning", "AccessDenied")
    collected = collect(account, KINDS)
    assert balanced(collected)
    assert collected.facts.unknown == 2


def test_progress_counts_up_to_all_calls(account: AwsAccount) -> None:
    told: list[tuple[int, int, str]] = []
    collect(account, KINDS, progress=lambda *each: told.append(each))
    assert [done for done, _, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][0] == told[-1][1]
    assert any(text == "kms.list_keys in eu-west-1" for _, _, text in told)


def test_identity_and_times_are_kept(account: AwsAccount) -> None:
    collected = collect(account, [Region])
    assert (collected.account, collected.partition) == ("123456789012", "aws")
    assert collected.regions == ("us-east-1", "eu-west-1")
    assert collected.skipped["eu-west-2"] == "not asked for"
    assert collected.started <= collected.finished
    assert collected.started.tzinfo is not None


# --- denied ---


def test_a_denied_detail_is_unknown_and_names_its_action(account: AwsAccount) -> None:
    refuse(account, "s3.get_bucket_policy", "AccessDenied", region="us-east-1")
    collected = collect(account, [Bucket])
    records = named(collected.inventory, Bucket, "records")
    with pytest.raises(Undecided) as caught:
        _ = records.policy
    assert caught.value.unknown.cause is Cause.DENIED
    assert caught.value.unknown.action == "s3:GetBucketPolicy"
    assert named(collected.inventory, Bucket, "images").policy is None  # the other region answered
    (gap,) = [gap for gap in collected.gaps if gap.action]
    assert (gap.kind, gap.region, gap.action, gap.incomplete) == (
        GapKind.CALL,
        "us-east-1",
        "s3:GetBucketPolicy",
        True,
    )
    assert "s3:GetBucketPolicy" in gap.hint
    assert collected.denied == ("s3:GetBucketPolicy",)


def test_a_denied_listing_is_not_an_empty_one(account: AwsAccount) -> None:
    refuse(account, "kms.list_keys", "AccessDeniedException", region="eu-west-1")
    collected = collect(account, [Key])
    keys = collected.inventory.all(Key)
    assert isinstance(keys, Incomplete)
    assert keys.unknown.cause is Cause.DENIED
    with pytest.raises(Undecided):
        collected.inventory.find(Key, "some-key")
    (gap,) = collected.gaps
    assert (gap.subject, gap.region, gap.action) == ("kms.list_keys", "eu-west-1", "kms:ListKeys")


def test_who_denied_is_told(account: AwsAccount) -> None:
    said = (
        "User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: kms:ListKeys on resource: * "
        "with an explicit deny in a service control policy"
    )
    refuse(account, "kms.list_keys", "AccessDeniedException", said)
    collected = collect(account, [Key])
    assert "by a service control policy of the organization" in collected.gaps[0].reason


def test_the_action_that_aws_names_is_taken_before_ours(account: AwsAccount) -> None:
    refuse(account, "s3.list_buckets", "AccessDenied", "x is not authorized to perform: s3:ListBucket on resource: *")
    assert collect(account, [Bucket]).denied == ("s3:ListBucket",)


def test_a_denied_listing_leaves_what_hangs_on_it_unlisted(account: AwsAccount) -> None:
    refuse(account, "iam.list_users", "AccessDenied")
    collected = collect(account, [User, InlinePolicy])
    assert isinstance(collected.inventory.all(InlinePolicy), Incomplete)


def test_one_gap_for_many_denials_of_one_call(account: AwsAccount) -> None:
    for number in range(5):
        boto3.client("s3").create_bucket(Bucket=f"more-{number}")
    refuse(account, "s3.get_bucket_versioning", "AccessDenied")
    collected = collect(account, [Bucket], {Bucket: {"versioning"}})
    assert [(gap.region, gap.action) for gap in collected.gaps] == [
        ("eu-west-1", "s3:GetBucketVersioning"),
        ("us-east-1", "s3:GetBucketVersioning"),
    ]
    assert "6 times" in collected.gaps[1].reason


def test_everything_denied_leaves_nothing_known(account: AwsAccount) -> None:
    for kind in KINDS:
        for operation in (getattr(kind.aws, "operation", None), "ec2.get_ebs_encryption_by_default"):
            if operation:
                refuse(account, operation, "AccessDenied")
    refuse(account, "s3control.get_public_access_block", "AccessDenied")
    collected = collect(account, KINDS)
    assert collected.facts.known == collected.facts.absent == 0
    assert all(isinstance(collected.inventory.all(kind), Incomplete) for kind in KINDS if kind not in (Region, Owner))


# --- absent and vanished ---


def test_an_error_means_absent_only_where_the_fact_declares_it(account: AwsAccount) -> None:
    images = named(collect(account, [Bucket]).inventory, Bucket, "images")
    assert images.policy is None
    careless = named(collect(account, [CarelessBucket]).inventory, CarelessBucket, "images")
    assert cause_of(careless, "policy") is Cause.OTHER


def test_not_found_does_not_drop_what_is_still_listed(account: AwsAccount) -> None:
    collected = collect(account, [CarelessBucket])
    assert len(collected.inventory.seen(CarelessBucket)) == 2
    assert collected.gone == 0
    assert collected.calls["s3.list_buckets"] == 2  # listed again to be sure
    assert [gap.subject for gap in collected.gaps] == ["s3.get_bucket_policy"]


def test_what_was_deleted_meanwhile_is_left_out_and_counted(account: AwsAccount) -> None:
    client = account.clients.client("s3")
    deleted: list[str] = []

    def delete_first(**_: Any) -> None:
        if not deleted:
            deleted.append("records")
            other = boto3.client("s3")
            other.delete_bucket_policy(Bucket="records")
            other.delete_bucket(Bucket="records")

    client.meta.events.register("before-call.s3.GetBucketVersioning", delete_first)
    collected = collect(account, [Bucket], {Bucket: {"versioning"}})
    assert [each.origin.name for each in collected.inventory.seen(Bucket)] == ["images"]
    assert collected.gone == 1
    assert collected.gaps == ()
    with pytest.raises(Undecided):
        collected.inventory.find(Bucket, "records")


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
