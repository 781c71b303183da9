"""Resources of an account that were not judged: the numbers that AWS counts, compared with those that were listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.locations import GLOBAL, Gap, GapKind
from hipaa_guard.facts.readings import Listing
from hipaa_guard.facts.resource import Resource, all_kinds

Counts = Mapping[str, Mapping[str, int]]
"""Region, or `GLOBAL` -> type -> number."""


def unjudged_types(counts: Counts) -> dict[str, int]:
    """CloudFormation's type -> number of resources, for the types that no kind covers, sorted.

    A type that AWS names only as in ARNs, and that matches no other type, is written ``AWS::service::type``.
    """
    covered = {type for kind in all_kinds() for type in kind.aws_types}
    namesakes = {_plain(type): type for of_place in counts.values() for type in of_place if "::" in type}
    found: Counter[str] = Counter()
    for of_place in counts.values():
        named: dict[str, int] = {}
        for type, number in of_place.items():
            if type not in covered:
                name = type if "::" in type else namesakes.get(_plain(type), f"AWS::{type.replace(':', '::', 1)}")
                named[name] = max(number, named.get(name, 0))
        found.update(named)
    return dict(sorted(found.items()))


def _plain(type: str) -> str:
    """The name without the parts that CloudFormation and ARNs write differently."""
    return type.removeprefix("AWS::").replace(":", "").replace("-", "").lower()


def more_than_listed(counts: Counts, inventory: Inventory) -> list[Gap]:
    """Rows for the types where AWS counts more resources in a place than the scan listed there.

    A type is compared only where all its kinds were listed to the end. AWS may still count a resource that was deleted
    minutes ago, so a row does not make the scan incomplete.
    """
    listed = _listed(inventory)
    return [
        Gap(
            GapKind.UNJUDGED,
            type,
            f"AWS Config, Resource Explorer or tags count {number:,}, and the scan listed "
            f"{len(listed[type].get(place, ())):,}: the others were deleted a short time ago or were not judged",
            hint="Scan again; if the numbers still differ, look at these resources yourself.",
            incomplete=False,
            region=place,
        )
        for place, of_place in sorted(counts.items())
        for type, number in sorted(of_place.items())
        if type in listed and number > len(listed[type].get(place, ()))
    ]


def _listed(inventory: Inventory) -> dict[str, dict[str, set[str]]]:
    """Type -> place -> the resources listed there; a type that was not listed to the end is missing."""
    kinds: dict[str, list[type[Resource]]] = {}
    for kind in all_kinds():
        if isinstance(kind.aws, Listing):
            for type in kind.aws_types:
                kinds.setdefault(type, []).append(kind)
    found: dict[str, dict[str, set[str]]] = {}
    for type, declaring in kinds.items():
        if all(inventory.unknown(kind) is None for kind in declaring):
            found[type] = _by_place(each for kind in declaring for each in inventory.seen(kind))
    return found


def _by_place(resources: Iterable[Resource]) -> dict[str, set[str]]:
    places: dict[str, set[str]] = {}
    for resource in resources:
        origin = resource.origin
        places.setdefault(origin.region or GLOBAL, set()).add(origin.arn or origin.name or "")
    return places


def not_discovered(reasons: Mapping[str, str]) -> list[Gap]:
    """A row for each region where AWS did not say which other resources exist; ``reasons`` is region -> why."""
    return [
        Gap(
            GapKind.UNDISCOVERED,
            "other services",
            f"it is not known which other services this account uses: {reason}",
            hint="Turn on AWS Config for all types, or an index and a default view of Resource Explorer.",
            incomplete=False,
            region=region,
        )
        for region, reason in sorted(reasons.items())
    ]
