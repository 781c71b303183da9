"""Public IPv4 addresses of instances: those that they ask for, and Elastic IPs, of their interfaces too."""

from __future__ import annotations

from hipaa_guard.facts.readings import Block, View
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Incomplete, Reference, Unknown, Value, joined, mapped
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
_ATTACHMENTS = ("aws_network_interface_attachment", "awscc_ec2_network_interface_attachment")
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
    terraform = Block("aws_network_interface", "awscc_ec2_network_interface", joins=dict(_OF_INTERFACES))
    terraform_only = _LISTED

    public_address: bool = fact(terraform=_has_elastic, awscc=_has_elastic, unset=False, terraform_only=_LISTED)


def declared(view: View) -> Value:
    """Whether an instance gets a public address; None if only its template or its subnet decides, or an Elastic IP."""
    elastic, recorded = has_elastic(view), view.get("public_ip")
    if elastic is True or (isinstance(recorded, str) and recorded):
        return True
    asked = truth(view.get("associate_public_ip_address"))
    return False if asked is None and _named(view) else asked  # an existing interface brings no address of its own


def _named(view: View) -> list[Value]:
    """The interfaces that an instance names, which exist before it."""
    blocks = (view.get("network_interface"), view.get("primary_network_interface"))
    return joined(*(of_blocks(each, lambda block: block.get("network_interface_id")) for each in blocks))


def interfaces(view: View) -> Value:
    """The interfaces that an instance names, and those that are attached to it."""
    attachments = joined(*(view.linked(type, "instance_id") for type in _ATTACHMENTS))
    by_themselves = view.linked("aws_network_interface", "attachment.instance")
    return joined(
        _named(view),
        mapped(lambda attachment: attachment.get("network_interface_id"), attachments),
        mapped(lambda interface: Reference(interface.address, "id"), by_themselves),
    )


def interfaces_of_template(view: View) -> Value:
    """The existing interfaces that a launch template gives to an instance."""
    return of_blocks(view.get("network_interfaces"), lambda block: block.get("network_interface_id"))


def of_template(view: View) -> Value:
    """Whether an interface of a launch template asks for an address."""
    blocks = view.get("network_interfaces")
    asked = _any_true(of_blocks(blocks, lambda block: block), "associate_public_ip_address")
    if asked is None and of_blocks(blocks, lambda block: block.get("network_interface_id")):
        return False  # an existing interface brings no address of its own
    return asked


def of_answered_template(interfaces: list[dict[str, Value]] | None) -> Value:
    """Whether an interface of an answered launch template asks for an address."""
    return _any_true(interfaces or [], "AssociatePublicIpAddress")


def subnet_of_template(view: View) -> Value:
    """The subnet that a launch template names for the first interface."""
    return next(iter(of_blocks(view.get("network_interfaces"), lambda block: block.get("subnet_id"))), None)


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
