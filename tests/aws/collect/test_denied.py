"""What AWS denies is not known, and what is not there is not denied."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Cause, Undecided
from tests.aws.clinic import (
    KINDS,
    Bucket,
    CarelessBucket,
    InlinePolicy,
    Key,
    Owner,
    Region,
    User,
    named,
    refuse,
)
from tests.aws.collect.causes import cause_of

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
