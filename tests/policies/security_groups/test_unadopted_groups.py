"""Rules of each type, added to the default group of a VPC of each type that nothing adopts, told to Terraform."""

from __future__ import annotations

from typing import NamedTuple

from hipaa_guard.services.security_groups import DefaultSecurityGroup
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases, resource

RDP, DEFAULT = "sg_no_public_ingress_rdp", "vpc_default_sg_closed"
RANGE = 'cidr_block = "10.20.0.0/16"'
GROUPS = {
    "aws_vpc": "aws_vpc.phi.default_security_group_id",
    "aws_default_vpc": "aws_default_vpc.phi.default_security_group_id",
    "awscc_ec2_vpc": "awscc_ec2_vpc.phi.default_security_group",
}


class Apart(NamedTuple):
    """A type of separate rules: its argument for the group, and a rule for a range of addresses."""

    type: str
    group: str
    lines: str

    def told(self, vpc: str, range: str) -> str:
        own = "" if vpc == "aws_default_vpc" else RANGE
        lines = f"{self.group} = {GROUPS[vpc]}\n{self.lines.replace('RANGE', range)}"
        return resource(vpc, own) + resource(self.type, lines, "rule")


PORTS = "from_port = 3389\nto_port = 3389"
RULES = (
    Apart("aws_security_group_rule", "security_group_id", f'type = "ingress"\nprotocol = "tcp"\n{PORTS}\ncidr_blocks = ["RANGE"]'),
    Apart("aws_vpc_security_group_ingress_rule", "security_group_id", f'ip_protocol = "tcp"\n{PORTS}\ncidr_ipv4 = "RANGE"'),
    Apart("awscc_ec2_security_group_ingress", "group_id", f'ip_protocol = "tcp"\n{PORTS}\ncidr_ip = "RANGE"'),
)  # fmt: skip
LEAVING = (
    Apart("aws_vpc_security_group_egress_rule", "security_group_id", 'ip_protocol = "-1"\ncidr_ipv4 = "RANGE"'),
    Apart("awscc_ec2_security_group_egress", "group_id", 'ip_protocol = "-1"\ncidr_ip = "RANGE"'),
)


def test_each_type_has_cases() -> None:
    assert {rule.type for rule in (*RULES, *LEAVING)} == set(DefaultSecurityGroup.splits())
    assert DefaultSecurityGroup.terraform is not None
    assert set(GROUPS) == set(DefaultSecurityGroup.terraform.made_by)


test_rules = cases(
    *(
        case
        for vpc in GROUPS
        for rule in RULES
        for case in (
            Case(RDP, f"{rule.type} opens the group of {vpc}", FAIL, rule.told(vpc, "0.0.0.0/0"), says="3389"),
            Case(
                RDP,
                f"{rule.type} opens the group of {vpc} to a network",
                # What the group of the default VPC has besides is not known.
                UNKNOWN if vpc == "aws_default_vpc" else PASS,
                rule.told(vpc, "10.0.0.0/8"),
            ),
        )
    ),
    *(
        Case(DEFAULT, f"{rule.type} in the group of {vpc}", FAIL, rule.told(vpc, "0.0.0.0/0"), says="let traffic")
        for vpc in GROUPS
        for rule in (*RULES, *LEAVING)
    ),
)
