"""No public address: the internet has no way to it but through a door meant for everybody."""

from hipaa_guard.authoring import CRITICAL, Inventory, Verdict, failed, judgement, passed
from hipaa_guard.facts.values import Computed
from hipaa_guard.services import ec2


@judgement(
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.312(e)(1)"),
    why="With a public address only the security group stands between the internet and a database of ePHI.",
)
def no_public_address(private: bool, *_: object, address: str = "public address") -> Verdict:
    """Told whether it has no public address, and no name that resolves to one. `address` names the kind of address."""
    return passed(f"has no {address}") if private else failed(f"has a {address}")


def has_elastic_ip(pointer: str, inventory: Inventory) -> bool:
    """Whether a network interface of Terraform, as another resource names it, has an Elastic IP.

    Raises:
        Undecided: the interface is not known, or is declared elsewhere.

    """
    if isinstance(pointer, Computed) and inventory.lookup(ec2.NetworkInterface, pointer) is None:
        return False  # a state records the address of an interface that came with its instance
    interface = inventory.find(ec2.NetworkInterface, pointer)
    return interface is not None and interface.public_address
