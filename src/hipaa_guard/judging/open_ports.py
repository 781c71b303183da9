"""Closed to the internet: ports that it has no business with, and which rule of a security group opens one to it.

Everybody is not only 0.0.0.0/0 and ::/0. A range wider than anybody holds (an IPv4 /7, an IPv6 /12) is everybody too,
and so is a prefix list with such a range in it. Several ranges are everybody if together they are as large as eight of
these.
"""

from collections.abc import Callable, Iterable, Iterator

from hipaa_guard.authoring import HIGH, Inventory, Verdict, every, failed, judgement, passed, some
from hipaa_guard.facts.lists import Incomplete, certain
from hipaa_guard.facts.networks import Network, mean_everybody, network
from hipaa_guard.facts.values import Reference, Undecided, Unknown
from hipaa_guard.judging import ports
from hipaa_guard.judging.ports import Ports
from hipaa_guard.services import security_groups
from hipaa_guard.services.security_groups import Rule, SecurityGroup

DATABASES, CLEARTEXT = ports.DATABASES, ports.CLEARTEXT
ADMINISTRATION, CLINICAL = ports.ADMINISTRATION, ports.CLINICAL

PORTS = 65_536
FEW = 655
"""Maximum number of ports, one in a hundred, that rules may leave out and still open "all ports"."""


@judgement(severity=HIGH, hipaa=("164.312(a)(1)", "164.312(e)(1)"))
def closed_to_internet(rule: str | None, *_: object, of: str, to: str = "the internet") -> Verdict:
    """Told in words the rule that opens `of` to everybody, None where no rule does.

    `of` names a port or a protocol, `to` those who count as everybody.
    """
    return passed(f"has no rule that opens {of} to {to}") if rule is None else failed(f"lets in {rule}")


def opening(group: SecurityGroup, inventory: Inventory, test: Callable[[Rule], bool]) -> str | None:
    """The first rule that meets the test and lets everybody in, in words: ``TCP 20-25 from 0.0.0.0/0``.

    Several rules that let everybody in together count as one.

    Raises:
        Undecided: no rule does for certain, but one that is not known may.

    """
    found: list[str] = []

    def opens(rule: Rule) -> bool:
        sources: list[str] = []

        def lets_everybody_in() -> bool:
            source = _everybody(rule, inventory)
            sources.extend([source] if source else [])
            return source is not None

        # A rule that certainly names only few, or certainly misses the port, is settled whatever else is not known.
        parts: tuple[Callable[[], bool], ...] = (lets_everybody_in, lambda: test(rule))
        if every(lambda part: part(), parts):
            found.append(f"{rule.traffic()} from {sources[0]}")
            return True
        return False

    def open_together() -> bool:
        rules, others = certain(test, group.ingress), certain(_fails(test), group.ingress)
        ranges = [each for rule in rules for each in _known_sources(rule, inventory)]
        if mean_everybody(ranges):
            test(rules[0])  # it may note which port is meant
            found.append(f"{rules[0].traffic()} from {len(ranges)} address ranges, which together are everybody")
            return True
        settled = {id(rule) for rule in (*rules, *others)}
        unsettled = [rule for rule in _seen(group.ingress) if id(rule) not in settled]
        ranges += [each for rule in unsettled for each in _known_sources(rule, inventory)]
        if mean_everybody(ranges):
            return every(test, unsettled)  # which raises why that is not known
        if isinstance(group.ingress, Incomplete):
            perhaps = [rule for rule in group.ingress.candidates or () if not certain(_fails(test), [rule])]
            if mean_everybody([*ranges, *(each for rule in perhaps for each in _known_sources(rule, inventory))]):
                raise Undecided(group.ingress.unknown)
        return False

    ways: tuple[Callable[[], bool], ...] = (lambda: some(opens, group.ingress), open_together)
    return found[0] if some(lambda way: way(), ways) else None


def _fails(test: Callable[[Rule], bool]) -> Callable[[Rule], bool]:
    return lambda rule: not test(rule)


def opening_to(group: SecurityGroup, inventory: Inventory, doors: Ports) -> str | None:
    """The first rule that lets everybody reach one of these ports, with what listens there."""
    hit: list[str] = []

    def test(rule: Rule) -> bool:
        door = rule.first_covered(doors)
        hit[:] = [] if door is None else [f"{doors[door]} ({door[0].upper()} {door[1]})"]
        return door is not None

    rule = opening(group, inventory, test)
    return None if rule is None else f"{rule}, which reaches {hit[0]}"


