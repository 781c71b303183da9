"""Actions and resources that the statements of IAM policies grant, less what the same policy denies.

Grammar of ARNs: AWS general reference, "Amazon Resource Names"; of actions: IAM user guide, "Action"; an explicit deny
overrides any allow: IAM user guide, "Policy evaluation logic".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from hipaa_guard.facts.partial_patterns import holds, is_wild
from hipaa_guard.facts.policy_document import Condition, PolicyDocument, Statement, matches
from hipaa_guard.facts.values import Undecided, Value, every, some

T = TypeVar("T")
U = TypeVar("U")

_ANY = "\ue020" * 40
"""A name that nobody has: only wildcards match it, so a pattern that does matches every name."""

_NAMED_FIRST = ("s3", "sns", "sqs", "execute-api", "kms")
"""Services whose ARNs have the name of a resource without its type (``arn:aws:s3:::bucket/key``); in those of KMS, only
keys count.
"""

_WHOLE_TYPE = re.compile(r"[a-z][a-z0-9-]*[/:](?=[*?])")
"""A type before a name that begins with a wildcard: ``table/*``."""

_NAMES = {
    "dynamodb": (f"table/{_ANY}", f"table/{_ANY}/{_ANY}"),
    "iam": (f"role/{_ANY}", f"user/{_ANY}", f"policy/{_ANY}"),
    "kms": (f"key/{_ANY}",),
    "lambda": (f"function:{_ANY}",),
    "rds": (f"db:{_ANY}", f"cluster:{_ANY}"),
    "secretsmanager": (f"secret:{_ANY}",),
}
"""The resources of a service that matter here, where its ARNs have types."""

_OF_ANY_SERVICE = (_ANY, f"{_ANY}/{_ANY}/{_ANY}", f"{_ANY}:{_ANY}:{_ANY}")
_GLOBAL = ("iam", "s3")
"""Services whose ARNs name no region."""

# Keys of conditions on the resource. Conditions on the caller do not limit the resources.
_NARROWING = re.compile(
    r"[a-z0-9-]+:resourcetag/.+|s3:existingobjecttag/.+|kms:(resourcealiases|requestalias|encryptioncontext.*)"
)
_BEHIND_A_SERVICE = ("kms:viaservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
"""Keys that name the service which asks for the caller. They leave all resources that the service may use open."""
_EQUALS = ("stringequals", "stringequalsignorecase")
_LIKE = ("stringlike", "arnlike", "arnequals")


def is_wide(statement: Statement, service: str) -> bool:
    """Whether a statement covers every resource of a service: ``*``, ``arn:aws:s3:::*``, ``.../key/*``, ``arn:*:*:?*``.

    With ``*`` as the service, all resources of any one service suffice; with an empty one, it must be those of all.

    Regions and accounts do not count: all keys of one account are all keys within reach.
    """
    if statement.not_resources:  # all resources except those it names
        return not _cover_all(statement.not_resources, service.strip("*"))
    return some(lambda pattern: holds(lambda text: _is_all_of(text, service), pattern), statement.resources)


def _is_all_of(pattern: str, service: str) -> bool:
    """Whether a pattern covers every resource of a service, or of one type that holds what the service protects."""
    parts = pattern.split(":", 5)
    if len(parts) < 6:  # a wildcard stands for several parts
        partition = parts[1] if len(parts) > 1 and not is_wild(parts[1]) else "aws"
        known = parts[2] if service == "*" and len(parts) > 2 and not is_wild(parts[2]) else service
        return matches(pattern, f"arn:{partition}:{known.strip('*') or _ANY}:{_ANY}:{_ANY}:{_ANY}")
    arn, _, owner, _, _, name = parts
    known = owner if service == "*" else service
    return matches(arn, "arn") and _is_service(owner, service) and _is_every_name(name, known)


def _cover_all(patterns: list[Value], service: str) -> bool:
    """Whether patterns together cover the resources of a service in all regions, not only those of one type."""

    def covered(name: str) -> bool:
        return some(lambda one: holds(lambda text: matches(text, _arn(text, service, name)), one), patterns)

    return every(covered, _NAMES.get(service, _OF_ANY_SERVICE))


def _arn(pattern: str, service: str, name: str) -> str:
    """The ARN of a resource in any region. A partition or an account that the pattern names is one's own."""
    parts = pattern.split(":", 5)
    partition, account = (parts[1], parts[4]) if len(parts) == 6 else ("aws", "")
    region = "" if service in _GLOBAL else _ANY
    own = account if account and not is_wild(account) else "" if service == "s3" else _ANY
    return f"arn:{'aws' if is_wild(partition) else partition}:{service or _ANY}:{region}:{own}:{name}"


def _is_service(pattern: str, service: str) -> bool:
    if service == "*":
        return True
    return matches(pattern, service or _ANY) or (is_wild(service) and matches(service, pattern))


def _is_every_name(pattern: str, service: str) -> bool:
    name = pattern if service in _NAMED_FIRST or not service else _WHOLE_TYPE.sub("", pattern, count=1)
    return any(matches(name, each) for each in _OF_ANY_SERVICE) or any(
        matches(pattern, each) for each in _NAMES.get(service, ())
    )


# --- conditions ------------------------------------------------------------------------------------------------------


def is_narrowed(statement: Statement) -> bool:
    """Whether a condition limits the resources of a statement."""
    return some(_narrows, statement.conditions)


def _narrows(condition: Condition) -> bool:
    return (
        _NARROWING.fullmatch(condition.key) is not None
        and not condition.if_exists
        and condition.qualifier.lower() != "forallvalues"
        and _names(condition, condition.operator.lower())
    )


def _names(condition: Condition, operator: str) -> bool:
    """Whether the values of a condition name something. A wildcard alone does not, to operators that know wildcards.

    Raises:
        Undecided: a value that decides it is not known.

    """
    if operator in _EQUALS:
        return True
    return operator in _LIKE and not some(lambda value: holds(_is_any_value, value), condition.values)


def _is_any_value(pattern: str) -> bool:
    return any(matches(pattern, text) for text in (_ANY, f"alias/{_ANY}", f"{_ANY}.us-east-1.amazonaws.com"))


def services_between(statement: Statement) -> list[str]:
    """The services by which alone a statement lets its holder act (``kms:ViaService``); empty where it may act itself.

    Raises:
        Undecided: it is not known whether a condition names one.

    """
    found: list[str] = []

    def is_between(condition: Condition) -> bool:
        if condition.key not in _BEHIND_A_SERVICE or condition.if_exists:
            return False
        if condition.qualifier.lower() == "forallvalues" or not _names(condition, condition.operator.lower()):
            return False
        found.extend(value if isinstance(value, str) else "a service" for value in condition.values)
        return True

    return found if some(is_between, statement.conditions) else []


# --- what a policy denies --------------------------------------------------------------------------------------------


def _denied(policy: PolicyDocument | None, action: str, service: str) -> bool:
    """Whether a policy denies an action on all resources of a service, whatever else it allows.

    Raises:
        Undecided: a statement that may deny it is not known.

    """
    return policy is not None and some(lambda denial: _denies(denial, action, service), policy.denials())


def _denies(denial: Statement, action: str, service: str) -> bool:
    """Whether a statement denies an action everywhere, or everywhere but on resources that it names."""
    parts: tuple[Callable[[], bool], ...] = (
        lambda: denial.covers_action(action),
        lambda: is_wide(denial, service) if denial.not_resources else _cover_all(denial.resources, service),
        lambda: every(_spares_named, denial.conditions),
    )
    return every(_is_so, parts)


def _is_so(part: Callable[[], bool]) -> bool:
    return part()


def _spares_named(condition: Condition) -> bool:
    """Whether a condition of a deny lets through only what is done with resources that it names.

    Negated operators also hold where the key is missing.
    """
    operator = condition.operator.lower()
    return (
        _NARROWING.fullmatch(condition.key) is not None
        and condition.qualifier.lower() != "foranyvalue"
        and "not" in operator
        and _names(condition, operator.replace("not", ""))
    )


# --- grants ----------------------------------------------------------------------------------------------------------


def grants_everything(statement: Statement, policy: PolicyDocument | None = None) -> bool:
    """Whether a statement covers all actions, or all except some that are not all of IAM's, on all resources.

    With the policy that it stands in, what that denies counts as well.
    """
    if statement.not_actions:
        everything = statement.covers_action("iam:*")  # with all of IAM, a caller can grant itself the rest
    else:
        everything = some(lambda pattern: holds(_is_every_action, pattern), statement.actions)
    return everything and is_wide(statement, "") and not _denied(policy, f"iam:{_ANY}", "iam")


def _is_every_action(pattern: str) -> bool:
    return matches(pattern, f"{_ANY}:{_ANY}")


def in_words(statement: Statement) -> str:
    """The actions and resources of a statement that `grants_everything`, in words."""
    actions = "every action but those it names" if statement.not_actions else "every action"
    return f"{actions} on every resource{' but those it names' if statement.not_resources else ''}"


def whole_services(statement: Statement, policy: PolicyDocument | None = None) -> list[str]:
    """The action patterns of a statement that cover all actions of a service on all its resources.

    With the policy that it stands in, what that denies counts as well.

    Raises:
        Undecided: no known pattern does, and an unknown one may.

    """
    if is_narrowed(statement):
        return []
    if statement.not_actions:
        everything = is_wide(statement, "") and not _denied(policy, f"{_ANY}:{_ANY}", "")
        return ["all actions but those it names"] if everything else []

    def whole(pattern: Value) -> list[str]:
        if not holds(is_whole, pattern):
            return []
        return [pattern if isinstance(pattern, str) else "all actions of a service"]

    def is_whole(action: str) -> bool:
        service, _, verb = ("*", "", "*") if _is_every_action(action) else action.partition(":")
        return (
            matches(verb, _ANY)
            and is_wide(statement, service)
            and not _denied(policy, f"{service.replace('*', _ANY)}:{_ANY}", service.strip("*"))
        )

    return gathered(whole, statement.actions)


def gathered(find: Callable[[T], list[U]], items: Iterable[T]) -> list[U]:
    """The results of `find` for the items, each once, even if some items cannot be decided.

    Raises:
        Undecided: nothing was found, and one of the items could not be decided.

    """
    found: list[U] = []

    def goes_on(item: T) -> bool:
        found.extend(find(item))
        return False

    try:
        some(goes_on, items)
    except Undecided:
        if not found:
            raise
    return list(dict.fromkeys(found))


def decrypts_with_any_key(statement: Statement, policy: PolicyDocument | None = None) -> bool:
    """Whether a statement covers decrypting with every KMS key, by any pattern for the action.

    With the policy that it stands in, what that denies counts as well. A statement for what a service asks for the
    caller alone covers every key that the service uses: see `services_between`.
    """

    def is_open(action: str) -> bool:
        return statement.covers_action(action) and not _denied(policy, action, "kms")

    return (
        some(is_open, ("kms:Decrypt", "kms:ReEncryptFrom")) and is_wide(statement, "kms") and not is_narrowed(statement)
    )
