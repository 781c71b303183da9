"""Actions and resources that the statements of IAM policies grant.

Grammar of ARNs: AWS general reference, "Amazon Resource Names"; of actions: IAM user guide, "Action".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from hipaa_guard.facts.policy_document import Condition, Statement
from hipaa_guard.facts.values import Existing, PartialText, Undecided, Unknown, Value, some

T = TypeVar("T")

_EVERY_RESOURCE = re.compile(r"\*+|arn:\*+|arn:(\*|aws(-[a-z]+)*)(:\*+)+")
# Services whose ARNs have the name of a resource without its type (arn:aws:s3:::bucket/key).
_NAMED_FIRST = ("s3", "execute-api", "*")
# Keys of conditions on the resource. Conditions on the caller do not limit the resources.
_NARROWING = ("aws:resourcetag/", "kms:resourcealiases", "kms:requestalias", "kms:encryptioncontext", "kms:viaservice")
_NARROWING_OPERATORS = ("stringequals", "stringequalsignorecase", "stringlike")


def is_wide(statement: Statement, service: str) -> bool:
    """Whether a statement covers every resource of a service: ``*``, ``arn:aws:s3:::*``, ``.../key/*``.

    With ``*`` as the service, all resources of any one service suffice; with an empty one, it must be those of all.

    Regions and accounts do not count: all keys of one account are all keys within reach.
    """
    if statement.not_resources:
        return True  # all resources except those it names
    kind = "" if service in _NAMED_FIRST else "([a-z-]+[/:])?"
    name = "[^:]+" if service == "*" else re.escape(service)
    own = re.compile(rf"arn:[^:]*:{name}:[^:]*:[^:]*:{kind}\*+(/\*+)?")

    def test(text: str) -> bool:
        return bool(_EVERY_RESOURCE.fullmatch(text) or own.fullmatch(text))

    return some(lambda pattern: _holds(test, pattern), statement.resources)


def _holds(test: Callable[[str], bool], pattern: Value) -> bool:
    """Whether a test holds for a pattern; for a partly known one, whether it holds with any values of unknown parts.

    Raises:
        Undecided: the result depends on an unknown part.

    """
    if isinstance(pattern, PartialText):
        plain, widest = (test(_with(pattern, filler)) for filler in ("0", "*"))
        if plain == widest:
            return plain
    if isinstance(pattern, Existing):  # the name of one resource, never a wildcard
        return test("0")
    if isinstance(pattern, Unknown):
        raise Undecided(pattern)
    return test(pattern)


def _with(text: PartialText, filler: str) -> str:
    parts = ("0" if isinstance(part, Existing) else part for part in text.parts)
    return "".join(part if isinstance(part, str) else filler for part in parts)


def is_narrowed(statement: Statement) -> bool:
    """Whether a condition limits the resources of a statement."""
    return some(_narrows, statement.conditions)


def _narrows(condition: Condition) -> bool:
    return (
        condition.key.startswith(_NARROWING)
        and condition.operator.lower() in _NARROWING_OPERATORS
        and not condition.if_exists
        and condition.qualifier.lower() != "forallvalues"
    )


def grants_everything(statement: Statement) -> bool:
    """Whether a statement covers all actions, or all except some that are not all of IAM's, on all resources."""
    if statement.not_actions:
        everything = statement.covers_action("iam:*")  # with all of IAM, a caller can grant itself the rest
    else:
        everything = some(
            lambda pattern: _holds(lambda action: action.strip("*") in ("", ":"), pattern), statement.actions
        )
    return everything and is_wide(statement, "")


def in_words(statement: Statement) -> str:
    """The actions and resources of a statement that `grants_everything`, in words."""
    actions = "every action but those it names" if statement.not_actions else "every action"
    return f"{actions} on every resource{' but those it names' if statement.not_resources else ''}"


def whole_services(statement: Statement) -> list[str]:
    """The action patterns of a statement that cover all actions of a service on all its resources.

    Raises:
        Undecided: no known pattern does, and an unknown one may.

    """
    if is_narrowed(statement):
        return []
    if statement.not_actions:
        return ["all actions but those it names"] if is_wide(statement, "") else []

    def whole(pattern: Value) -> list[str]:
        if not _holds(is_whole, pattern):
            return []
        return [pattern if isinstance(pattern, str) else "all actions of a service"]

    def is_whole(action: str) -> bool:
        service, _, verb = action.partition(":")
        every_action = not action.strip("*") or (bool(verb) and not verb.strip("*?"))
        return every_action and is_wide(statement, service)

    return gathered(whole, statement.actions)


def gathered(find: Callable[[T], list[str]], items: Iterable[T]) -> list[str]:
    """The results of `find` for the items, each once, even if some items cannot be decided.

    Raises:
        Undecided: nothing was found, and one of the items could not be decided.

    """
    found: list[str] = []

    def goes_on(item: T) -> bool:
        found.extend(find(item))
        return False

    try:
        some(goes_on, items)
    except Undecided:
        if not found:
            raise
    return list(dict.fromkeys(found))


def decrypts_with_any_key(statement: Statement) -> bool:
    """Whether a statement covers decrypting with every KMS key, by any pattern for the action."""
    decrypts = some(statement.covers_action, ("kms:Decrypt", "kms:ReEncryptFrom"))
    return decrypts and is_wide(statement, "kms") and not is_narrowed(statement)
