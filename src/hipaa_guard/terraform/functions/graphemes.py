"""Characters as people see them: what Terraform counts in ``length``, ``substr`` and column widths.

The common rules of Unicode's text segmentation: marks, joined emoji, skin tones, flags and line ends. Conjoining Hangul
and Indic letters are counted one by one.
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
    clusters: list[str] = []
    for character in text:
        if clusters and _continues(clusters[-1], character):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _continues(cluster: str, character: str) -> bool:
    if character == JOINER or unicodedata.category(character) in ("Mn", "Me", "Mc") or ord(character) in SKIN_TONES:
        return cluster[-1] not in "\r\n"
    if cluster.endswith(JOINER):
        return unicodedata.category(character) == "So"
    if ord(character) in FLAG_LETTERS:
        return len(cluster) == 1 and ord(cluster) in FLAG_LETTERS
    return cluster == "\r" and character == "\n"
