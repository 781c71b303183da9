"""The controls on Secrets Manager besides rotation, told to Terraform and to AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, Told, all_controls, cases, verdict
from tests.policies.secretsmanager.states import SECRET, secret

KEY, PUBLIC, SOURCE = "secret_encrypted_with_cmk", "secret_policy_not_public", "secret_value_not_in_source"


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


def value(text: str, argument: str = "secret_string") -> str:
    return f"""
    variable "unset" {{}}
    variable "written" {{ default = "hunter2hunter2" }}
    resource "random_password" "p" {{ length = 32 }}
    data "aws_ssm_parameter" "p" {{ name = "p" }}
    resource "aws_db_instance" "db" {{}}
    resource "aws_secretsmanager_secret_version" "phi" {{
      secret_id = "records-db"
      {argument} = {text}
    }}
    """


LITERAL = value('"hunter2hunter2"')

test_value = cases(
    Case(SOURCE, "a literal", FAIL, terraform=LITERAL),
    Case(SOURCE, "a literal, never kept in the state", FAIL, terraform=value('"hunter2hunter2"', "secret_string_wo")),
    Case(SOURCE, "the default of a variable", FAIL, terraform=value("var.written")),
    Case(
        SOURCE,
        "a document of literals",
        FAIL,
        terraform=value('jsonencode({ username = "app", password = "hunter2" })'),
    ),
    Case(SOURCE, "nothing yet", PASS, terraform=value("null")),
    Case(SOURCE, "an empty document", PASS, terraform=value('"{}"')),
    Case(SOURCE, "generated", PASS, terraform=value("random_password.p.result")),
    Case(SOURCE, "looked up", PASS, terraform=value("data.aws_ssm_parameter.p.value")),
    Case(
        SOURCE,
        "a document whose password is generated",
        PASS,
        terraform=value('jsonencode({ username = "app", password = random_password.p.result })'),
    ),
    Case(
        SOURCE,
        "a document whose password is generated, as text",
        PASS,
        terraform=value(r'"{\"username\":\"app\",\"password\":\"${random_password.p.result}\"}"'),
    ),
    Case(
        SOURCE,
        "a document whose password is literal beside a generated address",
        FAIL,
        terraform=value('jsonencode({ host = aws_db_instance.db.address, password = "hunter2" })'),
    ),
    Case(
        SOURCE,
        "a document whose password is literal beside a generated address, as text",
        FAIL,
        terraform=value(r'"{\"host\":\"${aws_db_instance.db.address}\",\"password\":\"hunter2\"}"'),
    ),
    Case(
        SOURCE,
        "an address of which it cannot be told what is secret",
        UNKNOWN,
        terraform=value('"postgres://app:hunter2@${aws_db_instance.db.address}"'),
    ),
    Case(
        SOURCE,
        "a password in a variable without a value",
        UNKNOWN,
        terraform=value("jsonencode({ password = var.unset })"),
    ),
)


def test_the_value_is_never_told(tmp_path: Path) -> None:
    case = Case(SOURCE, "a literal", FAIL, terraform=LITERAL)
    finding = verdict(case, "terraform", all_controls()[SOURCE], tmp_path)
    assert finding.evidence
    assert "hunter2" not in repr(finding)
