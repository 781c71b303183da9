"""Grapheme clusters, the visible characters that Terraform counts in ``length``, ``substr`` and column widths.

It has the common rules of Unicode's text segmentation: marks, joined emoji, skin tones, flags, line ends. Hangul
jamo and Indic conjuncts are counted letter by letter.
"""

from __future__ import annotations

import unicodedata

JOINER = "\u200d"
SKIN_TONES = range(0x1F3FB, 0x1F400)
FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def graphemes(text: str) -> list[str]:
    """The visible characters of a text."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    starts: list[int] = []
    for position, character in enumerate(text):
        if not starts or not _continues(text[position - 1], position - starts[-1], character):
            starts.append(position)
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _continues(last: str, length: int, character: str) -> bool:
    """Whether a character belongs to the cluster before it, given by its last character and its length."""
    if character.isascii():
        return last == "\r" and length == 1 and character == "\n"
    if character == JOINER or unicodedata.category(character) in ("Mn", "Me", "Mc") or ord(character) in SKIN_TONES:
        return last not in "\r\n"
    if last == JOINER:
        return unicodedata.category(character) == "So"
    return ord(character) in FLAG_LETTERS and length == 1 and ord(last) in FLAG_LETTERS
