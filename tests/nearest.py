"""What a misspelt name is likely meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, words: Iterable[str]) -> str:
    """The word of a list that is the most like another, as the end of a complaint; nothing where none is like it."""
    known = sorted({each for each in words if each != word})
    lower = {each.lower(): each for each in reversed(known)}
    if word.lower() in lower:
        return f": did you mean {lower[word.lower()]}?"
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f": did you mean {found[0]}?" if found else ""


def unknown_words(words: Iterable[str], known: Iterable[str]) -> list[str]:
    """Those of some words that a list does not have, each with the nearest that it has."""
    known = set(known)
    return [f"{word} does not exist{nearest(word, known)}" for word in sorted(set(words) - known)]
