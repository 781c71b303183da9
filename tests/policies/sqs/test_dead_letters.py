"""Dead-letter queues of queues and of other services, told to Terraform and to AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.control import Status
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
from tests.terraform.stand_ins.given import scan

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
        "aws_customerprofiles_domain": f'domain_name = "d"\ndefault_expiration_days = 9\ndead_letter_queue_url = {target}',
        "aws_glue_crawler": f'database_name = "d"\nname = "c"\nrole = {ROLE}\n'
        f's3_target {{\npath = "s3://a"\n}}\ns3_target {{\npath = "s3://b"\ndlq_event_queue_arn = {target}\n}}',
        "aws_iot_topic_rule": 'name = "r"\nenabled = true\nsql = "SELECT * FROM a"\nsql_version = "2016-03-23"\n'
        f"error_action {{\nsqs {{\nqueue_url = {target}\nrole_arn = {ROLE}\nuse_base64 = false\n}}\n}}",
        "aws_lambda_event_source_mapping": f'function_name = "f"\n{failure.replace("destination =", "destination_arn =")}',
        "aws_lambda_function": f'function_name = "f"\nrole = {ROLE}\ndead_letter_config {{\ntarget_arn = {target}\n}}',
        "aws_lambda_function_event_invoke_config": f'function_name = "f"\n{failure}',
        "aws_pipes_pipe": f"{stream}\nsource_parameters {{\nkinesis_stream_parameters {{\n{dead}\n}}\n}}",
        "aws_scheduler_schedule": f"target {{\narn = {ROLE}\nrole_arn = {ROLE}\n{dead}\n}}",
        "aws_sns_topic_subscription": f'topic_arn = {ROLE}\nprotocol = "lambda"\nendpoint = {ROLE}\n{redrive}',
        "awscc_customerprofiles_domain": f'domain_name = "d"\ndefault_expiration_days = 9\ndead_letter_queue_url = {target}',
        "awscc_glue_crawler": f"role = {ROLE}\n"
        f'targets = {{ s3_targets = [{{ path = "s3://a" }}, {{ path = "s3://b", dlq_event_queue_arn = {target} }}] }}',
        "awscc_iot_topic_rule": 'topic_rule_payload = { sql = "SELECT * FROM a", actions = [], '
        f"error_action = {{ sqs = {{ queue_url = {target}, role_arn = {ROLE} }} }} }}",
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


def told(type: str, target: str, provider: str = "") -> Told:
    return queue().in_terraform(resource(type, named(target)[type], "sender") + OTHER + OPEN + provider)


HERE = f"""
provider "aws" {{
  region              = "{REGION}"
  allowed_account_ids = ["123456789012"]
}}"""
LOOKED_UP = """
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
"""
# ARNs and URLs of a queue of the same name, in which one part is of another place.
ELSEWHERE = {
    "of another region": ARN.replace(REGION, "eu-west-1"),
    "of another account": ARN.replace("123456789012", "444455556666"),
    "of another name": f"{ARN}-2",
    "by the URL of another account": f"https://sqs.{REGION}.amazonaws.com/444455556666/phi-messages",
    "of another service": ARN.replace(":sqs:", ":sns:").replace("phi-messages", "topic"),
}
# Texts of which not all parts are known, and whether they may mean the queue.
IN_PART = {
    "arn:aws:sqs:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:phi-messages": NOT_APPLICABLE,
    "arn:aws:sqs:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:other": FAIL,
    f"arn:aws:sqs:{REGION}:${{var.open}}:phi-messages": UNKNOWN,
    f"arn:aws:sqs:{REGION}:${{var.open}}:other": FAIL,
    f"arn:aws:sqs:{REGION}:123456789012:phi-${{var.open}}": UNKNOWN,
    f"arn:aws:sqs:{REGION}:123456789012:other-${{var.open}}": FAIL,
    f"arn:aws:sqs:{REGION}:123456789012:${{aws_sqs_queue.phi.name}}": NOT_APPLICABLE,
    f"arn:aws:sqs:{REGION}:123456789012:${{aws_sqs_queue.other.name}}": FAIL,
    f"https://sqs.{REGION}.amazonaws.com/${{data.aws_caller_identity.me.account_id}}/phi-messages": NOT_APPLICABLE,
}


test_sources = cases(
    *(
        case
        for type in named("x")
        for case in (
            Case(DEAD, f"takes failures of {type}", NOT_APPLICABLE, told(type, "aws_sqs_queue.phi.arn")),
            Case(DEAD, f"by its ARN takes failures of {type}", NOT_APPLICABLE, told(type, f'"{ARN}"', HERE)),
            Case(DEAD, f"by an ARN that may be its takes failures of {type}", UNKNOWN, told(type, f'"{ARN}"')),
            Case(DEAD, f"another queue takes failures of {type}", FAIL, told(type, "aws_sqs_queue.other.arn")),
            Case(DEAD, f"it is not known where failures of {type} go", UNKNOWN, told(type, "var.open")),
        )
    ),
    *(
        Case(
            DEAD,
            f"by its {attribute} takes failures",
            NOT_APPLICABLE,
            told("aws_iot_topic_rule", f"aws_sqs_queue.phi.{attribute}"),
        )
        for attribute in ("id", "url")
    ),
    Case(
        DEAD,
        "by its URL takes failures",
        NOT_APPLICABLE,
        told("aws_iot_topic_rule", f'"https://sqs.{REGION}.amazonaws.com/123456789012/phi-messages"', HERE),
    ),
    *(
        Case(DEAD, f"a queue {place} takes failures of a {type}", FAIL, told(type, f'"{target}"', HERE))
        for place, target in ELSEWHERE.items()
        for type in ("aws_iot_topic_rule", "aws_lambda_function")
    ),
    *(
        Case(
            DEAD,
            f"takes failures, or not, by {target}",
            verdict,
            told("aws_lambda_function", f'"{target}"', HERE + LOOKED_UP),
        )
        for target, verdict in IN_PART.items()
    ),
    Case(
        DEAD,
        "a crawler of the catalog",
        NOT_APPLICABLE,
        queue().in_terraform(
            resource(
                "aws_glue_crawler",
                f'database_name = "d"\nname = "c"\nrole = {ROLE}\ncatalog_target {{\ndatabase_name = "d"\n'
                'tables = ["records"]\ndlq_event_queue_arn = aws_sqs_queue.phi.arn\n}',
                "c",
            )
        ),
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


def of_another_region(session: Any) -> None:
    function = {"FunctionName": "records", "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:records"}
    target = {"DeadLetterConfig": {"TargetArn": ARN.replace(REGION, "eu-west-1")}}
    answered(session, "lambda", "ListFunctions", {"Functions": [{**function, "Version": "$LATEST", **target}]})
    answered(session, "lambda", "ListFunctionEventInvokeConfigs", {"FunctionEventInvokeConfigs": []})


def on_failure(target: str) -> Any:
    """A function with an on-failure destination, which Lambda tells in an answer of its own."""

    def seed(session: Any) -> None:
        function = {"FunctionName": "records", "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:records"}
        answered(session, "lambda", "ListFunctions", {"Functions": [{**function, "Version": "$LATEST"}]})
        sent = [{"OnSuccess": {}, "OnFailure": {}}, {"OnFailure": {"Destination": target}}]
        told = [{"FunctionArn": function["FunctionArn"], "DestinationConfig": each} for each in sent]
        answered(session, "lambda", "ListFunctionEventInvokeConfigs", {"FunctionEventInvokeConfigs": told})

    return seed


EVENTS = "lambda:ListFunctionEventInvokeConfigs"
test_events = cases(
    Case(DEAD, "takes events that a function failed to handle", NOT_APPLICABLE, aws=plain, answers=on_failure(ARN)),
    Case(DEAD, "a function sends its failures to another queue", FAIL, aws=plain, answers=on_failure(f"{ARN}-other")),
    Case(DEAD, "no answer tells where functions send failures", UNKNOWN, aws=plain, answers=on_failure(ARN), denied=EVENTS),
    Case(DEAD, "a dead-letter queue, and no answer tells of failures", NOT_APPLICABLE, aws=plain, answers=with_function,
         denied=EVENTS),
)  # fmt: skip

test_accounts = cases(
    Case(
        DEAD,
        "lets all queues use it for dead letters, as each queue does by itself",
        FAIL,
        queue('redrive_allow_policy = jsonencode({ redrivePermission = "allowAll" })').in_terraform(),
        aws=lambda aws: aws.sqs.create_queue(
            QueueName="phi-messages", Attributes={"RedriveAllowPolicy": '{"redrivePermission":"allowAll"}'}
        ),
    ),
    Case(DEAD, "a queue of another region takes failures", FAIL, aws=plain, answers=of_another_region),
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


def test_a_resource_that_is_asked_for_its_queue_alone_is_not_judged(tmp_path: Path) -> None:
    types = ("aws_scheduler_schedule", "aws_pipes_pipe", "aws_iot_topic_rule", "aws_customerprofiles_domain")
    text = "".join(resource(type, named("aws_sqs_queue.phi.arn")[type]) for type in types)
    result = scan(tmp_path, text + resource("aws_sqs_queue"), "sqs_queue_has_dead_letter_queue")
    assert [finding.status for finding in result.findings] == [Status.NOT_APPLICABLE]
    assert set(result.coverage.unjudged_types) == set(types)


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
