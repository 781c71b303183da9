"""Patterns of partly known texts, and the known texts and other patterns that they fit.

A configuration may have thousands of partly known names, and thousands of values that may be one of them. Names that
are made in the same way (``"${var.prefix}-${count.index}"``) have beginnings and endings of few lengths. All names of
one pair of lengths are looked up at once, by a key that is cut to these lengths.
"""

from __future__ import annotations

from collections.abc import Iterable

from hipaa_guard.lean import dataclass

_TAILS = 20
_KEY_SIZE = 300
"""Memory of one key besides its characters, in bytes."""
_MOST_KEPT = 50_000_000
"""Maximum bytes of cut keys that one index keeps: a hostile tree may have names of every length."""

Key = tuple[str, str]
"""A beginning and an ending."""
Lengths = tuple[int, int]
"""The lengths of both, in characters."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """The known beginning and ending of a partly known text.

    ``after_apply`` says that all unknown parts are attributes of declared resources, which are known only after apply:
    no text that somebody wrote can equal it.
    """

    prefix: str = ""
    suffix: str = ""
    after_apply: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether nothing at all is known."""
        return not (self.prefix or self.suffix or self.after_apply)

    @property
    def named_end(self) -> str:
        """The end of an ARN or URL, without a wildcard for all below it."""
        return self.suffix.removesuffix("*").rstrip(":/")

    def fits(self, text: str) -> bool:
        """Whether a text may be this one; where either is an ARN or URL, the name inside it counts."""
        if self.after_apply:
            return False
        if is_long(self.prefix):
            return text.endswith(self.named_end) or text in tails(self.named_end)
        length = len(self.prefix) + len(self.suffix)
        return any(
            len(form) >= length and form.startswith(self.prefix) and form.endswith(self.suffix) for form in forms(text)
        )

    def agrees(self, other: Pattern) -> bool:
        """Whether both may be the same text. A text that is known only after apply equals only itself, see `tokens`."""
        if self.after_apply or other.after_apply:
            return False
        if is_long(self.prefix) or is_long(other.prefix):
            return True
        heads = self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)
        return heads and (self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix))


class Patterns:
    """Many patterns, to ask whether one of them fits a text or agrees with a pattern."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._ends: set[str] = set()
        self._short: dict[Lengths, set[Key]] = {}
        self._cuts = _Cuts()
        for each in patterns:
            if each.after_apply:
                continue
            if is_long(each.prefix):
                self._ends.add(each.named_end)
            else:
                lengths = (len(each.prefix), len(each.suffix))
                self._short.setdefault(lengths, set()).add((each.prefix, each.suffix))
        self._end_lengths = {len(end) for end in self._ends}
        self._tails = {name for end in self._ends for name in tails(end)}

    def fit(self, text: str) -> bool:
        """Whether one of them fits a text, see `Pattern.fits`."""
        if text in self._tails or any(_ending(text, length) in self._ends for length in self._end_lengths):
            return True
        return any(
            sum(lengths) <= len(form) and _cut((form, form), lengths) in keys
            for form in forms(text)
            for lengths, keys in self._short.items()
        )

    def agree(self, other: Pattern) -> bool:
        """Whether one of them agrees with a pattern, see `Pattern.agrees`."""
        if other.after_apply or not (self._ends or self._short):
            return False
        if self._ends or is_long(other.prefix):
            return True
        key = (other.prefix, other.suffix)
        for lengths, keys in self._short.items():
            shared = (min(lengths[0], len(other.prefix)), min(lengths[1], len(other.suffix)))
            if _cut(key, shared) in (keys if shared == lengths else self._cuts.of(keys, lengths, shared)):
                return True
        return False


class Texts:
    """Many known texts, to ask whether a pattern fits one of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = frozenset(texts)
        self._forms: set[Key] = {(form, form) for text in self._texts for form in forms(text)}
        self._cuts = _Cuts()

    def fit(self, pattern: Pattern) -> bool:
        """Whether a pattern fits one of them, see `Pattern.fits`."""
        if pattern.after_apply:
            return False
        if is_long(pattern.prefix):
            end = pattern.named_end
            whole = ((text, text) for text in self._texts)
            found = ("", end) in self._cuts.of(whole, "whole", (0, len(end)))
            return found or not self._texts.isdisjoint(tails(end))
        lengths = (len(pattern.prefix), len(pattern.suffix))
        long_enough = (each for each in self._forms if len(each[0]) >= sum(lengths))
        return (pattern.prefix, pattern.suffix) in self._cuts.of(long_enough, "forms", lengths)


class _Cuts:
    """Keys cut to shorter lengths, kept up to a limit of memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, Lengths], set[Key]] = {}
        self._size = 0

    def of(self, keys: Iterable[Key], name: object, lengths: Lengths) -> set[Key]:
        """The keys cut to ``lengths``; ``name`` identifies the set of keys."""
        found = self._kept.get((name, lengths))
        if found is None:
            found = {_cut(key, lengths) for key in keys}
            size = len(found) * (_KEY_SIZE + sum(lengths))
            if self._size + size > _MOST_KEPT:
                self._kept.clear()
                self._size = 0
            self._kept[name, lengths] = found
            self._size += size
        return found


def _cut(key: Key, lengths: Lengths) -> Key:
    return key[0][: lengths[0]], _ending(key[1], lengths[1])


def _ending(text: str, length: int) -> str:
    """The last characters of a text; the whole text if it is shorter."""
    return text[-length:] if length else ""


def is_long(text: str) -> bool:
    """Whether a text is (the start of) an ARN or a URL: these have a name behind a colon or slash."""
    return text.startswith(("arn:", "https://"))


def tail(text: str) -> str:
    """The text behind the last colon or slash."""
    return text[max(text.rfind(":"), text.rfind("/")) + 1 :]


def tails(text: str) -> list[str]:
    """All possible names at the end of an ARN or URL: the text behind each colon or slash."""
    found: list[str] = []
    position = len(text)
    while len(found) < _TAILS:
        position = max(text.rfind(":", 0, position), text.rfind("/", 0, position))
        if position < 0:
            break
        found.append(text[position + 1 :])
    return found


def forms(text: str) -> list[str]:
    """A text, and if it is an ARN or URL, the possible names at its end."""
    return [text, *tails(text)] if is_long(text) else [text]
