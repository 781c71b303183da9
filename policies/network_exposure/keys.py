"""Keys and secrets: nobody outside can use the keys to ePHI or read the credentials of its systems."""

from hipaa_guard.authoring import Fix, PolicyDocument, Verdict, not_applicable
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.public_policies import policy_not_public
from hipaa_guard.services import kms, secretsmanager


@policy_not_public(
    title="KMS key policies allow nothing to everyone",
    why="Where a key policy allows everyone, any AWS account that gets hold of encrypted ePHI can decrypt it.",
    fix=Fix(
        terraform="""
            resource "aws_kms_key" "phi" {
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
                  Action    = "kms:*"
                  Resource  = "*"
                }]
              })
            }
            data "aws_caller_identity" "current" {}
        """,
        cli="aws kms put-key-policy --key-id KEY --policy-name default --policy file://own-account-only.json",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"prowler": "kms_key_not_publicly_accessible", "checkov": "CKV_AWS_33"},
)
def kms_key_policy_no_wildcard_principal(key: kms.Key) -> PolicyDocument | Verdict | None:
    if key.manager != "CUSTOMER":
        return not_applicable("is managed by AWS, which writes its policy")
    return key.policy


@policy_not_public(
    title="Policies of secrets allow nothing to everyone",
    why="Where its policy allows everyone, any AWS account can read the credentials of a system with ePHI.",
    fix=Fix(
        terraform="""
            resource "aws_secretsmanager_secret_policy" "phi" {
              secret_arn = aws_secretsmanager_secret.phi.arn
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = "arn:aws:iam::111122223333:role/records-app" }
                  Action    = "secretsmanager:GetSecretValue"
                  Resource  = "*"
                }]
              })
              block_public_policy = true
            }
        """,
        cli="""
            aws secretsmanager put-resource-policy --secret-id SECRET --block-public-policy \\
              --resource-policy file://named-principals-only.json
        """,
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"prowler": "secretsmanager_not_publicly_accessible"},
)
def secret_policy_not_public(secret: secretsmanager.Secret) -> PolicyDocument | None:
    return secret.policy
