"""Whole policies of functions, which only `awscc` declares. A live account tells them as any other policy."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, REGION, UNKNOWN, Case, cases
from tests.policies.lambda_functions.states import ARN, declared

PUBLIC, SOURCE, FOREIGN = (
    "lambda_function_not_public",
    "lambda_permission_has_source",
    "lambda_function_no_cross_account",
)
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:records"
OWN = f'provider "aws" {{\nallowed_account_ids = ["{ACCOUNT}"]\n}}\nprovider "awscc" {{\nregion = "{REGION}"\n}}\n'


def whole(of: str = "aws_lambda_function.phi.arn", around: str = "", **statement: Any) -> str:
    """A function with a whole policy of one statement."""
    one = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": ARN, **statement}
    return written(json.dumps(json.dumps({"Version": "2012-10-17", "Statement": [one]})), of, around)


def written(document: str, of: str = "aws_lambda_function.phi.arn", around: str = "") -> str:
    return (
        declared("", around)
        + f"""
    resource "awscc_lambda_resource_policy" "caller" {{
      resource_arn    = {of}
      policy_document = {document}
    }}"""
    )


ALIAS = """
    resource "aws_lambda_alias" "live" {
      name             = "live"
      function_name    = aws_lambda_function.phi.function_name
      function_version = aws_lambda_function.phi.version
    }"""
SERVICE = {"Service": "sns.amazonaws.com"}
OF_TOPIC = {"ArnLike": {"AWS:SourceArn": TOPIC}}

test_whole_policies = cases(
    Case(PUBLIC, "everyone", FAIL, terraform=whole(Principal="*")),
    Case(
        PUBLIC, "everyone, and the function is named by its ARN", FAIL, terraform=whole(json.dumps(ARN), Principal="*")
    ),
    Case(PUBLIC, "everyone, at an alias", FAIL, terraform=whole("aws_lambda_alias.live.arn", ALIAS, Principal="*")),
    Case(PUBLIC, "everyone, for another function", PASS, terraform=whole(json.dumps(f"{ARN}-2"), Principal="*")),
    Case(PUBLIC, "everyone is denied", PASS, terraform=whole(Principal="*", Effect="Deny")),
    Case(PUBLIC, "a policy that is no JSON", UNKNOWN, terraform=written('"{"'), says="refuses"),
    Case(PUBLIC, "a variable", UNKNOWN, terraform=written("var.unset", around='variable "unset" {}')),
    Case(SOURCE, "a service for anyone", FAIL, terraform=whole(Principal=SERVICE)),
    Case(SOURCE, "a service for one topic", PASS, terraform=whole(Principal=SERVICE, Condition=OF_TOPIC)),
    Case(FOREIGN, "another account", FAIL, terraform=OWN + whole(Principal={"AWS": "444455556666"})),
    Case(FOREIGN, "its own account", PASS, terraform=OWN + whole(Principal={"AWS": ACCOUNT})),
)
