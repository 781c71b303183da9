"""Which IAM actions a scan needs."""

from __future__ import annotations

import fnmatch
import json
from typing import Any

import pytest

from hipaa_guard.aws.planning.actions import DATA_READS, action_of, actions_for, policy_of
from hipaa_guard.aws.planning.plan import planned
from tests.aws.clinic import KINDS, Bucket, Key


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("s3.list_buckets", "s3:ListAllMyBuckets"),
        ("s3.get_bucket_encryption", "s3:GetEncryptionConfiguration"),
        ("s3.get_public_access_block", "s3:GetBucketPublicAccessBlock"),
        ("s3control.get_public_access_block", "s3:GetAccountPublicAccessBlock"),
        ("s3.get_bucket_versioning", "s3:GetBucketVersioning"),
        ("s3.get_object_lock_configuration", "s3:GetBucketObjectLockConfiguration"),
        ("rds.describe_db_instances", "rds:DescribeDBInstances"),
        ("elbv2.describe_load_balancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("efs.describe_file_systems", "elasticfilesystem:DescribeFileSystems"),
        ("logs.describe_log_groups", "logs:DescribeLogGroups"),
        ("lambda.get_policy", "lambda:GetPolicy"),
        ("cloudwatch.describe_alarms", "cloudwatch:DescribeAlarms"),
        ("cloudfront.list_distributions", "cloudfront:ListDistributions"),
        ("apigateway.get_stages", "apigateway:GET"),
        ("opensearch.describe_domains", "es:DescribeDomains"),
        ("stepfunctions.list_state_machines", "states:ListStateMachines"),
        ("no-such-service.list_things", "no-such-service:ListThings"),
    ],
)
def test_operations_have_their_actions(operation: str, action: str) -> None:
    assert action_of(operation) == action


def test_the_plan_names_the_operations_of_wanted_facts_only() -> None:
    assert planned([Bucket], {Bucket: {"versioning"}}).operations == ["s3.get_bucket_versioning", "s3.list_buckets"]


def test_actions_cover_what_a_scan_calls() -> None:
    assert actions_for([Bucket, Key], {Bucket: {"encryption"}, Key: set()}) == [
        "ec2:DescribeRegions",
        "kms:ListKeys",
        "s3:GetBucketLocation",
        "s3:GetEncryptionConfiguration",
        "s3:ListAllMyBuckets",
        "sts:GetCallerIdentity",
    ]


def test_the_policy_allows_in_one_statement_and_denies_reading_data() -> None:
    document = policy_of(actions_for(KINDS))
    assert document["Version"] == "2012-10-17"
    allowed, denial = document["Statement"]
    assert allowed == {"Effect": "Allow", "Action": sorted(actions_for(KINDS)), "Resource": "*"}
    assert "iam:GenerateCredentialReport" in allowed["Action"]
    assert denial["Effect"] == "Deny"
    assert {"s3:GetObject*", "secretsmanager:GetSecretValue", "kms:Decrypt"} <= set(denial["Action"])
    assert len(json.dumps(document, separators=(",", ":"))) < 6144  # what IAM takes


def test_the_policy_never_denies_what_it_allows() -> None:
    for action in actions_for(KINDS):
        assert not any(fnmatch.fnmatchcase(action, denied) for denied in DATA_READS)


def test_the_managed_policy_for_auditors_allows_the_same() -> None:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    audit: Any = json.loads(aws_managed_policies_data)["SecurityAudit"]["Document"]["Statement"]
    allowed = [action for each in audit for action in each["Action"] if each["Effect"] == "Allow"]
    lacking = [
        action for action in actions_for(KINDS) if not any(fnmatch.fnmatchcase(action, each) for each in allowed)
    ]
    assert lacking == ["sts:GetCallerIdentity"]  # which needs no permission
