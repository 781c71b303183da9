"""The controls on listeners: redirects to HTTPS and TLS, told to Terraform and to AWS."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, cases
from tests.policies.elbv2.states import (
    FORWARD,
    FORWARDS,
    HTTP,
    REDIRECT,
    TLS,
    declared_listener,
    listener,
    policy,
    rule,
)

TO_HTTPS = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}

TO_ITSELF = {
    "Type": "redirect",
    "RedirectConfig": {"Protocol": "#{protocol}", "Path": "/new", "StatusCode": "HTTP_301"},
}

TO_PLAIN = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTP", "Port": "80", "StatusCode": "HTTP_301"}}

REFUSAL = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}


def redirects(text: str) -> str:
    return f'default_action {{\n type = "redirect"\n redirect {{\n status_code = "HTTP_301"\n {text}\n}}\n}}'


PLAINLY = redirects('protocol = "HTTP"\n port = "80"')

HTTPS = 'protocol = "HTTPS"\n'


def rule_of_either(action: str) -> str:
    """A rule of which it is not known which of two listeners it belongs to."""
    either = "var.unset ? aws_lb_listener.phi.arn : aws_lb_listener.second.arn"
    second = f'resource "aws_lb_listener" "second" {{\n{FORWARDS}\n}}'
    return second + rule(action).replace("aws_lb_listener.phi.arn", either)


SAFELY = redirects('protocol = "HTTPS"\n port = "443"')


def of_elsewhere(type: str) -> str:
    """A listener without a protocol, of a load balancer that another configuration declares."""
    balancer = f'"arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/{type}/portal/a1b2c3d4"'
    return declared_listener(FORWARDS).replace("aws_lb.portal.arn", balancer)


test_protocol_left_out = cases(
    Case(REDIRECT, "of an application load balancer, by its ARN", FAIL, terraform=of_elsewhere("app")),
    Case(REDIRECT, "of a gateway load balancer, by its ARN", NOT_APPLICABLE, terraform=of_elsewhere("gwy")),
    Case(
        REDIRECT,
        "of a load balancer whose ARN tells no type",
        UNKNOWN,
        terraform=of_elsewhere("app").replace("loadbalancer/app/", "loadbalancer/"),
        says="not declared",
    ),
)

test_redirect = cases(
    Case(REDIRECT, "hands HTTP on", FAIL, terraform=declared_listener(HTTP + FORWARDS), aws=listener()),
    Case(
        REDIRECT, "redirects to HTTPS", PASS, terraform=declared_listener(HTTP + SAFELY), aws=listener(action=TO_HTTPS)
    ),
    Case(
        REDIRECT,
        "redirects to the same protocol",
        FAIL,
        terraform=declared_listener(HTTP + redirects('path = "/new"')),
        aws=listener(action=TO_ITSELF),
    ),
    Case(
        REDIRECT,
        "answers nothing but an error",
        PASS,
        terraform=declared_listener(HTTP + 'default_action {\n type = "fixed-response"\n}'),
        aws=listener(action=REFUSAL),
    ),
    Case(
        REDIRECT,
        "redirects, but one rule hands HTTP on",
        FAIL,
        terraform=declared_listener(HTTP + SAFELY, rule(FORWARDS)),
        aws=listener(action=TO_HTTPS, rule=FORWARD),
        says="in one of its rules",
    ),
    Case(
        REDIRECT,
        "redirects, and so do its rules",
        PASS,
        terraform=declared_listener(HTTP + SAFELY, rule(SAFELY)),
        aws=listener(action=TO_HTTPS, rule=TO_HTTPS),
    ),
    Case(
        REDIRECT,
        "redirects, and its rules may not be read",
        UNKNOWN,
        aws=listener(action=TO_HTTPS),
        denied="elbv2:DescribeRules",
        says="elasticloadbalancing:DescribeRules",
    ),
    Case(REDIRECT, "hands HTTP on, and its rules may not be read", FAIL, aws=listener(), denied="elbv2:DescribeRules"),
    Case(
        REDIRECT,
        "HTTPS",
        PASS,
        terraform=declared_listener('protocol = "HTTPS"\n' + FORWARDS),
        aws=listener("HTTPS"),
    ),
    Case(
        REDIRECT,
        "HTTPS, and redirects to plain HTTP",
        FAIL,
        terraform=declared_listener(HTTPS + PLAINLY),
        aws=listener("HTTPS", action=TO_PLAIN),
        says="redirects to plain HTTP",
    ),
    Case(
        REDIRECT,
        "HTTPS, and one rule redirects to plain HTTP",
        FAIL,
        terraform=declared_listener(HTTPS + FORWARDS, rule(PLAINLY)),
        aws=listener("HTTPS", rule=TO_PLAIN),
        says="in one of its rules",
    ),
    Case(
        REDIRECT,
        "HTTPS, and redirects to another path of its own",
        PASS,
        terraform=declared_listener(HTTPS + redirects('path = "/new"'), rule(SAFELY)),
        aws=listener("HTTPS", action=TO_ITSELF, rule=TO_HTTPS),
    ),
    Case(
        REDIRECT,
        "HTTPS, and it is not known to which protocol it redirects",
        UNKNOWN,
        terraform=declared_listener(HTTPS + redirects("protocol = var.unset")),
    ),
    Case(
        REDIRECT,
        "HTTPS, and its rules may not be read",
        UNKNOWN,
        aws=listener("HTTPS"),
        denied="elbv2:DescribeRules",
    ),
    Case(
        REDIRECT,
        "HTTPS, and a rule that may be its redirects to plain HTTP",
        UNKNOWN,
        terraform=declared_listener(HTTPS + FORWARDS, rule_of_either(PLAINLY)),
    ),
    Case(
        REDIRECT,
        "HTTPS, and a rule that may be its hands requests on",
        PASS,
        terraform=declared_listener(HTTPS + FORWARDS, rule_of_either(FORWARDS)),
    ),
    Case(REDIRECT, "the protocol left out is HTTP", FAIL, terraform=declared_listener(FORWARDS)),
    Case(
        REDIRECT,
        "the protocol left out, of a gateway",
        NOT_APPLICABLE,
        terraform=declared_listener(FORWARDS, type="gateway"),
    ),
    Case(
        REDIRECT,
        "the protocol left out, of a load balancer declared elsewhere",
        UNKNOWN,
        terraform=f'resource "aws_lb_listener" "phi" {{\n load_balancer_arn = "arn:aws:elasticloadbalancing:::x"\n{FORWARDS}\n}}',
    ),
    Case(
        REDIRECT,
        "TCP of a network load balancer",
        NOT_APPLICABLE,
        terraform=declared_listener('protocol = "TCP"\n' + FORWARDS, type="network"),
        aws=listener("TCP", type="network"),
    ),
)

test_tls = cases(
    Case(TLS, "1.2 and 1.3", PASS, policy("ELBSecurityPolicy-TLS13-1-2-2021-06")),
    Case(TLS, "the older default", FAIL, policy("ELBSecurityPolicy-2016-08"), says="TLS 1.0"),
    *(
        Case(TLS, name, verdict, policy(f"ELBSecurityPolicy-{name}").in_terraform())
        for name, verdict in {
            "TLS13-1-3-2021-06": PASS,
            "TLS13-1-2-Res-PQ-2025-09": PASS,
            "TLS13-1-2-Ext2-FIPS-PQ-2025-09": PASS,
            "TLS13-1-2-RFC9151-FIPS-2023-07": PASS,
            "TLS-1-2-Ext-2018-06": PASS,
            "FS-1-2-Res-2020-10": PASS,
            "TLS13-1-1-2021-06": FAIL,
            "TLS13-1-0-FIPS-2023-04": FAIL,
            "TLS-1-0-2015-04": FAIL,
            "TLS-1-1-2017-01": FAIL,
            "FS-1-1-2019-08": FAIL,
            "FS-2018-06": FAIL,
            "2015-05": FAIL,
            "Of-Tomorrow-2031-01": UNKNOWN,
        }.items()
    ),
    Case(TLS, "left out", FAIL, terraform=declared_listener('protocol = "HTTPS"\n' + FORWARDS), says="TLS 1.0"),
    Case(TLS, "plain HTTP", NOT_APPLICABLE, terraform=declared_listener(HTTP + FORWARDS), aws=listener()),
    Case(
        TLS,
        "TLS of a network load balancer",
        PASS,
        terraform=declared_listener(
            f'protocol = "TLS"\n ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"\n{FORWARDS}', type="network"
        ),
        aws=listener("TLS", policy="ELBSecurityPolicy-TLS13-1-2-2021-06", type="network"),
    ),
)
