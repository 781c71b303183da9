"""Lists of which not all elements may be known, and what holds of some, all or certain ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, SupportsIndex, TypeVar

from hipaa_guard.facts.values import Undecided, Unknown, Value

T = TypeVar("T")
U = TypeVar("U")


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


def collected(find: Callable[[T], Iterable[U]], items: Iterable[T]) -> tuple[list[U], Undecided | None]:
    """What `find` gives for the items that were seen, each once, and why there may be more; None where there is not.

    A test for `some` must not collect: it is also asked of items that are perhaps not there.
    """
    found, doubt = _of_seen(find, items)
    return found, doubt or _of_unseen(find, items)


def gathered(find: Callable[[T], Iterable[U]], items: Iterable[T]) -> list[U]:
    """The results of `find` for the items, each once, even if some items cannot be decided.

    Raises:
        Undecided: nothing was found, and one of the items could not be decided.

    """
    found, doubt = _of_seen(find, items)
    if found:
        return found
    doubt = doubt or _of_unseen(find, items)
    if doubt is not None:
        raise doubt
    return found


def _of_seen(find: Callable[[T], Iterable[U]], items: Iterable[T]) -> tuple[list[U], Undecided | None]:
    found: dict[U, None] = {}
    doubts: list[Undecided] = []
    iterator = iter(items.seen if isinstance(items, Incomplete) else items)
    while True:
        try:
            item = next(iterator)
        except StopIteration:
            break
        except Undecided as error:
            doubts.append(error)
            break
        try:
            found.update(dict.fromkeys(find(item)))
        except Undecided as error:
            doubts.append(error)
    return list(found), doubts[0] if doubts else None


def _of_unseen(find: Callable[[T], Iterable[U]], items: Iterable[T]) -> Undecided | None:
    finds = isinstance(items, Incomplete) and _may_hold(lambda item: any(True for _ in find(item)), items)
    return Undecided(items.unknown) if finds and isinstance(items, Incomplete) else None


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
