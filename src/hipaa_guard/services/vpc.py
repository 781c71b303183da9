"""Amazon VPC: networks with their flow logs, subnets and network ACLs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from hipaa_guard.facts.allowed_values import Domain, between, one_of
from hipaa_guard.facts.fact_types import whole_number
from hipaa_guard.facts.lists import Incomplete, all_hold, certain, joined, mapped, some
from hipaa_guard.facts.networks import cover, covers, mean_everybody, means_everybody, network, protocol_name
from hipaa_guard.facts.origin import account_in
from hipaa_guard.facts.readings import Block, Listing, View, ask, derived, listed
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import PartialText, Undecided, Unknown, Value
from hipaa_guard.lean import regex

_NAME = "(Tags[?Key=='Name'].Value | [0]) || "


class FlowLog(Record):
    """A flow log of a VPC or of a subnet."""

    __slots__ = ("failure", "fields", "of_whole", "traffic")
    allowed: ClassVar[Mapping[str, Domain]] = {"traffic": one_of("ALL", "ACCEPT", "REJECT")}

    traffic: str
    """``ALL``, ``ACCEPT`` or ``REJECT``."""
    of_whole: bool
    """Whether it is of the whole VPC or subnet; one that names what it is of by an id may be of something else."""
    failure: str | None
    """Why AWS cannot deliver it; None if it can."""
    fields: list[str]
    """The fields of its records, such as ``srcaddr``."""

    def tells_addresses(self) -> bool:
        """Whether a record says which addresses sent and received the traffic."""
        fields = self.fields
        return all_hold(*(lambda ends=ends: some(lambda field: field in ends, fields) for ends in _ENDS))

    def tells_action(self) -> bool:
        """Whether a record says that the traffic was accepted or rejected."""
        return some(lambda field: field == "action", self.fields)


_ENDS = (("srcaddr", "pkt-srcaddr"), ("dstaddr", "pkt-dstaddr"))
_FIELD = regex(r"\$\{([a-z0-9-]+)\}")
_DEFAULT_FIELDS = ["srcaddr", "dstaddr", "action"]
"""Amazon VPC user guide, "Flow log records", read 2026-11-30: the default format has these, among others."""


def _fields(log_format: Value) -> Value:
    """The fields of a format such as ``${version} ${srcaddr}``; those that count of the default one."""
    if log_format is None or (isinstance(log_format, str) and not log_format):
        return _DEFAULT_FIELDS
    if isinstance(log_format, PartialText):
        seen = [field for part in log_format.parts if isinstance(part, str) for field in _FIELD.findall(part)]
        return Incomplete(seen, log_format)
    return log_format if isinstance(log_format, Unknown) else _FIELD.findall(log_format)


_AWSCC_LOG = "awscc_ec2_flow_log"


def _declared_logs(argument: str, resource_type: str) -> Callable[[View], Value]:
    """The flow logs of a VPC or of a subnet, which `aws` names by an argument of its own and `awscc` by a type."""

    def is_whole(log: View) -> Value:
        of = log.get("resource_type")  # which `awscc` alone has
        return of if isinstance(of, Unknown) else of in (None, resource_type)

    def read(view: View) -> Value:
        logs = joined(view.linked("aws_flow_log", argument), view.linked(_AWSCC_LOG, "resource_id"))
        return mapped(
            lambda log: FlowLog(
                traffic=_traffic(log), failure=None, of_whole=is_whole(log), fields=_fields(log.get("log_format"))
            ),
            logs,
        )

    return read


def _traffic(log: View) -> Value:
    traffic = log.get("traffic_type")
    return Unknown("traffic_type is left out, which AWS refuses for a VPC") if traffic is None else traffic


def _answered_logs(logs: list[dict[str, Value]] | None) -> list[FlowLog]:
    return [
        FlowLog(
            traffic=log.get("TrafficType"), failure=_failure(log), of_whole=True, fields=_fields(log.get("LogFormat"))
        )
        for log in logs or []
    ]


def _failure(log: dict[str, Value]) -> Value:
    if log.get("DeliverLogsStatus") != "FAILED":
        return None
    return log.get("DeliverLogsErrorMessage") or "AWS gives no reason"


class Vpc(Resource):
    """A virtual private cloud."""

    noun = "VPC"
    terraform = Block(
        "aws_vpc",
        "aws_default_vpc",
        "awscc_ec2_vpc",
        joins={"aws_flow_log": "vpc_id"},
        beside={_AWSCC_LOG: ("resource_id",)},
        also=("vpc_id",),
    )
    aws = Listing(
        "ec2.describe_vpcs",
        "Vpcs[]",
        arn="arn:{partition}:ec2:{region}:{OwnerId}:vpc/{VpcId}",
        name=_NAME + "VpcId",
        keys=("VpcId",),
    )
    aws_types = ("AWS::EC2::VPC", "ec2:vpc")
    security_hub_type = "AwsEc2Vpc"

    flow_logs: list[FlowLog] = fact(
        terraform=_declared_logs("vpc_id", "VPC"),
        awscc=_declared_logs("vpc_id", "VPC"),
        unset=(),
        aws=derived(_answered_logs, ask("ec2.describe_flow_logs", "FlowLogs[?ResourceId=={VpcId}]")),
    )

    @property
    def shared_by(self) -> str | None:
        """The account that shares the VPC with the one that was read, which is not shown its flow logs."""
        owner = account_in(self.origin.arn)
        return owner if self.origin.account is not None and owner != self.origin.account else None


def _maps_public_ip(view: View) -> Value:
    # The default subnets of AWS assign public addresses, and the provider does not change that.
    value = view.get("map_public_ip_on_launch")
    return view.type == "aws_default_subnet" if value is None else value


def _default_of(view: View) -> Value:
    return view.get("availability_zone") if view.type == "aws_default_subnet" else None


class Subnet(Resource):
    """A part of a VPC."""

    terraform = Block(
        "aws_subnet",
        "aws_default_subnet",
        "awscc_ec2_subnet",
        beside={"aws_flow_log": ("subnet_id",), _AWSCC_LOG: ("resource_id",)},
        also=("subnet_id",),
    )
    aws = Listing("ec2.describe_subnets", "Subnets[]", arn="{SubnetArn}", name=_NAME + "SubnetId", keys=("SubnetId",))
    aws_types = ("AWS::EC2::Subnet", "ec2:subnet")
    security_hub_type = "AwsEc2Subnet"

    maps_public_ip: bool = fact(
        terraform=_maps_public_ip, awscc="map_public_ip_on_launch", unset=False, aws=listed("MapPublicIpOnLaunch")
    )
    """Whether instances launched here get a public IPv4 address by default."""

    default_of: str | None = fact(
        terraform=_default_of, awscc=_default_of, unset=None, terraform_only="a live instance names its subnet"
    )
    """The availability zone whose default subnet it is; None for other subnets."""

    assigns_ipv6: bool = fact(
        terraform="assign_ipv6_address_on_creation",
        awscc="assign_ipv_6_address_on_creation",
        unset=False,
        aws=listed("AssignIpv6AddressOnCreation"),
    )
    """Whether interfaces made here get an IPv6 address by default. All that AWS gives are public."""

    vpc: str | None = fact(terraform="vpc_id", awscc="vpc_id", unset=None, aws=listed("VpcId", always=True))
    """The VPC that it is a part of; None for a default subnet in source, which is a part of the default VPC."""

    flow_logs: list[FlowLog] = fact(
        terraform=_declared_logs("subnet_id", "Subnet"),
        awscc=_declared_logs("subnet_id", "Subnet"),
        unset=(),
        aws=derived(_answered_logs, ask("ec2.describe_flow_logs", "FlowLogs[?ResourceId=={SubnetId}]")),
    )
    """The flow logs of the subnet itself."""


_ACTIONS = ("allow", "deny")
_IN_ANY_CASE = one_of(*_ACTIONS, fold=True)
"""The provider (5.100) accepts the action of a block in either case, that of a separate rule only as spelt here."""


class Entry(Record):
    """One numbered rule of a network ACL."""

    __slots__ = ("action", "cidr", "from_port", "number", "protocol", "to_port")
    allowed: ClassVar[Mapping[str, Domain]] = {
        "action": one_of(*_ACTIONS),
        "number": between(1, 65535),
        "from_port": between(-1, 65535),
        "to_port": between(-1, 65535),
    }

    number: int
    action: str
    """``allow`` or ``deny``."""
    protocol: str
    from_port: int | None
    to_port: int | None
    cidr: str | None

    def in_words(self) -> str:
        """The entry in words for a message, without its number if that is not known."""
        try:
            return f"its entry {self.number}"
        except Undecided:
            return "one of its entries"

    def covers(self, protocol: str, port: int) -> bool:
        """Whether the entry covers traffic of a protocol to a port."""
        if self.protocol == "all":
            return True
        return self.protocol == protocol and (self.from_port or 0) <= port <= (
            65535 if self.to_port is None else self.to_port
        )


def _entry(get: Callable[[str], Value], number: str, action: Value) -> Entry:
    return Entry(
        number=whole_number(get(number)),
        action=action,
        protocol=protocol_name(get("protocol")),
        from_port=whole_number(get("from_port")),
        to_port=whole_number(get("to_port")),
        cidr=_range(get("cidr_block"), get("ipv6_cidr_block")),
    )


def _awscc_entry(view: View) -> Entry:
    return Entry(
        number=whole_number(view.get("rule_number")),
        action=view.get("rule_action"),
        protocol=protocol_name(view.get("protocol")),
        from_port=whole_number(view.get("port_range.from")),
        to_port=whole_number(view.get("port_range.to")),
        cidr=_range(view.get("cidr_block"), view.get("ipv_6_cidr_block")),
    )


def _range(ipv4: Value, ipv6: Value) -> Value:
    return ipv6 if ipv4 is None or (isinstance(ipv4, str) and not ipv4) else ipv4


def _declared_entries(view: View) -> Value:
    """The entries for inbound traffic: inline and declared apart."""
    entries: list[Entry] = []
    unknowns: list[Unknown] = []
    inline = view.get("ingress")
    apart = view.linked("aws_network_acl_rule")
    of_awscc = view.linked("awscc_ec2_network_acl_entry")
    for items in (inline, apart, of_awscc):
        if isinstance(items, Incomplete):
            unknowns.append(items.unknown)
        elif isinstance(items, Unknown):
            unknowns.append(items)
    for block in _seen(inline):
        if isinstance(block, Unknown):
            unknowns.append(block)
        else:
            entries.append(_entry(block.get, "rule_no", _IN_ANY_CASE.admit(block.get("action"))))
    for split in (*_seen(apart), *_seen(of_awscc)):
        leaving = split.get("egress")
        if isinstance(leaving, Unknown):
            unknowns.append(leaving)
        elif str(leaving).lower() != "true":
            awscc = split.type == "awscc_ec2_network_acl_entry"
            entries.append(_awscc_entry(split) if awscc else _entry(split.get, "rule_number", split.get("rule_action")))
    return Incomplete(entries, unknowns[0]) if unknowns else entries


def _seen(items: Value) -> list[Value]:
    if isinstance(items, Incomplete):
        return items.seen
    return [] if items is None or isinstance(items, Unknown) else list(items)


def _answered_entries(entries: list[dict[str, Value]] | None) -> list[Entry]:
    return [
        Entry(
            number=one["RuleNumber"],
            action=one["RuleAction"],
            protocol=protocol_name(one["Protocol"]),
            from_port=one.get("PortRange", {}).get("From"),
            to_port=one.get("PortRange", {}).get("To"),
            cidr=one.get("CidrBlock") or one.get("Ipv6CidrBlock"),
        )
        for one in entries or []
        if not one["Egress"]
    ]


class NetworkAcl(Resource):
    """A network ACL: numbered rules at the border of subnets. The lowest matching number decides."""

    noun = "network ACL"
    terraform = Block(
        "aws_network_acl",
        "aws_default_network_acl",
        "awscc_ec2_network_acl",
        joins={"aws_network_acl_rule": "network_acl_id", "awscc_ec2_network_acl_entry": "network_acl_id"},
        also=("default_network_acl_id",),  # the argument of a resource that adopts the default one
    )
    aws = Listing(
        "ec2.describe_network_acls",
        "NetworkAcls[]",
        arn="arn:{partition}:ec2:{region}:{OwnerId}:network-acl/{NetworkAclId}",
        name=_NAME + "NetworkAclId",
        keys=("NetworkAclId",),
    )
    aws_types = ("AWS::EC2::NetworkAcl", "ec2:network-acl")
    security_hub_type = "AwsEc2NetworkAcl"

    ingress: list[Entry] = fact(
        terraform=_declared_entries,
        awscc=_declared_entries,
        unset=(),  # traffic that matches no entry is denied
        aws=derived(_answered_entries, listed("Entries", always=True)),
    )


def letting_in(entries: list[Entry], protocol: str, port: int) -> tuple[list[Entry], str] | None:
    """The entries that let everybody, or a part of everybody, reach a port, and whom they let in; None without any.

    Raises:
        Undecided: none certainly does, but an unknown one may, or an unknown one may deny the traffic.

    """
    found: list[tuple[list[Entry], str]] = []

    def lets_in(entry: Entry) -> bool:
        if _allows(entry, protocol, port) and not _stopped(entry, entries, protocol, port):
            found.append(([entry], str(entry.cidr)))
            return True
        return False

    def let_in_together() -> bool:
        several = certain(lambda entry: _lets_some_in(entry, entries, protocol, port), entries)
        if not mean_everybody(network(entry.cidr) for entry in several):
            return False
        found.append((several, f"{len(several)} address ranges, which together are everybody,"))
        return True

    ways: tuple[Callable[[], bool], ...] = (lambda: some(lets_in, entries), let_in_together)
    return found[0] if some(lambda way: way(), ways) else None


def _lets_some_in(entry: Entry, entries: list[Entry], protocol: str, port: int) -> bool:
    """Whether an entry lets its range, however narrow, reach a port."""
    network(entry.cidr)
    return entry.action == "allow" and entry.covers(protocol, port) and not _stopped(entry, entries, protocol, port)


def _allows(entry: Entry, protocol: str, port: int) -> bool:
    return all_hold(
        lambda: entry.action == "allow", lambda: entry.covers(protocol, port), lambda: means_everybody(entry.cidr)
    )


def _stopped(entry: Entry, entries: list[Entry], protocol: str, port: int) -> bool:
    """Whether entries with lower numbers deny all that this one allows."""

    def denies(other: Entry) -> bool:
        return all_hold(
            lambda: other.action == "deny",
            lambda: other.number < entry.number,
            lambda: other.covers(protocol, port),
        )

    denied = certain(lambda other: denies(other) and bool(network(other.cidr)), entries)
    if cover((other.cidr for other in denied), entry.cidr):
        return True
    return some(lambda other: all_hold(lambda: denies(other), lambda: covers(other.cidr, entry.cidr)), entries)
