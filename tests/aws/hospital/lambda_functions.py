"""Functions that others may call."""

from __future__ import annotations

from typing import Any

from examples.account import client
from tests.aws.hospital import Answers


def furnish() -> None:
    functions = client("lambda")
    functions.create_function_url_config(FunctionName="reminders", AuthType="NONE")  # gap
    functions.add_permission(
        FunctionName="summaries", StatementId="all", Action="lambda:InvokeFunction", Principal="*"
    )  # gap
    functions.publish_version(FunctionName="reminders")
    functions.create_alias(FunctionName="reminders", Name="live", FunctionVersion="1")


def _url(region: str, path: str) -> dict[str, Any]:
    function = path.split("/functions/")[1].split("/", maxsplit=1)[0]
    return {
        "FunctionUrl": f"https://{function}.lambda-url.{region}.on.aws/",
        "FunctionArn": f"arn:aws:lambda:{region}:123456789012:function:{function}",
        "CreationTime": "2026-01-01T00:00:00Z",
        "LastModifiedTime": "2026-01-01T00:00:00Z",
        "AuthType": "AWS_IAM" if function == "summaries" else "NONE",
    }


ANSWERS: Answers = {
    "lambda.list_function_url_configs": lambda region, path: {"FunctionUrlConfigs": [_url(region, path)]}
}
