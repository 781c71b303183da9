"""``value.name``, ``value[key]`` and splats, over values that may not be known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hipaa_guard.facts.lists import Incomplete, mapped
from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.partial_maps import OpenMap
from hipaa_guard.facts.places import Place
from hipaa_guard.facts.secrets import SecretText
from hipaa_guard.facts.values import Cause, Existing, Reference, Undecided, Unknown, Value
from hipaa_guard.lean import regex
from hipaa_guard.terraform.functions.structures import List, Set, UntypedList
from hipaa_guard.terraform.functions.unknowns import derived, is_text, one_of_these
from hipaa_guard.terraform.hcl.errors import EvaluationError

_AS_NAME = regex(r'\["([A-Za-z_][A-Za-z0-9_-]*)"\]')


class Object(Unknown):
    """A resource, data source or module call as a value: its attributes are evaluated when they are read.

    As the value of an argument it is an ordinary unknown value.
    """

    __slots__ = ()
    certain = True
    """False where attributes that `of` returns may not exist."""

    def of(self, name: str) -> Value:
        """The value of an attribute."""
        raise NotImplementedError

    def at(self, key: Value) -> Value:
        """The value of ``[key]``: by default, an attribute."""
        if isinstance(key, str):
            return self.of(key)
        raise EvaluationError("this value does not have indices")

    def each(self) -> Value:
        """The elements for a splat: by default, the object alone."""
        return [self]

    def paired(self) -> Object:
        """The object that has the key of the instance around the expression."""
        return self


class WrittenBlock(dict[str, Value]):
    """A nested block of a resource: its written arguments, and in ``absent`` references for computed ones.

    ``place`` gives the lines of an argument in it; for an empty name, those of the block.
    """

    __slots__ = ("absent", "place")

    def __init__(
        self,
        values: dict[str, Value],
        absent: Callable[[str], Value],
        place: Callable[[str], Location | None],
    ) -> None:
        super().__init__(values)
        self.absent = absent
        self.place = place


class Pinned(Reference):
    """A reference to one certain instance of a resource that is known only as ``[?]``."""

    __slots__ = ()


class DataSourceValue(Existing):
    """A value that a data source reads from something existing. ``looked_up_with`` are references in its arguments.

    ``home`` gives the place of its provider, in whose account it was found; None where it may be found elsewhere.
    """

    __slots__ = ("home", "looked_up_with")

    def __init__(
        self,
        address: str,
        attribute: str,
        looked_up_with: tuple[Unknown, ...],
        *,
        own: bool,
        asked_by: str | None,
        home: Callable[[], Place] | None = None,
    ) -> None:
        is_set = surely_set(attribute) or attribute == "cidr_block"
        super().__init__(address, attribute, is_set=is_set, apart=not looked_up_with, own=own, asked_by=asked_by)
        self.looked_up_with = looked_up_with
        self.home = home


class OuterReference(Unknown):
    """A value from outside of the configuration: of a root variable, a data source or a module that was not read.

    ``path`` identifies it (``var.network.group_ids[0]``): equal paths are equal values.
    """

    __slots__ = ("path",)

    def __init__(
        self, reason: str, cause: Cause, path: str, *, references: tuple[str, ...] = (), is_set: bool = False
    ) -> None:
        super().__init__(reason, cause, references=references or (path,), is_set=is_set)
        self.path = path

    def below(self, step: str) -> OuterReference:
        """A part of the value: ``x["name"]`` is ``x.name``."""
        named = _AS_NAME.fullmatch(step)
        step = step if named is None else f".{named[1]}"
        return OuterReference(self.reason, self.cause, f"{self.path}{step}", references=self.references)


class AttributeText(str):
    """A known text that was read as an attribute of a declared resource: ``aws_s3_bucket.b[0].bucket``.

    Only joins use ``reference``, as two resources may have one name. To all other code it is a plain text.
    """

    __slots__ = ("reference",)
    reference: Reference

    @classmethod
    def of(cls, text: str, reference: Reference) -> AttributeText:
        """The text with the reference that it was read through."""
        made = cls(text)
        made.reference = reference
        return made


class HiddenText(str):
    """A sensitive text, opened so that it can join the resource that it names. It must never be shown."""

    __slots__ = ()


class OwnKey(Unknown):
    """The unknown key of an instance in its own expressions: `each.key`, `count.index`."""

    __slots__ = ()


class UncertainList(Incomplete[Value]):
    """The known instances of a block; ``rest`` stands for those of unknown number."""

    __slots__ = ("rest",)

    def __init__(self, seen: list[Value], rest: Value, unknown: Unknown) -> None:
        super().__init__(seen, unknown)
        self.rest = rest


def may_lack(value: Value, step: Value = None) -> Unknown | None:
    """The value, if attributes or elements of it, or the one at ``step``, may not exist; else None."""
    if isinstance(value, OpenMap) and isinstance(step, str) and step in value.known:
        return None
    if isinstance(value, Object):
        return None if value.certain else value
    return value if isinstance(value, Unknown) else None


def surely_set(attribute: str) -> bool:
    """Whether a computed attribute is never null, by its name."""
    last = attribute.rsplit(".", 1)[-1]
    # A computed key may be null: storage that is not encrypted has none.
    return last != "kms_key_id" and (last in ("id", "arn") or last.endswith(("_arn", "_id", "name", "identifier")))


def attribute_of(value: Value, name: str) -> Value:
    """``value.name``.

    Raises:
        EvaluationError: Terraform would refuse it.

    """
    if isinstance(value, Object):
        return value.of(name)
    if isinstance(value, SecretText):
        return value.conceal(attribute_of(value.reveal(), name))
    if isinstance(value, OpenMap) and name in value.known:
        return value.known[name]
    if isinstance(value, Unknown):
        return _below(value, f".{name}")
    if isinstance(value, dict):
        if name in value:
            return value[name]
        if isinstance(value, WrittenBlock):
            return value.absent(name)
        raise EvaluationError(f"this object does not have an attribute named {name[:60]!r}")
    if value is None:
        raise EvaluationError(f"attempt to get attribute {name[:60]!r} from a null value")
    raise EvaluationError(f"can't access attributes on a {_kind(value)} value ({name[:60]!r})")


def element_of(value: Value, key: Value) -> Value:
    """``value[key]``.

    Raises:
        EvaluationError: Terraform would refuse it.

    """
    if isinstance(value, Object):
        return value.at(key)
    if isinstance(key, OwnKey) and isinstance(value, Incomplete):
        only = sole_uncertain(value, key)
        return only if only is not None else value.unknown
    if isinstance(value, SecretText):
        return value.conceal(element_of(value.reveal(), key))
    if isinstance(key, SecretText):
        return _element_by_secret(value, key)
    if isinstance(key, Unknown):
        return _unknown_element(value, key)
    if isinstance(value, OpenMap) and isinstance(key, str) and key in value.known:
        return value.known[key]
    if isinstance(value, Unknown):
        return _below(value, f"[{key}]" if not isinstance(key, str) else f'["{key}"]')
    if isinstance(value, Incomplete):
        only = sole_uncertain(value, key)
        return only if only is not None else value.unknown
    if isinstance(value, Set):
        raise EvaluationError("elements of a set are identified only by their value and don't have an index")
    if isinstance(value, list):
        return _list_element(value, key)
    if isinstance(value, dict):
        name = key if isinstance(key, str) else _as_key(key)
        return attribute_of(value, name)
    if value is None:
        raise EvaluationError("attempt to index null value")
    raise EvaluationError(f"this {_kind(value)} value does not have any indices")


def _element_by_secret(value: Value, key: SecretText) -> Value:
    """The element at a sensitive key, concealed, as it may reveal the key."""
    try:
        return key.conceal(element_of(value, key.reveal()))
    except EvaluationError:
        raise EvaluationError("there is no element with the given sensitive key") from None


def splat(value: Value, each: Callable[[Value], Value]) -> Value:
    """``value[*]`` with `each` applied to the elements."""
    if isinstance(value, Object):
        value = value.each()
    if isinstance(value, UncertainList):
        return _uncertain_splat(value, each)
    if value is None:
        return []
    if isinstance(value, SecretText):
        return splat(value.reveal(), lambda item: each(value.conceal(item)))
    if isinstance(value, Unknown):
        return derived([value])
    if isinstance(value, Incomplete):
        return mapped(each, value)
    if isinstance(value, list):
        kind = type(value) if isinstance(value, UntypedList) else List if isinstance(value, List | Set) else list
        return kind(each(element) for element in value)
    return [each(value)]


def _uncertain_splat(value: UncertainList, each: Callable[[Value], Value]) -> Value:
    found = [each(element) for element in value.seen]
    return Incomplete([*found, *uncertain_reference(each(value.rest))], value.unknown)


def uncertain_reference(value: Value) -> list[Value]:
    """The elements for the ``[?]`` instance: a reference, for joins; no other value, as it may not exist."""
    return [value] if isinstance(value, Reference) and "[?]" in value.address else []


def entries(value: Value) -> Iterator[tuple[Value, Value]]:
    """Keys and values in the order of Terraform's ``for``.

    Raises:
        Undecided: the value is not known; for an incomplete list or map, after the known elements.
        EvaluationError: the value cannot be iterated over.

    """
    if isinstance(value, Object):
        value = value.each()
    if isinstance(value, SecretText):
        for pair in entries(value.reveal()):
            yield tuple(value.conceal(part) for part in pair)
        return
    if isinstance(value, OpenMap):
        yield from sorted(value.known.items())
    if isinstance(value, Unknown):
        raise Undecided(value)
    if isinstance(value, dict):
        yield from sorted(value.items())
    elif isinstance(value, Set):
        yield from ((element, element) for element in value)
    elif isinstance(value, list):
        yield from enumerate(value)
    elif value is None:
        raise EvaluationError("iteration over null value")
    else:
        raise EvaluationError(f"iteration over non-iterable value of type {_kind(value)}")


def sole_uncertain(value: Incomplete[Value], key: Value = None) -> Value:
    """The only known element of a list, if it stands for instances of unknown number; else None."""
    seen = value.seen
    if len(seen) != 1 or not isinstance(seen[0], Reference) or "[?]" not in seen[0].address:
        return None
    if isinstance(seen[0], Pinned) and isinstance(key, OwnKey):
        return Reference(seen[0].address, seen[0].attribute, is_set=seen[0].is_set)
    return seen[0]


def type_of_reference(value: Reference) -> type[Reference]:
    """The class for a reference below this one, which means the same instance."""
    return Pinned if isinstance(value, Pinned) else Reference


def _below(value: Unknown, step: str) -> Value:
    if is_text(value):
        raise EvaluationError(f"a string has no attributes or indices ({step[:60]})")
    if isinstance(value, Reference):
        attribute = f"{value.attribute}{step}" if value.attribute else step.lstrip(".")
        below = type_of_reference(value)(value.address, attribute, is_set=surely_set(attribute))
        if value.cause is not Cause.AFTER_APPLY:
            below.cause, below.reason = value.cause, value.reason
        return below
    if isinstance(value, OuterReference):
        return value.below(step)
    return derived([value])


def _unknown_element(value: Value, key: Unknown) -> Value:
    if isinstance(value, Unknown):
        return derived([value, key])
    parts: list[Any] = list(value.values()) if isinstance(value, dict) else []
    if isinstance(value, list):
        parts = value.seen if isinstance(value, Incomplete) else value
    unknowns = [part for part in parts[:100] if isinstance(part, Unknown)]
    return one_of_these(parts, derived([key, *unknowns]))


def _list_element(value: list[Value], key: Value) -> Value:
    if isinstance(key, str):
        try:
            key = int(key)
        except ValueError:
            raise EvaluationError("a number is required to index a list") from None
    if isinstance(key, bool) or not isinstance(key, int):
        raise EvaluationError("a whole number is required to index a list")
    if not 0 <= key < len(value):
        raise EvaluationError(f"the given index {key} is outside of the list of {len(value)} elements")
    return value[key]


def _as_key(key: Value) -> str:
    if isinstance(key, bool):
        return str(key).lower()
    if isinstance(key, int | float):
        return str(key)
    raise EvaluationError("a string is required to index a map")


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "bool"
    return "string" if isinstance(value, str) else "list" if isinstance(value, list) else "number"
