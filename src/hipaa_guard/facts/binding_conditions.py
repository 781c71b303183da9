"""Conditions of a policy that bind the caller, so that "anyone" is no longer the public.

After "The meaning of public" in the S3 user guide: the value must be fixed. A wildcard in the place of the account,
organisation, network or identity binds nobody, as strangers can match it (any account can have a role of a given name).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hipaa_guard.facts.networks import Network, means_everybody, network
from hipaa_guard.facts.policy_conditions import Condition
from hipaa_guard.facts.values import Cause, Existing, PartialText, Reference, Undecided, Unknown, Value, every, some

SYMBOL_START = "\ue000"
"""Start of the symbol for a reference to a declared resource inside of a text."""

_FIXED = "\ue005"
"""Placeholder for a part that is known after apply or read from AWS: a real id or ARN, never a wildcard."""

_EQUALS = frozenset({"stringequals", "stringequalsignorecase"})
_LIKE = frozenset({"stringlike", "arnequals", "arnlike"})
_WIDEST_IPV4, _WIDEST_IPV6 = 2**25, 2**116
"""Numbers of addresses in an IPv4 /7 and an IPv6 /12: ranges with so many addresses together mean everybody."""


def binds_caller(condition: Condition) -> bool:
    """Whether a condition lets in only callers, sources or networks that its author names.

    Raises:
        Undecided: a value that decides it is not known.

    """
    # A condition that also holds where the key is missing lets in requests without it.
    if condition.if_exists or condition.qualifier.lower() == "forallvalues":
        return False
    operator = condition.operator.lower()
    if condition.key in ("aws:sourceip", "aws:vpcsourceip"):
        return operator == "ipaddress" and not _is_everybody(condition.values)
    is_fixed = _KEYS.get(condition.key)
    if is_fixed is None or operator not in _EQUALS | _LIKE:
        return False
    if operator in _EQUALS:
        return True  # these operators have no wildcards: any value names one thing
    return every(lambda value: is_fixed(_text(value)), condition.values)


def names_only_places(conditions: Iterable[Condition]) -> bool:
    """Whether conditions bind the caller only to a network, so that it may be of any account.

    Raises:
        Undecided: a condition that may say more is not known.

    """
    return not some(lambda condition: condition.key not in _PLACES and binds_caller(condition), conditions)


def named_accounts(condition: Condition) -> Iterable[str]:
    """The accounts that a binding condition names, in account ids and in ARNs.

    Raises:
        Undecided: one of them is not known and may be anybody's.

    """
    if not binds_caller(condition):
        return
    for value in condition.values:
        text = _text(value)
        account = text if condition.key in _ACCOUNT_KEYS else _account_of(text) if condition.key in _ARN_KEYS else ""
        if account.isdigit():
            yield account
        elif isinstance(value, Unknown) and not _is_own(value):
            raise Undecided(value)


def _is_own(value: Unknown) -> bool:
    """Whether the unknown parts of a value are of one's own account: declared resources, or the caller of Terraform."""
    if isinstance(value, PartialText):
        return all(_is_own(part) for part in value.parts if isinstance(part, Unknown))
    return isinstance(value, Reference) or (isinstance(value, Existing) and value.own)


def _text(value: Value) -> str:
    """The text of a value, with a placeholder for parts that are known only later.

    Raises:
        Undecided: a part may be anything, a wildcard included.

    """
    if isinstance(value, PartialText):
        return "".join(_text(part) for part in value.parts)
    if isinstance(value, Reference):
        return _FIXED
    if isinstance(value, Unknown):
        if value.cause in (Cause.DATA_SOURCE, Cause.AFTER_APPLY):
            return _FIXED
        raise Undecided(value)
    return str(value)


def _has_wildcard(text: str) -> bool:
    return "*" in text or "?" in text


def _whole(text: str) -> bool:
    """Whether the text is set and has no wildcard."""
    return bool(text) and not _has_wildcard(text)


def _organisation_path(text: str) -> bool:
    """Whether the organisation of ``o-a1b2c3d4e5/...`` has no wildcard; the path below it may."""
    return _whole(text.partition("/")[0])


def _user_id(text: str) -> bool:
    """Whether the id in ``AROAEXAMPLEID:session`` has no wildcard: it is unique, but anybody may choose a session."""
    return _whole(text.partition(":")[0])


def _account_of(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""


def _arn(text: str) -> bool:
    """Whether the account of the ARN or, in an ARN without one (of a bucket), the resource has no wildcard."""
    if text.startswith((_FIXED, SYMBOL_START)):
        return True
    parts = text.split(":", 5)
    if len(parts) < 6:
        return _whole(text)
    return _whole(parts[4]) or (not parts[4] and _whole(parts[5].partition("/")[0]))


_ACCOUNT_KEYS = frozenset(
    {"aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "kms:calleraccount", "s3:dataaccesspointaccount"}
)
_ARN_KEYS = frozenset(
    {"aws:principalarn", "aws:sourcearn", "elasticfilesystem:accesspointarn", "s3:dataaccesspointarn"}
)
_PLACES = frozenset({"aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce"})
_KEYS: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(_ACCOUNT_KEYS, _whole),
    **dict.fromkeys(_ARN_KEYS, _arn),
    "aws:principalorgid": _whole,
    "aws:principalorgpaths": _organisation_path,
    "aws:sourceorgid": _whole,
    "aws:sourceorgpaths": _organisation_path,
    "aws:sourcevpc": _whole,
    "aws:sourcevpce": _whole,
    "aws:userid": _user_id,
    "lambda:eventsourcetoken": _whole,
}


def _is_everybody(ranges: Iterable[Value]) -> bool:
    """Whether address ranges, alone or together, mean everybody."""
    ranges = list(ranges)
    if some(means_everybody, ranges):
        return True
    known: list[Network] = [network(text) for text in ranges if not isinstance(text, Unknown)]
    addresses = {version: sum(n.num_addresses for n in known if n.version == version) for version in (4, 6)}
    return addresses[4] >= _WIDEST_IPV4 or addresses[6] >= _WIDEST_IPV6
