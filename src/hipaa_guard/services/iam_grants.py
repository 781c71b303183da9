"""What the statements of IAM policies grant, and over how much.

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
# Services whose ARNs begin with the name of a resource and not with its kind (arn:aws:s3:::bucket/key).
_NAMED_FIRST = ("s3", "execute-api", "*")
# Conditions on what the resource is or stands for; conditions on the caller leave every resource within reach.
_NARROWING = ("aws:resourcetag/", "kms:resourcealiases", "kms:requestalias", "kms:encryptioncontext", "kms:viaservice")
_NARROWING_OPERATORS = ("stringequals", "stringequalsignorecase", "stringlike")


def is_wide(statement: Statement, service: str) -> bool:
    """Whether a statement is about every resource of a service: ``*``, ``arn:aws:s3:::*``, ``.../key/*``.

    With ``*`` as the service, that of any one will do; without one, it must be every resource of all.

    Regions and accounts do not count: all keys of one account are every key there is to take.
    """
    if statement.not_resources:
        return True  # all but what it names
    kind = "" if service in _NAMED_FIRST else "([a-z-]+[/:])?"
    name = "[^:]+" if service == "*" else re.escape(service)
    own = re.compile(rf"arn:[^:]*:{name}:[^:]*:[^:]*:{kind}\*+(/\*+)?")

    def test(text: str) -> bool:
        return bool(_EVERY_RESOURCE.fullmatch(text) or own.fullmatch(text))

    return some(lambda pattern: _holds(test, pattern), statement.resources)


def _holds(test: Callable[[str], bool], pattern: Value) -> bool:
    """Whether a test holds for a pattern; of a partly known one where it holds whatever its unknown parts are.

    Raises:
        Undecided: that depends on a part that is not known.

    """
    if isinstance(pattern, PartialText):
        plain, widest = (test(_with(pattern, filler)) for filler in ("0", "*"))
        if plain == widest:
            return plain
    if isinstance(pattern, Existing):  # the name of one thing, whatever it is
        return test("0")
    if isinstance(pattern, Unknown):
        raise Undecided(pattern)
    return test(pattern)


def _with(text: PartialText, filler: str) -> str:
    parts = ("0" if isinstance(part, Existing) else part for part in text.parts)
    return "".join(part if isinstance(part, str) else filler for part in parts)


def is_narrowed(statement: Statement) -> bool:
    """Whether a condition limits which resources a statement reaches."""
    return some(_narrows, statement.conditions)


def _narrows(condition: Condition) -> bool:
    return (
        condition.key.startswith(_NARROWING)
        and condition.operator.lower() in _NARROWING_OPERATORS
        and not condition.if_exists
        and condition.qualifier.lower() != "forallvalues"
    )


def grants_everything(statement: Statement) -> bool:
    """Whether a statement is about all actions, or all but some that are not those of IAM, on all resources."""
    if statement.not_actions:
        everything = statement.covers_action("iam:*")  # who may use all of IAM can take the rest
    else:
        everything = some(
            lambda pattern: _holds(lambda action: action.strip("*") in ("", ":"), pattern), statement.actions
        )
    return everything and is_wide(statement, "")


def in_words(statement: Statement) -> str:
    """What a statement that `grants_everything` is about."""
    actions = "every action but those it names" if statement.not_actions else "every action"
    return f"{actions} on every resource{' but those it names' if statement.not_resources else ''}"


def whole_services(statement: Statement) -> list[str]:
    """The patterns by which a statement is about all actions of a service on all its resources.

    Raises:
        Undecided: there is none among those that are known.

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
    """All that `find` says of the items, each once, even where others cannot be decided.

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
    """Whether a statement is about decrypting with every KMS key, by whatever pattern it names the action."""
    decrypts = some(statement.covers_action, ("kms:Decrypt", "kms:ReEncryptFrom"))
    return decrypts and is_wide(statement, "kms") and not is_narrowed(statement)
