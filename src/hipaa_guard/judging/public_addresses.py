"""No public address: the internet has no way to it but through a door meant for everybody."""

from hipaa_guard.authoring import CRITICAL, Inventory, Verdict, failed, judgement, passed, some
from hipaa_guard.facts.values import Computed, Undecided, Unknown
from hipaa_guard.judging.template_versions import template_of
from hipaa_guard.services import ec2, vpc


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


def given_at_launch(instance: ec2.Instance, inventory: Inventory) -> str | None:
    """How the launch of an instance gives it a public address, in words; None if it does not.

    Raises:
        Undecided: the template or the subnet that decides is not known.

    """
    public, subnet = instance.public_address, instance.subnet
    if public is None:
        template = template_of(instance, inventory)
        public = None if template is None else template.public_address
        subnet = template.subnet if subnet is None and template is not None else subnet
    if public is not None:
        return "has a public IPv4 address" if public else None
    named = inventory.find(vpc.Subnet, subnet)
    if named is None:
        in_default = "leaves the choice to a default subnet, which gives public addresses"
        return None if _default_subnet_gives_none(instance, inventory) else in_default
    return "leaves the choice to its subnet, which gives public addresses" if named.maps_public_ip else None


def _default_subnet_gives_none(instance: ec2.Instance, inventory: Inventory) -> bool:
    """Whether the default subnet that takes an instance without a subnet is declared to give no addresses."""
    subnets = inventory.where(vpc.Subnet, instance)

    def gives_none(subnet: vpc.Subnet) -> bool:
        return subnet.default_of is not None and not subnet.maps_public_ip

    if not some(gives_none, subnets):
        return False
    if instance.zone is None:
        raise Undecided(Unknown("it names no availability zone, and not all default subnets give public addresses"))
    return some(lambda subnet: subnet.default_of == instance.zone and gives_none(subnet), subnets)
