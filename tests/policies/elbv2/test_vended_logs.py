"""Access logs of load balancers that CloudWatch Logs delivers, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, cases, resource
from tests.policies.elbv2.states import balancer, listener
from tests.policies.elbv2.vended import answers, source
from tests.policies.s3.states import OPEN_VARIABLE

BALANCER = "elbv2_access_logging_enabled"
SOURCES, DELIVERIES = "logs:DescribeDeliverySources", "logs:DescribeDeliveries"


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
        PLAIN + source('"ACCESS_LOGS"', '"arn:aws:cloudfront::111122223333:distribution/E2QWRUHAPOMQZL"'),
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
