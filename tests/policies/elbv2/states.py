"""What the tables and tests of this folder share."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import Aws, Told

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


def policy(name: str) -> Told:
    return Told(
        terraform=declared_listener(f'protocol = "HTTPS"\n ssl_policy = "{name}"\n{FORWARDS}'),
        aws=listener("HTTPS", policy=name),
    )
