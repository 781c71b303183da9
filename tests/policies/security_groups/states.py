"""Security groups with rules, told to Terraform and to AWS, for the tables of cases."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import Aws, Told

UNSET = 'variable "unset" {}'
SSH = "sg_no_public_ingress_ssh"


def rule(*ports: int, protocol: str = "tcp", ipv4: tuple[str, ...] = (), ipv6: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"protocol": protocol, "ports": (ports[0], ports[-1]) if ports else None, "ipv4": ipv4, "ipv6": ipv6}


def everyone(*ports: int, protocol: str = "tcp") -> dict[str, Any]:
    return rule(*ports, protocol=protocol, ipv4=("0.0.0.0/0",))


def group(*rules: dict[str, Any]) -> Told:
    """A security group with rules for arriving traffic, told to both sides."""

    def seed(aws: Aws) -> None:
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = aws.ec2.create_security_group(GroupName="phi-app", Description="records", VpcId=vpc)
        if rules:
            aws.ec2.authorize_security_group_ingress(
                GroupId=made["GroupId"], IpPermissions=[_permission(r) for r in rules]
            )

    blocks = "\n".join(_block(each) for each in rules)
    return Told(terraform=f'resource "aws_security_group" "phi" {{\n{blocks}\n}}', aws=seed)


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
