"""Amazon EC2 security groups: their rules, inline or declared apart, and the prefix lists in rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import ClassVar

from hipaa_guard.facts.allowed_values import Domain, between, one_of
from hipaa_guard.facts.fact_types import whole_number
from hipaa_guard.facts.lists import Incomplete, joined, mapped, some
from hipaa_guard.facts.networks import means_everybody, protocol_name
from hipaa_guard.facts.readings import Adoption, Block, Listing, View, derived, listed
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.services.security_groups.prefix_lists import PrefixList as PrefixList
from hipaa_guard.services.security_groups.prefix_lists import as_list
from hipaa_guard.services.security_groups.prefix_lists import is_kept_by_aws as is_kept_by_aws

_EVERY_PORT = range(65536)


class Rule(Record):
    """One rule: the traffic that it allows, and its sources or destinations. The lists may be `Incomplete`."""

    __slots__ = (
        "from_port",
        "groups",
        "ipv4",
        "ipv6",
        "itself",
        "prefix_lists",
        "protocol",
        "to_port",
    )
    allowed: ClassVar[Mapping[str, Domain]] = {
        # EC2 API reference, IpPermission, read 2026-11-30: these names, or the number of any protocol.
        "protocol": one_of("all", "tcp", "udp", "icmp", "icmpv6", *map(str, range(256))),
        "from_port": between(-1, 65535),
        "to_port": between(-1, 65535),
    }

    protocol: str
    """``all``, ``tcp``, ``udp``, ``icmp``, ``icmpv6`` or a number."""
    from_port: int | None
    to_port: int | None
    ipv4: list[Value]
    ipv6: list[Value]
    prefix_lists: list[Value]
    groups: list[Value]
    itself: bool
    """Whether the rule is for members of the same group."""

    def first_covered(self, doors: Iterable[tuple[str, int]]) -> tuple[str, int] | None:
        """The first (protocol, port) whose traffic is allowed."""
        protocol = self.protocol
        if protocol == "all":
            return next(iter(doors), None)
        alike = [door for door in doors if door[0] == protocol]
        ports = self.span() if alike else ()
        return next((door for door in alike if door[1] in ports), None)

    def covers_every_port(self) -> bool:
        """Whether all ports of TCP, all ports of UDP, or all traffic is allowed."""
        return self.protocol == "all" or (self.protocol in ("tcp", "udp") and self.span() == _EVERY_PORT)

    def exceeds(self, doors: Collection[tuple[str, int]]) -> bool:
        """Whether traffic other than these (protocol, port) is allowed. ICMP has no ports and does not count."""
        protocol = self.protocol
        if protocol in ("icmp", "icmpv6"):
            return False
        return protocol not in ("tcp", "udp") or not all((protocol, port) in doors for port in self.span())

    def span(self) -> range:
        """The ports; a missing port or -1 means all."""
        low, high = self.from_port, self.to_port
        return range(0 if low is None or low < 0 else low, 65536 if high is None or high < 0 else high + 1)

    def open_range(self) -> str | None:
        """The first address range of the rule that means everybody."""
        return open_range(joined(self.ipv4, self.ipv6))

    def traffic(self) -> str:
        """The allowed traffic, in words: ``TCP 20-25``, ``all traffic``."""
        protocol = self.protocol
        if protocol == "all":
            return "all traffic"
        if protocol.isdigit():
            return f"all traffic of IP protocol {protocol}"
        if protocol not in ("tcp", "udp") or self.span() == _EVERY_PORT:
            return f"all {protocol.upper()}"
        low, high = self.span()[0], self.span()[-1]
        return f"{protocol.upper()} {low}" + (f"-{high}" if high != low else "")


def open_range(ranges: Iterable[Value]) -> str | None:
    """The first of some address ranges that means everybody.

    Raises:
        Undecided: none certainly does, but an unknown one may.

    """
    found: list[str] = []

    def means(text: Value) -> bool:
        if not means_everybody(text):
            return False
        found.append(str(text))
        return True

    return found[0] if some(means, ranges) else None


def _one(value: Value) -> list[Value]:
    """A list with the single value of an argument, known or unknown."""
    return [] if value is None else [value]


def _rule(get: Callable[[str], Value]) -> Rule:
    """A rule in the form of `aws_security_group` (inline) and `aws_security_group_rule`."""
    groups = joined(as_list(get("security_groups")), _one(get("source_security_group_id")))
    itself = get("self")
    return Rule(
        protocol=protocol_name(get("protocol")),
        from_port=whole_number(get("from_port")),
        to_port=whole_number(get("to_port")),
        ipv4=as_list(get("cidr_blocks")),
        ipv6=as_list(get("ipv6_cidr_blocks")),
        prefix_lists=as_list(get("prefix_list_ids")),
        groups=groups,
        itself=itself if isinstance(itself, Unknown) else str(itself).lower() == "true",
    )


def _separate_rule(view: View) -> Rule:
    """A rule in the form of `aws_vpc_security_group_ingress_rule` and its egress equivalent."""
    return Rule(
        protocol=protocol_name(view.get("ip_protocol")),
        from_port=whole_number(view.get("from_port")),
        to_port=whole_number(view.get("to_port")),
        ipv4=_one(view.get("cidr_ipv4")),
        ipv6=_one(view.get("cidr_ipv6")),
        prefix_lists=_one(view.get("prefix_list_id")),
        groups=_one(view.get("referenced_security_group_id")),
        itself=False,
    )


def _awscc_rule(get: Callable[[str], Value]) -> Rule:
    """A rule in the form of the `awscc` provider, inline or apart. Its groups are sources or destinations."""
    groups = ("source_security_group_id", "source_security_group_name", "destination_security_group_id")
    lists = ("source_prefix_list_id", "destination_prefix_list_id")
    return Rule(
        protocol=protocol_name(get("ip_protocol")),
        from_port=whole_number(get("from_port")),
        to_port=whole_number(get("to_port")),
        ipv4=_one(get("cidr_ip")),
        ipv6=_one(get("cidr_ipv_6")),
        prefix_lists=[value for name in lists for value in _one(get(name))],
        groups=[value for name in groups for value in _one(get(name))],
        itself=False,
    )


_EVERYWHERE = {"ip_protocol": "-1", "cidr_ip": "0.0.0.0/0", "cidr_ipv_6": "::/0"}


def _awscc_declared(view: View, direction: str) -> list[Rule]:
    """The rules that the `awscc` provider declares."""
    inside = _inline_rules(as_list(view.get(f"security_group_{direction}")), _awscc_rule)
    apart = _awscc_apart(view, direction)
    rules = joined(inside, apart)
    if isinstance(rules, Incomplete) or direction == "ingress" or inside or view.type != "awscc_ec2_security_group":
        return rules
    # CloudFormation user guide, AWS::EC2::SecurityGroup: without egress rules, a new group allows all outbound traffic.
    if view.get("security_group_egress") is None and not apart:
        return [_awscc_rule(_EVERYWHERE.get)]
    why = Unknown("it is not known whether the rule for all outbound traffic is removed")
    return Incomplete(rules, why)


def _awscc_apart(view: View, direction: str) -> list[Rule]:
    """The rules of one direction that are separate resources of the `awscc` provider."""
    apart = view.linked(f"awscc_ec2_security_group_{direction}")
    named = view.linked("awscc_ec2_security_group_ingress", "group_name") if direction == "ingress" else []
    return mapped(lambda split: _awscc_rule(split.get), joined(apart, named))


def _declared(direction: str) -> Callable[[View], Value]:
    """All rules of one direction: inline, as rules of either type, and as separate rules of the newer types."""

    def read(view: View) -> Value:
        return joined(
            _inline_rules(as_list(view.get(direction)), _rule),
            _apart(view, direction),
            _awscc_declared(view, direction),
        )

    return read


def _apart(view: View, direction: str) -> list[Rule]:
    """The rules of one direction that are separate resources."""
    return joined(
        _rules_of(direction, view.linked("aws_security_group_rule")),
        mapped(_separate_rule, view.linked(f"aws_vpc_security_group_{direction}_rule")),
    )


def _inline_rules(blocks: list[Value], rule: Callable[[Callable[[str], Value]], Rule]) -> list[Rule]:
    seen = blocks.seen if isinstance(blocks, Incomplete) else blocks
    rules = [rule(block.get) for block in seen if not isinstance(block, Unknown)]
    unknown = next((block for block in seen if isinstance(block, Unknown)), None)
    if unknown is not None:
        return Incomplete(rules, unknown)
    if isinstance(blocks, Incomplete):
        candidates = blocks.candidates
        return Incomplete(
            rules, blocks.unknown, None if candidates is None else [rule(each.get) for each in candidates]
        )
    return rules


def _rules_of(direction: str, splits: list[View]) -> list[Rule]:
    """The rules of one direction among resources with a ``type``; one with an unknown type may be of it."""
    seen, candidates = (splits.seen, splits.candidates) if isinstance(splits, Incomplete) else (splits, [])
    unsure = [split for split in seen if isinstance(split.get("type"), Unknown)]
    rules = [_rule(split.get) for split in seen if split not in unsure and split.get("type") == direction]
    if not unsure and not isinstance(splits, Incomplete):
        return rules
    unknown = splits.unknown if isinstance(splits, Incomplete) else unsure[0].get("type")
    if candidates is None:
        return Incomplete(rules, unknown)
    others = [split for split in candidates if isinstance(way := split.get("type"), Unknown) or way == direction]
    return Incomplete(rules, unknown, [_rule(split.get) for split in (*unsure, *others)])


def _answered(permissions: list[dict[str, Value]] | None, own: str | None) -> list[Rule]:
    return [
        Rule(
            protocol=protocol_name(one.get("IpProtocol")),
            from_port=one.get("FromPort"),
            to_port=one.get("ToPort"),
            ipv4=[entry["CidrIp"] for entry in one.get("IpRanges", [])],
            ipv6=[entry["CidrIpv6"] for entry in one.get("Ipv6Ranges", [])],
            prefix_lists=[entry["PrefixListId"] for entry in one.get("PrefixListIds", [])],
            groups=[pair.get("GroupId") for pair in one.get("UserIdGroupPairs", []) if pair.get("GroupId") != own],
            itself=any(pair.get("GroupId") == own for pair in one.get("UserIdGroupPairs", [])),
        )
        for one in permissions or []
    ]


_RULES: dict[str, str | tuple[str, ...]] = {
    "aws_security_group_rule": "security_group_id",
    "aws_vpc_security_group_ingress_rule": "security_group_id",
    "aws_vpc_security_group_egress_rule": "security_group_id",
    "awscc_ec2_security_group_ingress": ("group_id", "group_name"),
    "awscc_ec2_security_group_egress": "group_id",
}
"""The types of separate rules, with their arguments that name the group."""


class SecurityGroup(Resource):
    """A security group that is not a default one."""

    noun = "security group"
    terraform = Block(
        "aws_security_group",
        "awscc_ec2_security_group",
        joins=_RULES,
        name="name",
        awscc_name="group_name",
        also=("group_id",),
    )
    aws = Listing(
        "ec2.describe_security_groups",
        "SecurityGroups[?GroupName!='default']",
        always=["SecurityGroups[].GroupName"],
        arn="arn:{partition}:ec2:{region}:{OwnerId}:security-group/{GroupId}",
        name="GroupName",
        keys=("GroupId",),
    )
    aws_types = ("AWS::EC2::SecurityGroup", "ec2:security-group")
    security_hub_type = "AwsEc2SecurityGroup"

    ingress: list[Rule] = fact(
        terraform=_declared("ingress"),
        awscc=_declared("ingress"),
        unset=(),
        aws=derived(_answered, listed("IpPermissions", always=True), listed("GroupId", always=True)),
    )
    egress: list[Rule] = fact(
        terraform=_declared("egress"),
        awscc=_declared("egress"),
        unset=(),  # the provider removes the rule of new groups that allows all outbound traffic
        aws=derived(_answered, listed("IpPermissionsEgress", always=True), listed("GroupId", always=True)),
    )


# Provider's documentation of aws_default_security_group: without a VPC, the group of the region's default VPC.
_ADOPTED_BY = Adoption("aws_default_security_group", "vpc_id", otherwise="aws_default_vpc")
_VPCS = {
    "aws_vpc": "default_security_group_id",
    "aws_default_vpc": "default_security_group_id",
    "awscc_ec2_vpc": "default_security_group",
}
# VPC user guide, "Default security groups for your VPCs": members reach each other, all outbound traffic is allowed.
_AMONG_MEMBERS = {"protocol": "-1", "self": True}
_TO_EVERYWHERE = {"protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}
_MADE_EARLIER = Unknown("the VPC existed before Terraform, and its group may have been changed", Cause.NOT_IN_SCOPE)


def _is_default_group(view: View) -> bool:
    """Whether a resource is a default group: one that adopts it, or a VPC whose default group nothing adopts."""
    if view.type not in _VPCS:
        return True
    adopters = view.adopters(_ADOPTED_BY)
    return not list.__len__(adopters)


def _declared_by_default(direction: str) -> Callable[[View], Value]:
    """The rules of a default group: those of the adopting resource, else those that AWS gives each new VPC."""
    declared = _declared(direction)
    default_rule = _AMONG_MEMBERS if direction == "ingress" else _TO_EVERYWHERE

    def read(view: View) -> Value:
        if view.type not in _VPCS:
            return declared(view)
        adopters = view.adopters(_ADOPTED_BY)
        unknown = adopters.unknown if isinstance(adopters, Incomplete) else None
        if view.type == "aws_default_vpc" and unknown is None:
            unknown = _MADE_EARLIER
        rules = [_rule(default_rule.get)] if unknown is None else Incomplete([], unknown)
        return joined(rules, _apart(view, direction), _awscc_apart(view, direction))

    return read


class DefaultSecurityGroup(SecurityGroup):
    """The default group of a VPC. Resources without a group belong to it. The controls of groups judge it too.

    In source it is the resource that adopts it, else its VPC.
    """

    terraform = Block(
        "aws_default_security_group",
        *_VPCS,
        joins=_RULES,
        when=_is_default_group,
        made_by=_VPCS,
        adopted_by=_ADOPTED_BY,
    )
    aws = Listing(
        "ec2.describe_security_groups",
        "SecurityGroups[?GroupName=='default']",
        always=["SecurityGroups[].GroupName"],
        arn="arn:{partition}:ec2:{region}:{OwnerId}:security-group/{GroupId}",
        name="(Tags[?Key=='Name'].Value | [0]) || GroupName",
        keys=("GroupId",),
    )

    ingress: list[Rule] = fact(
        terraform=_declared_by_default("ingress"),
        awscc=_declared_by_default("ingress"),
        unset=(),
        aws=derived(_answered, listed("IpPermissions", always=True), listed("GroupId", always=True)),
    )
    egress: list[Rule] = fact(
        terraform=_declared_by_default("egress"),
        awscc=_declared_by_default("egress"),
        unset=(),
        aws=derived(_answered, listed("IpPermissionsEgress", always=True), listed("GroupId", always=True)),
    )

    def in_words(self) -> str:
        """The start of a message: for a VPC, that the message is about its default group, which nothing adopts."""
        return "has a default security group that nothing adopts, and it " if self.origin.type in _VPCS else ""
