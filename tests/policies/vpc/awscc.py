"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, PASS, UNKNOWN, VARIABLE, Twin

VPC = 'vpc_id = "vpc-0123456789abcdef0"'


def subnet(aws: str, awscc: str) -> tuple[str, str]:
    return resource("aws_subnet", f"{VPC}\n{aws}"), resource("awscc_ec2_subnet", f"{VPC}\n{awscc}")


def acl(*entries: tuple[int, str, str, int, str]) -> tuple[str, str]:
    """A network ACL with entries apart: number, action, range, port, further lines."""
    aws, awscc = resource("aws_network_acl", VPC), resource("awscc_ec2_network_acl", VPC)
    for number, action, cidr, port, more in entries:
        ipv6 = ":" in cidr
        common = f'rule_number = {number}\nrule_action = "{action}"\nprotocol = 6\n{more}\n'
        aws += resource(
            "aws_network_acl_rule",
            f"network_acl_id = aws_network_acl.phi.id\n{common}from_port = {port}\nto_port = {port}\n"
            f'{"ipv6_cidr_block" if ipv6 else "cidr_block"} = "{cidr}"',
            f"r{number}",
        )
        awscc += resource(
            "awscc_ec2_network_acl_entry",
            f"network_acl_id = awscc_ec2_network_acl.phi.id\n{common}"
            f"port_range = {{\nfrom = {port}\nto = {port}\n}}\n"
            f'{"ipv_6_cidr_block" if ipv6 else "cidr_block"} = "{cidr}"',
            f"r{number}",
        )
    return aws, awscc


def unsure(texts: tuple[str, str]) -> tuple[str, str]:
    """The same texts, beside a variable without a value that they use."""
    aws, awscc = texts
    return VARIABLE + aws, VARIABLE + awscc


def logged(*traffic: str) -> tuple[str, str]:
    """A VPC with flow logs."""
    aws, awscc = resource("aws_vpc", RANGE), resource("awscc_ec2_vpc", RANGE)
    for number, kind in enumerate(traffic):
        aws += resource("aws_flow_log", f'vpc_id = aws_vpc.phi.id\ntraffic_type = "{kind}"', f"l{number}")
        awscc += resource(
            "awscc_ec2_flow_log",
            f'resource_id = awscc_ec2_vpc.phi.vpc_id\nresource_type = "VPC"\ntraffic_type = "{kind}"',
            f"l{number}",
        )
    return aws, awscc


def opened() -> tuple[str, str]:
    """A VPC with a rule in its default group, which nothing adopts."""
    rule = 'security_group_id = {}\nip_protocol = "-1"\ncidr_ipv4 = "0.0.0.0/0"'
    groups = "aws_vpc.phi.default_security_group_id", "awscc_ec2_vpc.phi.default_security_group"
    aws, awscc = (resource("aws_vpc_security_group_ingress_rule", rule.format(group), "open") for group in groups)
    return resource("aws_vpc", RANGE) + aws, resource("awscc_ec2_vpc", RANGE) + awscc


def adopted() -> tuple[str, str]:
    """A VPC whose default group is adopted, which takes its rules away."""
    aws, awscc = (
        resource("aws_default_security_group", f"vpc_id = {id}", "adopted")
        for id in ("aws_vpc.phi.id", "awscc_ec2_vpc.phi.vpc_id")
    )
    return resource("aws_vpc", RANGE) + aws, resource("awscc_ec2_vpc", RANGE) + awscc


RANGE = 'cidr_block = "10.20.0.0/16"'
OPEN = (100, "allow", "0.0.0.0/0", 22, "")
BOTH = "map_public_ip_on_launch = true"
_UNKNOWN = "map_public_ip_on_launch = var.open"

TWINS = [
    Twin("a subnet that gives public addresses", *subnet(BOTH, BOTH), FAIL),
    Twin("a subnet that says nothing", *subnet("", ""), PASS),
    Twin(
        "a subnet that gives IPv6 addresses",
        *subnet("assign_ipv6_address_on_creation = true", "assign_ipv_6_address_on_creation = true"),
        FAIL,
    ),
    Twin(
        "a subnet of which nothing is known",
        *unsure(subnet(_UNKNOWN, _UNKNOWN)),
        UNKNOWN,
    ),
    Twin("an ACL that opens SSH", *acl(OPEN), FAIL),
    Twin("an ACL that opens SSH in IPv6", *acl((100, "allow", "::/0", 22, "")), FAIL),
    Twin("an ACL that denies SSH first", *acl(OPEN, (90, "deny", "0.0.0.0/0", 22, "")), PASS),
    Twin("an ACL that lets SSH out", *acl((100, "allow", "0.0.0.0/0", 22, "egress = true")), PASS),
    Twin(
        "an ACL of which a direction is not known",
        *unsure(acl((100, "allow", "0.0.0.0/0", 22, "egress = var.open"))),
        UNKNOWN,
    ),
    Twin("a VPC with a flow log of all traffic", *logged("ALL"), PASS),
    Twin("a VPC with flow logs of both kinds", *logged("ACCEPT", "REJECT"), PASS),
    Twin("a VPC with a flow log of what was turned away", *logged("REJECT"), FAIL),
    Twin("a VPC without a flow log", *logged(), FAIL),
    Twin("a VPC whose default group lets everybody in", *opened(), FAIL),
    Twin("a VPC whose default group is adopted", *adopted(), FAIL),
]
