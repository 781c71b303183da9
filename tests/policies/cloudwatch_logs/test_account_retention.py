"""Retention policies of an account, which go before the settings of its log groups."""

from __future__ import annotations

import json

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, Told, answered, cases, resource
from tests.policies.cloudwatch_logs.test_controls import GROUP, SIX_YEARS, YEAR, group, kept

_RECORDS = 'LogGroupNamePrefix IN ["ph", "records"]'


def policy(days: int | str, mode: str = "RETROACTIVE", selection: str = "", name: str = "p", more: str = "") -> Told:
    document = json.dumps(json.dumps({"retentionInDays": days, "enforcementMode": mode}))
    lines = f'policy_name = "{name}"\npolicy_type = "RETENTION_POLICY"\npolicy_document = {document}\n{more}'
    lines += f"\nselection_criteria = {json.dumps(selection)}" if selection else ""
    return Told(resource("aws_cloudwatch_log_account_policy", lines, name))


def in_force(days: int) -> Told:
    """As a live account tells it, of a log group whose own setting is another one. moto knows no such policies."""
    shown = {"logGroupName": "phi", "retentionInDays": days, "retentionPolicyName": "p"}
    return Told(None, group, lambda session: answered(session, "logs", "DescribeLogGroups", {"logGroups": [shown]}))


_FOREVER = Told(GROUP)
_OF_EAST = "provider = aws.east"
_EAST = Told(
    'provider "aws" {\n region = "us-west-2"\n}\nprovider "aws" {\n alias = "east"\n region = "us-east-1"\n}\n'
)

test_account_retention = cases(
    Case(YEAR, "kept for ever, but the account deletes after 90 days", FAIL, _FOREVER + policy(90) | in_force(90)),
    Case(YEAR, "90 days, but the account keeps a year", PASS, kept(90) + policy(365) | in_force(365)),
    Case(YEAR, "90 days, but the account keeps for ever", PASS, kept(90).in_terraform() + policy("NEVER_EXPIRE")),
    Case(YEAR, "of several policies the longest", PASS, kept(90).in_terraform() + policy(60) + policy(400, name="q")),
    Case(SIX_YEARS, "a year by the account", FAIL, _FOREVER + policy(365)),
    Case(SIX_YEARS, "six years by the account", PASS, _FOREVER + policy(2192)),
    Case(YEAR, "by the start of its name", FAIL, _FOREVER + policy(90, selection=_RECORDS)),
    Case(YEAR, "other log groups by their names", PASS, _FOREVER + policy(90, selection=_RECORDS.replace("ph", "x"))),
    Case(YEAR, "all but some", FAIL, _FOREVER + policy(90, selection='LogGroupNamePrefix NOT IN ["x"]')),
    Case(YEAR, "all but this one", PASS, _FOREVER + policy(90, selection='LogGroupNamePrefix NOT IN ["phi"]')),
    Case(YEAR, "by something else", UNKNOWN, _FOREVER + policy(90, selection='DataSourceName IN ["x"]')),
    Case(YEAR, "new log groups only", UNKNOWN, _FOREVER + policy(90, "NEW_ONLY"), says="made after it"),
    Case(YEAR, "new log groups only, for as long", PASS, _FOREVER + policy(365, "NEW_ONLY")),
    Case(YEAR, "new log groups only, as short", FAIL, kept(90).in_terraform() + policy(60, "NEW_ONLY")),
    Case(YEAR, "a policy of another region", PASS, _EAST + _FOREVER + policy(90, more=_OF_EAST)),
    Case(
        YEAR,
        "a policy of another sort",
        PASS,
        terraform=GROUP + str(policy(90).text).replace("RETENTION_POLICY", "FIELD_INDEX_POLICY"),
    ),
)
