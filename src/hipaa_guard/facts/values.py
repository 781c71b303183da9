"""Values that may not be known: the three-valued part of the vocabulary.

A value read from Terraform or AWS is a plain Python value (``str``, ``int``, ``float``, ``bool``, ``None``,
``list``, ``dict``), or an `Unknown` that says why it is not known. Lists and dictionaries may hold unknown parts.

An `Unknown` refuses to be used: every comparison, truth test, look-up or iteration raises `Undecided`, which the
engine turns into an ``unknown`` verdict. Ordinary two-valued Python is therefore safe to write over these values.
Code that handles unknown values on purpose tests with ``isinstance(value, Unknown)`` before anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from enum import StrEnum
from typing import Any, NoReturn, Self, SupportsIndex, TypeVar

T = TypeVar("T")
U = TypeVar("U")

Value = Any
"""``str | int | float | bool | None | list[Value] | dict[str, Value] | Unknown``: too recursive to help mypy."""


class Cause(StrEnum):
    """Why a value is not known. Reports group by the text."""

    VARIABLE = "variable without a value"
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


class Reference(Unknown):
    """An attribute of another Terraform resource, known only after apply.

    ``address`` is the full address of the resource instance (``module.a["x"].aws_s3_bucket.b[0]``), ``attribute`` the
    path below it (``arn``). Joins follow the address. For `id` and `arn`-like attributes ``is_set`` is True.
    """

    __slots__ = ("address", "attribute")

    def __init__(self, address: str, attribute: str, *, is_set: bool = True) -> None:
        super().__init__(
            f"{address}.{attribute} is known only after apply",
            Cause.AFTER_APPLY,
            references=(f"{address}.{attribute}",),
            is_set=is_set,
        )
        self.address = address
        self.attribute = attribute

    def same_as(self, other: object) -> bool:
        """Whether `other` is a reference to the same attribute of the same instance."""
        return isinstance(other, Reference) and (other.address, other.attribute) == (self.address, self.attribute)


class Existing(Unknown):
    """An id, ARN or address range that Terraform looks up from something that exists before it runs.

    It is one fixed text, never a wildcard. ``apart`` says that the configuration certainly does not declare its
    resource, ``own`` that this is in the account that Terraform runs in. ``asked_by`` is the literal name that it was
    looked up by; None where there was none.
    """

    __slots__ = ("address", "apart", "asked_by", "attribute", "own")

    def __init__(
        self, address: str, attribute: str, *, is_set: bool, apart: bool, own: bool, asked_by: str | None
    ) -> None:
        name = f"{address}.{attribute}"
        super().__init__(f"{name} is read when Terraform plans", Cause.DATA_SOURCE, references=(name,), is_set=is_set)
        self.address = address
        self.attribute = attribute
        self.apart = apart
        self.own = own
        self.asked_by = asked_by


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


class Incomplete(list[T]):
    """A list with elements that could not be seen.

    Iteration gives the elements that were seen, then raises `Undecided`: a loop that returns at the first bad element
    can fail, but a loop that must see all cannot pass. ``len`` raises too, and so does ``bool`` where no element was
    seen. ``candidates`` are all other elements that may be in the list, where these are known: `some` and `every` ask
    them too, so that a test which holds for none of them is decided.
    """

    __slots__ = ("candidates", "unknown")

    def __init__(self, seen: Iterable[T], unknown: Unknown, candidates: Iterable[T] | None = None) -> None:
        super().__init__(seen)
        self.unknown = unknown
        self.candidates = None if candidates is None else list(candidates)

    @property
    def seen(self) -> list[T]:
        """The elements that were seen, as an ordinary list."""
        return list(list.__iter__(self))

    def __iter__(self) -> Iterator[T]:
        yield from list.__iter__(self)
        raise Undecided(self.unknown)

    def __len__(self) -> int:
        raise Undecided(self.unknown)

    def __bool__(self) -> bool:
        if list.__len__(self):
            return True
        raise Undecided(self.unknown)

    def __contains__(self, item: object) -> bool:
        return some(lambda element: element == item, self)

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        raise Undecided(self.unknown)

    def __eq__(self, other: object) -> bool:
        raise Undecided(self.unknown)

    __hash__ = None

    def __repr__(self) -> str:
        return f"<Incomplete {self.seen!r} and {self.unknown.reason}>"


def some(test: Callable[[T], object], items: Iterable[T]) -> bool:
    """Whether the test holds for at least one item; one certain yes decides, whatever the unknown items are.

    Raises:
        Undecided: no item is known to satisfy the test, and for at least one this is not decided.

    """
    undecided: Undecided | None = None
    iterator = iter(items)
    while True:
        try:
            item = next(iterator)
        except StopIteration:
            break
        except Undecided as error:  # an incomplete list ends like this
            if undecided is None and _may_hold(test, items):
                undecided = error
            break
        try:
            if test(item):
                return True
        except Undecided as error:
            undecided = undecided or error
    if undecided is not None:
        raise undecided
    return False


def _may_hold(test: Callable[[T], object], items: Iterable[T]) -> bool:
    """Whether a test may hold for an unseen element of a list."""
    candidates = items.candidates if isinstance(items, Incomplete) else None
    if candidates is None:
        return True
    try:
        return any(test(candidate) for candidate in candidates)
    except Undecided:
        return True


def mapped(function: Callable[[T], U], items: list[T]) -> list[U]:
    """The results of a function for each item; as incomplete as the list."""
    if not isinstance(items, Incomplete):
        return [function(item) for item in items]
    candidates = None if items.candidates is None else [function(item) for item in items.candidates]
    return Incomplete([function(item) for item in items.seen], items.unknown, candidates)


def joined(*lists: list[T]) -> list[T]:
    """Several lists as one; as incomplete as they are."""
    seen = [item for each in lists for item in (each.seen if isinstance(each, Incomplete) else each)]
    incomplete = [each for each in lists if isinstance(each, Incomplete)]
    if not incomplete:
        return seen
    candidates: list[T] | None = []
    for each in incomplete:
        candidates = None if candidates is None or each.candidates is None else [*candidates, *each.candidates]
    return Incomplete(seen, incomplete[0].unknown, candidates)


def every(test: Callable[[T], object], items: Iterable[T]) -> bool:
    """Whether the test holds for all items; one certain no decides, whatever the unknown items are.

    Raises:
        Undecided: no item is known to break the test, and for at least one this is not decided.

    """
    return not some(lambda item: not test(item), items)


def all_hold(*tests: Callable[[], object]) -> bool:
    """Whether all tests hold. It is False if one certainly fails, even if others cannot be decided."""
    return every(lambda test: test(), tests)


def one_holds(*tests: Callable[[], object]) -> bool:
    """Whether one of the tests holds. It is True if one certainly does, even if others cannot be decided."""
    return some(lambda test: test(), tests)


def certain(test: Callable[[T], object], items: list[T]) -> list[T]:
    """The items that were seen and that certainly satisfy the test."""
    found = []
    for item in items.seen if isinstance(items, Incomplete) else items:
        try:
            if test(item):
                found.append(item)
        except Undecided:
            continue
    return found


def first_unknown(value: Value) -> Unknown | None:
    """The first unknown part anywhere inside `value`; None where all parts are known."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Incomplete):
        return value.unknown
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return None
    for part in value:
        found = first_unknown(part)
        if found is not None:
            return found
    return None


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
