"""The nearest right word for a wrong one, for messages."""

from __future__ import annotations

from collections.abc import Iterable

_MOST = 3


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "", *, most: int = _MOST) -> str:
    """A question that names the ``known`` words nearest to a wrong ``word``, whatever their case.

    Where none is near, the text is ``otherwise``.
    """
    close = nearest(word, known, most)
    return f"did you mean {' or '.join(close)}?" if close else otherwise


def nearest(word: str, known: Iterable[str], most: int = _MOST) -> list[str]:
    """The known words nearest to a word, the nearest first; those with the same letters in another order lead."""
    import difflib

    by_lower = {each.lower(): each for each in sorted(known, reverse=True)}
    wanted = word.lower()
    close = difflib.get_close_matches(wanted, sorted(by_lower), n=most)
    if not close:
        close = sorted(each for each in by_lower if wanted and f"_{wanted}" in f"_{each}")
    close = sorted(close[:most], key=lambda each: sorted(each) != sorted(wanted))
    return [by_lower[each] for each in close]
