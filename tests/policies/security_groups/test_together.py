"""Rules that open together what none of them opens alone, in all the resources that declare rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, Told, cases, resource
from tests.policies.security_groups.states import SSH, UNSET, everyone, group, rule

ALL_PORTS, AUTHORIZED = "sg_no_public_ingress_all_ports", "sg_public_ingress_only_authorized_ports"
DATABASES = "sg_no_public_ingress_databases"
EVERYBODY = "0.0.0.0/0"


class Opens(NamedTuple):
    """A rule, with values as HCL."""

    low: object
    high: object
    cidr: str = f'"{EVERYBODY}"'
    protocol: str = '"tcp"'


def of(low: int, high: int, cidr: str = EVERYBODY, protocol: str = "tcp") -> Opens:
    return Opens(low, high, f'"{cidr}"', f'"{protocol}"')


def inside(rules: tuple[Opens, ...]) -> str:
    blocks = (
        f"ingress {{\nprotocol = {each.protocol}\nfrom_port = {each.low}\nto_port = {each.high}\n"
        f"{'ipv6_cidr_blocks' if ':' in each.cidr else 'cidr_blocks'} = [{each.cidr}]\n}}"
        for each in rules
    )
    return resource("aws_security_group", "\n".join(blocks))


def apart(rules: tuple[Opens, ...]) -> str:
    """Rules of the older type of the provider."""
    return resource("aws_security_group", "") + "".join(
        resource(
            "aws_security_group_rule",
            f'type = "ingress"\nsecurity_group_id = aws_security_group.phi.id\nprotocol = {each.protocol}\n'
            f"from_port = {each.low}\nto_port = {each.high}\n"
            f"{'ipv6_cidr_blocks' if ':' in each.cidr else 'cidr_blocks'} = [{each.cidr}]",
            f"r{position}",
        )
        for position, each in enumerate(rules)
    )


def newer(rules: tuple[Opens, ...]) -> str:
    return resource("aws_security_group", "") + "".join(
        resource(
            "aws_vpc_security_group_ingress_rule",
            f"security_group_id = aws_security_group.phi.id\nip_protocol = {each.protocol}\n"
            f"from_port = {each.low}\nto_port = {each.high}\n"
            f"{'cidr_ipv6' if ':' in each.cidr else 'cidr_ipv4'} = {each.cidr}",
            f"r{position}",
        )
        for position, each in enumerate(rules)
    )


def of_awscc(rules: tuple[Opens, ...]) -> str:
    return resource("awscc_ec2_security_group", 'group_description = "records"') + "".join(
        resource(
            "awscc_ec2_security_group_ingress",
            f"group_id = awscc_ec2_security_group.phi.group_id\nip_protocol = {each.protocol}\n"
            f"from_port = {each.low}\nto_port = {each.high}\n"
            f"{'cidr_ipv_6' if ':' in each.cidr else 'cidr_ip'} = {each.cidr}",
            f"r{position}",
        )
        for position, each in enumerate(rules)
    )


WAYS: dict[str, Callable[[tuple[Opens, ...]], str]] = {
    "inside": inside,
    "apart": apart,
    "in the newer type": newer,
    "in awscc": of_awscc,
}

EIGHTS = tuple(of(22, 22, f"{number}.0.0.0/8") for number in range(20, 36))
"""Sixteen networks, none of which is wider than somebody's own; together they are everybody."""

