"""The controls on load balancers and their listeners, told to Terraform and to AWS."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, cases

LOGS, DELETION = "elbv2_access_logging_enabled", "elbv2_deletion_protection"
HEADERS, DESYNC, WAF = "alb_drops_invalid_headers", "elbv2_desync_mitigation", "alb_waf_attached"
REDIRECT, TLS = "alb_http_redirects_to_https", "elbv2_listener_min_tls12"
UNSET = 'variable "unset" {}\n'


def balancer(type: str = "application", scheme: str = "internet-facing", **attributes: str) -> Any:
    """A load balancer in AWS, its attributes written with two underscores for a dot."""

    def seed(aws: Aws) -> str:
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        zones = [
            aws.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"us-east-1{zone}")
            for i, zone in enumerate("ab")
        ]
        subnets = [zone["Subnet"]["SubnetId"] for zone in zones]
        made = aws.elbv2.create_load_balancer(Name="phi-portal", Type=type, Scheme=scheme, Subnets=subnets)
        arn = str(made["LoadBalancers"][0]["LoadBalancerArn"])
        if attributes:
            told = [{"Key": key.replace("__", "."), "Value": value} for key, value in attributes.items()]
            aws.elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=told)
        return arn

    return seed


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

TO_HTTPS = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
TO_ITSELF = {
    "Type": "redirect",
    "RedirectConfig": {"Protocol": "#{protocol}", "Path": "/new", "StatusCode": "HTTP_301"},
}
REFUSAL = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
FORWARD = {"Type": "forward"}


def listener(
    protocol: str = "HTTP",
    action: Any = FORWARD,
    rule: Any = None,
    policy: str | None = None,
    type: str = "application",
) -> Any:
    """A listener in AWS."""

    def seed(aws: Aws) -> None:
        arn = balancer(type)(aws)
        vpc = aws.elbv2.describe_load_balancers()["LoadBalancers"][0]["VpcId"]
        way = "HTTP" if type == "application" else "TCP"
        target = aws.elbv2.create_target_group(Name="portal", Protocol=way, Port=80, VpcId=vpc)["TargetGroups"][0]
        extra: dict[str, Any] = {}
        if protocol in ("HTTPS", "TLS"):
            certificate = aws.acm.request_certificate(DomainName="portal.example.org")["CertificateArn"]
            extra = {"Certificates": [{"CertificateArn": certificate}]} | ({"SslPolicy": policy} if policy else {})

        def complete(one: dict[str, Any]) -> dict[str, Any]:
            return one | {"TargetGroupArn": target["TargetGroupArn"]} if one is FORWARD else one

        made = aws.elbv2.create_listener(
            LoadBalancerArn=arn, Protocol=protocol, Port=8080, DefaultActions=[complete(action)], **extra
        )
        if rule is not None:
            aws.elbv2.create_rule(
                ListenerArn=made["Listeners"][0]["ListenerArn"],
                Priority=1,
                Conditions=[{"Field": "path-pattern", "Values": ["/records/*"]}],
                Actions=[complete(rule)],
            )

    return seed


def declared_listener(text: str, after: str = "", type: str = "application") -> str:
    return f"""{UNSET}
        resource "aws_lb" "portal" {{ load_balancer_type = "{type}" }}
        resource "aws_lb_listener" "phi" {{
          load_balancer_arn = aws_lb.portal.arn
          port              = 8080
          {text}
        }}
        {after}"""


FORWARDS = 'default_action {\n type = "forward"\n target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/p/1"\n}'
HTTP = 'protocol = "HTTP"\n'


def redirects(text: str) -> str:
    return f'default_action {{\n type = "redirect"\n redirect {{\n status_code = "HTTP_301"\n {text}\n}}\n}}'


def rule(action: str) -> str:
    return f"""
        resource "aws_lb_listener_rule" "r" {{
          listener_arn = aws_lb_listener.phi.arn
          {action.replace("default_action", "action")}
          condition {{
            path_pattern {{
              values = ["/*"]
            }}
          }}
        }}"""


SAFELY = redirects('protocol = "HTTPS"\n port = "443"')

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


def policy(name: str) -> Told:
    return Told(
        terraform=declared_listener(f'protocol = "HTTPS"\n ssl_policy = "{name}"\n{FORWARDS}'),
        aws=listener("HTTPS", policy=name),
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
