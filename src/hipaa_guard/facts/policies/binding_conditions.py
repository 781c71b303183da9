"""Conditions of a policy that bind the caller, so that "anyone" is no longer the public.

After "The meaning of public" in the S3 user guide: the value must be fixed. A wildcard in the place of the account,
organisation, network or identity binds nobody, as strangers can match it (any account can have a role of a given name).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, collapse_addresses

from hipaa_guard.facts.lists import every, some
from hipaa_guard.facts.networks import Network, means_everybody, network
from hipaa_guard.facts.policies.conditions import Condition
from hipaa_guard.facts.policies.user_ids import USER_ID, account_of_user_id
from hipaa_guard.facts.values import (
    ANY_ACCOUNT,
    Cause,
    Existing,
    PartialText,
    Reference,
    Undecided,
    Unknown,
    Value,
    in_doubt,
    other_account,
)
from hipaa_guard.lean import regex

SYMBOL_START = "\ue000"
"""Start of the symbol for a reference to a declared resource inside of a text."""

OF_MEMBERS = regex(r"(^|\.)aws(cc)?_organizations_account[.[]")
"""Declared resources whose ids are accounts other than one's own."""

_FIXED = "\ue005"
"""Placeholder for a part that is known after apply or read from AWS: a real id or ARN, never a wildcard."""

_VARIABLE = regex(r"\$\{([^}]*)\}")
_OF_RESOURCE = frozenset({"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"})
"""Policy variables about the resource, which are the same whoever calls. All others come from the caller or the request
(IAM user guide, "IAM policy elements: Variables and tags")."""
_EQUALS = frozenset({"stringequals", "stringequalsignorecase"})
_LIKE = frozenset({"stringlike", "arnequals", "arnlike"})
WIDEST_IPV4, WIDEST_IPV6 = 8, 32
"""Prefix lengths of the widest ranges that name a network. No organization holds more than one IPv4 /8, and registries
give an IPv6 /32 to a provider: ranges with more addresses, alone or together, name nobody.
"""


def binds_caller(condition: Condition) -> bool:
    """Whether a condition lets in only callers, sources or networks that its author names.

    Raises:
        Undecided: a value that decides it is not known.

    """
    # A condition that also holds where the key is missing lets in requests without it.
    if condition.holds_without_key():
        return False
    operator = condition.operator.lower()
    if condition.key in ("aws:sourceip", "aws:vpcsourceip"):
        return operator == "ipaddress" and not _is_everybody(condition.values)
    if condition.key == MOUNTED:
        return condition.is_(condition.operator, MOUNTED, "true") and operator == "bool"
    is_fixed = _KEYS.get(condition.key)
    if is_fixed is None or operator not in _EQUALS | _LIKE:
        return False
    if operator in _EQUALS:
        return _is_one_thing(condition)
    return every(lambda value: is_fixed(_text(value)), condition.values)


def binds_service(condition: Condition) -> bool:
    """Whether a condition lets an AWS service act only for accounts, organisations or resources that its author names.

    An encryption context is set by the service itself, and names the resource that it encrypts for: a caller of KMS may
    choose any, so it binds nobody else.

    Raises:
        Undecided: a value that decides it is not known.

    """
    if condition.key in _PLACES:  # a service calls from its own network, for each of its customers
        return False
    if binds_caller(condition):
        return True
    of_context = condition.key.startswith("kms:encryptioncontext:") and not condition.holds_without_key()
    operator = condition.operator.lower()
    if not of_context or operator not in _EQUALS | _LIKE:
        return False
    if operator in _EQUALS:
        return _is_one_thing(condition)
    return every(lambda value: _arn(_text(value)), condition.values)


def names_services(condition: Condition) -> bool:
    """Whether only AWS services meet a condition: it has a key of the requests that a service makes by itself.

    No other caller has ``aws:PrincipalServiceName`` or ``aws:PrincipalServiceNamesList``. For all others who sign
    ``aws:PrincipalIsAWSService`` is false (IAM user guide, "AWS global condition context keys").

    Raises:
        Undecided: a value that decides it is not known.

    """
    operator = condition.operator.lower()
    if condition.key in SERVICE_NAMES and operator == "null":
        return _is_only(condition, "false")
    if condition.holds_without_key():
        return False
    if condition.key == _IS_SERVICE:
        return operator == "bool" and _is_only(condition, "true")
    return condition.key in SERVICE_NAMES and operator in _EQUALS | _LIKE


