"""Policies of the streams of DynamoDB tables, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.authoring import MEDIUM
from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Case, Told, cases, resource
from tests.policies.dynamodb.test_controls import FOREIGN, table

OTHER = {"Principal": {"AWS": "arn:aws:iam::444455556666:root"}}
OWN = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}}
SERVICE = {"Principal": {"Service": "glue.amazonaws.com"}}
OURS = {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}


class _Answer:
    """An HTTP answer, as botocore hands it on."""

    headers: dict[str, str] = {}  # noqa: RUF012 - botocore reads it
    content = b""

    def __init__(self, status: int) -> None:
        self.status_code = status


def answers(code: str, policy: str | None) -> Any:
    """GetResourcePolicy as DynamoDB answers it for a stream, of which moto knows nothing; the table has no policy."""

    def answer(params: dict[str, Any], **_: Any) -> Any:
        of_stream = "/stream/" in json.loads(params["body"])["ResourceArn"]
        if of_stream and policy is not None:
            return _Answer(200), {"Policy": policy, "ResponseMetadata": {"HTTPStatusCode": 200}}
        error = {"Code": code if of_stream else "PolicyNotFoundException", "Message": "There is none."}
        return _Answer(400), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}

    return lambda session: session.events.register_first("before-call.dynamodb.GetResourcePolicy", answer)


def stream(statement: dict[str, Any] | None, code: str = "PolicyNotFoundException") -> Told:
    """A table with a stream, whose policy has one statement."""
    lines = 'stream_enabled = true\n stream_view_type = "NEW_IMAGE"'
    told = table(lines, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    if statement is None:
        return told + Told(answers=answers(code, None))
    whole = {"Effect": "Allow", "Action": "dynamodb:GetRecords", "Resource": "*"} | statement
    text = json.dumps({"Version": "2012-10-17", "Statement": [whole]})
    policy = f"resource_arn = aws_dynamodb_table.phi.stream_arn\n policy = {json.dumps(text)}"
    return told + Told(resource("aws_dynamodb_resource_policy", policy, "p"), answers=answers(code, text))


test_streams = cases(
    Case(FOREIGN, "a stream without a policy", PASS, stream(None)),
    Case(FOREIGN, "a stream that has ended", PASS, stream(None, "ResourceNotFoundException").in_aws()),
    Case(FOREIGN, "a stream, for a role of the account itself", PASS, stream(OWN).in_aws()),
    Case(FOREIGN, "a stream, for another account", FAIL, stream(OTHER).in_aws(), says="has a stream that has a policy"),
    Case(FOREIGN, "a stream, for everyone", FAIL, stream({"Principal": "*"}), says="everyone", severity=MEDIUM),
    Case(FOREIGN, "a stream, for a service of AWS", FAIL, stream(SERVICE), says="glue.amazonaws.com"),
    Case(FOREIGN, "a stream, for a service that acts for the account", PASS, stream(SERVICE | OURS).in_aws()),
    Case(
        FOREIGN,
        "a stream, and the table may not be described",
        UNKNOWN,
        stream(OTHER).in_aws(),
        denied="dynamodb:DescribeTable",
        says="dynamodb:DescribeTable",
    ),
)
