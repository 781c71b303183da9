"""The account that live benchmarks scan is what it is said to be, and a scan of it looks at all of it."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

import pytest
from moto import mock_aws
from moto.moto_api._internal import mock_random

from benchmarks.live import ground
from benchmarks.live.cloud import CREDENTIALS, MOTO
from benchmarks.live.estate import REGIONS, Seeded, seed
from benchmarks.live.makers import GLOBAL, REGIONAL
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.aws import AwsTarget, scan_aws
from hipaa_guard.scanning.options import Options

Said = dict[tuple[str | None, str], set[Status]]


@pytest.fixture(scope="module", autouse=True)
def _credentials() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        yield
    ground.client.cache_clear()


def made(share: float, number: int = 1) -> list[Seeded]:
    """Fill the account that is simulated now."""
    for region in REGIONS:  # moto makes a default network at the first call, with ids of its own
        ground.client("ec2", region).describe_vpcs()
    mock_random.seed(1)
    return seed(each=1, share=share, number=number)


def said_of(assessment: Assessment) -> Said:
    said: Said = {}
    for finding in assessment.findings:
        said.setdefault((finding.resource.arn, finding.control_id), set()).add(finding.status)
    return said


def _expected(control: str, *, broken: bool) -> Status:
    if broken and control == "efs_automatic_backup_enabled":
        return Status.UNKNOWN  # a plan of AWS Backup may back it up, and the simulated account lists no jobs
    return Status.FAIL if broken else Status.PASS


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_what_was_made_wrong_fails_where_it_is_and_what_was_made_right_passes(share: float) -> None:
    with mock_aws(config=MOTO):
        estate = made(share)
        assessment = scan_aws(Options(), AwsTarget(regions=",".join(REGIONS)))
    said = said_of(assessment)
    expected = {
        (each.arn, control): {_expected(control, broken=control in each.broken)}
        for each in estate
        for control in each.controls
    }
    assert {key: said.get(key) for key in expected} == expected
    assert {each.maker for each in estate} == GLOBAL.keys() | REGIONAL.keys()
    assert dict(assessment.coverage.calls) == CALLS


def test_the_share_decides_how_much_is_wrong_and_the_number_what() -> None:
    estates = []
    for share, number in ((0.5, 1), (0.5, 1), (0.5, 2)):
        with mock_aws(config=MOTO):
            estates.append(made(share, number))
    first, again, other = estates
    assert first == again, "ids included"
    assert [each.broken for each in first] != [each.broken for each in other]
    broken = sum(len(each.broken) for each in first)
    assert 0 < broken < sum(len(each.controls) for each in first)


CALLS = {
    "autoscaling.describe_auto_scaling_groups": 2,
    "autoscaling.describe_launch_configurations": 2,
    "backup.list_backup_jobs": 2,
    "cloudtrail.describe_trails": 4,
    "config.get_discovered_resource_counts": 2,
    "dax.describe_clusters": 2,
    "dynamodb.describe_continuous_backups": 2,
    "dynamodb.describe_table": 2,
    "dynamodb.get_resource_policy": 2,
    "dynamodb.list_tables": 2,
    "ec2.describe_flow_logs": 2,
    "ec2.describe_image_attribute": 2,
    "ec2.describe_images": 2,
    "ec2.describe_instance_attribute": 4,
    "ec2.describe_instances": 2,
    "ec2.describe_launch_template_versions": 2,
    "ec2.describe_launch_templates": 2,
    "ec2.describe_managed_prefix_lists": 2,
    "ec2.describe_network_acls": 2,
    "ec2.describe_security_groups": 2,
    "ec2.describe_snapshot_attribute": 4,
    "ec2.describe_snapshots": 4,
    "ec2.describe_subnets": 2,
    "ec2.describe_volumes": 2,
    "ec2.describe_vpcs": 2,
    "ec2.get_ebs_encryption_by_default": 2,
    "ec2.get_instance_metadata_defaults": 2,
    "ec2.get_snapshot_block_public_access_state": 2,
    "ecs.list_clusters": 2,
    "ecs.list_task_definition_families": 2,
    "efs.describe_access_points": 2,
    "efs.describe_backup_policy": 2,
    "efs.describe_file_system_policy": 2,
    "efs.describe_file_systems": 2,
    "elb.describe_load_balancers": 2,
    "elbv2.describe_listeners": 2,
    "elbv2.describe_load_balancer_attributes": 2,
    "elbv2.describe_load_balancers": 2,
    "elbv2.describe_rules": 2,
    "healthlake.list_fhir_datastores": 2,
    "iam.generate_credential_report": 2,
    "iam.get_account_authorization_details": 1,
    "iam.get_account_password_policy": 1,
    "iam.get_account_summary": 1,
    "iam.get_credential_report": 1,
    "iam.list_open_id_connect_providers": 1,
    "iam.list_roles": 1,
    "iam.list_virtual_mfa_devices": 1,
    "kms.describe_key": 6,
    "kms.get_key_policy": 6,
    "kms.get_key_rotation_status": 6,
    "kms.list_aliases": 2,
    "kms.list_grants": 6,
    "kms.list_keys": 2,
    "lambda.get_policy": 2,
    "lambda.list_aliases": 2,
    "lambda.list_function_event_invoke_configs": 2,
    "lambda.list_function_url_configs": 2,
    "lambda.list_functions": 4,
    "logs.describe_account_policies": 2,
    "logs.describe_deliveries": 2,
    "logs.describe_delivery_sources": 2,
    "logs.describe_destinations": 2,
    "logs.describe_log_groups": 2,
    "logs.describe_resource_policies": 4,
    "logs.describe_subscription_filters": 2,
    "medical-imaging.list_datastores": 2,
    "omics.list_annotation_stores": 2,
    "omics.list_reference_stores": 2,
    "omics.list_sequence_stores": 2,
    "omics.list_variant_stores": 2,
    "rds.describe_db_cluster_parameter_groups": 2,
    "rds.describe_db_cluster_snapshot_attributes": 2,
    "rds.describe_db_cluster_snapshots": 2,
    "rds.describe_db_clusters": 2,
    "rds.describe_db_instances": 2,
    "rds.describe_db_parameter_groups": 2,
    "rds.describe_db_parameters": 4,
    "rds.describe_db_proxies": 2,
    "rds.describe_db_snapshot_attributes": 2,
    "rds.describe_db_snapshots": 2,
    "rds.describe_option_groups": 2,
    "resource-explorer-2.list_indexes": 1,
    "resourcegroupstaggingapi.get_resources": 2,
    "s3.get_bucket_acl": 4,
    "s3.get_bucket_encryption": 4,
    "s3.get_bucket_location": 4,
    "s3.get_bucket_logging": 4,
    "s3.get_bucket_ownership_controls": 4,
    "s3.get_bucket_policy": 4,
    "s3.get_bucket_replication": 4,
    "s3.get_bucket_versioning": 4,
    "s3.get_object_lock_configuration": 4,
    "s3.get_public_access_block": 4,
    "s3.list_buckets": 1,
    "s3control.get_public_access_block": 1,
    "s3control.list_access_points": 2,
    "secretsmanager.get_resource_policy": 2,
    "secretsmanager.list_secrets": 2,
    "sns.get_topic_attributes": 2,
    "sns.list_subscriptions": 2,
    "sns.list_topics": 2,
    "sqs.get_queue_attributes": 2,
    "sqs.list_queues": 2,
    "wafv2.get_web_acl_for_resource": 2,
}
"""What a scan of the account calls, whatever is wrong in it."""
