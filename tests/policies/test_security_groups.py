"""What a security group lets in, in all the ways to say it, by the control on SSH: told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, cases

SSH = "sg_no_public_ingress_ssh"


def rule(*ports: int, protocol: str = "tcp", ipv4: tuple[str, ...] = (), ipv6: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"protocol": protocol, "ports": (ports[0], ports[-1]) if ports else None, "ipv4": ipv4, "ipv6": ipv6}


def everyone(*ports: int, protocol: str = "tcp") -> dict[str, Any]:
    return rule(*ports, protocol=protocol, ipv4=("0.0.0.0/0",))


def group(*rules: dict[str, Any]) -> dict[str, Any]:
    """A security group with rules for arriving traffic, told to both sides."""

    def seed(aws: Aws) -> None:
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = aws.ec2.create_security_group(GroupName="phi-app", Description="records", VpcId=vpc)
        if rules:
            aws.ec2.authorize_security_group_ingress(
                GroupId=made["GroupId"], IpPermissions=[_permission(r) for r in rules]
            )

    blocks = "\n".join(_block(each) for each in rules)
    return {"terraform": f'resource "aws_security_group" "phi" {{\n{blocks}\n}}', "aws": seed}


def _permission(told: dict[str, Any]) -> dict[str, Any]:
    ports = dict(zip(("FromPort", "ToPort"), told["ports"], strict=True)) if told["ports"] else {}
    return {
        "IpProtocol": told["protocol"],
        "IpRanges": [{"CidrIp": cidr} for cidr in told["ipv4"]],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in told["ipv6"]],
        **ports,
    }


def _block(told: dict[str, Any]) -> str:
    low, high = told["ports"] or (0, 0)
    return f"""
        ingress {{
          protocol         = "{told["protocol"]}"
          from_port        = {low}
          to_port          = {high}
          cidr_blocks      = {json.dumps(list(told["ipv4"]))}
          ipv6_cidr_blocks = {json.dumps(list(told["ipv6"]))}
        }}"""


def inline(text: str, before: str = "") -> str:
    return f'{before}\nresource "aws_security_group" "phi" {{\n{text}\n}}'


def apart(text: str, type: str = "aws_vpc_security_group_ingress_rule") -> str:
    return f"""
        variable "unset" {{}}
        resource "aws_security_group" "phi" {{}}
        resource "{type}" "r" {{
          security_group_id = aws_security_group.phi.id
          {text}
        }}"""


def from_a_list(*cidrs: str) -> dict[str, Any]:
    """A group that lets SSH in from a prefix list of the customer's own."""

    def seed(aws: Aws) -> None:
        group()["aws"](aws)
        made = aws.ec2.create_managed_prefix_list(
            PrefixListName="offices", MaxEntries=5, AddressFamily="IPv4", Entries=[{"Cidr": cidr} for cidr in cidrs]
        )
        groups = aws.ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["phi-app"]}])
        aws.ec2.authorize_security_group_ingress(
            GroupId=groups["SecurityGroups"][0]["GroupId"],
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 22,
                    "ToPort": 22,
                    "PrefixListIds": [{"PrefixListId": made["PrefixList"]["PrefixListId"]}],
                }
            ],
        )

    entries = "\n".join(f'entry {{\ncidr = "{cidr}"\n}}' for cidr in cidrs)
    return {
        "terraform": f"""
        resource "aws_ec2_managed_prefix_list" "offices" {{
          name           = "offices"
          address_family = "IPv4"
          max_entries    = 5
          {entries}
        }}
        resource "aws_security_group" "phi" {{
          ingress {{
            protocol        = "tcp"
            from_port       = 22
            to_port         = 22
            prefix_list_ids = [aws_ec2_managed_prefix_list.offices.id]
          }}
        }}""",
        "aws": seed,
    }


def from_a_list_of_aws(aws: Aws) -> None:
    group()["aws"](aws)
    lists = aws.ec2.describe_managed_prefix_lists()["PrefixLists"]
    owned = next(each for each in lists if each["OwnerId"] == "AWS")
    groups = aws.ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["phi-app"]}])
    aws.ec2.authorize_security_group_ingress(
        GroupId=groups["SecurityGroups"][0]["GroupId"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "PrefixListIds": [{"PrefixListId": owned["PrefixListId"]}],
            }
        ],
    )


UNSET = 'variable "unset" {}'
SSH_BLOCK = 'protocol = "tcp"\n from_port = 22\n to_port = 22'