TOGETHER = [
    (ALL_PORTS, "two rules for all ports", FAIL, (of(0, 1023), of(1024, 65535))),
    (ALL_PORTS, "three rules that overlap", FAIL, (of(0, 40000), of(30000, 50000), of(50001, 65535))),
    (ALL_PORTS, "all ports but one", FAIL, (of(0, 21), of(23, 65535))),
    (ALL_PORTS, "one rule for all ports but port 0", FAIL, (of(1, 65535),)),
    (ALL_PORTS, "two halves, one of them in IPv6", FAIL, (of(0, 1023), of(1024, 65535, "::/0"))),
    (ALL_PORTS, "all UDP ports by two rules", FAIL, (of(0, 1023, protocol="udp"), of(1024, 65535, protocol="17"))),
    (ALL_PORTS, "half of TCP and half of UDP", PASS, (of(0, 1023), of(1024, 65535, protocol="udp"))),
    (ALL_PORTS, "a thousand ports are left out", PASS, (of(0, 21), of(1022, 65535))),
    (ALL_PORTS, "the other half for a network", PASS, (of(0, 1023), of(1024, 65535, "10.0.0.0/8"))),
    (
        ALL_PORTS,
        "all ports for the halves of the internet",
        FAIL,
        (of(0, 65535, "0.0.0.0/1"), of(0, 65535, "128.0.0.0/1")),
    ),
    (SSH, "the halves of the internet", FAIL, (of(22, 22, "0.0.0.0/1"), of(22, 22, "128.0.0.0/1"))),
    (SSH, "many networks that together are everybody", FAIL, EIGHTS),
    (SSH, "some networks", PASS, EIGHTS[:7]),
    (SSH, "one network many times", PASS, (EIGHTS[0],) * 16),
    (SSH, "many networks, to other ports", PASS, tuple(each._replace(low=443, high=443) for each in EIGHTS)),
    (AUTHORIZED, "many networks that together are everybody", FAIL, EIGHTS),
    (
        DATABASES,
        "many networks, by rules that each cover a database",
        FAIL,
        tuple(each._replace(low=0, high=9999) for each in EIGHTS),
    ),
]

UNCERTAIN = [
    (ALL_PORTS, "the other half for nobody knows whom", (of(0, 1023), Opens(1024, 65535, "var.unset"))),
    (ALL_PORTS, "the other half up to an unknown port", (of(0, 1023), Opens(1024, "var.unset"))),
]


def table() -> list[Case]:
    found = []
    for way, told in WAYS.items():
        for control, sentence, verdict, rules in TOGETHER:
            found.append(Case(control, f"{sentence}, {way}", verdict, terraform=told(rules)))
        for control, sentence, rules in UNCERTAIN:
            found.append(Case(control, f"{sentence}, {way}", UNKNOWN, terraform=f"{UNSET}\n{told(rules)}"))
    return found


test_declared = cases(
    *table(),
    Case(
        ALL_PORTS,
        "one rule of a port for nobody knows whom leaves no doubt",
        PASS,
        terraform=f"{UNSET}\n{inside((of(0, 1023), Opens(22, 22, 'var.unset')))}",
    ),
    Case(
        SSH,
        "prefix lists that together are everybody",
        FAIL,
        terraform=resource(
            "aws_ec2_managed_prefix_list",
            "\n".join(f'entry {{\ncidr = "{number}.0.0.0/8"\n}}' for number in range(20, 36)),
            "l",
        )
        + resource(
            "aws_security_group",
            'ingress {\nprotocol = "tcp"\nfrom_port = 22\nto_port = 22\n'
            "prefix_list_ids = [aws_ec2_managed_prefix_list.l.id]\n}",
        ),
    ),
)


def networks(*ports: int) -> Told:
    return group(rule(*ports, ipv4=tuple(f"{number}.0.0.0/8" for number in range(20, 36))))


test_live = cases(
    Case(
        ALL_PORTS,
        "two rules for all ports",
        FAIL,
        group(everyone(0, 1023), everyone(1024, 65535)),
        says="which is all ports of TCP",
    ),
    Case(ALL_PORTS, "all ports but one", FAIL, group(everyone(0, 21), everyone(23, 65535)), says="but 1"),
    Case(
        ALL_PORTS,
        "two rules for all ports of two protocols",
        PASS,
        group(everyone(0, 999), everyone(1000, 65535, protocol="udp")),
    ),
    Case(SSH, "many networks that together are everybody", FAIL, networks(22), says="16 address ranges"),
    Case(SSH, "many networks to another port", PASS, networks(443)),
)
