"""The controls on subnets and network ACLs, told to Terraform and to AWS."""

from __future__ import annotations

from typing import Any

from hipaa_guard.authoring import LOW
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, Told, cases

SUBNET = "subnet_no_auto_public_ip"
ACL_SSH, ACL_RDP = "nacl_no_public_ingress_ssh", "nacl_no_public_ingress_rdp"
NAMED = [{"Key": "Name", "Value": "phi"}]
UNSET = 'variable "unset" {}\n'
VPC = 'resource "aws_vpc" "phi" {\n cidr_block = "10.0.0.0/16"\n}\n'


def network(aws: Aws) -> str:
    made = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    aws.ec2.create_tags(Resources=[made], Tags=NAMED)
    return str(made)


def subnet(public: bool, ipv6: bool = False) -> Any:
    def seed(aws: Aws) -> None:
        made = aws.ec2.create_subnet(VpcId=network(aws), CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        aws.ec2.create_tags(Resources=[made], Tags=NAMED)
        aws.ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": public})
        aws.ec2.modify_subnet_attribute(SubnetId=made, AssignIpv6AddressOnCreation={"Value": ipv6})

    return seed


def declared_subnet(line: str, type: str = "aws_subnet") -> str:
    place = 'availability_zone = "us-east-1a"' if "default" in type else 'vpc_id = "vpc-0123456789abcdef0"'
    return f'{UNSET}resource "{type}" "phi" {{\n {place}\n {line}\n}}'


test_subnets = cases(
    Case(SUBNET, "on", FAIL, terraform=declared_subnet("map_public_ip_on_launch = true"), aws=subnet(public=True)),
    Case(SUBNET, "off", PASS, terraform=declared_subnet("map_public_ip_on_launch = false"), aws=subnet(public=False)),
    Case(SUBNET, "left out", PASS, terraform=declared_subnet("")),
    Case(
        SUBNET,
        "for IPv6 only",
        FAIL,
        terraform=declared_subnet("assign_ipv6_address_on_creation = true"),
        aws=subnet(public=False, ipv6=True),
        severity=LOW,
    ),
    Case(SUBNET, "off for IPv6", PASS, terraform=declared_subnet("assign_ipv6_address_on_creation = false")),
    Case(SUBNET, "null", PASS, terraform=declared_subnet("map_public_ip_on_launch = null")),
    Case(SUBNET, "left out of a default subnet", FAIL, terraform=declared_subnet("", "aws_default_subnet")),
    Case(
        SUBNET,
        "off in a default subnet",
        PASS,
        terraform=declared_subnet("map_public_ip_on_launch = false", "aws_default_subnet"),
    ),
)


def entry(
    number: int, action: str, *ports: int, cidr: str = "0.0.0.0/0", protocol: str = "6", egress: bool = False
) -> dict[str, Any]:
    return {
        "number": number,
        "action": action,
        "ports": (ports[0], ports[-1]) if ports else (0, 0),
        "cidr": cidr,
        "protocol": protocol,
        "egress": egress,
    }


def acl(*entries: dict[str, Any]) -> Told:
    """A network ACL, told to both sides."""

    def seed(aws: Aws) -> None:
        made = aws.ec2.create_network_acl(VpcId=network(aws))["NetworkAcl"]["NetworkAclId"]
        aws.ec2.create_tags(Resources=[made], Tags=NAMED)
        for told in entries:
            aws.ec2.create_network_acl_entry(
                NetworkAclId=made,
                RuleNumber=told["number"],
                RuleAction=told["action"],
                Protocol=told["protocol"],
                Egress=told["egress"],
                PortRange={"From": told["ports"][0], "To": told["ports"][1]},
                **{"Ipv6CidrBlock" if ":" in told["cidr"] else "CidrBlock": told["cidr"]},
            )

    return Told(terraform=f'resource "aws_network_acl" "phi" {{\n{"".join(map(_block, entries))}}}', aws=seed)


def _block(told: dict[str, Any]) -> str:
    return f"""
        {"egress" if told["egress"] else "ingress"} {{
          rule_no    = {told["number"]}
          action     = "{told["action"]}"
          protocol   = "{told["protocol"]}"
          from_port  = {told["ports"][0]}
          to_port    = {told["ports"][1]}
          {"ipv6_cidr_block" if ":" in told["cidr"] else "cidr_block"} = "{told["cidr"]}"
        }}
    """


def apart(text: str) -> str:
    return f"""{UNSET}
        resource "aws_network_acl" "phi" {{}}
        resource "aws_network_acl_rule" "r" {{
          network_acl_id = aws_network_acl.phi.id
          rule_number    = 100
          rule_action    = "allow"
          protocol       = "tcp"
          from_port      = 22
          to_port        = 22
          {text}
        }}"""


OPEN_22 = entry(100, "allow", 22)
EIGHTS = [entry(100 + number, "allow", 22, cidr=f"{number}.0.0.0/8") for number in range(20, 36)]


def denied(*ranges: str) -> list[dict[str, Any]]:
    return [entry(10 + number, "deny", 22, cidr=cidr) for number, cidr in enumerate(ranges)]


test_acls = cases(
    Case(ACL_SSH, "no entries of its own", PASS, acl()),
    Case(ACL_SSH, "everyone to port 22", FAIL, acl(OPEN_22), says="by its entry 100"),
    Case(ACL_SSH, "everyone to everything", FAIL, acl(entry(100, "allow", protocol="-1"))),
    Case(ACL_SSH, "everyone in IPv6", FAIL, acl(entry(100, "allow", 22, cidr="::/0"))),
    Case(ACL_SSH, "a range that covers port 22", FAIL, acl(entry(100, "allow", 1, 1024))),
    Case(ACL_SSH, "other ports", PASS, acl(entry(100, "allow", 443), entry(110, "allow", 1024, 65535))),
    Case(ACL_SSH, "a known network", PASS, acl(entry(100, "allow", 22, cidr="10.0.0.0/8"))),
    Case(ACL_SSH, "leaving traffic", PASS, acl(entry(100, "allow", 22, egress=True))),
    Case(ACL_SSH, "a lower number denies first", PASS, acl(OPEN_22, entry(90, "deny", 22))),
    Case(ACL_SSH, "a higher number denies too late", FAIL, acl(OPEN_22, entry(110, "deny", 22))),
    Case(ACL_SSH, "a lower number denies some", FAIL, acl(OPEN_22, entry(90, "deny", 22, cidr="192.0.2.0/24"))),
    Case(ACL_SSH, "a lower number denies IPv6 only", FAIL, acl(OPEN_22, entry(90, "deny", 22, cidr="::/0"))),
    Case(ACL_SSH, "a lower number denies everything", PASS, acl(OPEN_22, entry(1, "deny", protocol="-1"))),
    Case(ACL_SSH, "lower numbers deny the halves", PASS, acl(OPEN_22, *denied("0.0.0.0/1", "128.0.0.0/1"))),
    Case(ACL_SSH, "lower numbers deny one half and a bit", FAIL, acl(OPEN_22, *denied("0.0.0.0/1", "128.0.0.0/9"))),
    Case(ACL_SSH, "many networks that together are everybody", FAIL, acl(*EIGHTS), says="16 address ranges"),
    Case(ACL_SSH, "some networks", PASS, acl(*EIGHTS[:7])),
    Case(ACL_SSH, "many networks, which a lower number denies", PASS, acl(*EIGHTS, *denied("0.0.0.0/0"))),
    Case(ACL_SSH, "open, in capitals", FAIL, acl(entry(100, "ALLOW", 22)).in_terraform()),
    Case(ACL_SSH, "a lower number denies, in capitals", PASS, acl(OPEN_22, entry(90, "DENY", 22)).in_terraform()),
    Case(
        ACL_SSH,
        "a number that the provider refuses",
        UNKNOWN,
        terraform=acl(OPEN_22, entry(90, "deny", 22)).text.replace("= 90", "= 90.5"),
    ),
    Case(ACL_SSH, "UDP", PASS, acl(entry(100, "allow", 22, protocol="17"))),
    Case(ACL_SSH, "an entry declared apart", FAIL, terraform=apart('cidr_block = "0.0.0.0/0"')),
    Case(
        ACL_SSH,
        "an entry for leaving traffic, declared apart",
        PASS,
        terraform=apart('cidr_block = "0.0.0.0/0"\n egress = true'),
    ),
    Case(ACL_SSH, "an unknown direction", UNKNOWN, terraform=apart('cidr_block = "0.0.0.0/0"\n egress = var.unset')),
    Case(
        ACL_SSH,
        "open, and an entry of unknown number denies",
        UNKNOWN,
        terraform=UNSET
        + """
        resource "aws_network_acl" "phi" {
          ingress {
            rule_no    = 100
            action     = "allow"
            protocol   = "-1"
            from_port  = 0
            to_port    = 0
            cidr_block = "0.0.0.0/0"
          }
          ingress {
            rule_no    = var.unset
            action     = "deny"
            protocol   = "tcp"
            from_port  = 22
            to_port    = 22
            cidr_block = "0.0.0.0/0"
          }
        }""",
    ),
    Case(
        ACL_SSH,
        "the default ACL, adopted without entries",
        PASS,
        terraform='resource "aws_default_network_acl" "phi" {}',
    ),
    Case(ACL_RDP, "everyone to port 3389", FAIL, acl(entry(100, "allow", 3389))),
    Case(ACL_RDP, "everyone to port 22", PASS, acl(OPEN_22)),
    Case(
        ACL_RDP,
        "entries from a variable without value",
        UNKNOWN,
        terraform=UNSET + 'resource "aws_network_acl" "phi" {\n ingress = var.unset\n}',
    ),
)
