"""Public addresses of EC2 instances by their network interfaces, told to Terraform and to AWS."""

from __future__ import annotations

import pytest

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.recorded.state import read_state
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, all_controls, cases
from tests.policies.ec2.states import HALT, PUBLIC, TEMPLATE_PUBLIC, declared, from_template, instance, subnet
from tests.terraform.plans import Applied, shown_state

PRIVATE = "subnet_id = aws_subnet.s.id"
INTERFACE = 'resource "aws_network_interface" "n" {\nsubnet_id = "subnet-0a1b2c3d4e5f60718"\n}\n'
FIRST = "network_interface {\nnetwork_interface_id = aws_network_interface.n.id\ndevice_index = 0\n}"
PRIMARY = "primary_network_interface {\nnetwork_interface_id = aws_network_interface.n.id\n}"
ATTACHED = """
resource "aws_network_interface" "n" {
  subnet_id = "subnet-0a1b2c3d4e5f60718"
  attachment {
    instance     = aws_instance.phi.id
    device_index = 1
  }
}
"""
ATTACHED_APART = INTERFACE + (
    'resource "aws_network_interface_attachment" "a" {\ndevice_index = 1\n'
    "instance_id = aws_instance.phi.id\nnetwork_interface_id = aws_network_interface.n.id\n}\n"
)
ELASTIC = 'resource "aws_eip" "e" { network_interface = %s }\n'
ASSOCIATED = 'resource "aws_eip_association" "e" {\nallocation_id = "eipalloc-1"\nnetwork_interface_id = %s\n}\n'
LOOKED_UP = """
data "aws_network_interface" "d" {
  filter {
    name   = "attachment.instance-id"
    values = [aws_instance.phi.id]
  }
}
"""
ELSEWHERE = '"eni-0a1b2c3d4e5f60718"'

WAYS = {
    "the primary interface, as a network interface": (FIRST, INTERFACE),
    "the primary interface": (PRIMARY, INTERFACE),
    "a further interface": (PRIVATE, subnet(maps=False) + ATTACHED),
    "a further interface, attached apart": (PRIVATE, subnet(maps=False) + ATTACHED_APART),
}
"""How an interface comes to an instance: lines of the instance, and what is declared around it."""


def on_interfaces() -> list[Case]:
    table = []
    for way, (lines, around) in WAYS.items():
        table.append(Case(PUBLIC, f"{way}, without an address", PASS, terraform=declared(lines, around)))
        for how, text in {"an Elastic IP": ELASTIC, "an associated Elastic IP": ASSOCIATED}.items():
            given = text % "aws_network_interface.n.id"
            another = INTERFACE.replace('"n"', '"o"') + text % "aws_network_interface.o.id"
            table += [
                Case(PUBLIC, f"{way}, with {how}", FAIL, terraform=declared(lines, around + given), says="Elastic IP"),
                Case(PUBLIC, f"{way}, {how} is for another", PASS, terraform=declared(lines, around + another)),
            ]
    return table


