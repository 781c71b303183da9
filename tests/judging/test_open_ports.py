"""Which rule of a security group opens a port to everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.authoring import Inventory
from hipaa_guard.facts.values import Undecided
from hipaa_guard.judging.open_ports import ADMINISTRATION, CLEARTEXT, CLINICAL, DATABASES, opening, opening_to
from hipaa_guard.services.security_groups import Rule, SecurityGroup
from hipaa_guard.testing import all_controls, terraform_inventory

CONTROL = all_controls()["sg_no_public_ingress_databases"]
HEAD = 'variable "open" {}\nresource "aws_security_group" "phi" {\n  vpc_id = "vpc-1"\n'


def group(directory: Path, rules: str, more: str = "") -> tuple[SecurityGroup, Inventory]:
    inventory = terraform_inventory(f"{HEAD}{rules}\n}}\n{more}", [CONTROL], directory)
    (found,) = inventory.seen(SecurityGroup)
    return found, inventory


def rule(first: object = 5432, last: object = None, protocol: str = '"tcp"', sources: str = "") -> str:
    sources = sources or 'cidr_blocks = ["0.0.0.0/0"]'
    last = first if last is None else last
    return f"ingress {{\n protocol = {protocol}\n from_port = {first}\n to_port = {last}\n {sources}\n}}"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("", None),
        (rule(), "TCP 5432 from 0.0.0.0/0, which reaches PostgreSQL (TCP 5432)"),
        (rule(443), None),
        (rule(5400, 5500), "PostgreSQL (TCP 5432)"),
        (rule(protocol='"udp"'), None),
        (rule(1434, protocol='"udp"'), "SQL Server (UDP 1434)"),
        (rule(0, 0, '"-1"'), "from 0.0.0.0/0"),
        (rule(sources='ipv6_cidr_blocks = ["::/0"]'), "from ::/0"),
        (rule(sources='cidr_blocks = ["128.0.0.0/1"]'), "from 128.0.0.0/1"),
        (rule(sources='cidr_blocks = ["10.0.0.0/8"]'), None),
        (f"{rule(sources='cidr_blocks = [var.open]')}\n{rule(3306)}", "MySQL (TCP 3306)"),
        (rule(443, sources="cidr_blocks = [var.open]"), None),
        (rule("var.open", sources='cidr_blocks = ["10.0.0.0/8"]'), None),
    ],
)
def test_the_first_rule_that_opens_a_port_is_told(tmp_path: Path, rules: str, words: str | None) -> None:
    said = opening_to(*group(tmp_path, rules), DATABASES)
    assert said is None if words is None else words in (said or "")


@pytest.mark.parametrize(
    "rules", [rule(sources="cidr_blocks = [var.open]"), rule("var.open"), rule(protocol="var.open")]
)
def test_a_rule_that_may_open_it_decides_nothing(tmp_path: Path, rules: str) -> None:
    with pytest.raises(Undecided):
        opening_to(*group(tmp_path, rules), DATABASES)


@pytest.mark.parametrize(("cidr", "words"), [("0.0.0.0/0", "0.0.0.0/0 (in prefix list"), ("10.0.0.0/8", None)])
def test_a_prefix_list_is_what_it_holds(tmp_path: Path, cidr: str, words: str | None) -> None:
    prefix_list = f"""resource "aws_ec2_managed_prefix_list" "list" {{
      name           = "partners"
      address_family = "IPv4"
      max_entries    = 1
      entry {{
        cidr = "{cidr}"
      }}
    }}"""
    listed = rule(sources="prefix_list_ids = [aws_ec2_managed_prefix_list.list.id]")
    said = opening_to(*group(tmp_path, listed, prefix_list), DATABASES)
    assert said is None if words is None else words in (said or "")


def test_any_test_of_a_rule_will_do(tmp_path: Path) -> None:
    wide = group(tmp_path, rule(0, 65535))
    assert opening(*wide, Rule.covers_every_port) == "all TCP from 0.0.0.0/0"
    assert opening(*wide, lambda _: False) is None


def test_no_port_stands_in_two_lists() -> None:
    lists = [DATABASES, CLEARTEXT, ADMINISTRATION, CLINICAL]
    assert sum(map(len, lists)) == len(set().union(*lists))
