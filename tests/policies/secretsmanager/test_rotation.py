"""The controls on the rotation of secrets, told to Terraform and to AWS."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.clock import now
from hipaa_guard.controls.control import Status
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, Told, cases
from tests.policies.secretsmanager.states import SECRET, UNSET, listed, secret
from tests.terraform.stand_ins.given import scan, verdicts

ROTATION, INTERVAL = "secret_rotation_enabled", "secret_rotation_interval_90_days"


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


WITHOUT_FUNCTION = rotation("automatically_after_days = 30").replace("rotation_lambda_arn", "# rotation_lambda_arn")
EXTERNAL = """
    resource "awscc_secretsmanager_rotation_schedule" "r" {
      secret_id                         = aws_secretsmanager_secret.phi.id
      external_secret_rotation_role_arn = "arn:aws:iam::123456789012:role/rotation"
    }
    """

test_rotation = cases(
    Case(ROTATION, "by nothing that changes it", UNKNOWN, SECRET + WITHOUT_FUNCTION, says="names no function"),
    Case(ROTATION, "by a partner of AWS, who keeps it", PASS, SECRET + EXTERNAL),
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
    Case(ROTATION, "of a connection of EventBridge", NOT_APPLICABLE, listed(OwningService="events"), says="events"),
    Case(ROTATION, "of RDS, which can rotate it", FAIL, listed(OwningService="rds")),
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


test_two_rotations = cases(
    Case(
        INTERVAL,
        "two rotations that do not say the same",
        UNKNOWN,
        terraform=SECRET
        + rotation("automatically_after_days = 30")
        + rotation("automatically_after_days = 400").replace('"r"', '"other"'),
    ),
)

ELSEWHERE = (
    "var.unset",
    '"arn:aws:secretsmanager:us-east-1:111122223333:secret:records-a1b2c3"',
    "data.aws_secretsmanager_secret.other.id",
)
OTHER = UNSET + 'data "aws_secretsmanager_secret" "other" {\n name = "records-db"\n}\n'
CC_ROTATION = (
    'resource "awscc_secretsmanager_rotation_schedule" "r" {{\n secret_id = {}\n rotation_rules = {{ {} }}\n}}\n'
)


@pytest.mark.parametrize("type", ["aws", "awscc"])
@pytest.mark.parametrize("to", ELSEWHERE)
@pytest.mark.parametrize("rules", ['schedule_expression = "rate({} days)"', "automatically_after_days = {}"])
@pytest.mark.parametrize("days", [30, 90, 91])
def test_the_rotation_of_a_secret_that_is_declared_elsewhere(
    type: str, to: str, rules: str, days: int, tmp_path: Path
) -> None:
    lines = rules.format(days)
    text = OTHER + (rotation(lines, to) if type == "aws" else CC_ROTATION.format(to, lines))
    expected = Status.PASS if days <= 90 else Status.FAIL
    assert list(verdicts(scan(tmp_path, text, INTERVAL)).values()) == [expected]
    assert list(verdicts(scan(tmp_path, text, ROTATION)).values()) == [Status.PASS]


def test_a_rotation_elsewhere_of_which_nothing_says_how_often(tmp_path: Path) -> None:
    text = OTHER + rotation("automatically_after_days = var.unset", "data.aws_secretsmanager_secret.other.id")
    assert verdicts(scan(tmp_path, text, INTERVAL)) == {}
