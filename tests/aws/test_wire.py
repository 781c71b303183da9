"""The local endpoint speaks every protocol: what it is told to answer is what boto3 reads."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError
from botocore.parsers import create_parser

from hipaa_guard.aws.collecting.discovery import QUESTIONS
from hipaa_guard.aws.planning import operation_quirks
from hipaa_guard.aws.planning.plan import planned
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.testing import all_controls
from tests.aws.shapes.answers import refused, said
from tests.aws.shapes.samples import sample
from tests.aws.wire import Wire, answering, model_of

SESSION = botocore.session.get_session()


@functools.cache
def operations() -> list[str]:
    """All that a scan may call."""
    found = {question.operation for question in QUESTIONS}
    for operation in planned(kinds_of(all_controls().values())).operations:
        found.update((operation, *operation_quirks.also_called(operation)))
    return sorted(found)


def parsed(model: Any, response: Any) -> dict[str, Any]:
    """What boto3 reads of a response."""
    told = {"body": response.body, "headers": HeadersDict(response.headers), "status_code": response.status}
    found: dict[str, Any] = create_parser(model.service_model.resolved_protocol).parse(told, model.output_shape)
    found.pop("ResponseMetadata", None)
    return found


@pytest.mark.parametrize("operation", operations())
def test_a_sample_of_each_operation_of_a_scan_comes_back_as_it_was(operation: str) -> None:
    model = model_of(operation)
    whole = sample(model.output_shape)
    assert parsed(model, said(model, whole)) == whole


# A service for each protocol, and for each way of writing lists, maps, headers and payloads.
@pytest.mark.parametrize(
    "service",
    [
        *("apigateway", "autoscaling", "cloudfront", "cloudwatchomni", "ec2", "eventbridgev2", "kafka", "rds"),
        *("redshift", "resource-explorer-2", "resourcegroupstaggingapi", "route53", "s3control", "sqs", "ssm"),
    ],
)
def test_samples_of_whole_services_come_back_as_they_were(service: str) -> None:
    model = SESSION.get_service_model(service)
    for name in model.operation_names:
        operation = model.operation_model(name)
        if operation.output_shape is None or operation.has_event_stream_output or operation.has_streaming_output:
            continue
        whole = sample(operation.output_shape)
        assert parsed(operation, said(operation, whole)) == whole, name


@pytest.mark.parametrize("operation", operations())
def test_a_refusal_of_each_operation_is_read_with_its_code(operation: str) -> None:
    model = model_of(operation)
    found = parsed(model, refused(model, "SomethingNew", 400, "no & never"))
    assert (found["Error"]["Code"], found["Error"]["Message"]) == ("SomethingNew", "no & never")


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    with answering(("ec2", "rds", "dynamodb", "lambda", "s3", "resourcegroupstaggingapi")) as wire:
        monkeypatch.setenv("AWS_ENDPOINT_URL", wire.url)
        yield wire


@pytest.mark.parametrize(
    ("operation", "params", "given", "seen"),
    [
        ("ec2.describe_vpcs", {"VpcIds": ["vpc-1"]}, {"Vpcs": [{"VpcId": "vpc-1"}]}, ("VpcId.1", "vpc-1")),
        ("rds.describe_db_proxies", {"MaxRecords": 20}, {"DBProxies": [{"DBProxyName": "p"}]}, ("MaxRecords", "20")),
        ("dynamodb.describe_table", {"TableName": "t"}, {"Table": {"TableName": "t"}}, ("TableName", "t")),
        ("lambda.get_policy", {"FunctionName": "f"}, {"Policy": "{}"}, ("FunctionName", "f")),
        ("s3.get_bucket_acl", {"Bucket": "b"}, {"Owner": {"ID": "o"}, "Grants": []}, ("Bucket", "b")),
        (
            "resourcegroupstaggingapi.get_resources",
            {"ResourcesPerPage": 100},
            {"ResourceTagMappingList": [{"ResourceARN": "arn:aws:redshift:us-east-1:1:cluster:c"}]},
            ("ResourcesPerPage", 100),
        ),
    ],
)
def test_each_protocol_is_spoken_over_the_wire(
    wire: Wire, operation: str, params: dict[str, Any], given: dict[str, Any], seen: tuple[str, Any]
) -> None:
    service, _, method = operation.partition(".")
    session: Any = boto3.Session()
    client = session.client(service, region_name="eu-west-1")
    wire.give(operation, given)
    answer = getattr(client, method)(**params)
    assert {name: answer[name] for name in given} == given
    (asked,) = wire.asked
    assert (asked.operation, asked.region, asked.params[seen[0]]) == (operation, "eu-west-1", seen[1])
    wire.refuse(operation, "AccessDenied", 403)
    with pytest.raises(ClientError) as caught:
        getattr(client, method)(**params)
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
