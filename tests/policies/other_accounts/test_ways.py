"""Each way by which the provider opens what a judged service holds to another account: it is read, or stands here with a
reason.

A new argument of this kind in a newer schema of the provider fails the test until it is looked at.
"""

from __future__ import annotations

import re

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.testing import all_controls
from tests.schema import NEWEST, lines_of

SERVICES = re.compile(
    "aws_(ami|backup|cloudtrail|cloudwatch_log|db|dynamodb|ebs|ecr|ecrpublic|efs|kms|lambda|ram|rds|s3|s3control|s3tables"
    "|secretsmanager|snapshot|sns|sqs|ssoadmin)_"
)
OPENS = re.compile(
    r"(^|\.)(access_policy|policy|policy_document|resource_policy|delivery_destination_policy|shared_accounts"
    r"|grantee_principal|grantee_identifier|principal|principal_id|account_id|organization_arn|group|grant|acl"
    r"|\w*destination_arn|access_control_policy)$"
)
"""Names of arguments that hold a policy, or name whom something is for."""

_NO_SERVICE = "no control judges the service"
_SETTING = "it names or sets something of its own account, and lets nobody in"
NOT_READ = {
    "aws_backup_vault_policy": _NO_SERVICE,
    "aws_cloudtrail_organization_delegated_admin_account": _SETTING,
    "aws_cloudwatch_log_data_protection_policy": _SETTING,
    "aws_cloudwatch_log_index_policy": _SETTING,
    "aws_ecr_lifecycle_policy": _SETTING,
    "aws_ecr_registry_policy": _NO_SERVICE,
    "aws_ecr_repository_policy": _NO_SERVICE,
    "aws_ecrpublic_repository_policy": _NO_SERVICE,
    "aws_ram_principal_association": "RAM shares no kind that has a control on other accounts; of an Aurora cluster, which "
    "can be cloned so, there is none yet",
    "aws_s3_bucket_inventory": "it sends lists of objects, not objects",
    "aws_s3control_access_grant": "grants have no control yet: a live account without them answers with an error whose code "
    "the API reference does not tell",
    "aws_s3control_access_grants_instance": _SETTING,
    "aws_s3control_access_grants_instance_resource_policy": "as a grant",
    "aws_s3control_access_grants_location": _SETTING,
    "aws_s3control_bucket_policy": "S3 on Outposts has no control",
    "aws_s3control_directory_bucket_access_point_scope": "directory buckets have no control",
    "aws_s3control_multi_region_access_point": _SETTING,
    "aws_s3control_multi_region_access_point_policy": "access points of several regions have no control: the policy of "
    "each bucket must let in what comes through them",
    "aws_s3control_object_lambda_access_point": _SETTING,
    "aws_s3control_object_lambda_access_point_policy": "Object Lambda has no control: the access point and the function "
    "behind it, which are judged, must let in the caller too",
    "aws_s3control_storage_lens_configuration": "it sends figures of buckets, not objects",
    "aws_s3tables_table_bucket_policy": _NO_SERVICE,
    "aws_s3tables_table_policy": _NO_SERVICE,
    "aws_sns_topic_data_protection_policy": _SETTING,
    "aws_ssoadmin_account_assignment": "it names users of the organization's own directory",
    "aws_ssoadmin_application_assignment": "it names users of the organization's own directory",
}


def ways() -> set[str]:
    """The types of the services with an argument of one of the names."""
    return {
        type_
        for type_, path, _, presence in lines_of(NEWEST)
        if SERVICES.match(type_) and presence != "computed" and OPENS.search(path)
    }


def test_each_way_is_read_or_has_a_reason() -> None:
    read = {type_ for kind in kinds_of(all_controls().values()) for type_ in kind.terraform_types()}
    assert ways() - read == set(NOT_READ)
