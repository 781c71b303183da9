"""Dead-letter queues of queues and of other services, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hipaa_guard.services import sqs
from hipaa_guard.testing import (
    ACCOUNT,
    FAIL,
    NOT_APPLICABLE,
    REGION,
    UNKNOWN,
    Aws,
    Case,
    Told,
    answered,
    cases,
    resource,
)
from tests.policies.sqs.test_controls import ARN, DEAD, OPEN, queue

ROLE = '"arn:aws:iam::111122223333:role/records"'
OTHER = '\nresource "aws_sqs_queue" "other" {}'


def named(target: str) -> dict[str, str]:
    """For each type that sends its failures to a queue, a resource that names one."""
    dead = f"dead_letter_config {{\narn = {target}\n}}"
    nested = f"dead_letter_config = {{ arn = {target} }}"
    failure = f"destination_config {{\non_failure {{\ndestination = {target}\n}}\n}}"
    redrive = f"redrive_policy = jsonencode({{ deadLetterTargetArn = {target} }})"
    stream = f"source = {ROLE}\ntarget = {ROLE}\nrole_arn = {ROLE}"
    return {
        "aws_cloudwatch_event_bus": f'name = "b"\n{dead}',
        "aws_cloudwatch_event_target": f'rule = "r"\narn = {ROLE}\n{dead}',
        "aws_lambda_event_source_mapping": f'function_name = "f"\n{failure.replace("destination =", "destination_arn =")}',
        "aws_lambda_function": f'function_name = "f"\nrole = {ROLE}\ndead_letter_config {{\ntarget_arn = {target}\n}}',
        "aws_lambda_function_event_invoke_config": f'function_name = "f"\n{failure}',
        "aws_pipes_pipe": f"{stream}\nsource_parameters {{\nkinesis_stream_parameters {{\n{dead}\n}}\n}}",
        "aws_scheduler_schedule": f"target {{\narn = {ROLE}\nrole_arn = {ROLE}\n{dead}\n}}",
        "aws_sns_topic_subscription": f'topic_arn = {ROLE}\nprotocol = "lambda"\nendpoint = {ROLE}\n{redrive}',
        "awscc_events_event_bus": f'name = "b"\n{nested}',
        "awscc_events_rule": f'targets = [{{ arn = {ROLE}, id = "a" }}, {{ arn = {ROLE}, id = "b", {nested} }}]',
        "awscc_lambda_event_invoke_config": f"destination_config = {{ on_failure = {{ destination = {target} }} }}",
        "awscc_lambda_event_source_mapping": f"destination_config = {{ on_failure = {{ destination = {target} }} }}",
        "awscc_lambda_function": f"role = {ROLE}\ndead_letter_config = {{ target_arn = {target} }}",
        "awscc_pipes_pipe": f"{stream}\nsource_parameters = {{ kinesis_stream_parameters = {{ {nested} }} }}",
        "awscc_scheduler_schedule": f"target = {{ arn = {ROLE}, role_arn = {ROLE}, {nested} }}",
        "awscc_sns_subscription": f'topic_arn = {ROLE}\nprotocol = "lambda"\n{redrive}',
    }


def test_each_type_that_sends_failures_has_cases() -> None:
    assert sqs.FailureSource.terraform is not None
    assert set(named("x")) == set(sqs.FailureSource.terraform.types)


def told(type: str, target: str) -> Told:
    return queue().in_terraform(resource(type, named(target)[type], "sender") + OTHER + OPEN)


test_sources = cases(
    *(
        case
        for type in named("x")
        for case in (
            Case(DEAD, f"takes failures of {type}", NOT_APPLICABLE, told(type, "aws_sqs_queue.phi.arn")),
            Case(DEAD, f"by its ARN takes failures of {type}", NOT_APPLICABLE, told(type, f'"{ARN}"')),
            Case(DEAD, f"another queue takes failures of {type}", FAIL, told(type, "aws_sqs_queue.other.arn")),
            Case(DEAD, f"it is not known where failures of {type} go", UNKNOWN, told(type, "var.open")),
        )
    ),
    Case(
        DEAD,
        "takes failures of a pipe from a table",
        NOT_APPLICABLE,
        queue().in_terraform(
            resource(
                "aws_pipes_pipe",
                named("aws_sqs_queue.phi.arn")["aws_pipes_pipe"].replace("kinesis_stream", "dynamodb_stream"),
                "p",
            )
        ),
    ),
)


def with_function(session: Any) -> None:
    """Lambda's answer of a function that sends what it failed to handle to the queue; moto leaves the target out."""
    function = {"FunctionName": "records", "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:records"}
    told = {**function, "Version": "$LATEST", "DeadLetterConfig": {"TargetArn": ARN}}
    answered(session, "lambda", "ListFunctions", {"Functions": [told]})


def plain(aws: Aws) -> None:
    aws.sqs.create_queue(QueueName="phi-messages")


def sends(service: str) -> dict[str, Any]:
    """A policy by which a service may send messages."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": ARN,
        "Condition": {
            "ArnEquals": {"aws:SourceArn": f"arn:aws:{service.partition('.')[0]}:{REGION}:123456789012:records"}
        },
    }
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


def open_to(service: str) -> Any:
    return lambda aws: aws.sqs.create_queue(QueueName="phi-messages", Attributes=sends(service))


def subscribed(aws: Aws) -> None:
    open_to("sns.amazonaws.com")(aws)
    topic = aws.sns.create_topic(Name="records")["TopicArn"]
    aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ARN)


test_accounts = cases(
    Case(DEAD, "takes failures of a function", NOT_APPLICABLE, aws=plain, answers=with_function),
    Case(
        DEAD, "may take failures of a rule", UNKNOWN, aws=open_to("events.amazonaws.com"), says="events.amazonaws.com"
    ),
    Case(DEAD, "may take failures of a subscription", UNKNOWN, aws=open_to("sns.amazonaws.com")),
    Case(DEAD, "gets the messages of a topic", FAIL, aws=subscribed),
    Case(DEAD, "gets the events of a bucket", FAIL, aws=open_to("s3.amazonaws.com")),
    Case(
        DEAD,
        "is named as one",
        UNKNOWN,
        terraform='resource "aws_sqs_queue" "phi" {\nname = "phi-records-dlq"\n}',
        aws=lambda aws: aws.sqs.create_queue(QueueName="phi-records-dlq"),
        says="its name",
    ),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((name, True) for name in ("dlq", "records-dlq", "records_DLQ", "recordsDLQ", "RecordsDlq", "dlq.fifo")),
        *((name, True) for name in ("RecordsDeadLetterQueue", "dead-letters", "records-dead_letter", "undelivered")),
        *((name, False) for name in ("records", "deadlines", "idlqueue", "letters", "")),
    ],
)
def test_names_of_dead_letter_queues(name: str, expected: bool) -> None:
    assert (sqs._DEAD_LETTERS.search(name) is not None) is expected
