"""Patterns of paths, as people write them for files and directories that a scan leaves out.

A pattern without a slash means that name at any depth; one with a slash is a path. ``*`` and ``?`` stay within one
name, ``**`` crosses directories. A pattern that fits a directory fits all that is in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_PIECES = re.compile(r"(\*\*/|\*\*|\*|\?|\[[^\]/]+\])")
_TEXTS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


class PathPatterns:
    """Patterns, and which of them fitted a path so far.

    A pattern is a path from one of the ``starts``, which are absolute and without links: the working directory, the
    scanned directory, the top of the repository.
    """

    def __init__(self, patterns: Sequence[str], starts: Sequence[Path]) -> None:
        self._patterns = {pattern: _expression(pattern) for pattern in patterns}
        self._starts = list(dict.fromkeys(starts))
        self._known: dict[Path, str | None] = {}
        self._tried: dict[str, None] = {}
        self._fitted: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def fitting(self, path: Path) -> str | None:
        """The first pattern that fits an absolute path or a directory that it is in; None where none fits."""
        if path not in self._known:
            self._known[path] = self._fitting(path)
        return self._known[path]

    def without_use(self) -> list[str]:
        """The patterns that fitted none of the paths so far."""
        return [pattern for pattern in self._patterns if pattern not in self._fitted]

    def tried(self) -> list[str]:
        """The paths so far, as they are named from the first start that contains them."""
        return list(self._tried)

    def _fitting(self, path: Path) -> str | None:
        texts = [path.relative_to(start).as_posix() for start in self._starts if path.is_relative_to(start)]
        texts.append(path.as_posix())
        self._tried[texts[0]] = None
        fitting = [pattern for pattern, each in self._patterns.items() if any(map(each.fullmatch, texts))]
        self._fitted.update(fitting)
        return fitting[0] if fitting else None


def _expression(pattern: str) -> Any:
    """The pattern as a regular expression of RE2: a file of settings may be hostile, and RE2 takes linear time."""
    import re2

    text = re.sub(r"/+", "/", pattern).removeprefix("./")
    text = text.rstrip("/") or text
    anywhere = "" if "/" in text else "(?:.*/)?"
    options = re2.Options()
    options.dot_nl = True
    options.log_errors = False
    try:
        return re2.compile(anywhere + "".join(map(_piece, _PIECES.split(text))) + "(?:/.*)?", options)
    except re2.error:  # no text has such a set of characters
        return re2.compile(re2.escape(text), options)


def _piece(text: str) -> str:
    import re2

    if text in _TEXTS:
        return _TEXTS[text]
    if text.startswith("[") and _PIECES.fullmatch(text):
        inner = text[1:-1].replace("\\", "\\\\").replace("[", "\\[")
        return f"[^/{inner[1:]}]" if inner.startswith(("!", "^")) else f"[{inner}]"
    return str(re2.escape(text))
