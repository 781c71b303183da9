"""The control on SSH from everywhere: rules that are declared apart from their group."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases
from tests.policies.security_groups.states import SSH


def apart(text: str, type: str = "aws_vpc_security_group_ingress_rule") -> str:
    return f"""
        variable "unset" {{}}
        resource "aws_security_group" "phi" {{}}
        resource "{type}" "r" {{
          security_group_id = aws_security_group.phi.id
          {text}
        }}"""


test_rules_apart = cases(
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
