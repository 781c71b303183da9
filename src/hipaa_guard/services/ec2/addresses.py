"""Public IPv4 addresses of instances: those that they ask for, and Elastic IPs, of their interfaces too."""

from __future__ import annotations

from hipaa_guard.facts.lists import Incomplete, joined, mapped
from hipaa_guard.facts.readings import Block, View
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Reference, Unknown, Value
from hipaa_guard.services.ec2.arguments import of_blocks, truth

_OF_INSTANCES = (
    ("aws_eip", "instance"),
    ("aws_eip_association", "instance_id"),
    ("awscc_ec2_eip", "instance_id"),
    ("awscc_ec2_eip_association", "instance_id"),
)
_OF_INTERFACES = (
    ("aws_eip", "network_interface"),
    ("aws_eip_association", "network_interface_id"),
    ("awscc_ec2_eip_association", "network_interface_id"),
)
"""The types that give Elastic IPs, with their argument that names an instance or an interface."""

ELASTIC = dict(_OF_INSTANCES)
_ATTACHMENTS = (
    ("aws_network_interface_attachment", "instance_id"),
    ("awscc_ec2_network_interface_attachment", "instance_id"),
)
_ATTACHED = ("aws_network_interface", "attachment.instance")
BESIDE = {type: (by,) for type, by in (*_OF_INTERFACES, *_ATTACHMENTS, _ATTACHED)}
"""The types that name an instance, or its primary interface, for the sake of an interface."""

_LISTED = "a live account lists the interfaces with their instances"


def _elastic(view: View, given: tuple[tuple[str, str], ...]) -> list[View]:
    """The Elastic IPs that are given to a resource."""
    return joined(*(view.linked(type, by) for type, by in given))


def _has_elastic(view: View, given: tuple[tuple[str, str], ...] = _OF_INTERFACES) -> Value:
    elastic = _elastic(view, given)
    if list.__len__(elastic):
        return True
    return elastic.unknown if isinstance(elastic, Incomplete) else False


def has_elastic(view: View) -> Value:
    """Whether an instance is given an Elastic IP, by itself or by its primary interface."""
    # A reference to the primary interface of the instance (`primary_network_interface_id`) names the instance.
    return _has_elastic(view, _OF_INSTANCES + _OF_INTERFACES)


class NetworkInterface(Resource):
    """A network interface that is declared by itself. It has a public address only if it is given an Elastic IP."""

    noun = "network interface"
    terraform = Block(
        "aws_network_interface",
        "awscc_ec2_network_interface",
        beside={type: (by,) for type, by in _OF_INTERFACES},
    )
    terraform_only = _LISTED

    public_address: bool = fact(terraform=_has_elastic, awscc=_has_elastic, unset=False, terraform_only=_LISTED)


def declared(view: View) -> Value:
    """Whether an instance gets a public address; None if only its template or its subnet decides, or an Elastic IP."""
    elastic, recorded = has_elastic(view), view.get("public_ip")
    if elastic is True or (isinstance(recorded, str) and recorded):
        return True
    if view.type == _AWSCC_INSTANCE:
        return _asked(_of(view, _INTERFACES), _DECLARED)
    asked = truth(view.get("associate_public_ip_address"))
    return False if asked is None and _named(view) else asked  # an existing interface brings no address of its own


_AWSCC_INSTANCE = "awscc_ec2_instance"
_INTERFACES = "network_interfaces"
_IN_AWSCC_TEMPLATE = f"launch_template_data.{_INTERFACES}"
_DECLARED = ("associate_public_ip_address", "network_interface_id", "device_index", "subnet_id")
_ANSWERED = ("AssociatePublicIpAddress", "NetworkInterfaceId", "DeviceIndex", "SubnetId")
"""The names that an interface of a launch has for the wish for a public address, an existing interface, its place and
its subnet."""


def _of(view: View, path: str) -> list[dict[str, Value]]:
    """The network interfaces that a launch gives; `Incomplete` if some are not known."""
    return of_blocks(view.get(path), lambda block: block)


