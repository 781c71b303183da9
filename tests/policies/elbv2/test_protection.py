"""The controls on load balancers: logs, deletion, requests and the firewall, told to Terraform and to AWS."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, cases
from tests.policies.elbv2.states import (
    UNSET,
    balancer,
    listener,
)

LOGS, DELETION = "elbv2_access_logging_enabled", "elbv2_deletion_protection"

HEADERS, DESYNC, WAF = "alb_drops_invalid_headers", "elbv2_desync_mitigation", "alb_waf_attached"


def declared(text: str = "", after: str = "") -> str:
    return f'{UNSET}resource "aws_lb" "phi" {{\n{text}\n}}\n{after}'


def log_bucket(aws: Aws) -> None:
    arn = balancer()(aws)
    aws.s3.create_bucket(Bucket="access-logs")
    aws.s3.put_bucket_policy(
        Bucket="access-logs",
        Policy="""{"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::127311923021:root"},
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::access-logs/AWSLogs/123456789012/*"}]}""",
    )
    told = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "access-logs", "access_logs.s3.prefix": ""}
    attributes = [{"Key": key, "Value": value} for key, value in told.items()]
    aws.elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)


def block(enabled: str) -> str:
    return f'access_logs {{\n bucket = "access-logs"\n {enabled}\n}}'


ATTRIBUTES = "elasticloadbalancing:DescribeLoadBalancerAttributes"

DENIED = "elbv2:DescribeLoadBalancerAttributes"

test_logs = cases(
    Case(LOGS, "none", FAIL, terraform=declared(), aws=balancer()),
    Case(LOGS, "delivered", PASS, terraform=declared(block("enabled = true")), aws=log_bucket),
    Case(LOGS, "a bucket, but not switched on", FAIL, terraform=declared(block(""))),
    Case(LOGS, "switched off", FAIL, terraform=declared(block("enabled = false"))),
    Case(LOGS, "may not be read", UNKNOWN, aws=balancer(), denied=DENIED, says=ATTRIBUTES),
    Case(
        LOGS,
        "a gateway",
        NOT_APPLICABLE,
        terraform=declared('load_balancer_type = "gateway"'),
        aws=balancer("gateway"),
    ),
    Case(LOGS, "the older name of the type", FAIL, terraform='resource "aws_alb" "phi" {}'),
)

NETWORK = 'load_balancer_type = "network"'


def hears(protocol: str, target: str = "aws_lb.phi.arn", name: str = "l") -> str:
    return f'resource "aws_lb_listener" "{name}" {{\n load_balancer_arn = {target}\n protocol = {protocol}\n}}\n'


def listening(protocol: str) -> Any:
    def seed(aws: Aws) -> None:
        listener(protocol, type="network")(aws)

    return seed


NO_LOGS = "without TLS listeners"

test_logs_of_network_load_balancers = cases(
    Case(LOGS, "TLS", FAIL, terraform=declared(NETWORK, hears('"TLS"')), aws=listening("TLS")),
    Case(LOGS, "TCP", NOT_APPLICABLE, terraform=declared(NETWORK, hears('"TCP"')), aws=listening("TCP"), says=NO_LOGS),
    Case(LOGS, "TCP and TLS", FAIL, terraform=declared(NETWORK, hears('"TCP"') + hears('"TLS"', name="tls"))),
    Case(
        LOGS,
        "TLS, delivered",
        PASS,
        terraform=declared(f"{NETWORK}\n{block('enabled = true')}", hears('"TLS"')),
    ),
    Case(LOGS, "a protocol that is not known", UNKNOWN, terraform=declared(NETWORK, hears("var.unset"))),
    Case(
        LOGS,
        "TLS, beside a protocol that is not known",
        FAIL,
        terraform=declared(NETWORK, hears("var.unset") + hears('"TLS"', name="tls")),
    ),
    Case(LOGS, "no listener declared", UNKNOWN, terraform=declared(NETWORK), says="its listeners are not declared"),
    Case(
        LOGS,
        "a listener of what a variable names, which is another load balancer",
        NOT_APPLICABLE,
        terraform=declared(NETWORK, hears('"TCP"') + hears('"TLS"', "var.unset", "tls")),
        says=NO_LOGS,
    ),
    Case(
        LOGS,
        "listeners may not be read",
        UNKNOWN,
        aws=balancer("network"),
        denied="elbv2:DescribeListeners",
        says="elasticloadbalancing:DescribeListeners",
    ),
    Case(LOGS, "no listener", NOT_APPLICABLE, aws=balancer("network"), says=NO_LOGS),
)

test_deletion = cases(
    Case(DELETION, "left out", FAIL, terraform=declared(), aws=balancer()),
    Case(
        DELETION,
        "on",
        PASS,
        terraform=declared("enable_deletion_protection = true"),
        aws=balancer(deletion_protection__enabled="true"),
    ),
    Case(DELETION, "null", FAIL, terraform=declared("enable_deletion_protection = null")),
    Case(DELETION, "may not be read", UNKNOWN, aws=balancer(), denied=DENIED, says=ATTRIBUTES),
)

test_requests = cases(
    Case(HEADERS, "left out", FAIL, terraform=declared()),
    Case(
        HEADERS,
        "off",
        FAIL,
        terraform=declared("drop_invalid_header_fields = false"),
        aws=balancer(routing__http__drop_invalid_header_fields__enabled="false"),
    ),
    Case(
        HEADERS,
        "on",
        PASS,
        terraform=declared("drop_invalid_header_fields = true"),
        aws=balancer(routing__http__drop_invalid_header_fields__enabled="true"),
    ),
    Case(
        HEADERS,
        "a network load balancer",
        NOT_APPLICABLE,
        terraform=declared('load_balancer_type = "network"'),
        aws=balancer("network"),
    ),
    Case(HEADERS, "of a type that is not known", UNKNOWN, terraform=declared("load_balancer_type = var.unset")),
    Case(HEADERS, "AWS does not answer the attribute", UNKNOWN, aws=balancer()),
    Case(HEADERS, "may not be read", UNKNOWN, aws=balancer(), denied=DENIED, says=ATTRIBUTES),
    Case(DESYNC, "left out", PASS, terraform=declared(), says="defensive"),
    *(
        Case(
            DESYNC,
            mode,
            FAIL if mode == "monitor" else PASS,
            terraform=declared(f'desync_mitigation_mode = "{mode}"'),
            aws=balancer(routing__http__desync_mitigation_mode=mode),
        )
        for mode in ("monitor", "defensive", "strictest")
    ),
)


def shielded(aws: Aws) -> None:
    arn = balancer()(aws)
    acl = aws.wafv2.create_web_acl(
        Name="portal",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig={"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "portal"},
    )
    aws.wafv2.associate_web_acl(WebACLArn=acl["Summary"]["ARN"], ResourceArn=arn)


def association(target: str) -> str:
    return f"""
        resource "aws_wafv2_web_acl" "w" {{}}
        resource "aws_wafv2_web_acl_association" "a" {{
          resource_arn = {target}
          web_acl_arn  = aws_wafv2_web_acl.w.arn
        }}"""


test_waf = cases(
    Case(WAF, "none", FAIL, terraform=declared(), aws=balancer()),
    Case(WAF, "attached", PASS, terraform=declared("", association("aws_lb.phi.arn")), aws=shielded),
    Case(
        WAF,
        "attached to another",
        FAIL,
        terraform=declared("", 'resource "aws_lb" "other" {}\n' + association("aws_lb.other.arn")),
    ),
    Case(WAF, "attached to what a variable names", FAIL, terraform=declared("", association("var.unset"))),
    Case(WAF, "internal", NOT_APPLICABLE, terraform=declared("internal = true"), aws=balancer(scheme="internal")),
    Case(WAF, "a network load balancer", NOT_APPLICABLE, terraform=declared('load_balancer_type = "network"')),
    Case(WAF, "perhaps internal", UNKNOWN, terraform=declared("internal = var.unset")),
    Case(
        WAF,
        "may not be read",
        UNKNOWN,
        aws=balancer(),
        denied="wafv2:GetWebACLForResource",
        says="wafv2:GetWebACLForResource",
    ),
)
