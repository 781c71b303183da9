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
    queue = f"arn:aws:sqs:{functions.meta.region_name}:123456789012:faxes"
    functions.put_function_event_invoke_config(
        FunctionName="reminders", DestinationConfig={"OnFailure": {"Destination": queue}}
    )


def _url(region: str, path: str) -> dict[str, Any]:
    function = path.split("/functions/")[1].split("/", maxsplit=1)[0]
    return {
        "FunctionUrl": f"https://{function}.lambda-url.{region}.on.aws/",
        "FunctionArn": f"arn:aws:lambda:{region}:123456789012:function:{function}",
        "CreationTime": "2026-01-01T00:00:00Z",
        "LastModifiedTime": "2026-01-01T00:00:00Z",
        "AuthType": "AWS_IAM" if function == "summaries" else "NONE",
    }


def _functions(region: str, path: str) -> dict[str, Any]:
    """The functions of the clinic and their versions: moto tells no dead-letter queues."""
    if region != client("lambda").meta.region_name:
        return {"Functions": []}
    versions = (("reminders", "$LATEST"), ("summaries", "$LATEST"), ("reminders", "1"))
    told = [_function(region, name, version) for name, version in versions]
    return {"Functions": told if "FunctionVersion=ALL" in path else told[:2]}


def _function(region: str, name: str, version: str) -> dict[str, Any]:
    arn = f"arn:aws:lambda:{region}:123456789012:function:{name}"
    return {
        "FunctionName": name,
        "FunctionArn": arn if version == "$LATEST" else f"{arn}:{version}",
        "Version": version,
        "PackageType": "Zip",
        "Role": "arn:aws:iam::123456789012:role/records",
        "Runtime": "python3.13" if name == "reminders" else "python3.8",  # gap: python3.8 has ended
        "Environment": {"Variables": {"TABLE": "appointments"}},
        "KMSKeyArn": f"arn:aws:kms:{region}:123456789012:alias/phi",
        "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""},
        "DeadLetterConfig": {"TargetArn": f"arn:aws:sqs:{region}:123456789012:faxes"},
    }


ANSWERS: Answers = {
    "lambda.list_function_url_configs": lambda region, path: {"FunctionUrlConfigs": [_url(region, path)]},
    "lambda.list_functions": _functions,
}