test_interfaces = cases(
    *on_interfaces(),
    Case(
        PUBLIC,
        "an Elastic IP on the interface that came with the instance",
        FAIL,
        terraform=declared(PRIVATE, subnet(maps=False) + ASSOCIATED % "aws_instance.phi.primary_network_interface_id"),
    ),
    Case(
        PUBLIC,
        "an Elastic IP on an interface that is looked up by the instance",
        UNKNOWN,
        terraform=declared(PRIVATE, subnet(maps=False) + LOOKED_UP + ASSOCIATED % "data.aws_network_interface.d.id"),
    ),
    Case(
        PUBLIC,
        "an Elastic IP on one of its interfaces, by an expression",
        UNKNOWN,
        terraform=declared(
            PRIVATE, subnet(maps=False) + ELASTIC % "one(aws_instance.phi.network_interface).network_interface_id"
        ),
    ),
    Case(
        PUBLIC,
        "an Elastic IP that may be its own, in a subnet that gives addresses",
        FAIL,
        terraform=declared(PRIVATE, subnet(maps=True) + LOOKED_UP + ASSOCIATED % "data.aws_network_interface.d.id"),
    ),
    Case(
        PUBLIC,
        "an Elastic IP of an interface from outside",
        PASS,
        terraform=declared(PRIVATE, HALT + subnet(maps=False) + ASSOCIATED % "var.unset"),
    ),
    Case(
        PUBLIC,
        "an interface from elsewhere",
        UNKNOWN,
        terraform=declared(FIRST.replace("aws_network_interface.n.id", ELSEWHERE)),
    ),
    Case(
        PUBLIC,
        "an interface from elsewhere, with an Elastic IP",
        UNKNOWN,
        terraform=declared(FIRST.replace("aws_network_interface.n.id", ELSEWHERE), ASSOCIATED % ELSEWHERE),
    ),
    Case(
        PUBLIC,
        "an Elastic IP on an interface from elsewhere, of another instance",
        PASS,
        terraform=declared(FIRST, INTERFACE + ASSOCIATED % ELSEWHERE),
    ),
    Case(
        PUBLIC,
        "the template gives an interface with an Elastic IP",
        FAIL,
        terraform=from_template("network_interfaces {\nnetwork_interface_id = aws_network_interface.n.id\n}")
        + f"\n{INTERFACE}"
        + ELASTIC % "aws_network_interface.n.id",
    ),
    Case(
        PUBLIC,
        "the template gives an interface without an address",
        PASS,
        terraform=from_template("network_interfaces {\nnetwork_interface_id = aws_network_interface.n.id\n}")
        + f"\n{INTERFACE}",
    ),
    Case(
        PUBLIC,
        "the template names a subnet that gives none",
        PASS,
        terraform=from_template("network_interfaces {\nsubnet_id = aws_subnet.s.id\n}") + "\n" + subnet(maps=False),
    ),
    Case(
        PUBLIC,
        "the template names a subnet that gives them",
        FAIL,
        terraform=from_template("network_interfaces {\nsubnet_id = aws_subnet.s.id\n}") + "\n" + subnet(maps=True),
    ),
    Case(
        TEMPLATE_PUBLIC,
        "an existing interface",
        PASS,
        terraform='resource "aws_launch_template" "phi" {\nnetwork_interfaces {\n'
        f"network_interface_id = {ELSEWHERE}\n}}\n}}",
    ),
)


def private(aws: Aws) -> tuple[str, str]:
    """An instance without a public address, and its subnet."""
    net = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    inside = str(aws.ec2.create_subnet(VpcId=net, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"])
    return str(instance(SubnetId=inside).make(aws)), inside


def address(aws: Aws) -> str:
    return str(aws.ec2.allocate_address(Domain="vpc")["AllocationId"])


def on_a_further_interface(aws: Aws) -> None:
    one, inside = private(aws)
    interface = aws.ec2.create_network_interface(SubnetId=inside)["NetworkInterface"]["NetworkInterfaceId"]
    aws.ec2.attach_network_interface(NetworkInterfaceId=interface, InstanceId=one, DeviceIndex=1)
    aws.ec2.associate_address(AllocationId=address(aws), NetworkInterfaceId=interface)


def without_one(aws: Aws) -> None:
    one, inside = private(aws)
    interface = aws.ec2.create_network_interface(SubnetId=inside)["NetworkInterface"]["NetworkInterfaceId"]
    aws.ec2.attach_network_interface(NetworkInterfaceId=interface, InstanceId=one, DeviceIndex=1)


test_live = cases(
    Case(PUBLIC, "an Elastic IP on a further interface", FAIL, aws=on_a_further_interface),
    Case(PUBLIC, "a further interface without an address", PASS, aws=without_one),
)


@pytest.mark.parametrize(("public_ip", "expected"), [("198.51.100.7", FAIL), ("", PASS)])
def test_a_state_records_the_address(public_ip: str, expected: str) -> None:
    """Its own interface, which the state lists too, is nowhere declared by itself."""
    recorded = Applied(
        "aws_instance.phi",
        {"associate_public_ip_address": False, "primary_network_interface": [{"network_interface_id": "eni-0a1b"}]},
        {"id": "i-0a1b2c3d4e5f60718", "public_ip": public_ip},
    )
    control = all_controls()[PUBLIC]
    configuration = read_state(shown_state([recorded]), "state.json")
    (found,) = judge([control], build_inventory(configuration, kinds_of([control])))
    assert found.status == expected
