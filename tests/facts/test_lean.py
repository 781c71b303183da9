"""Lean dataclasses and regular expressions do what those of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from hipaa_guard import lean

OPTIONS: tuple[dict[str, bool], ...] = (
    {},
    {"slots": True},
    {"frozen": True},
    {"frozen": True, "slots": True},
    {"frozen": True, "slots": True, "eq": False},
    {"slots": True, "eq": False},
)


def made(dataclass: Any, options: dict[str, bool]) -> Any:
    """One class with fields of every sort that is used, and one derived from it."""

    @dataclass(**options)
    class Bed:
        """A bed."""

        ward: str
        number: int = 1
        guests: list[str] = dataclasses.field(default_factory=list)
        note: str = dataclasses.field(default="", compare=False)
        hidden: str = dataclasses.field(default="x", repr=False)
        seen: dict[str, int] = dataclasses.field(default_factory=dict, init=False)
        of_all: ClassVar[int] = 3

        def __post_init__(self) -> None:
            object.__setattr__(self, "ward", self.ward.upper())

    @dataclass(**options)
    class Crib(Bed):
        rails: bool = True

    return Bed, Crib


def outcome(probe: Callable[[Any, Any], Any], classes: tuple[Any, Any]) -> str:
    """What comes of it: a value in words, or the class of the error."""
    try:
        return repr(probe(*classes))
    except (TypeError, AttributeError, ValueError) as error:
        return type(error).__name__


PROBES: tuple[Callable[[Any, Any], Any], ...] = (
    lambda bed, _: bed("a"),
    lambda bed, _: bed("a", 2, ["x"], "n", "h"),
    lambda bed, _: bed(),
    lambda bed, _: bed("a", seen={}),
    lambda bed, _: bed("a", unknown=1),
    lambda bed, _: bed("a") == bed("a", note="other"),
    lambda bed, _: bed("a") == bed("b"),
    lambda bed, crib: bed("a") == crib("a"),
    lambda bed, _: hash(bed("a", guests=())) == hash(bed("a", guests=(), note="n")),
    lambda bed, _: {bed("a"): 1},
    lambda bed, _: bed("a").guests is bed("a").guests,
    lambda _, crib: crib("a", 1, [], "", "", False),
    lambda _, crib: [each.name for each in dataclasses.fields(crib)],
    lambda bed, _: dataclasses.replace(bed("a"), number=7),
    lambda bed, _: dataclasses.replace(bed("a"), seen={}),
    lambda _, crib: dataclasses.asdict(crib("a")),
    lambda bed, _: dataclasses.is_dataclass(bed),
    lambda bed, _: copy.copy(bed("a", 2)),
    lambda bed, _: copy.deepcopy(bed("a", 2, ["x"])),
    lambda bed, _: setattr(bed("a"), "number", 5),
    lambda bed, _: delattr(bed("a"), "number"),
    lambda bed, crib: (bed.__match_args__, crib.__match_args__, bed.__doc__, bed.of_all),
    lambda bed, crib: (getattr(bed, "__slots__", None), getattr(crib, "__slots__", None)),
)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_it_is_the_dataclass_of_the_standard_library(options: dict[str, bool]) -> None:
    ours, theirs = made(lean.dataclass, options), made(dataclasses.dataclass, options)
    for number, probe in enumerate(PROBES):
        assert outcome(probe, ours) == outcome(probe, theirs), number


@lean.dataclass(frozen=True, slots=True)
class Kept:
    name: str
    of: tuple[int, ...] = ()


def test_a_frozen_one_takes_no_new_attribute() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Kept("a").stranger = 5  # type: ignore[attr-defined]


def test_it_can_be_pickled() -> None:
    kept = Kept("a", (1,))
    assert pickle.loads(pickle.dumps(kept)) == kept


def test_what_a_class_defines_itself_stays() -> None:
    @lean.dataclass(frozen=True, slots=True, init=False)
    class Own:
        a: int

        def __init__(self) -> None:
            object.__setattr__(self, "a", 4)

        def __repr__(self) -> str:
            return "own"

    assert (repr(Own()), Own().a, Own() == Own()) == ("own", 4, True)


def test_a_regular_expression_is_compiled_at_its_first_use() -> None:
    wrong = lean.regex("(")
    with pytest.raises(re.error):
        wrong.search("x")
    word = lean.regex(r"(\w+)\s*", re.ASCII)
    match = word.fullmatch("ab ")
    assert match is not None
    assert match[1] == "ab"
    assert (word.sub("-", "a b"), word.pattern, word.findall("a b")) == ("--", r"(\w+)\s*", ["a", "b"])
