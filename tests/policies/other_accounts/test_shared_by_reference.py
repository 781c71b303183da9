"""What is shared by other means than a policy of its own, and what another provider looks up: whose account it is of."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.policies.other_accounts.test_references import (
    OTHER,
    OWNERS,
    providers,
    statement,
)

ROLE = 'resource "aws_iam_role" "theirs" {\n  provider = aws.other\n  name = "reader"\n}\n'
BUCKET = 'resource "aws_s3_bucket" "theirs" {\n  provider = aws.other\n}\n'
FUNCTION = 'resource "aws_lambda_function" "phi" {\n  function_name = "phi"\n}\n'
PERMISSION = (
    FUNCTION + 'resource "aws_lambda_permission" "p" {\n  function_name = aws_lambda_function.phi.function_name\n'
    '  action = "lambda:InvokeFunction"\n  %s\n}\n'
)
KEY = 'resource "aws_kms_key" "phi" {\n}\n'
GRANT = 'resource "aws_kms_grant" "g" {\n  key_id = aws_kms_key.phi.id\n  grantee_principal = %s\n  operations = ["Decrypt"]\n}\n'
DIRECTLY = statement("{ AWS = aws_iam_role.theirs.arn }").replace("ACTION", "s3:GetObject").replace("RESOURCE", "*")
TABLE = """
resource "aws_dynamodb_table" "phi" {
  name           = "phi"
  stream_enabled = true
}
resource "aws_dynamodb_resource_policy" "stream" {
  resource_arn = aws_dynamodb_table.phi.stream_arn
  policy       = POLICY
}
"""
POINT = """
resource "aws_s3_bucket" "phi" {
}
resource "aws_s3_bucket_policy" "phi" {
  bucket = aws_s3_bucket.phi.id
  policy = HANDED_ON
}
resource "aws_s3_access_point" "phi" {
  name   = "phi"
  bucket = aws_s3_bucket.phi.id
}
resource "aws_s3control_access_point_policy" "phi" {
  access_point_arn = aws_s3_access_point.phi.arn
  policy           = POLICY
}
"""
CONDITION = '{ StringEquals = { "s3:DataAccessPointAccount" = "111122223333" } }'
HANDED_ON = (
    'jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:*", '
    f'Resource = "${{aws_s3_bucket.phi.arn}}/*", Condition = {CONDITION} }}] }})'
)
MEANS = {
    "a permission for a role": (
        "lambda_function_no_cross_account",
        ROLE + PERMISSION % "principal = aws_iam_role.theirs.arn",
    ),
    "a permission for a bucket": (
        "lambda_function_no_cross_account",
        BUCKET + PERMISSION % 'principal = "s3.amazonaws.com"\n  source_arn = aws_s3_bucket.theirs.arn',
    ),
    "a grant": ("kms_key_policy_no_cross_account", ROLE + KEY + GRANT % "aws_iam_role.theirs.arn"),
    "the stream of a table": ("dynamodb_no_cross_account_policy", ROLE + TABLE.replace("POLICY", DIRECTLY)),
    "an access point": (
        "s3_bucket_no_cross_account_policy",
        ROLE + POINT.replace("POLICY", DIRECTLY).replace("HANDED_ON", HANDED_ON),
    ),
}


def judged(directory: Path, control: str, text: str) -> tuple[Status, str]:
    (directory / "main.tf").write_text(text)
    found = scan_terraform(TerraformTarget(directory), Options(only=[control])).findings
    return next((one.status, one.message) for one in found if one.resource.name == "phi")


@pytest.mark.parametrize("means", MEANS)
@pytest.mark.parametrize("owner", OWNERS)
def test_a_reference_is_of_the_account_of_its_provider(tmp_path: Path, means: str, owner: str) -> None:
    control, text = MEANS[means]
    mine, theirs, expected = OWNERS[owner]
    if means == "an access point" and "111122223333" not in mine:
        return  # whose access points the bucket hands access on to is not known either
    status, message = judged(tmp_path, control, providers(mine, theirs) + text)
    assert status is expected, message
    assert expected is not Status.FAIL or OTHER in message


LOOKED_UP = """
data "aws_iam_role" "theirs" {
  provider = aws.other
  name     = "reader"
}
data "aws_canonical_user_id" "theirs" {
  provider = aws.other
}
data "aws_canonical_user_id" "own" {
}
data "aws_caller_identity" "theirs" {
  provider = aws.other
}
"""
SNAPSHOT = """
resource "aws_ebs_snapshot" "phi" {
  volume_id = "vol-0a1b2c3d"
}
resource "aws_snapshot_create_volume_permission" "p" {
  snapshot_id = aws_ebs_snapshot.phi.id
  account_id  = data.aws_caller_identity.theirs.account_id
}
"""
IMAGE = """
resource "aws_ami" "phi" {
  name = "phi"
}
resource "aws_ami_launch_permission" "p" {
  image_id   = aws_ami.phi.id
  account_id = data.aws_caller_identity.theirs.account_id
}
"""
ACL = """
resource "aws_s3_bucket" "phi" {
}
resource "aws_s3_bucket_acl" "phi" {
  bucket = aws_s3_bucket.phi.id
  access_control_policy {
    owner {
      id = data.aws_canonical_user_id.own.id
    }
    grant {
      permission = "READ"
      grantee {
        type = "CanonicalUser"
        id   = data.aws_canonical_user_id.theirs.id
      }
    }
  }
}
"""
BUCKET_POLICY = """
resource "aws_s3_bucket" "phi" {
}
resource "aws_s3_bucket_policy" "phi" {
  bucket = aws_s3_bucket.phi.id
  policy = POLICY
}
"""
BY_ID = statement("{ CanonicalUser = data.aws_canonical_user_id.theirs.id }").replace("ACTION", "s3:GetObject")
QUEUE = 'resource "aws_sqs_queue" "phi" {\n  policy = POLICY\n}\n'
BY_ROLE = statement("{ AWS = data.aws_iam_role.theirs.arn }").replace("ACTION", "sqs:ReceiveMessage")
LOOKS = {
    "a role": ("sqs_queue_policy_no_cross_account", QUEUE.replace("POLICY", BY_ROLE)),
    "a canonical user id": ("s3_bucket_no_cross_account_policy", BUCKET_POLICY.replace("POLICY", BY_ID)),
    "a canonical user id in an ACL": ("s3_bucket_no_cross_account_policy", ACL),
    "the account of a snapshot": ("ebs_snapshot_no_cross_account", SNAPSHOT),
    "the account of an image": ("ami_no_cross_account", IMAGE),
}


@pytest.mark.parametrize("looked", LOOKS)
@pytest.mark.parametrize("owner", OWNERS)
def test_what_another_provider_looks_up_is_of_its_account(tmp_path: Path, looked: str, owner: str) -> None:
    control, text = LOOKS[looked]
    mine, theirs, expected = OWNERS[owner]
    status, message = judged(tmp_path, control, providers(mine, theirs) + LOOKED_UP + text.replace("RESOURCE", "*"))
    if "aws_caller_identity" in text and theirs == 'region = "us-west-2"\n  ':
        expected = Status.UNKNOWN  # who looks up a caller of its own expects another one
    if "aws_caller_identity" in text and OTHER in theirs:
        expected = Status.FAIL  # the number is known, and no own account with which it is the same
    assert status is expected, message
