"""Aliases and published versions of functions, which have policies of their own, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, REGION, UNKNOWN, Aws, Case, Told, cases
from tests.policies.lambda_functions.states import ARN, create, declared

PUBLIC, SOURCE = "lambda_function_not_public", "lambda_permission_has_source"
SECRETS = "lambda_env_no_secrets"
COPIED = 'principal = "replicator.lambda.amazonaws.com"'
FOREIGN, OTHER = "lambda_function_no_cross_account", "444455556666"
EVERYONE: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction"}
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:records"
AN_ACCOUNT = {**EVERYONE, "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}}
THROUGH_URL = {**EVERYONE, "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}}
A_SERVICE = {**EVERYONE, "Principal": {"Service": "sns.amazonaws.com"}}
COPIES = {**EVERYONE, "Principal": {"Service": "replicator.lambda.amazonaws.com"}, "Action": "lambda:GetFunction"}
A_TOPIC = {**A_SERVICE, "Condition": {"ArnLike": {"AWS:SourceArn": TOPIC}}}


class _Answer:
    """An HTTP answer, as botocore hands it on."""

    headers: dict[str, str] = {}  # noqa: RUF012 - botocore reads it
    content = b""

    def __init__(self, status: int) -> None:
        self.status_code = status


def policies(**of: dict[str, Any]) -> Callable[[Any], None]:
    """GetPolicy as Lambda answers it: for a qualifier its own policy, which moto mixes with that of the function."""

    def answer(params: dict[str, Any], **_: Any) -> Any:
        statement = of.get(params["query_string"].get("Qualifier", "function").replace("1", "one"))
        if statement is None:
            error = {"Code": "ResourceNotFoundException", "Message": "The resource you requested does not exist."}
            return _Answer(404), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 404}}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "caller", "Resource": ARN, **statement}]})
        return _Answer(200), {"Policy": policy, "ResponseMetadata": {"HTTPStatusCode": 200}}

    return lambda session: session.events.register_first("before-call.lambda.GetPolicy", answer)


def published(aws: Aws) -> None:
    """A function with version 1, to which the alias ``live`` points."""
    create(aws, Publish=True)
    getattr(aws, "lambda").create_alias(FunctionName="phi-records", Name="live", FunctionVersion="1")


def told(lines: str, **of: dict[str, Any]) -> Told:
    """A permission of the function with the alias ``live``, and the policies that an account then has."""
    text = (
        declared("publish = true")
        + f"""
    resource "aws_lambda_alias" "live" {{
      name             = "live"
      function_name    = aws_lambda_function.phi.function_name
      function_version = aws_lambda_function.phi.version
    }}
    resource "aws_lambda_permission" "caller" {{
      function_name = aws_lambda_function.phi.function_name
      action        = "lambda:InvokeFunction"
      {lines}
    }}"""
    )
    return Told(terraform=text, aws=published, answers=policies(**of))


def in_account(lines: str, **of: dict[str, Any]) -> Told:
    """As `told`, with a configuration that says its account."""
    return Told(terraform=f'provider "aws" {{\nallowed_account_ids = ["{ACCOUNT}"]\n}}') + told(lines, **of)


def with_environment(*versions: tuple[str, dict[str, str]]) -> Callable[[Any], None]:
    """ListFunctions of a function and its versions, each with its environment."""
    told = [
        {
            "FunctionName": "phi-records",
            "FunctionArn": ARN if version == "$LATEST" else f"{ARN}:{version}",
            "Version": version,
            "Environment": {"Variables": variables},
        }
        for version, variables in versions
    ]
    return answer_of_versions(told)


def answer_of_versions(told: list[dict[str, Any]]) -> Callable[[Any], None]:
    """ListFunctions of a function, the first in the list, and its versions."""
    plain, every = ({"Functions": each} for each in (told[:1], told))

    def answer(params: dict[str, Any], **_: Any) -> Any:
        functions = every if params["query_string"].get("FunctionVersion") == "ALL" else plain
        return _Answer(200), {**functions, "ResponseMetadata": {"HTTPStatusCode": 200}}

    return lambda session: session.events.register_first("before-call.lambda.ListFunctions", answer)


LIVE = "qualifier = aws_lambda_alias.live.name\n"
BY_TOPIC = f'principal = "sns.amazonaws.com"\nsource_arn = "{TOPIC}"'


def copied(action: str) -> Told:
    """A permission of the service that copies functions of Lambda@Edge."""
    of = {**COPIES, "Action": action}
    lines = f'qualifier = "1"\n{COPIED}\n'
    found = told(lines, one=of)
    return Told(str(found.text).replace("lambda:InvokeFunction", action)) | found.in_aws()


test_copies = cases(
    Case(SOURCE, "Lambda@Edge copies it", PASS, copied("lambda:GetFunction")),
    Case(SOURCE, "the service that copies may call it", FAIL, copied("lambda:InvokeFunction")),
    Case(SOURCE, "the service that copies may do all with it", FAIL, copied("lambda:*")),
)

test_policies = cases(
    Case(PUBLIC, "everyone, at an alias", FAIL, told(LIVE + 'principal = "*"', live=EVERYONE), says="its alias live"),
    Case(
        PUBLIC,
        "everyone, at a version",
        FAIL,
        told('qualifier = "1"\nprincipal = "*"', one=EVERYONE),
        says="its version 1",
    ),
    Case(
        PUBLIC,
        "everyone, at an alias that the name of the function ends with",
        FAIL,
        terraform=declared("")
        + """
        resource "aws_lambda_permission" "caller" {
          function_name = "phi-records:live"
          action        = "lambda:InvokeFunction"
          principal     = "*"
        }""",
        says="its alias live",
    ),
    Case(
        PUBLIC,
        "everyone, through the URL of an alias",
        FAIL,
        aws=published,
        answers=policies(live=THROUGH_URL),
        says="at its alias live, through its function URL",
    ),
    Case(PUBLIC, "one topic, at an alias", PASS, told(LIVE + BY_TOPIC, live=A_TOPIC)),
    Case(PUBLIC, "no permission at all", PASS, aws=published, answers=policies()),
    Case(
        PUBLIC,
        "everyone at an alias, and a topic at the function",
        FAIL,
        aws=published,
        answers=policies(function=A_TOPIC, live=EVERYONE),
        says="its alias live",
    ),
    Case(
        PUBLIC,
        "everyone at the function, and its aliases may not be listed",
        FAIL,
        aws=published,
        answers=policies(function=EVERYONE),
        denied="lambda:ListAliases",
    ),
    Case(
        PUBLIC,
        "its aliases may not be listed",
        UNKNOWN,
        aws=published,
        answers=policies(),
        denied="lambda:ListAliases",
        says="lambda:ListAliases",
    ),
    Case(
        PUBLIC,
        "everyone, at a version or alias that is not known",
        FAIL,
        terraform='variable "at" {}\n' + str(told('qualifier = var.at\nprincipal = "*"').text),
    ),
    Case(
        SOURCE,
        "a service for anyone, at an alias",
        FAIL,
        told(LIVE + 'principal = "sns.amazonaws.com"', live=A_SERVICE),
    ),
    Case(
        SOURCE,
        "a service for anyone, at a version",
        FAIL,
        told('qualifier = "1"\nprincipal = "sns.amazonaws.com"', one=A_SERVICE),
        says="its version 1",
    ),
    Case(SOURCE, "a service for one topic, at an alias", PASS, told(LIVE + BY_TOPIC, live=A_TOPIC)),
    Case(
        FOREIGN,
        "another account, at an alias",
        FAIL,
        in_account(LIVE + f'principal = "{OTHER}"', live=AN_ACCOUNT),
        says=f"{OTHER}, at its alias live",
    ),
    Case(
        FOREIGN,
        "another account, at a version",
        FAIL,
        in_account(f'qualifier = "1"\nprincipal = "{OTHER}"', one=AN_ACCOUNT),
        says=f"{OTHER}, at its version 1",
    ),
    Case(FOREIGN, "one topic, at an alias", PASS, in_account(LIVE + BY_TOPIC, live=A_TOPIC)),
)

CLEAN, DIRTY = {"TABLE": "records"}, {"DB_PASSWORD": "Aa1234321Bb"}

test_environments = cases(
    Case(
        SECRETS,
        "a credential in the environment of a version only",
        FAIL,
        aws=published,
        answers=with_environment(("$LATEST", CLEAN), ("1", DIRTY), ("2", CLEAN)),
        says="in its version 1",
    ),
    Case(
        SECRETS,
        "none in any version",
        PASS,
        aws=published,
        answers=with_environment(("$LATEST", CLEAN), ("1", CLEAN)),
    ),
)