def of_every_service(condition: Condition) -> bool:
    """Whether each request that a service makes by itself meets a condition. Raises `Undecided`."""
    return condition.key == _IS_SERVICE and condition.operator.lower() == "bool" and _is_only(condition, "true")


def of_no_service(condition: Condition) -> bool:
    """Whether of signed requests all but those that services make by themselves meet a condition.

    Anonymous requests lack the key (same page). Raises `Undecided`.
    """
    return condition.key == _IS_SERVICE and condition.operator.lower() == "bool" and _is_only(condition, "false")


def asks_for_source(condition: Condition) -> bool:
    """Whether a condition holds for all requests in which a service names whom it acts for. Raises `Undecided`."""
    return condition.key in _SOURCES and condition.operator.lower() == "null" and _is_only(condition, "false")


def lacks_source(condition: Condition) -> bool:
    """Whether a condition holds for requests alone in which no service names whom it acts for. Raises `Undecided`."""
    return condition.key in _SOURCES and condition.operator.lower() == "null" and _is_only(condition, "true")


def _is_only(condition: Condition, value: str) -> bool:
    """Whether the one value of a condition, true or false, is this."""
    values = list(condition.values)
    unknown = next((each for each in values if isinstance(each, Unknown)), None)
    if unknown is not None:
        raise Undecided(unknown)
    return {str(each).lower() for each in values} == {value}


def names_principals(condition: Condition) -> bool:
    """Whether a condition lets in only persons and roles that it names, not an account through which everyone may come.

    Raises:
        Undecided: a value that decides it is not known.

    """
    operator = condition.operator.lower()
    if condition.holds_without_key() or operator not in _EQUALS | _LIKE:
        return False
    if not condition.key.startswith(_OF_PRINCIPALS):
        return False
    if operator in _EQUALS:
        return _is_one_thing(condition)
    return every(lambda value: _is_named(condition.key, _text(value)), condition.values)


def _is_named(key: str, text: str) -> bool:
    """Whether a pattern names one principal, and of an ARN at least the beginning of its name."""
    if key != "aws:principalarn":
        return bool(text.strip("*?"))
    if text.startswith((_FIXED, SYMBOL_START)):
        return True
    name = text.split(":", 5)[-1].partition("/")[2]
    return bool(name.strip("*?/"))


def names_only_places(conditions: Iterable[Condition]) -> bool:
    """Whether conditions bind the caller only to a network, so that it may be of any account.

    Raises:
        Undecided: a condition that may say more is not known.

    """
    return not some(lambda condition: condition.key not in _PLACES and binds_caller(condition), conditions)


def named_accounts(condition: Condition) -> Iterable[str]:
    """The accounts that a binding condition names, in account ids and in ARNs.

    Keys of organizations and networks name no account, whatever their value is.

    Raises:
        Undecided: one of them is not known and may be anybody's.

    """
    binds = some(lambda test: test(condition), (binds_caller, binds_service))
    if not binds or condition.key in _WITHOUT_ACCOUNT:
        return
    tell = account_of_user_id if condition.key == USER_ID else str if condition.key in _ACCOUNT_KEYS else _account_of
    for value in condition.values:
        account = tell(_text(value))
        if account.isdigit():
            yield account
        elif isinstance(value, Unknown):
            accounts = [(part, _account_of_part(part)) for part in _unknown_parts(value)]
            yield from (other for _, other in accounts if other is not None and other != ANY_ACCOUNT)
            doubtful = next((part for part, other in accounts if other == ANY_ACCOUNT), None)
            if doubtful is not None:
                is_declared = isinstance(doubtful, Reference) and doubtful.account is not None
                raise Undecided(in_doubt(doubtful.references[0]) if is_declared else value)


def _is_one_thing(condition: Condition) -> bool:
    """Whether values that must be equal name something. They have no wildcards, but a caller may fill in a variable."""
    texts = [
        part
        for value in list.__iter__(condition.values)
        for part in (value.parts if isinstance(value, PartialText) else (value,))
        if isinstance(part, str)
    ]
    return not any(_filling(name) == "*" for text in texts for name in _VARIABLE.findall(text))


