"""Which subnet decides on a public address, and when none does: several interfaces, default subnets."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases, resource
from tests.policies.ec2.states import HALT, PUBLIC, TEMPLATE_PUBLIC, declared, from_template, subnet, template


def interface(index: int | str | None, lines: str = "") -> str:
    at = "" if index is None else f"device_index = {index}\n"
    return f"network_interfaces {{\n{at}{lines}\n}}\n"


GIVES = "subnet_id = aws_subnet.s.id"
TWO = interface(0, GIVES) + interface(1, GIVES)
ASKS = "associate_public_ip_address = true"


def default_subnet(zone: str, maps: bool, name: str = "d") -> str:
    return resource(
        "aws_default_subnet",
        f'availability_zone = "{zone}"\nmap_public_ip_on_launch = {str(maps).lower()}',
        name,
    )


IN_A = 'availability_zone = "us-east-1a"'

test_several_interfaces = cases(
    Case(
        PUBLIC,
        "two interfaces, of which AWS gives none an address",
        PASS,
        terraform=from_template(TWO) + subnet(maps=True),
    ),
    Case(
        PUBLIC,
        "one interface, and the subnet gives addresses",
        FAIL,
        terraform=from_template(interface(0, GIVES)) + subnet(maps=True),
    ),
    Case(
        PUBLIC,
        "one interface with an empty wish, and the subnet gives addresses",
        FAIL,
        terraform=from_template(interface(0, f'{GIVES}\nassociate_public_ip_address = ""')) + subnet(maps=True),
    ),
    Case(
        PUBLIC,
        "one interface with an empty wish, and the subnet gives none",
        PASS,
        terraform=from_template(interface(0, f'{GIVES}\nassociate_public_ip_address = ""')) + subnet(maps=False),
    ),
    Case(
        PUBLIC,
        "interfaces whose number is not known",
        UNKNOWN,
        terraform=HALT
        + from_template(
            'dynamic "network_interfaces" {\nfor_each = var.unset\ncontent {\nsubnet_id = aws_subnet.s.id\n}\n}'
        )
        + subnet(maps=True),
    ),
    Case(
        PUBLIC,
        "two interfaces in the template, and a public address that the instance asks for",
        FAIL,
        terraform=from_template(TWO, lines=ASKS) + subnet(maps=True),
    ),
    Case(
        TEMPLATE_PUBLIC,
        "two interfaces that say nothing",
        PASS,
        template(interface(0) + interface(1), NetworkInterfaces=[{"DeviceIndex": 0}, {"DeviceIndex": 1}]),
    ),
    Case(
        TEMPLATE_PUBLIC,
        "one interface that asks, of two",
        FAIL,
        template(
            interface(0, ASKS) + interface(1),
            NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": True}, {"DeviceIndex": 1}],
        ),
        says="asks for a public IPv4 address",
    ),
)

test_default_subnets = cases(
    Case(
        PUBLIC,
        "a default subnet that gives none",
        PASS,
        terraform=declared("subnet_id = aws_default_subnet.d.id", default_subnet("us-east-1a", maps=False)),
    ),
    Case(
        PUBLIC,
        "a default subnet that gives them",
        FAIL,
        terraform=declared("subnet_id = aws_default_subnet.d.id", default_subnet("us-east-1a", maps=True)),
    ),
    Case(
        PUBLIC,
        "no subnet, in a zone whose default subnet gives none",
        PASS,
        terraform=declared(IN_A, default_subnet("us-east-1a", maps=False)),
    ),
    Case(
        PUBLIC,
        "no subnet, in a zone whose default subnet is not that one",
        FAIL,
        terraform=declared(IN_A, default_subnet("us-east-1b", maps=False)),
    ),
    Case(
        PUBLIC,
        "no subnet, in a zone whose default subnet gives them",
        FAIL,
        terraform=declared(
            IN_A, default_subnet("us-east-1a", maps=True) + default_subnet("us-east-1b", maps=False, name="e")
        ),
    ),
    Case(
        PUBLIC,
        "no subnet and no zone, beside a default subnet that gives none",
        UNKNOWN,
        terraform=declared("", default_subnet("us-east-1a", maps=False)),
        says="names no availability zone",
    ),
    Case(
        PUBLIC,
        "no subnet, in a zone that is not known",
        UNKNOWN,
        terraform=declared("availability_zone = var.unset", HALT + default_subnet("us-east-1a", maps=False)),
    ),
    Case(
        PUBLIC,
        "no subnet, and default subnets that all give them",
        FAIL,
        terraform=declared("", default_subnet("us-east-1a", maps=True)),
        says="default subnet",
    ),
)
