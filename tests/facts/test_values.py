"""Lists of which a part was not seen: what may be in them besides, and what then can be said of them."""

from __future__ import annotations

import pytest

from hipaa_guard.facts.lists import Incomplete, every, gathered, joined, mapped, some
from hipaa_guard.facts.values import Undecided, Unknown

WHY = Unknown("var.x has no value")


def is_open(port: object) -> bool:
    return port == 22


def test_what_may_be_in_a_list_matters_only_if_it_would_change_the_answer() -> None:
    assert some(is_open, Incomplete([443], WHY, [80, 8080])) is False
    assert every(lambda port: port > 1, Incomplete([443], WHY, [80])) is True
    assert some(is_open, Incomplete([22], WHY, [80])) is True
    assert some(is_open, Incomplete([443], WHY, [])) is False
    for open_or_unknown in ([80, 22], [80, WHY], None):
        with pytest.raises(Undecided, match=r"var\.x"):
            some(is_open, Incomplete([443], WHY, open_or_unknown))


def test_an_unknown_element_is_not_settled_by_candidates() -> None:
    with pytest.raises(Undecided):
        some(is_open, Incomplete([WHY], WHY, [80]))


def open_ports(port: int) -> list[int]:
    return [port] if is_open(port) else []


def test_what_is_gathered_is_of_the_elements_that_were_seen() -> None:
    assert gathered(open_ports, [443, 22, 22]) == [22]
    assert gathered(open_ports, Incomplete([22, 443], WHY, [22])) == [22]
    assert gathered(open_ports, Incomplete([443], WHY, [80])) == []
    for open_or_unknown in ([22], None):
        with pytest.raises(Undecided, match=r"var\.x"):
            gathered(open_ports, Incomplete([443], WHY, open_or_unknown))


def test_a_loop_over_all_elements_still_stops_at_what_was_not_seen() -> None:
    with pytest.raises(Undecided):
        list(Incomplete([443], WHY, [80]))


def test_mapped_and_joined_lists_are_as_incomplete_as_what_they_are_made_of() -> None:
    doubled = mapped(lambda port: port * 2, Incomplete([1], WHY, [11]))
    assert isinstance(doubled, Incomplete)
    assert (doubled.seen, doubled.candidates) == ([2], [22])
    both = joined([5], doubled, Incomplete([7], WHY, [9]))
    assert isinstance(both, Incomplete)
    assert (both.seen, both.candidates) == ([5, 2, 7], [22, 9])
    open_end = joined(doubled, Incomplete([7], WHY))
    assert isinstance(open_end, Incomplete)
    assert open_end.candidates is None
    assert joined([1], [2]) == mapped(int, [1, 2]) == [1, 2]