def _asked(interfaces: list[dict[str, Value]], names: tuple[str, ...]) -> Value:
    """Whether the interfaces of a launch ask for a public address; None if their subnet decides.

    EC2 API reference, InstanceNetworkInterfaceSpecification, read 2026-11-30: only a new interface gets one, and only
    if the launch has no other interface. One that asks beside another counts, though AWS refuses to start it.
    """
    by, existing, *_ = names
    asked = _any_true(interfaces, by)
    if asked is not None:
        return asked
    if list.__len__(interfaces) > 1:
        return False
    return False if of_blocks(interfaces, lambda block: block.get(existing)) else None


def _named(view: View) -> list[Value]:
    """The interfaces that an instance names, which exist before it."""
    blocks = (view.get(each) for each in ("network_interface", "primary_network_interface", _INTERFACES))
    return joined(*(of_blocks(each, lambda block: block.get("network_interface_id")) for each in blocks))


def interfaces(view: View) -> Value:
    """The interfaces that an instance names, and those that are attached to it."""
    attachments = joined(*(view.linked(type, by) for type, by in _ATTACHMENTS))
    by_themselves = view.linked(*_ATTACHED)
    return joined(
        _named(view),
        mapped(lambda attachment: attachment.get("network_interface_id"), attachments),
        mapped(lambda interface: Reference(interface.address, "id"), by_themselves),
    )


def interfaces_of_template(view: View) -> Value:
    """The existing interfaces that a launch template gives to an instance."""
    return of_blocks(view.get(_INTERFACES), lambda block: block.get("network_interface_id"))


def interfaces_of_awscc_template(view: View) -> Value:
    """As `interfaces_of_template`, of the `awscc` provider."""
    return of_blocks(view.get(_IN_AWSCC_TEMPLATE), lambda block: block.get("network_interface_id"))


def of_template(view: View) -> Value:
    """Whether an interface of a launch template asks for an address."""
    return _asked(_of(view, _INTERFACES), _DECLARED)


def of_awscc_template(view: View) -> Value:
    """As `of_template`, of the `awscc` provider."""
    return _asked(_of(view, _IN_AWSCC_TEMPLATE), _DECLARED)


def of_answered_template(interfaces: list[dict[str, Value]] | None) -> Value:
    """Whether an interface of an answered launch template asks for an address."""
    return _asked(interfaces or [], _ANSWERED)


def _first_subnet(interfaces: list[dict[str, Value]], names: tuple[str, ...] = _DECLARED) -> Value:
    """The subnet of the primary interface of a launch: the one with the index 0, which is also the default."""
    *_, place, subnet_id = names

    def subnet(interface: dict[str, Value]) -> Value:
        index = interface.get(place)
        if isinstance(index, Unknown):
            return index
        return interface.get(subnet_id) if index is None or str(index) == "0" else None

    return next(iter(of_blocks(interfaces, subnet)), None)


def subnet_of_template(view: View) -> Value:
    """The subnet that a launch template names for the primary interface."""
    return _first_subnet(_of(view, _INTERFACES))


def subnet_of_awscc_template(view: View) -> Value:
    """As `subnet_of_template`, of the `awscc` provider."""
    return _first_subnet(_of(view, _IN_AWSCC_TEMPLATE))


def subnet_of_answered_template(interfaces: list[dict[str, Value]] | None) -> Value:
    """The subnet that an answered launch template names for the primary interface."""
    return _first_subnet(interfaces or [], _ANSWERED)


def subnet_of_awscc(view: View) -> Value:
    """The subnet of an instance of the `awscc` provider, which may stand with its primary interface."""
    own = view.get("subnet_id")
    return _first_subnet(_of(view, _INTERFACES)) if own is None else own


def answered(own: str | None, interfaces: list[dict[str, Value]]) -> bool:
    """Whether a running instance has a public address, on whichever interface."""
    return bool(own) or any(each.get("own") or each.get("others") for each in interfaces)


def _any_true(interfaces: list[dict[str, Value]], name: str) -> Value:
    """Whether some interface requests it; None if none of them has the setting."""
    seen = interfaces.seen if isinstance(interfaces, Incomplete) else interfaces
    settings = [truth(interface.get(name)) for interface in seen]
    unknown = next((one for one in settings if isinstance(one, Unknown)), None)
    unknown = interfaces.unknown if isinstance(interfaces, Incomplete) else unknown
    known = [one for one in settings if isinstance(one, bool)]
    if any(known):
        return True
    return unknown if unknown is not None else (False if known else None)
