"""The controls on Secrets Manager besides rotation, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import FAIL, PASS, Aws, Case, Told, cases
from tests.policies.secretsmanager.states import SECRET, secret

KEY, PUBLIC = "secret_encrypted_with_cmk", "secret_policy_not_public"


def with_key(aws: Aws) -> None:
    key = aws.kms.create_key()["KeyMetadata"]["Arn"]
    aws.secretsmanager.create_secret(Name="phi", SecretString="{}", KmsKeyId=key)


def with_aws_key(aws: Aws) -> None:
    aws.secretsmanager.create_secret(Name="phi", SecretString="{}", KmsKeyId="alias/aws/secretsmanager")


def keyed(key: str) -> str:
    return SECRET.replace("\n}", f"\nkms_key_id = {key}\n}}\n")


test_key = cases(
    Case(KEY, "none", FAIL, terraform=SECRET, aws=secret),
    Case(
        KEY,
        "a key of one's own",
        PASS,
        terraform=keyed("aws_kms_key.k.arn") + 'resource "aws_kms_key" "k" {}',
        aws=with_key,
    ),
    Case(KEY, "the key of AWS by its alias", FAIL, terraform=keyed('"alias/aws/secretsmanager"'), aws=with_aws_key),
    Case(KEY, "a key that is declared elsewhere", PASS, terraform=keyed('"1234abcd-12ab-34cd-56ef-1234567890ab"')),
)


def policy(**changes: Any) -> Told:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:role/records-app"},
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    } | changes
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def seed(aws: Aws) -> None:
        secret(aws)
        aws.secretsmanager.put_resource_policy(SecretId="phi", ResourcePolicy=text)

    attached = f"""
    resource "aws_secretsmanager_secret_policy" "p" {{
      secret_arn = aws_secretsmanager_secret.phi.arn
      policy     = {json.dumps(text)}
    }}"""
    return Told(terraform=SECRET + attached, aws=seed)


OPEN = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"secretsmanager:*","Resource":"*"}]}'

test_policy = cases(
    Case(PUBLIC, "none", PASS, terraform=SECRET, aws=secret),
    Case(PUBLIC, "one role", PASS, policy()),
    Case(PUBLIC, "everyone", FAIL, policy(Principal="*")),
    Case(PUBLIC, "everyone, written as AWS principals", FAIL, policy(Principal={"AWS": "*"})),
    Case(
        PUBLIC,
        "everyone of one organisation",
        PASS,
        policy(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
    ),
    Case(
        PUBLIC,
        "everyone, in the secret itself",
        FAIL,
        terraform=SECRET.replace("\n}", f"\npolicy = {json.dumps(OPEN)}\n}}"),
    ),
    Case(PUBLIC, "taken away by the empty policy", PASS, terraform=SECRET.replace("\n}", '\npolicy = "{}"\n}')),
)