def _filling(variable: str) -> str:
    """The text in the place of a policy variable: a wildcard where the caller chooses the value."""
    name = variable.partition(",")[0].strip().lower()  # a default follows the comma
    if name in ("*", "?", "$"):
        return "$"  # the character itself
    return _FIXED if name in _OF_RESOURCE else "*"


def _unknown_parts(value: Unknown) -> list[Unknown]:
    parts = value.parts if isinstance(value, PartialText) else (value,)
    return [part for part in parts if isinstance(part, Unknown)]


def _account_of_part(part: Unknown) -> str | None:
    """The account of a declared resource or of something looked up; None for one's own, `ANY_ACCOUNT` if not known."""
    if not isinstance(part, Reference | Existing):
        return ANY_ACCOUNT
    account = other_account(part)
    return ANY_ACCOUNT if account is None and OF_MEMBERS.search(part.address) else account


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
    return _VARIABLE.sub(lambda found: _filling(found[1]), str(value))


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
    return _whole(parts[4]) or (not parts[4] and _whole(parts[5].partition("/")[0])) or _names_a_bucket(*parts[2:])


def _names_a_bucket(service: str, _region: str, _account: str, resource: str) -> bool:
    """Whether an ARN names one bucket, whatever stands in the place of region and account, which its ARN leaves empty.

    ``arn:aws:s3:*:*:records`` is that bucket alone: names are unique among all accounts (S3 user guide, "Bucket naming
    rules"), and what else S3 has (access points, jobs) has a slash in its name. Read 2026-11-30.
    """
    return service == "s3" and "/" not in resource and _whole(resource)


_ACCOUNT_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:vpceaccount",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
    }
)
_ARN_KEYS = frozenset(
    {
        "aws:principalarn",
        "aws:sourcearn",
        "aws:sourcevpcarn",
        "ec2:sourceinstancearn",
        "elasticfilesystem:accesspointarn",
        "lambda:sourcefunctionarn",
        "s3:dataaccesspointarn",
    }
)
MOUNTED = "elasticfilesystem:accessedviamounttarget"
"""True where a client came through a mount target, which stands in a VPC: EFS does not count such a policy as public
(Amazon EFS user guide, "Blocking public access to EFS file systems")."""
_OF_PRINCIPALS = ("aws:principalarn", USER_ID, "aws:username", "aws:principaltag/")
SERVICE_NAMES = frozenset({"aws:principalservicename", "aws:principalservicenameslist"})
"""Keys that only requests have which an AWS service makes by itself, with the names of its principals."""
_IS_SERVICE = "aws:principalisawsservice"
_SOURCES = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})
_PLACES = frozenset({"aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn"})
_KEYS: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(_ACCOUNT_KEYS, _whole),
    **dict.fromkeys(_ARN_KEYS, _arn),
    **dict.fromkeys(("aws:principalorgid", "aws:sourceorgid", "aws:vpceorgid"), _whole),
    **dict.fromkeys(("aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"), _organisation_path),
    "aws:sourcevpc": _whole,
    "aws:sourcevpce": _whole,
    USER_ID: _user_id,
    "lambda:eventsourcetoken": _whole,
}
"""Keys of requests that say who or where the caller is, and the test of a value that binds. IAM user guide, "AWS global
condition context keys", as of 2026-11; the keys of endpoints' accounts and organisations came in 2025. Keys that any
account can have with the same value, such as tags and user names, bind nobody.
"""
_WITHOUT_ACCOUNT = (frozenset(_KEYS) | _PLACES) - _ACCOUNT_KEYS - _ARN_KEYS - {USER_ID}


def _is_everybody(ranges: Iterable[Value]) -> bool:
    """Whether address ranges, alone or together, are more than one network."""
    ranges = list(ranges)
    if some(means_everybody, ranges):
        return True
    known: list[Network] = [network(text) for text in ranges if not isinstance(text, Unknown)]
    v4 = collapse_addresses(each for each in known if isinstance(each, IPv4Network))
    v6 = collapse_addresses(each for each in known if isinstance(each, IPv6Network))
    addresses = sum(each.num_addresses for each in v4), sum(each.num_addresses for each in v6)
    return addresses[0] > 1 << 32 - WIDEST_IPV4 or addresses[1] > 1 << 128 - WIDEST_IPV6
