"""Keys and secrets: nobody outside can use the keys to ePHI or read the credentials of its systems."""

from hipaa_guard.authoring import CRITICAL, HIGH, Fix, Member, Verdict, failed, family, not_applicable, passed
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.services import kms, secretsmanager


@family(
    Member(
        "kms_key_policy_no_wildcard_principal",
        kms.Key,
        title="KMS key policies allow nothing to everyone",
        severity=HIGH,
        why="Where a key policy allows everyone, any AWS account that gets hold of encrypted ePHI can decrypt it.",
        fix=Fix(
            terraform="""
                resource "aws_kms_key" "phi" {
                  policy = jsonencode({
                    Version = "2012-10-17"
                    Statement = [{
                      Effect    = "Allow"
                      Principal = { AWS = "arn:aws:iam::111122223333:root" }
                      Action    = "kms:*"
                      Resource  = "*"
                    }]
                  })
                }
            """,
            cli="aws kms put-key-policy --key-id KEY --policy-name default --policy file://own-account-only.json",
            not_by_machine=TAKES_ACCESS,
        ),
        peers={"prowler": "kms_key_not_publicly_accessible", "checkov": "CKV_AWS_33"},
    ),
    Member(
        "secret_policy_not_public",
        secretsmanager.Secret,
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
    ),
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="A statement that allows everyone and names no account, organisation or network lets the whole world in.",
)
def policy_not_public(place: kms.Key | secretsmanager.Secret) -> Verdict:
    if isinstance(place, kms.Key) and place.manager != "CUSTOMER":
        return not_applicable("is managed by AWS, which writes its policy")
    if place.policy is not None and place.policy.is_public():
        return failed("has a policy that allows everyone, without a condition that names who")
    return passed("has no policy statement that reaches everyone")
