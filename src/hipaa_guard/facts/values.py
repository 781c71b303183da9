"""Values that may not be known: the three-valued part of the vocabulary.

A value read from Terraform or AWS is a plain Python value (``str``, ``int``, ``float``, ``bool``, ``None``,
``list``, ``dict``), or an `Unknown` that says why it is not known. Lists and dictionaries may hold unknown parts.

An `Unknown` refuses to be used: every comparison, truth test, look-up or iteration raises `Undecided`, which the
engine turns into an ``unknown`` verdict. Ordinary two-valued Python is therefore safe to write over these values.
Code that handles unknown values on purpose tests with ``isinstance(value, Unknown)`` before anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from enum import StrEnum
from typing import Any, NoReturn, Self, TypeVar

T = TypeVar("T")
U = TypeVar("U")

Value = Any
"""``str | int | float | bool | None | list[Value] | dict[str, Value] | Unknown``: too recursive to help mypy."""


class Cause(StrEnum):
    """Why a value is not known. Reports group by the text."""

    VARIABLE = "variable without a value"
    WORKSPACE = "workspace not known"
    AFTER_APPLY = "known only after apply"
    DATA_SOURCE = "read from a data source at plan time"
    MODULE = "module not available"
    EXPRESSION = "expression not evaluated"
    EXPANSION = "number of instances not known"
    NOT_IN_SCOPE = "defined outside the scanned configuration"
    SENSITIVE = "sensitive value"
    LIMIT = "limit of the evaluator reached"
    DENIED = "access denied"
    THROTTLED = "throttled"
    UNREACHABLE = "endpoint not reachable"
    NOT_ENABLED = "region or service not enabled"
    CREDENTIALS = "credentials expired or not valid"
    SERVICE_ERROR = "service error"
    NOT_COLLECTED = "not collected"
    REFUSED = "refused by the provider or AWS"
    POLICY = "policy of one's own failed"
    OTHER = "not known"


class Computed(str):
    """A text that the provider computed or may have computed: in a state any text, in a plan any that nobody wrote.

    It is the real value, but perhaps not a choice: for a key that is left out, the one that AWS took is recorded.
    """

    __slots__ = ()


class Undecided(Exception):  # noqa: N818 - it is an outcome, not an error
    """A judgement needed a value that is not known. Carries the `Unknown` that says why."""

    def __init__(self, unknown: Unknown, fact: str | None = None) -> None:
        self.unknown = unknown
        self.fact = fact
        super().__init__(unknown.reason)

    @property
    def reason(self) -> str:
        """One phrase for people, with the name of the fact where it is known."""
        return f"{self.fact}: {self.unknown.reason}" if self.fact else self.unknown.reason


class NotVisible(Exception):  # noqa: N818 - it is an outcome, not an error
    """A judgement needed a fact that this kind of source can never show (a last-used date in Terraform)."""

    def __init__(self, fact: str, reason: str) -> None:
        self.fact = fact
        self.reason = reason
        super().__init__(f"{fact}: {reason}")


class Unknown:
    """A value that exists but could not be seen.

    ``reason`` is a phrase for people ("var.kms_key_id has no value"). ``references`` names the Terraform addresses
    that the value was made from. ``action`` is the IAM action that would have answered (``s3:GetBucketPolicy``).
    ``is_set`` is True where the value, though unknown, is certainly neither null nor absent.
    """

    __slots__ = ("action", "cause", "is_set", "reason", "references")

    def __init__(
        self,
        reason: str,
        cause: Cause = Cause.OTHER,
        *,
        references: tuple[str, ...] = (),
        action: str | None = None,
        is_set: bool = False,
    ) -> None:
        self.reason = reason
        self.cause = cause
        self.references = references
        self.action = action
        self.is_set = is_set

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.reason}>"

    def as_set(self) -> Self:
        """The same value, known to be set.

        It is a new object: code that compares values by identity, as the joins of Terraform do, keeps the first one.
        """
        if self.is_set:
            return self
        twin = copy(self)
        twin.is_set = True
        return twin

    def _refuse(self, *_: object) -> NoReturn:
        raise Undecided(self)

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __len__ = __iter__ = __contains__ = __getitem__ = __int__ = __float__ = __index__ = __str__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = _refuse

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # protocol probes of copy, pickle, inspect must see a plain "no"
            raise AttributeError(name)
        raise Undecided(self)


ANY_ACCOUNT = "?"
"""Stands for an account that is not known."""


class Reference(Unknown):
    """An attribute of another Terraform resource, known only after apply.

    ``address`` is the full address of the resource instance (``module.a["x"].aws_s3_bucket.b[0]``), ``attribute`` the
    path below it (``arn``). Joins follow the address. For `id` and `arn`-like attributes ``is_set`` is True.
    ``account`` says that the other resource is not, or not certainly, in the account of the one whose fact this is: its
    id, or `ANY_ACCOUNT`.
    """

    __slots__ = ("account", "address", "attribute")

    def __init__(self, address: str, attribute: str, *, is_set: bool = True) -> None:
        super().__init__(
            f"{address}.{attribute} is known only after apply",
            Cause.AFTER_APPLY,
            references=(f"{address}.{attribute}",),
            is_set=is_set,
        )
        self.account: str | None = None
        self.address = address
        self.attribute = attribute

    def same_as(self, other: object) -> bool:
        """Whether `other` is a reference to the same attribute of the same instance."""
        return isinstance(other, Reference) and (other.address, other.attribute) == (self.address, self.attribute)


class Existing(Unknown):
    """An id, ARN or address range that Terraform looks up from something that exists before it runs.

    It is one fixed text, never a wildcard. ``apart`` says that the configuration certainly does not declare its
    resource, ``own`` that this is in the account that Terraform runs in, or in that of the resource whose fact this is.
    ``account`` is the id of its account, if that certainly is another one or may be. ``asked_by`` is the literal name
    that it was looked up by; None where there was none.
    """

    __slots__ = ("account", "address", "apart", "asked_by", "attribute", "own")

    def __init__(
        self, address: str, attribute: str, *, is_set: bool, apart: bool, own: bool, asked_by: str | None
    ) -> None:
        name = f"{address}.{attribute}"
        super().__init__(f"{name} is read when Terraform plans", Cause.DATA_SOURCE, references=(name,), is_set=is_set)
        self.address = address
        self.attribute = attribute
        self.account: str | None = None
        self.apart = apart
        self.own = own
        self.asked_by = asked_by


def other_account(value: Reference | Existing) -> str | None:
    """The account of what a value names, if it is not one's own: its id, or `ANY_ACCOUNT`; None for one's own."""
    if value.account is None and isinstance(value, Existing) and not value.own:
        return ANY_ACCOUNT
    return value.account


def in_doubt(name: str) -> Unknown:
    """The reason why it is not decided whose something is."""
    return Unknown(f"it is not known whether {name} is in the same account", references=(name,))


class PartialText(Unknown):
    """A string with known and unknown parts: ``"${aws_s3_bucket.b.arn}/*"``.

    ``parts`` alternates freely between ``str`` and `Unknown`; it holds at least one of the latter.
    """

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[str | Unknown]) -> None:
        self.parts = tuple(_merged(parts))
        unknowns = [part for part in self.parts if isinstance(part, Unknown)]
        super().__init__(
            unknowns[0].reason,
            unknowns[0].cause,
            references=tuple(r for part in unknowns for r in part.references),
            action=unknowns[0].action,
            is_set=True,
        )

    @property
    def prefix(self) -> str:
        """The known text before the first unknown part."""
        return self.parts[0] if isinstance(self.parts[0], str) else ""


class PartialJson(Unknown):
    """The text of a JSON document (``jsonencode``, ``aws_iam_policy_document``) with unknown values inside.

    ``document`` is the structure before encoding; a reader of policy documents looks into it instead of the text.
    """

    __slots__ = ("document",)

    def __init__(self, document: Value, unknown: Unknown) -> None:
        super().__init__(
            unknown.reason, unknown.cause, references=unknown.references, action=unknown.action, is_set=True
        )
        self.document = document


class Encoded(Unknown):
    """A text in an encoding whose bytes are not known, of a ``content`` that is, at least in part.

    ``base64gzip(file("start.sh"))`` depends on Terraform's compressor, but the search for credentials looks inside.
    """

    __slots__ = ("content",)

    def __init__(self, content: Value, reason: str, cause: Cause) -> None:
        references = content.references if isinstance(content, Unknown) else ()
        super().__init__(reason, cause, references=references, is_set=True)
        self.content = content


def _merged(parts: Iterable[str | Unknown]) -> Iterator[str | Unknown]:
    """The parts with known neighbours joined, nested partial texts opened and empty texts dropped."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        inner = part.parts if isinstance(part, PartialText) else (part,)
        for piece in inner:
            if isinstance(piece, str):
                text += piece
                continue
            if text:
                yield text
                text = ""
            yield piece
    if text:
        yield text


def is_given(value: Value) -> bool:
    """Whether an argument is set. A variable without a value may be null, which leaves its argument out.

    Raises:
        Undecided: that is not known.

    """
    if isinstance(value, Unknown) and not value.is_set:
        raise Undecided(value)
    return value is not None
