"""Address ranges and protocols as AWS and Terraform write them, and the ranges that mean everybody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from hipaa_guard.facts.values import Existing, PartialText, Reference, Undecided, Unknown, Value
from hipaa_guard.lean import regex

Network = IPv4Network | IPv6Network

# Nobody owns more than an IPv4 /8 or an IPv6 /13: a wider range is not "our network" but means everybody.
# So 0.0.0.0/1 with 128.0.0.0/1 is as open as 0.0.0.0/0, and 2000::/3 as open as ::/0.
LONGEST_OF_EVERYBODY = {4: 7, 6: 12}
# Several ranges mean everybody if they hold as many addresses as eight such ranges.
_LONGEST_TOGETHER = {4: 4, 6: 9}
_NEVER_ROUTED = tuple(map(ip_network, ("224.0.0.0/3", "fc00::/7", "fe80::/10", "ff00::/8")))
_MAPPED = IPv6Network("::ffff:0:0/96")

_OWN_RANGE = regex(r"(^|\.)(aws_(default_)?|awscc_ec2_)(vpc|subnet)\.[^.]+$")
"""VPCs and subnets: their widest ranges are an IPv4 /16 and an IPv6 /44."""

_PROTOCOLS = {"-1": "all", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


def network(text: Value) -> Network:
    """The address range of a text, in any spelling; IPv4 inside IPv6 as IPv4.

    Raises:
        Undecided: the text is not known, or is no range.

    """
    if isinstance(text, Unknown):
        raise Undecided(text)
    found = _parsed(str(text))
    if found is None:
        raise Undecided(Unknown(f"{text!r} is not an address range"))
    return found


@lru_cache(maxsize=4096)  # the same few ranges stand in most rules
def _parsed(text: str) -> Network | None:
    try:
        found = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    if isinstance(found, IPv6Network) and found.subnet_of(_MAPPED):
        return IPv4Network((int(found.network_address) & 0xFFFFFFFF, found.prefixlen - 96))
    return found


def means_everybody(text: Value) -> bool:
    """Whether an address range is so wide that it means everybody on the internet.

    Raises:
        Undecided: the range is not known, and its known part does not exclude this.

    """
    if isinstance(text, Unknown) and is_surely_narrow(text):
        return False
    found = network(text)
    return found.prefixlen <= LONGEST_OF_EVERYBODY[found.version] and not any(
        _within(found, other) for other in _NEVER_ROUTED
    )


def mean_everybody(networks: Iterable[Network]) -> bool:
    """Whether address ranges mean everybody together, though none does alone."""
    found = [each for each in networks if not any(_within(each, other) for other in _NEVER_ROUTED)]
    return any(
        sum(each.num_addresses for each in together(found, version)) >= 2 ** (bits - _LONGEST_TOGETHER[version])
        for version, bits in ((4, 32), (6, 128))
    )


def together(networks: Iterable[Network], version: int) -> list[Network]:
    """The ranges of an IP version without overlaps: neighbours are joined."""
    return list(collapse_addresses(each for each in networks if each.version == version))  # type: ignore[type-var]


def is_surely_narrow(text: Unknown) -> bool:
    """Whether an unknown range cannot mean everybody, such as ``"${var.office}/32"`` or the range of a declared VPC."""
    if isinstance(text, Reference | Existing):
        return text.attribute in ("cidr_block", "ipv6_cidr_block") and bool(_OWN_RANGE.search(text.address))
    last = text.parts[-1] if isinstance(text, PartialText) else ""
    length = re.search(r"/(\d{1,3})$", last) if isinstance(last, str) else None
    return length is not None and int(length[1]) > max(LONGEST_OF_EVERYBODY.values())


def covers(one: Value, other: Value) -> bool:
    """Whether the range `one` holds all of the range `other`."""
    return _within(network(other), network(one))


def cover(ranges: Iterable[Value], other: Value) -> bool:
    """Whether some ranges together hold all of the range `other`."""
    inner = network(other)
    return any(_within(inner, each) for each in together(map(network, ranges), inner.version))


def protocol_name(protocol: Value) -> Value:
    """The name of a protocol that may be written as a number: ``all``, ``tcp``, ``udp``, ``icmp``, ``icmpv6``."""
    if protocol is None:  # the provider refuses a rule without one
        return Unknown("the rule names no protocol")
    if isinstance(protocol, Unknown):
        return protocol
    text = str(protocol).strip().lower()
    return _PROTOCOLS.get(text, text)


def _within(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network) and inner.subnet_of(outer)
