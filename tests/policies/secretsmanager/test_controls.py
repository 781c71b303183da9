"""The controls on Secrets Manager, told to Terraform and to AWS."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hipaa_guard.clock import now
from hipaa_guard.testing import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Aws,
    Case,
    Told,
    all_controls,
    answered,
    cases,
    verdict,
)

ROTATION, INTERVAL = "secret_rotation_enabled", "secret_rotation_interval_90_days"
KEY, PUBLIC, SOURCE = "secret_encrypted_with_cmk", "secret_policy_not_public", "secret_value_not_in_source"
SECRET = 'resource "aws_secretsmanager_secret" "phi" {\n name = "phi"\n}\n'
UNSET = 'variable "unset" {}\n'
ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:phi-AbCdEf"


def secret(aws: Aws) -> None:
    aws.secretsmanager.create_secret(Name="phi", SecretString="{}")


def listed(**fields: Any) -> Told:
    """What ListSecrets answers of the one secret."""

    def register(session: Any) -> None:
        answered(session, "secretsmanager", "ListSecrets", {"SecretList": [{"ARN": ARN, "Name": "phi", **fields}]})

    return Told(aws=lambda _: None, answers=register)


def rotation(rules: str, to: str = "aws_secretsmanager_secret.phi.id") -> str:
    return f"""
    resource "aws_secretsmanager_secret_rotation" "r" {{
      secret_id           = {to}
      rotation_lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:rotate"
      rotation_rules {{
        {rules}
      }}
    }}
    """


def every(days: int) -> Told:
    rules = {"AutomaticallyAfterDays": days}
    return Told(SECRET + rotation(f"automatically_after_days = {days}")) | listed(
        RotationEnabled=True, RotationRules=rules, **dates(1)
    )


def by(schedule: str, **more: Any) -> Told:
    """Rotated by a schedule, for the last time on the day before the present of the tests."""
    return Told(SECRET + rotation(f'schedule_expression = "{schedule}"')) | listed(
        RotationEnabled=True, RotationRules={"ScheduleExpression": schedule, **more}, **dates(1)
    )


def ago(days: int) -> datetime:
    return now() - timedelta(days=days)


def dates(rotated: int | None, made: int = 1000) -> dict[str, datetime]:
    """Made and last rotated so many days ago; None for never."""
    return {"CreatedDate": ago(made)} | ({} if rotated is None else {"LastRotatedDate": ago(rotated)})


def rotated(days: int | None, made: int = 1000, schedule: str = "rate(30 days)") -> Told:
    return listed(RotationEnabled=True, RotationRules={"ScheduleExpression": schedule}, **dates(days, made))


test_rotation = cases(
    Case(ROTATION, "never", FAIL, terraform=SECRET, aws=secret),
    Case(ROTATION, "switched off again", FAIL, listed(RotationEnabled=False)),
    Case(ROTATION, "every 30 days", PASS, every(30)),
    Case(ROTATION, "by a schedule", PASS, by("rate(10 days)")),
    Case(ROTATION, "on, and late by less than the window", PASS, rotated(31)),
    Case(ROTATION, "on, and late", FAIL, rotated(33), says="2 days late"),
    Case(ROTATION, "on, and late by a calendar", FAIL, rotated(40, schedule="cron(0 8 1 * ? *)"), says="8 days late"),
    Case(ROTATION, "on, and in time by a calendar", PASS, rotated(40, schedule="cron(0 8 1 1/2 ? *)")),
    Case(ROTATION, "on, but it never succeeded", FAIL, rotated(None), says="was never rotated"),
    Case(ROTATION, "on, and not due since the secret was made", PASS, rotated(None, made=10)),
    Case(ROTATION, "on, by a schedule that is not understood", UNKNOWN, rotated(1, schedule="rate(2 weeks)")),
    Case(
        ROTATION,
        "on, and nothing tells when",
        UNKNOWN,
        listed(RotationEnabled=True, RotationRules={"AutomaticallyAfterDays": 30}),
        says="not known when it was last rotated",
    ),
    Case(ROTATION, "another secret is rotated", FAIL, terraform=SECRET + rotation("duration = 1", '"other"')),
    Case(ROTATION, "a copy from another region", NOT_APPLICABLE, listed(PrimaryRegion="eu-west-1")),
    Case(ROTATION, "the original of copies", FAIL, listed(PrimaryRegion="us-east-1")),
    Case(
        ROTATION,
        "perhaps of this secret",
        UNKNOWN,
        terraform=UNSET + SECRET + rotation("duration = 1", 'var.unset ? aws_secretsmanager_secret.phi.id : "another"'),
    ),
    Case(
        ROTATION,
        "of a secret that a variable names, which is another one",
        FAIL,
        terraform=UNSET + SECRET + rotation("duration = 1", "var.unset"),
    ),
    Case(INTERVAL, "never", NOT_APPLICABLE, terraform=SECRET, aws=secret),
    Case(INTERVAL, "every 30 days", PASS, every(30)),
    Case(INTERVAL, "every 90 days", PASS, every(90)),
    Case(INTERVAL, "every 91 days", FAIL, every(91)),
    *(
        Case(INTERVAL, f"by the schedule {schedule}", verdict, by(schedule), says=says)
        for schedule, verdict, says in (
            ("rate(30 days)", PASS, "30 days"),
            ("rate(720 hours)", PASS, "30 days"),
            ("rate(4 hours)", PASS, "every day"),
            ("rate(90 days)", PASS, "90 days"),
            ("rate(91 days)", FAIL, "91 days"),
            ("rate(2400 hours)", FAIL, "100 days"),
            ("cron(0 8 1 * ? *)", PASS, "31 days"),
            ("cron(0 8 L * ? *)", PASS, "31 days"),
            ("cron(0 10 ? * SUN#1 *)", PASS, "35 days"),
            ("cron(0 0/8 * * ? *)", PASS, "every day"),
            ("cron(0 0 1 1/2 ? *)", PASS, "62 days"),
            ("cron(0 0 1 1,4,7,10 ? *)", FAIL, "92 days"),
            ("cron(0 0 1 JAN ? *)", FAIL, "366 days"),
            ("cron(0 0 1 * ? 2026)", UNKNOWN, "between the runs"),
            ("cron(0 0 1 * * *)", UNKNOWN, "between the runs"),
            ("rate(2 weeks)", UNKNOWN, "between the runs"),
        )
    ),
    Case(
        INTERVAL,
        "by a schedule that is not understood, and whose days AWS has worked out",
        PASS,
        by("rate(2 weeks)", AutomaticallyAfterDays=14).in_aws(),
        says="14 days",
    ),
    Case(
        INTERVAL,
        "by a schedule in a variable without a value",
        UNKNOWN,
        terraform=UNSET + SECRET + rotation("schedule_expression = var.unset"),
    ),
    Case(INTERVAL, "on, and nothing says how often", UNKNOWN, terraform=SECRET + rotation('duration = "3h"')),
)


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
