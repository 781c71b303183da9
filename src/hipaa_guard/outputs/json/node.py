"""Values of a JSON document from an untrusted source, each checked for its type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from hipaa_guard.controls.control import VERDICTS, Status

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class ReportError(Exception):
    """A file is not a result of hipaa-guard, or this version cannot read it. The text says what to do."""


class JsonNode:
    """A JSON value and its place, for messages that say where something is wrong."""

    __slots__ = ("inside", "step", "value")

    def __init__(self, value: Any, inside: JsonNode | None, step: str | int) -> None:
        self.value = value
        self.inside = inside
        self.step = step

    def path(self) -> str:
        """As in ``findings[3].resource.name``; put together only when it is needed."""
        if self.inside is None:
            return ""
        before = self.inside.path()
        if isinstance(self.step, int):
            return f"{before}[{self.step}]"
        return f"{before}.{self.step}" if before else self.step

    def of(self, name: str) -> JsonNode:
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return JsonNode(self.value.get(name), self, name)

    def as_a(self, *types: type[T]) -> T:
        # bool is an int in Python and not in JSON
        if isinstance(self.value, types) and (bool in types or not isinstance(self.value, bool)):
            return self.value
        raise self.wrong(_TYPE_NAMES[types[0]])

    def text(self) -> str:
        return self.value if isinstance(self.value, str) else self.as_a(str)

    def maybe_text(self) -> str | None:
        return None if self.value is None else self.text()

    def number(self) -> int:
        return self.as_a(int)

    def flag(self) -> bool:
        return self.as_a(bool)

    def time(self) -> datetime:
        try:
            return datetime.fromisoformat(self.text())
        except ValueError as error:
            raise self.wrong("a time") from error

    def day(self) -> date:
        try:
            return date.fromisoformat(self.text())
        except ValueError as error:
            raise self.wrong("a day") from error

    def one_of(self, kind: type[E]) -> E:
        try:
            return kind(self.text())
        except ValueError as error:
            raise self.wrong(f"one of {', '.join(kind)}") from error

    def verdict(self) -> Status:
        found = self.one_of(Status)
        if found not in VERDICTS:
            raise self.wrong(f"one of {', '.join(VERDICTS)}")
        return found

    def word(self, words: tuple[str, ...]) -> Any:
        if self.text() not in words:
            raise self.wrong(f"one of {', '.join(words)}")
        return self.value

    def maybe_word(self, words: tuple[str, ...]) -> Any:
        """One of some words, or null."""
        return None if self.value is None else self.word(words)

    def each(self, read: Callable[[JsonNode], T]) -> tuple[T, ...]:
        items = self.as_a(list)
        return tuple(read(JsonNode(item, self, place)) for place, item in enumerate(items))

    def texts(self) -> tuple[str, ...]:
        return self.each(JsonNode.text)

    def numbers(self) -> dict[str, int]:
        return {name: self.of(name).number() for name in self.as_a(dict)}

    def by_status(self) -> dict[Status, int]:
        return {status: self.of(status.value).number() for status in VERDICTS}

    def wrong(self, wanted: str) -> ReportError:
        found = "missing" if self.value is None else f"not {wanted}"
        return ReportError(f"not a hipaa-guard result: {self.path() or 'the document'} is {found}")


_TYPE_NAMES: dict[type, str] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}
