"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, PASS, Twin

PRIVATE = resource("aws_instance", "associate_public_ip_address = false")
SUBNET = 'subnet_id = "subnet-0a1b2c3d4e5f60718"'


def on_interface(provider: str, elastic: str) -> str:
    """An instance whose primary interface, of one of the providers, is given an Elastic IP or none."""
    interface = f"{provider}_network_interface"
    named = f"network_interface_id = {interface}.n.id"
    return (
        resource("aws_instance", f"primary_network_interface {{\n{named}\n}}")
        + resource(interface, SUBNET, "n")
        + (elastic and resource(elastic, f'allocation_id = "eipalloc-1"\n{named}', "e"))
    )


def attached(provider: str, elastic: str) -> str:
    """An instance with a further interface of one of the providers."""
    interface = f"{provider}_network_interface"
    named = f"network_interface_id = {interface}.n.id"
    index = "device_index = 1" if provider == "aws" else 'device_index = "1"'
    return (
        PRIVATE
        + resource(interface, SUBNET, "n")
        + resource(f"{interface}_attachment", f"{index}\ninstance_id = aws_instance.phi.id\n{named}", "a")
        + (elastic and resource(elastic, f'allocation_id = "eipalloc-1"\n{named}', "e"))
    )


ELASTIC, AWSCC_ELASTIC = "aws_eip_association", "awscc_ec2_eip_association"
_APART = 'allocation_id = "eipalloc-1"\ninstance_id = aws_instance.phi.id'

TWINS = [
    Twin(
        "an instance with an Elastic IP",
        PRIVATE + resource("aws_eip", "instance = aws_instance.phi.id", "e"),
        PRIVATE + resource("awscc_ec2_eip", "instance_id = aws_instance.phi.id", "e"),
        FAIL,
    ),
    Twin(
        "an instance with an associated Elastic IP",
        PRIVATE + resource(ELASTIC, _APART, "e"),
        PRIVATE + resource(AWSCC_ELASTIC, _APART, "e"),
        FAIL,
    ),
    Twin(
        "an instance whose interface has an Elastic IP",
        on_interface("aws", ELASTIC),
        on_interface("awscc_ec2", AWSCC_ELASTIC),
        FAIL,
    ),
    Twin("an instance whose interface has none", on_interface("aws", ""), on_interface("awscc_ec2", ""), PASS),
    Twin(
        "an instance whose further interface has an Elastic IP",
        attached("aws", ELASTIC),
        attached("awscc_ec2", AWSCC_ELASTIC),
        FAIL,
    ),
    Twin("an instance whose further interface has none", attached("aws", ""), attached("awscc_ec2", ""), PASS),
]
