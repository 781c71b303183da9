"""Names that are gathered from lists of which not all elements are known."""

from __future__ import annotations

import pytest

from hipaa_guard.facts.lists import Incomplete, collected, gathered
from hipaa_guard.facts.values import Undecided, Unknown

WHY = Unknown("a count is not known")
NOT_KNOWN = Unknown("a name is not known")


def long(text: str | Unknown) -> list[str]:
    if isinstance(text, Unknown):
        raise Undecided(text)
    return [text] if len(text) > 1 else []


@pytest.mark.parametrize(
    ("items", "found", "doubt"),
    [
        (["a", "bb", "bb", "cc"], ["bb", "cc"], None),
        ([], [], None),
        (["bb", NOT_KNOWN], ["bb"], NOT_KNOWN),
        ([NOT_KNOWN, "bb"], ["bb"], NOT_KNOWN),
        (Incomplete(["bb"], WHY), ["bb"], WHY),
        (Incomplete(["a"], WHY), [], WHY),
        (Incomplete(["a"], WHY, ["b"]), [], None),
        (Incomplete(["a"], WHY, ["dd"]), [], WHY),
        (Incomplete(["bb"], WHY, ["dd"]), ["bb"], WHY),
        (Incomplete(["a"], WHY, [NOT_KNOWN]), [], WHY),
        ((each for each in Incomplete(["bb"], WHY)), ["bb"], WHY),
    ],
)
def test_what_may_be_there_is_a_doubt_and_no_result(items: list[str], found: list[str], doubt: Unknown | None) -> None:
    told, why = collected(long, items)
    assert told == found
    assert (why.unknown if why is not None else None) is doubt


def test_something_found_is_told_whatever_else_is_not_known() -> None:
    assert gathered(long, Incomplete(["bb"], WHY, ["dd"])) == ["bb"]
    assert gathered(long, Incomplete(["a"], WHY, ["b"])) == []
    with pytest.raises(Undecided, match="a count is not known"):
        gathered(long, Incomplete(["a"], WHY, ["dd"]))
