"""Resources that the statements of IAM policies name: all resources of a service or of a type, or some.

Grammar of ARNs: AWS general reference, "Amazon Resource Names". The table beside this module has the formats of
the ARNs of each service, by the prefix of its actions: service authorization reference, "Resource types defined by
...", as of 2026-03. ``python -m tests.arn_formats`` renews it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hipaa_guard.facts.lists import every, some
from hipaa_guard.facts.partial_patterns import holds, is_wild
from hipaa_guard.facts.policies.document import Statement, matches
from hipaa_guard.facts.values import Value
from hipaa_guard.lean import regex

ANY = "\ue020" * 40
"""A name that nobody has: only wildcards match it, so a pattern that does matches every name."""

TABLE = Path(__file__).with_name("arn_formats.txt")
"""A line for each prefix of actions, with the last part of its ARNs; ``*`` stands for a name. ``::`` before a format
marks ARNs without region and account, ``SERVICE>`` those of another service.
"""


class Format(NamedTuple):
    """The ARNs of one type of resource."""

    service: str
    placeless: bool
    """Whether they have neither region nor account."""
    name: str
    """The last part, with `ANY` in the place of names."""

    @property
    def is_named_first(self) -> bool:
        """Whether the last part begins with a name, not with the word for a type."""
        return self.name.startswith(ANY)


_OF_IDS = {
    "kms": ("key/{}-{}-{}-{}-{}", (8, 4, 4, 4, 12)),
    "secretsmanager": (f"secret:{ANY}-{{}}", (6,)),
}
"""Formats in which AWS chooses a name, or its end, and how many characters each part of that has: ``secret:*-??????``
covers every secret, and a key is ``key/????????-????-...``.
"""

_WHOLE_TYPE = regex(r"[a-z][a-z0-9-]*[/:](?=[*?])")
"""A type before a name that begins with a wildcard: ``table/*``."""

_THAT_MATTER = {
    "dynamodb": ("table/",),
    "iam": ("role/", "user/", "policy/"),
    "kms": ("key/",),
    "lambda": ("function:",),
    "rds": ("db:", "cluster:"),
    "s3": (ANY,),
    "secretsmanager": ("secret:",),
}
"""Types of resources of a service beside which its others do not count: who is denied all of IAM on roles, users and
policies has nothing left of it that matters.
"""

_OF_ANY_SERVICE = (ANY, f"{ANY}/{ANY}/{ANY}", f"{ANY}:{ANY}:{ANY}")
_WITHOUT_REGION = ("iam", "s3")


@cache
def formats_of(service: str) -> tuple[Format, ...]:
    """The formats of the ARNs of a service, by the prefix of its actions; none of a service that is not known."""
    found = re.search(rf"^{re.escape(service)} (.+)$", _table(), re.MULTILINE)
    return tuple(_format(service, text) for text in found[1].split()) if found else ()


@cache
def _table() -> str:
    return TABLE.read_text(encoding="utf-8")


def _format(service: str, text: str) -> Format:
    before, other, name = text.rpartition(">")
    placeless = name.startswith("::")
    return Format(before if other else service, placeless, name.removeprefix("::").replace("*", ANY))


@cache
def _each_of(service: str) -> tuple[Format, ...]:
    """The formats of a service, and those with ids as AWS chooses them. In KMS only keys count: an alias is no key."""
    found = formats_of(service)
    if service in _OF_IDS:
        form, lengths = _OF_IDS[service]
        found += (Format(service, False, form.format(*(ANY[:length] for length in lengths))),)
    return tuple(each for each in found if service != "kms" or each.name.startswith("key/"))


@cache
def _that_matter(service: str) -> tuple[Format, ...]:
    """The formats of a service that a denial of all of it must cover."""
    return tuple(each for each in formats_of(service) if each.name.startswith(_THAT_MATTER.get(service, ""))) or tuple(
        Format(service or ANY, False, name) for name in _OF_ANY_SERVICE
    )


def is_wide(statement: Statement, service: str) -> bool:
    """Whether a statement covers every resource of a service, or every one of a type that the service has.

    So do ``*``, ``arn:aws:s3:::*``, ``.../datastore/fhir/*``, ``arn:*:*:?*``. With ``*`` as the service, all resources
    of any one service suffice; with an empty one, it must be those of all. Regions and accounts do not count: all keys
    of one account are all keys within reach.

    Raises:
        Undecided: a pattern that decides it is not known.

    """
    if statement.not_resources:  # all resources except those it names
        return not cover_all(statement.not_resources, service.strip("*"))
    return some(lambda pattern: holds(lambda text: is_all_of(text, service), pattern), statement.resources)


def is_all_of(pattern: str, service: str) -> bool:
    """Whether a pattern covers every resource of a service, or of one type that it has."""
    if pattern == "*":
        return True
    parts = pattern.split(":", 5)
    if len(parts) < 6:  # a wildcard stands for several parts
        return any(matches(pattern, arn) for arn in _arns(parts, service))
    arn, _, owner, region, account, name = parts
    if not matches(arn, "arn"):
        return False
    known = owner if is_wild(service) and matches(service, owner) else service
    has_place = bool(region or account)
    formats = [each for each in _each_of(known) if known != "s3" or each.placeless is not has_place or is_wild(region)]
    if any(matches(owner, each.service) and matches(name, each.name) for each in formats):
        return True
    return _is_service(owner, service) and _is_every_name(name, known)


def _arns(parts: list[str], service: str) -> list[str]:
    """ARNs of any resources of a service, with the first parts of a pattern where these have no wildcard."""

    def known(index: int, otherwise: str) -> str:
        return parts[index] if len(parts) > index and not is_wild(parts[index]) else otherwise

    owner = known(2, "") if service == "*" else service
    of_others = (Format(owner or ANY, False, ANY), Format(owner or ANY, True, ANY))
    return [
        f"arn:{known(1, 'aws')}:{each.service}:{region}:{'' if each.placeless else ANY}:{each.name}"
        for each in (*_each_of(owner), *of_others)
        for region in ([""] if each.placeless else ["", known(3, ANY)])
    ]


def cover_all(patterns: list[Value], service: str) -> bool:
    """Whether patterns together cover the resources of a service in all regions, not only those of one type.

    Raises:
        Undecided: a pattern that decides it is not known.

    """

    def covered(each: Format) -> bool:
        return some(lambda one: holds(lambda text: matches(text, _arn(text, each)), one), patterns)

    return every(covered, _that_matter(service))


def _arn(pattern: str, each: Format) -> str:
    """The ARN of a resource in any region. A partition or an account that the pattern names is one's own."""
    parts = pattern.split(":", 5)
    partition, account = (parts[1], parts[4]) if len(parts) == 6 else ("aws", "")
    region = "" if each.service in _WITHOUT_REGION else ANY
    own = account if account and not is_wild(account) else "" if each.placeless else ANY
    return f"arn:{'aws' if is_wild(partition) else partition}:{each.service}:{region}:{own}:{each.name}"


def _is_service(pattern: str, service: str) -> bool:
    if service == "*":
        return True
    return matches(pattern, service or ANY) or (is_wild(service) and matches(service, pattern))


def _is_every_name(pattern: str, service: str) -> bool:
    """Whether the last part of an ARN is every name, by its form alone."""
    typed = service not in ("", "kms") and not any(each.is_named_first for each in formats_of(service))
    name = _WHOLE_TYPE.sub("", pattern, count=1) if typed else pattern
    return any(matches(name, each) for each in _OF_ANY_SERVICE)
