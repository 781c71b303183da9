"""YAML as Terraform reads and writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from hipaa_guard.facts.values import Value

from .conversion import kind, number_text, parse_number, to_text
from .errors import FunctionError, FunctionLimitReached
from .unknowns import MAX_PARTS, require_small

MAX_NESTING = 200
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
TRUTH = {
    spelling: value
    for value, words in ((True, ("y", "yes", "on", "true")), (False, ("n", "no", "off", "false")))
    for word in words
    for spelling in (word, word.title(), word.upper())
}
INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d*)|0x[\da-fA-F]+|0o[0-7]+", re.ASCII)
FLOAT = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?", re.ASCII)
INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?: (?=[^Z+]*$)|[Tt](?=.*(?:Z|[-+]\d\d:\d\d)$))(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?(Z|[-+]\d\d:\d\d)?)?",
    re.ASCII,
)
PREFIX = "tag:yaml.org,2002:"


class YamlReader:
    """Builds values from the events of a document, with limits for nesting and aliases."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.anchors: dict[str, Value] = {}
        self.depth = 0
        self.parts = 0

    def value(self, event: Any) -> Value:
        """The value that starts with an event."""
        name = type(event).__name__
        if name == "AliasEvent":
            if event.anchor not in self.anchors:
                raise FunctionError(f"reference to undefined anchor {event.anchor!r}")
            return self.anchors[event.anchor]
        self.depth += 1
        self.parts += 1
        if self.depth > MAX_NESTING or self.parts > MAX_PARTS:
            raise FunctionLimitReached("a YAML document this large or this deep")
        value = BUILDERS[name](self, event)
        self.depth -= 1
        if event.anchor:
            self.anchors[event.anchor] = value
        return value

    def sequence(self, event: Any) -> Value:
        """A list."""
        expect(event, "seq")
        return [self.value(following) for following in self.until("SequenceEndEvent")]

    def mapping(self, event: Any) -> Value:
        """A map; ``<<`` merges another one into it, and later entries override earlier ones."""
        expect(event, "map")
        entries: dict[str, Value] = {}
        for following in self.until("MappingEndEvent"):
            key = self.key(following)
            value = self.value(next(self.events))
            entries |= mergeable(value) if key == "<<" else {key: value}
        return entries

    def key(self, event: Any) -> str:
        """A key, which must be a text or a value with a text form."""
        value = self.value(event)
        if value is None or isinstance(value, list | dict):
            raise FunctionError(f"only strings are allowed as mapping keys, not {kind(value)}")
        return str(to_text(value))

    def scalar(self, event: Any) -> Value:
        """A text, or the value that a plain scalar means."""
        tag = event.tag or PREFIX
        if not tag.startswith(PREFIX):
            raise FunctionError(f"unsupported tag {tag[:40]!r}")
        wanted = tag.removeprefix(PREFIX)
        if event.style or wanted in ("str", "binary"):  # in quotes or a block
            return event.value
        value = meaning(event.value)
        if wanted in EXPECTED and kind(value) != EXPECTED[wanted]:
            raise FunctionError(f"cannot read {event.value[:40]!r} as {wanted}")
        return value

    def until(self, end: str) -> Iterator[Any]:
        """The events that start the elements of a collection."""
        for event in self.events:
            if type(event).__name__ == end:
                return
            yield event


BUILDERS: dict[str, Callable[[YamlReader, Any], Value]] = {
    "ScalarEvent": YamlReader.scalar,
    "SequenceStartEvent": YamlReader.sequence,
    "MappingStartEvent": YamlReader.mapping,
}
EXPECTED = {"int": "number", "float": "number", "bool": "bool", "null": "null"}


def expect(event: Any, name: str) -> None:
    """Refuse a collection with a tag that is not its own."""
    if event.tag and event.tag not in ("!", f"{PREFIX}{name}"):
        raise FunctionError(f"unsupported tag {event.tag[:40]!r}")


def mergeable(value: Value) -> dict[str, Value]:
    """A map to be merged with ``<<``."""
    if not isinstance(value, dict):
        raise FunctionError("only a map can be merged with <<")
    return value


def meaning(text: str) -> Value:
    """The value of a plain scalar."""
    if text in NULLS:
        return None
    if text in TRUTH:
        return TRUTH[text]
    if INTEGER.fullmatch(text) and text[:2] in ("0x", "0o"):
        return int(text, 0) if len(text) < 100 else parse_number("1e9999")
    if INTEGER.fullmatch(text) or FLOAT.fullmatch(text):
        return parse_number(text)
    if INFINITE.fullmatch(text):
        raise FunctionLimitReached("infinity")
    return moment(text) or text


def moment(text: str) -> str | None:
    """A date or a date and time as a timestamp of RFC 3339."""
    found = DATE.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    try:
        date = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC)
    except ValueError:
        return None
    return f"{date:%Y-%m-%dT%H:%M:%S}{zone or 'Z'}"


def yaml_value(text: str) -> Value:
    """The value of a text with exactly one document."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = yaml.parse(text, Loader=loader)
        starts = [next(events, None), next(events, None)]
        if type(starts[1]).__name__ != "DocumentStartEvent":
            raise FunctionError("missing start of document")
        value = YamlReader(events).value(next(events))
        rest = [type(event).__name__ for event in (next(events), next(events))]
    except yaml.YAMLError as error:
        raise FunctionError(f"invalid YAML: {getattr(error, 'problem', None) or 'syntax error'}") from None
    if rest != ["DocumentEndEvent", "StreamEndEvent"]:
        raise FunctionError("unexpected extra content after value")
    require_small(value)
    return value


def yaml_text(value: Value) -> str:
    """The document of a known value: texts and keys in quotes, texts of several lines as blocks."""
    import yaml

    require_small(value)
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = str(yaml.serialize(_node(value), Dumper=dumper, allow_unicode=True)).removesuffix("...\n")
    return text if isinstance(value, str | list | dict) else f"{text}...\n"


def _node(value: Value) -> Any:
    from yaml import MappingNode, ScalarNode, SequenceNode

    if isinstance(value, dict):
        pairs = [(_key(key), _node(value[key])) for key in sorted(value)]
        return MappingNode(f"{PREFIX}map", pairs, flow_style=not value)
    if isinstance(value, list):
        return SequenceNode(f"{PREFIX}seq", [_node(part) for part in value], flow_style=not value)
    if isinstance(value, str):
        return ScalarNode(f"{PREFIX}str", value, style="|" if "\n" in value else '"')
    if value is None:
        return ScalarNode(f"{PREFIX}null", "null")
    if isinstance(value, bool):
        return ScalarNode(f"{PREFIX}bool", str(to_text(value)))
    tag = "int" if isinstance(value, int) else "float"
    return ScalarNode(f"{PREFIX}{tag}", number_text(value))


def _key(key: str) -> Any:
    from yaml import ScalarNode

    return ScalarNode(f"{PREFIX}str", key, style="|" if "\n" in key else '"')