def opening_every_port(group: SecurityGroup, inventory: Inventory) -> str | None:
    """The rule, or the rules together, that open all or nearly all ports of a protocol to everybody, in words."""
    found: list[str] = []

    def opens(look: Callable[[], str | None]) -> bool:
        words = look()
        found.extend([words] if words else [])
        return words is not None

    looks = (
        lambda: opening(group, inventory, Rule.covers_every_port),
        lambda: _nearly_every_port(group, inventory, "tcp"),
        lambda: _nearly_every_port(group, inventory, "udp"),
    )
    return found[0] if some(opens, looks) else None


def _nearly_every_port(group: SecurityGroup, inventory: Inventory, protocol: str) -> str | None:
    """The rules that together open all ports of a protocol, or all but a few, to everybody.

    Raises:
        Undecided: the rules that certainly let everybody in do not, but with others they may.

    """
    doubts: list[Undecided] = []

    def spans(rules: Iterable[Rule]) -> Iterator[tuple[range, bool]]:
        """The ports of rules that may let everybody in, and whether they certainly do."""
        for rule in rules:
            sure, span = True, range(PORTS)
            try:
                if not every(lambda part: part(), _for_everybody(rule, inventory, protocol)):
                    continue
            except Undecided as error:
                sure = False
                doubts.append(error)
            try:
                span = rule.span()
            except Undecided as error:
                sure = False
                doubts.append(error)
            yield span, sure

    ingress = group.ingress
    found = list(spans(_seen(ingress)))
    open_ports = [span for span, sure in found if sure]
    left = PORTS - len(set().union(*open_ports))
    if left <= FEW:
        told = " and ".join(f"{span[0]}-{span[-1]}" if len(span) > 1 else str(span[0]) for span in open_ports)
        name = protocol.upper()
        return f"{name} {told} from everybody, which is all ports of {name}" + (f" but {left}" if left else "")
    possible = [span for span, _ in found]
    if isinstance(ingress, Incomplete):
        doubts.append(Undecided(ingress.unknown))
        possible += [range(PORTS)] if ingress.candidates is None else [span for span, _ in spans(ingress.candidates)]
    if PORTS - len(set().union(*possible)) <= FEW:
        raise doubts[0]
    return None


def _for_everybody(rule: Rule, inventory: Inventory, protocol: str) -> tuple[Callable[[], bool], ...]:
    return (lambda: rule.protocol == protocol), (lambda: _everybody(rule, inventory) is not None)


def _seen(rules: list[Rule]) -> list[Rule]:
    return rules.seen if isinstance(rules, Incomplete) else rules


def _known_sources(rule: Rule, inventory: Inventory) -> Iterator[Network]:
    """The known address ranges of a rule, and of the prefix lists that it names."""
    lists = (inventory.lookup(security_groups.PrefixList, pointer) for pointer in _known(rule.prefix_lists))
    for ranges in (rule.ipv4, rule.ipv6, *(each.ranges for each in lists if each is not None)):
        for text in _known(ranges):
            try:
                yield network(text)
            except Undecided:
                continue


def _known(values: list[object]) -> list[object]:
    seen = values.seen if isinstance(values, Incomplete) else values
    return [value for value in seen if isinstance(value, Reference) or not isinstance(value, Unknown)]


def _everybody(rule: Rule, inventory: Inventory) -> str | None:
    """The source of a rule that means everybody."""
    sources: list[str] = []

    def means(look: Callable[[], str | None]) -> bool:
        source = look()
        if source is not None:
            sources.append(source)
        return source is not None

    looks = (rule.open_range, lambda: _open_list(rule, inventory))
    return sources[0] if some(means, looks) else None


def _open_list(rule: Rule, inventory: Inventory) -> str | None:
    """A prefix list of the rule that holds everybody."""
    names: list[str] = []
    kind, open_range = security_groups.PrefixList, security_groups.open_range

    def holds(pointer: object) -> bool:
        if security_groups.is_kept_by_aws(pointer):
            return False
        prefix_list = inventory.find(kind, pointer)
        if prefix_list is None:  # in an account, one that AWS keeps: the listing leaves these out
            return False
        found = open_range(prefix_list.ranges)
        if found is not None:
            names.append(f"{found} (in prefix list {prefix_list.origin.name or prefix_list.label})")
        return found is not None

    return names[0] if some(holds, rule.prefix_lists) else None
