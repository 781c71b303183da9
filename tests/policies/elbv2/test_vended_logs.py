"""Access logs that CloudWatch Logs delivers, of load balancers and of buckets, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, answered, cases, resource
from tests.policies.elbv2.states import balancer, listener
from tests.policies.s3.states import BUCKET, OPEN_VARIABLE, bucket, own

BALANCER, OF_BUCKET = "elbv2_access_logging_enabled", "s3_bucket_access_logging_enabled"
TRAIL_BUCKET = "cloudtrail_bucket_access_logging"
SOURCES, DELIVERIES = "logs:DescribeDeliverySources", "logs:DescribeDeliveries"


def source(
    type: str, arn: str, *, sent: bool = True, name: str = "access", provider: str = "aws_cloudwatch_log"
) -> str:
    """A delivery source in Terraform, with a delivery of it or without one."""
    text = resource(f"{provider}_delivery_source", f'name = "{name}"\nlog_type = {type}\nresource_arn = {arn}', name)
    to = "arn:aws:logs:us-east-1:123456789012:delivery-destination:d"
    lines = f'delivery_source_name = {provider}_delivery_source.{name}.name\ndelivery_destination_arn = "{to}"'
    return text + (resource(f"{provider}_delivery", lines, name) if sent else "")


def answers(type: str, arn: Callable[[], str], *, sent: bool = True) -> Callable[[Any], None]:
    """The same in an account; the resource exists when it is asked for."""

    def register(session: Any) -> None:
        own = "arn:aws:logs:us-east-1:123456789012:delivery-source:access"
        told = {"name": "access", "arn": own, "logType": type, "resourceArns": [arn()]}
        answered(session, "logs", "DescribeDeliverySources", {"deliverySources": [told]})
        sends = [{"id": "1", "deliverySourceName": "access"}] if sent else []
        answered(session, "logs", "DescribeDeliveries", {"deliveries": sends})

    return register


def of_the_balancer() -> str:
    return str(Aws().elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"])


def network(*protocols: str, lines: str = "") -> str:
    listeners = "".join(
        resource("aws_lb_listener", f'load_balancer_arn = aws_lb.phi.arn\nprotocol = "{each}"', each.lower())
        for each in protocols
    )
    return resource("aws_lb", f'load_balancer_type = "network"\n{lines}') + listeners


def listening(protocol: str, *, to_bucket: bool = False) -> Callable[[Aws], None]:
    def seed(aws: Aws) -> None:
        listener(protocol, type="network")(aws)
        if to_bucket:
            told = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "access-logs"}
            aws.elbv2.modify_load_balancer_attributes(
                LoadBalancerArn=of_the_balancer(),
                Attributes=[{"Key": key, "Value": value} for key, value in told.items()],
            )

    return seed


ALB, NLB = '"ALB_ACCESS_LOGS"', '"NLB_ACCESS_LOGS"'
PLAIN = resource("aws_lb")
HERE = "aws_lb.phi.arn"
TO_BUCKET = 'access_logs {\n bucket = "access-logs"\n enabled = true\n}'
THROUGH = "through CloudWatch Logs"
NO_TLS = "without TLS listeners: it writes no access logs, set up or not"

test_application_load_balancers = cases(
    Case(
        BALANCER,
        "delivered",
        PASS,
        Told(PLAIN + source(ALB, HERE), balancer(), answers("ALB_ACCESS_LOGS", of_the_balancer)),
        says=THROUGH,
    ),
    Case(
        BALANCER,
        "a source without a delivery",
        FAIL,
        Told(
            PLAIN + source(ALB, HERE, sent=False), balancer(), answers("ALB_ACCESS_LOGS", of_the_balancer, sent=False)
        ),
    ),
    *(
        Case(
            BALANCER,
            f"{logs} alone",
            FAIL,
            Told(PLAIN + source(f'"{logs}"', HERE), balancer(), answers(logs, of_the_balancer)),
        )
        for logs in ("ALB_CONNECTION_LOGS", "ALB_HEALTH_CHECK_LOGS")
    ),
    Case(
        BALANCER,
        "those of another load balancer",
        FAIL,
        Told(
            PLAIN + resource("aws_lb", "", "other") + source(ALB, "aws_lb.other.arn"),
            balancer(),
            answers("ALB_ACCESS_LOGS", lambda: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/x/1"),
        ).in_terraform(),
    ),
    Case(BALANCER, "by the awscc provider", PASS, PLAIN + source(ALB, HERE, provider="awscc_logs")),
    Case(BALANCER, "a type that is not known", UNKNOWN, OPEN_VARIABLE + PLAIN + source("var.open", HERE)),
    Case(BALANCER, "sources may not be read", UNKNOWN, aws=balancer(), denied=SOURCES),
    Case(
        BALANCER,
        "deliveries may not be read",
        UNKNOWN,
        aws=balancer(),
        answers=answers("ALB_ACCESS_LOGS", of_the_balancer),
        denied=DELIVERIES,
    ),
    Case(BALANCER, "delivered, by its id", PASS, PLAIN + source(ALB, "aws_lb.phi.id")),
    Case(
        BALANCER,
        "those of a resource that a variable names",
        UNKNOWN,
        OPEN_VARIABLE + PLAIN + source(ALB, "var.open"),
    ),
    Case(
        BALANCER,
        "those of a distribution",
        FAIL,
        PLAIN
        + resource("aws_cloudfront_distribution")
        + source('"ACCESS_LOGS"', "aws_cloudfront_distribution.phi.arn"),
    ),
    Case(
        BALANCER,
        "to a bucket, and sources may not be read",
        PASS,
        aws=balancer(access_logs__s3__enabled="true", access_logs__s3__bucket="logs", access_logs__s3__prefix=""),
        denied=SOURCES,
    ),
)

test_network_load_balancers = cases(
    Case(
        BALANCER,
        "TLS, delivered",
        PASS,
        Told(network("TLS") + source(NLB, HERE), listening("TLS"), answers("NLB_ACCESS_LOGS", of_the_balancer)),
        says="of its TLS listeners",
    ),
    Case(
        BALANCER,
        "TLS and TCP, to a bucket",
        PASS,
        network("TLS", "TCP", lines=TO_BUCKET),
        says="of its TLS listeners to a bucket",
    ),
    Case(
        BALANCER,
        "TCP, delivered",
        NOT_APPLICABLE,
        Told(network("TCP") + source(NLB, HERE), listening("TCP"), answers("NLB_ACCESS_LOGS", of_the_balancer)),
        says=NO_TLS,
    ),
    Case(
        BALANCER,
        "TCP, to a bucket",
        NOT_APPLICABLE,
        Told(network("TCP", lines=TO_BUCKET), listening("TCP", to_bucket=True)),
        says=NO_TLS,
    ),
    Case(BALANCER, "to a bucket, and no listener is declared", UNKNOWN, network(lines=TO_BUCKET)),
)

BUCKET_ARN = "aws_s3_bucket.phi.arn"
SERVER = "S3_SERVER_ACCESS_LOGS"
TRAIL = resource("aws_cloudtrail", 'name = "phi"\ns3_bucket_name = aws_s3_bucket.phi.id')


def trail_into_it(aws: Aws) -> None:
    bucket(aws)
    aws.cloudtrail.create_trail(Name="phi", S3BucketName="phi-records")


def into_itself(aws: Aws) -> None:
    trail_into_it(aws)
    write = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    aws.s3.put_bucket_policy(
        Bucket="phi-records",
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [write | {"Resource": "arn:aws:s3:::phi-records/*"}]}),
    )
    aws.s3.put_bucket_logging(
        Bucket="phi-records",
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "phi-records", "TargetPrefix": "logs/"}},
    )


def to_a_bucket_that_is_gone(aws: Aws) -> None:
    into_itself(aws)
    aws.s3.create_bucket(Bucket="gone")
    write = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    text = {"Version": "2012-10-17", "Statement": [write | {"Resource": "arn:aws:s3:::gone/*"}]}
    aws.s3.put_bucket_policy(Bucket="gone", Policy=json.dumps(text))
    enabled = {"TargetBucket": "gone", "TargetPrefix": ""}
    aws.s3.put_bucket_logging(Bucket="phi-records", BucketLoggingStatus={"LoggingEnabled": enabled})
    aws.s3.delete_bucket(Bucket="gone")


INTO_ITSELF = resource(
    "aws_s3_bucket_logging",
    'bucket = aws_s3_bucket.phi.id\ntarget_bucket = aws_s3_bucket.phi.bucket\ntarget_prefix = "logs/"',
)
test_buckets = cases(
    Case(
        OF_BUCKET,
        "delivered",
        PASS,
        own() + Told(source(f'"{SERVER}"', BUCKET_ARN), answers=answers(SERVER, lambda: "arn:aws:s3:::phi-records")),
        says=THROUGH,
    ),
    Case(OF_BUCKET, "delivered, by its ARN", PASS, BUCKET + source(f'"{SERVER}"', '"arn:aws:s3:::phi-records"')),
    Case(
        OF_BUCKET,
        "a source without a delivery",
        FAIL,
        own()
        + Told(
            source(f'"{SERVER}"', BUCKET_ARN, sent=False),
            answers=answers(SERVER, lambda: "arn:aws:s3:::phi-records", sent=False),
        ),
    ),
    Case(
        OF_BUCKET,
        "those of a bucket whose name ends so",
        FAIL,
        own()
        + Told(
            source(f'"{SERVER}"', '"arn:aws:s3:::my-phi-records"'),
            answers=answers(SERVER, lambda: "arn:aws:s3:::my-phi-records"),
        ),
    ),
    Case(OF_BUCKET, "by the awscc provider", PASS, BUCKET + source(f'"{SERVER}"', BUCKET_ARN, provider="awscc_logs")),
    Case(
        TRAIL_BUCKET,
        "delivered",
        PASS,
        Told(
            BUCKET + TRAIL + source(f'"{SERVER}"', BUCKET_ARN),
            trail_into_it,
            answers(SERVER, lambda: "arn:aws:s3:::phi-records"),
        ),
    ),
    *(
        Case(control, "to a bucket that is gone", FAIL, aws=to_a_bucket_that_is_gone, says="gone, which is no bucket")
        for control in (OF_BUCKET, TRAIL_BUCKET)
    ),
    Case(
        TRAIL_BUCKET,
        "delivered into itself",
        FAIL,
        Told(BUCKET + TRAIL + INTO_ITSELF, into_itself),
        says="into itself",
    ),
)


@pytest.mark.parametrize("name", ['"existing"', "var.open", "data.aws_s3_bucket.it.id", '"${var.open}-logs"'])
def test_a_bucket_that_is_declared_elsewhere_does_not_pass_for_logs_into_itself(name: str, tmp_path: Path) -> None:
    def statuses(target: str) -> set[str]:
        lines = f'bucket = {name}\ntarget_bucket = {target}\ntarget_prefix = ""'
        looked_up = 'data "aws_s3_bucket" "it" {\nbucket = "existing"\n}\n'
        text = OPEN_VARIABLE + looked_up + resource("aws_s3_bucket_logging", lines)
        (tmp_path / "main.tf").write_text(text, encoding="utf-8")
        found = scan_terraform(TerraformTarget(tmp_path), Options(only=[OF_BUCKET])).findings
        return {finding.status.value for finding in found}

    assert statuses(name) <= {"fail", "unknown"}
    assert statuses('"access-logs"') == {"pass"}


def test_a_state_names_the_load_balancer_by_its_arn(tmp_path: Path) -> None:
    arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/phi/1"
    made = {
        "aws_lb": {"arn": arn, "id": arn, "name": "phi", "load_balancer_type": "application", "access_logs": []},
        "aws_cloudwatch_log_delivery_source": {"name": "s", "log_type": "ALB_ACCESS_LOGS", "resource_arn": arn},
        "aws_cloudwatch_log_delivery": {"delivery_source_name": "s", "delivery_destination_arn": "arn:aws:logs:::d"},
    }
    resources = [
        {"address": f"{type}.phi", "mode": "managed", "type": type, "name": "phi", "values": values}
        for type, values in made.items()
    ]

    def status(*kept: dict[str, Any]) -> str:
        state = {"format_version": "1.0", "values": {"root_module": {"resources": list(kept)}}}
        (tmp_path / "state.json").write_text(json.dumps(state), encoding="utf-8")
        (found,) = scan_terraform(TerraformTarget(tmp_path / "state.json"), Options(only=[BALANCER])).findings
        return str(found.status.value)

    assert status(*resources) == "pass"
    assert status(*resources[:2]) == "fail"
