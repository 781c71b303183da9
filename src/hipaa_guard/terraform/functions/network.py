"""IP network functions."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from hipaa_guard.facts.values import Value

from .context import Function
from .conversion import whole_number
from .errors import FunctionError, FunctionLimitReached
from .numbers import Number
from .signatures import NUMBER, TEXT, call

LEADING_ZEROS = re.compile(r"(?<![0-9a-fA-F:])0+(?=\d)")

Network = IPv4Network | IPv6Network


def network(prefix: str) -> Network:
    """The network of an address with a prefix length. Leading zeros are decimal, as in Terraform."""
    address, _, length = prefix.partition("/")
    if not (length.isascii() and length.isdecimal()) or "%" in address:
        raise FunctionError(f"invalid CIDR expression: {prefix[:60]}")
    plain = LEADING_ZEROS.sub("", address) if ":" not in address else address
    try:
        return ip_network(f"{plain}/{int(length[:9])}", strict=False)
    except ValueError:
        raise FunctionError(f"invalid CIDR expression: {prefix[:60]}") from None


def cidrhost(prefix: str, number: Number) -> Value:
    """The address of a host in a network; negative numbers count from the end."""
    net, host = network(prefix), whole_number(number)
    if not -net.num_addresses <= host < net.num_addresses:
        raise FunctionError(f"prefix of {net.prefixlen} does not accommodate a host numbered {host}")
    return _address(net, int(net.network_address) + host % net.num_addresses)


def cidrnetmask(prefix: str) -> Value:
    """The netmask of an IPv4 network."""
    net = network(prefix)
    if not isinstance(net, IPv4Network):
        raise FunctionError(f"IPv6 addresses cannot have a netmask: {prefix[:60]}")
    return str(net.netmask)


def cidrsubnet(prefix: str, bits: Number, number: Number) -> Value:
    """The subnet with a number, its prefix longer by some bits."""
    net, extra, subnet = network(prefix), whole_number(bits), whole_number(number)
    length = net.prefixlen + extra
    if not 0 <= length <= net.max_prefixlen:
        raise FunctionError(f"insufficient address space to extend prefix of {net.prefixlen} by {extra}")
    if not 0 <= subnet < 1 << max(extra, 0):
        raise FunctionError(f"prefix extension of {extra} does not accommodate a subnet numbered {subnet}")
    return f"{_address(net, int(net.network_address) + (subnet << (net.max_prefixlen - length)))}/{length}"


def cidrsubnets(prefix: str, *bits: Number) -> Value:
    """Consecutive subnets, each with its own number of additional bits."""
    net = network(prefix)
    following, end = int(net.network_address), int(net.network_address) + net.num_addresses
    if net.prefixlen == 0 and len(bits) > 1:  # to Terraform, the first subnet ends where all addresses end
        raise FunctionError("not enough remaining address space")
    subnets: list[Value] = []
    for extra in bits:
        length = net.prefixlen + whole_number(extra)
        if not net.prefixlen < length <= net.max_prefixlen:
            raise FunctionError("must extend prefix by at least one bit, and not beyond the length of an address")
        size = 1 << (net.max_prefixlen - length)
        start = -(-following // size) * size
        following = start + size
        if following > end:
            raise FunctionError(f"not enough remaining address space for a subnet with a prefix of {length} bits")
        subnets.append(f"{_address(net, start)}/{length}")
    return subnets


def _address(net: Network, number: int) -> str:
    if isinstance(net, IPv4Network):
        return str(IPv4Address(number))
    address = IPv6Address(number)
    if address.ipv4_mapped or net.network_address.ipv4_mapped:
        raise FunctionLimitReached(
            "an IPv4 address written as IPv6"
        )  # Terraform returns addresses outside of the network
    return str(address)


FUNCTIONS: dict[str, Function] = {
    "cidrhost": call(cidrhost, TEXT, NUMBER),
    "cidrnetmask": call(cidrnetmask, TEXT),
    "cidrsubnet": call(cidrsubnet, TEXT, NUMBER, NUMBER),
    "cidrsubnets": call(cidrsubnets, TEXT, rest=NUMBER),
}
