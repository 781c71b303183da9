"""Prowler's mutelist: checks that are muted by account, region and resource.

https://docs.prowler.com/user-guide/cli/tutorials/mutelist says what its patterns mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from hipaa_guard.assessment.model import Scan
from hipaa_guard.assessment.yaml_size import expanded, repeated_keys
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import GLOBAL
from hipaa_guard.facts.origin import Origin
from hipaa_guard.peers.prowler import TOOL
from hipaa_guard.peers.results import PeerError, part
from hipaa_guard.peers.silencing.silenced import Nothing, Silenced, Silencing

_MOST_VALUES = 200_000
_EXCEPTED = ("Accounts", "Regions", "Resources")
_BY_TAGS = "it mutes by tags, which a result of hipaa-guard does not have"
_EXCEPT_TAGS = "it excepts by tags, which a result of hipaa-guard does not have"


def document_of(text: str) -> tuple[Any, tuple[str, ...]]:
    """The content of a mutelist, and a sentence for each key that stands twice.

    Raises:
        PeerError: it is no YAML, or too large with its aliases.

    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None, ()
        if expanded(node, _MOST_VALUES) > _MOST_VALUES:
            raise PeerError(f"with its aliases it has more than {_MOST_VALUES:,} values")
        twice = tuple(
            f"line {key.start_mark.line + 1}: {str(key.value)[:60]!r} is there twice: the last of them counts"
            for key in repeated_keys(node)
        )
        return loader.construct_document(node), twice
    except yaml.YAMLError as error:
        raise PeerError(f"it is not YAML: {getattr(error, 'problem', None) or error}") from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise PeerError(f"it cannot be read: {error}") from None
    finally:
        loader.dispose()


def matches(document: Any) -> bool:
    """Whether it is a mutelist. Until Prowler 4 the name was Allowlist."""
    return isinstance(document, dict) and ("Mutelist" in document or "Allowlist" in document)


def read(document: Any, file: Path, known: Iterable[str]) -> Silencing:
    """The muted checks. A pattern of checks is read as those of the ``known`` ones that it fits.

    Raises:
        PeerError: it is not in the form of a mutelist.

    """
    accounts = _mapping(part(document, "Mutelist") or part(document, "Allowlist"), "Mutelist")
    checks = sorted(set(known))
    found: list[Silenced] = []
    for account, entry in _mapping(accounts.get("Accounts"), "Accounts").items():
        for pattern, mute in _mapping(part(entry, "Checks"), f"Checks of {account}").items():
            place = f"{file}: account {account}, check {pattern}"
            found += _muted(str(account), str(pattern), _mapping(mute, place), place, checks)
    return Silencing(tuple(found))


def _muted(account: str, pattern: str, mute: Mapping[Any, Any], place: str, known: list[str]) -> Iterator[Silenced]:
    reason = mute.get("Description")
    said = reason if isinstance(reason, str) else ""
    excepted = _mapping(mute.get("Exceptions") or {}, f"{place}: Exceptions")
    muted = Muted(
        account,
        _patterns(mute.get("Regions")),
        _patterns(mute.get("Resources")),
        tuple((name, _patterns(excepted[name])) for name in _EXCEPTED if excepted.get(name)),
    )
    unclear = _unclear(pattern, mute, excepted, muted)
    checks = [] if _compiled(_check_pattern(pattern)) is None else [each for each in known if _fits(pattern, each)]
    for check in checks or [pattern]:
        yield Silenced(TOOL, "prowler", check, said, place, Nothing() if unclear else muted, unclear)


def _unclear(pattern: str, mute: Mapping[Any, Any], excepted: Mapping[Any, Any], muted: Muted) -> str:
    """Why the resources of an entry cannot be found; empty if they can."""
    if mute.get("Tags"):
        return _BY_TAGS
    if excepted.get("Tags"):
        return _EXCEPT_TAGS
    if not (muted.regions and muted.resources):
        return "it has no Regions or no Resources"
    places = (*muted.regions, *muted.resources, *(each for _, patterns in muted.excepted for each in patterns))
    broken = [each for each in (_check_pattern(pattern), *map(_part_pattern, places)) if _compiled(each) is None]
    return f"{broken[0][:60]!r} is no pattern that can be read" if broken else ""


@dataclass(frozen=True, slots=True)
class Muted:
    """The resources of accounts that fit an account, patterns of regions and patterns of resources.

    ``excepted`` holds the patterns of accounts, regions and resources that together take a resource out again.
    """

    account: str
    regions: tuple[str, ...]
    resources: tuple[str, ...]
    excepted: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def names(self, finding: Finding, control: Control, scan: Scan) -> bool:  # noqa: ARG002 - a target
        """Whether the resource of the finding is one of them. A part that the result does not tell does not fit."""
        origin = finding.resource
        account = origin.own_account or scan.account
        if origin.source != "aws" or self.account not in ("*", account):
            return False
        fits = {
            "Accounts": lambda patterns: any(pattern in ("*", account) for pattern in patterns),
            "Regions": lambda patterns: _in_regions(patterns, origin),
            "Resources": lambda patterns: _is_named(patterns, origin),
        }
        if self.excepted and all(fits[name](patterns) for name, patterns in self.excepted):
            return False
        return _in_regions(self.regions, origin) and _is_named(self.resources, origin)


def _in_regions(patterns: tuple[str, ...], origin: Origin) -> bool:
    """Prowler gives a resource of the whole account the region that it signs in at, which a result does not tell."""
    if not origin.region or origin.region == GLOBAL:
        return bool(patterns)
    return any(_fits(pattern, origin.region) for pattern in patterns)


def _is_named(patterns: tuple[str, ...], origin: Origin) -> bool:
    own = (origin.arn or "").split(":", 5)[-1]
    names = [origin.name or "", own, own.rpartition("/")[2]]
    for pattern in patterns:
        texts = [origin.arn or ""] if pattern.lstrip("^").startswith("arn:") else names
        if any(text and _holds(pattern, text) for text in texts):
            return True
    return False


def _fits(pattern: str, text: str) -> bool:
    """Whether a whole name fits a pattern; ``s3_*`` means all that begin so."""
    found = _compiled(_check_pattern(pattern))
    return pattern == text or (found is not None and found.fullmatch(text) is not None)


def _holds(pattern: str, text: str) -> bool:
    """Whether a part of a name fits a pattern: ``logs`` means every name with these letters."""
    found = _compiled(_part_pattern(pattern))
    return found is not None and found.search(text) is not None


def _check_pattern(pattern: str) -> str:
    return pattern.replace(".*", "*").replace("*", ".*")


def _part_pattern(pattern: str) -> str:
    return f".{pattern}" if pattern.startswith("*") else pattern


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> Any:
    """The regular expression, in linear time for any text; None where it cannot be read."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


def _patterns(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(each) for each in value) if isinstance(value, list) else (str(value),)


def _mapping(value: Any, what: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise PeerError(f"{what} is no mapping")
    return value
