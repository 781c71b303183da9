"""What a scan learns of an account."""

from __future__ import annotations

from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.facts.values import Cause
from tests.aws.clinic import (
    KINDS,
    Bucket,
    Group,
    InlinePolicy,
    Key,
    Owner,
    Region,
    User,
    named,
    refuse,
)
from tests.aws.collect.causes import balanced, cause_of


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