test_ssh = cases(
    Case(SSH, "no rules", PASS, **group(), says="no rule that opens SSH to the internet"),
    Case(SSH, "everyone to port 22", FAIL, **group(everyone(22)), says="TCP 22 from 0.0.0.0/0"),
    Case(SSH, "everyone in IPv6", FAIL, **group(rule(22, ipv6=("::/0",))), says="::/0"),
    Case(SSH, "a range that covers port 22", FAIL, **group(everyone(20, 25)), says="TCP 20-25"),
    Case(SSH, "all TCP ports", FAIL, **group(everyone(0, 65535)), says="all TCP"),
    Case(SSH, "all protocols", FAIL, **group(everyone(protocol="-1")), says="all traffic"),
    Case(SSH, "ports beside 22", PASS, **group(everyone(20, 21), everyone(23, 25))),
    Case(SSH, "UDP 22", PASS, **group(everyone(22, protocol="udp"))),
    Case(SSH, "ICMP of a type called 22", PASS, **group(everyone(22, 22, protocol="icmp"))),
    Case(SSH, "a private network", PASS, **group(rule(22, ipv4=("10.0.0.0/8",)))),
    Case(SSH, "all private IPv6", PASS, **group(rule(22, ipv6=("fc00::/7",)))),
    Case(SSH, "one public address", PASS, **group(rule(22, ipv4=("198.51.100.7/32",)))),
    Case(SSH, "everyone among others", FAIL, **group(rule(22, ipv4=("10.0.0.0/8", "0.0.0.0/0")))),
    Case(
        SSH,
        "everyone in two halves",
        FAIL,
        **group(rule(22, ipv4=("0.0.0.0/1", "128.0.0.0/1"))),
        says="0.0.0.0/1",
    ),
    Case(SSH, "everyone in IPv6 that is ever routed", FAIL, **group(rule(22, ipv6=("2000::/3",)))),
    Case(SSH, "the widest range that somebody holds", PASS, **group(rule(22, ipv4=("17.0.0.0/8",)))),
    Case(SSH, "a prefix list of offices", PASS, **from_a_list("198.51.100.0/24")),
    Case(SSH, "a prefix list that holds everyone", FAIL, **from_a_list("0.0.0.0/0"), says="offices"),
    Case(
        SSH,
        "a prefix list that may not be read",
        UNKNOWN,
        aws=from_a_list("198.51.100.0/24")["aws"],
        denied="ec2:GetManagedPrefixListEntries",
        says="ec2:GetManagedPrefixListEntries",
    ),
    Case(SSH, "a prefix list that AWS keeps", PASS, aws=from_a_list_of_aws),
    Case(
        SSH,
        "a prefix list that is declared elsewhere",
        UNKNOWN,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n prefix_list_ids = ["pl-0123456789abcdef0"]\n}}'),
    ),
    Case(
        SSH,
        "another protocol, from a prefix list that is declared elsewhere",
        PASS,
        terraform=inline(
            'ingress {\n protocol = "tcp"\n from_port = 443\n to_port = 443\n prefix_list_ids = ["pl-0123456789abcdef0"]\n}'
        ),
    ),
    Case(
        SSH,
        "from another group and from itself",
        PASS,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n security_groups = ["sg-0123456789abcdef0"]\n self = true\n}}'),
    ),
    Case(
        SSH,
        "everyone, written uncanonically",
        FAIL,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n ipv6_cidr_blocks = ["0::0/0"]\n}}'),
    ),
    Case(
        SSH,
        "everyone of IPv4 inside IPv6",
        FAIL,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n ipv6_cidr_blocks = ["::ffff:0.0.0.0/96"]\n}}'),
    ),
    Case(
        SSH,
        "text that is no range",
        UNKNOWN,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n cidr_blocks = ["office"]\n}}'),
    ),
    Case(
        SSH,
        "the protocol as a number",
        FAIL,
        terraform=inline('ingress {\n protocol = 6\n from_port = 22\n to_port = 22\n cidr_blocks = ["0.0.0.0/0"]\n}'),
    ),
    Case(
        SSH,
        "ports as text",
        FAIL,
        terraform=inline(
            'ingress {\n protocol = "TCP"\n from_port = "20"\n to_port = "30"\n cidr_blocks = ["0.0.0.0/0"]\n}'
        ),
    ),
    Case(
        SSH,
        "rules as a list of objects",
        FAIL,
        terraform=inline(
            """
            ingress = [{
              protocol = "tcp", from_port = 22, to_port = 22, cidr_blocks = ["0.0.0.0/0"], description = "",
              ipv6_cidr_blocks = [], prefix_list_ids = [], security_groups = [], self = false
            }]"""
        ),
    ),
    Case(SSH, "an empty list of rules", PASS, terraform=inline("ingress = []")),
    Case(SSH, "null instead of rules", PASS, terraform=inline("ingress = null")),
    Case(
        SSH,
        "rules from a variable without value",
        UNKNOWN,
        terraform=inline("ingress = var.unset", UNSET),
        says="var.unset",
    ),
    Case(
        SSH,
        "ranges from a variable without value",
        UNKNOWN,
        terraform=inline(f"ingress {{\n{SSH_BLOCK}\n cidr_blocks = var.unset\n}}", UNSET),
    ),
    Case(
        SSH,
        "one unknown range beside everyone",
        FAIL,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n cidr_blocks = [var.unset, "0.0.0.0/0"]\n}}', UNSET),
    ),
    Case(
        SSH,
        "one unknown address",
        PASS,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n cidr_blocks = ["${{var.unset}}/32"]\n}}', UNSET),
    ),
    Case(
        SSH,
        "an unknown address with a length that is everyone's",
        UNKNOWN,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n cidr_blocks = ["${{var.unset}}/0"]\n}}', UNSET),
    ),
    Case(
        SSH,
        "the network itself, whose range is not known",
        PASS,
        terraform=inline(
            f"ingress {{\n{SSH_BLOCK}\n cidr_blocks = [aws_vpc.main.cidr_block]\n}}",
            f'{UNSET}\nresource "aws_vpc" "main" {{\n cidr_block = var.unset\n}}',
        ),
    ),
    Case(
        SSH,
        "unknown ranges to another port",
        PASS,
        terraform=inline(
            'ingress {\n protocol = "tcp"\n from_port = 443\n to_port = 443\n cidr_blocks = var.unset\n}', UNSET
        ),
    ),
    Case(
        SSH,
        "everyone to an unknown port",
        UNKNOWN,
        terraform=inline(
            'ingress {\n protocol = "tcp"\n from_port = var.unset\n to_port = var.unset\n cidr_blocks = ["0.0.0.0/0"]\n}',
            UNSET,
        ),
    ),
    Case(
        SSH,
        "a private network to an unknown port",
        PASS,
        terraform=inline(
            'ingress {\n protocol = "tcp"\n from_port = var.unset\n to_port = var.unset\n cidr_blocks = ["10.0.0.0/8"]\n}',
            UNSET,
        ),
    ),
    Case(
        SSH,
        "rules made by a dynamic block over an unknown list",
        UNKNOWN,
        terraform=inline(
            """
            dynamic "ingress" {
              for_each = var.unset
              content {
                protocol    = "tcp"
                from_port   = ingress.value
                to_port     = ingress.value
                cidr_blocks = ["0.0.0.0/0"]
              }
            }""",
            UNSET,
        ),
    ),
    Case(
        SSH,
        "rules made by a dynamic block",
        FAIL,
        terraform=inline(
            """
            dynamic "ingress" {
              for_each = [443, 22]
              content {
                protocol    = "tcp"
                from_port   = ingress.value
                to_port     = ingress.value
                cidr_blocks = ["0.0.0.0/0"]
              }
            }"""
        ),
    ),
    Case(
        SSH,
        "everyone, by a rule declared apart",
        FAIL,
        terraform=apart('ip_protocol = "tcp"\n from_port = 22\n to_port = 22\n cidr_ipv4 = "0.0.0.0/0"'),
    ),
    Case(
        SSH,
        "all traffic, by a rule declared apart without ports",
        FAIL,
        terraform=apart('ip_protocol = "-1"\n cidr_ipv6 = "::/0"'),
    ),
    Case(
        SSH,
        "an unknown range, by a rule declared apart",
        UNKNOWN,
        terraform=apart('ip_protocol = "tcp"\n from_port = 22\n to_port = 22\n cidr_ipv4 = var.unset'),
    ),
    Case(
        SSH,
        "another group, by a rule declared apart",
        PASS,
        terraform=apart(
            'ip_protocol = "tcp"\n from_port = 22\n to_port = 22\n referenced_security_group_id = aws_security_group.phi.id'
        ),
    ),
    Case(
        SSH,
        "everyone, by a rule of the older type",
        FAIL,
        terraform=apart(
            'type = "ingress"\n protocol = "tcp"\n from_port = 0\n to_port = 1024\n cidr_blocks = ["0.0.0.0/0"]',
            "aws_security_group_rule",
        ),
    ),
    Case(
        SSH,
        "to everyone, by a rule of the older type",
        PASS,
        terraform=apart(
            'type = "egress"\n protocol = "-1"\n from_port = 0\n to_port = 0\n cidr_blocks = ["0.0.0.0/0"]',
            "aws_security_group_rule",
        ),
    ),
    Case(
        SSH,
        "a rule of the older type whose direction is not known",
        UNKNOWN,
        terraform=apart(
            'type = var.unset\n protocol = "-1"\n from_port = 0\n to_port = 0\n cidr_blocks = ["0.0.0.0/0"]',
            "aws_security_group_rule",
        ),
    ),
    Case(
        SSH,
        "a rule for a group that a variable names, which is another one",
        PASS,
        terraform="""
        variable "unset" {}
        resource "aws_security_group" "phi" {}
        resource "aws_vpc_security_group_ingress_rule" "r" {
          security_group_id = var.unset
          ip_protocol       = "-1"
          cidr_ipv4         = "0.0.0.0/0"
        }""",
    ),
    Case(
        SSH,
        "a rule for another group",
        PASS,
        terraform="""
        resource "aws_security_group" "phi" {}
        resource "aws_security_group" "other" {}
        resource "aws_vpc_security_group_ingress_rule" "r" {
          security_group_id = aws_security_group.other.id
          ip_protocol       = "-1"
          cidr_ipv4         = "0.0.0.0/0"
        }""",
    ),
)
