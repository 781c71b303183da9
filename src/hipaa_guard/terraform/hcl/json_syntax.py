"""``.tf.json``: the same blocks and attributes as in native syntax, with their lines."""

from __future__ import annotations

from json.decoder import JSONDecodeError
from json.decoder import scanstring as _scanstring  # type: ignore[attr-defined]
from typing import Any

from hipaa_guard.lean import regex
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.hcl.errors import EvaluationError, SyntaxProblem
from hipaa_guard.terraform.hcl.grammar import parse_template
from hipaa_guard.terraform.hcl.json_maps import is_map
from hipaa_guard.terraform.hcl.nodes import ListNode, Literal, MapExpression, MapKey, Node
from hipaa_guard.terraform.hcl.syntax import Attribute, Body, HclBlock, Problem, SourceFile, Twice

_SPACE = regex(r"[ \t\r\n]*")
_NUMBER = regex(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}
_BODIES = frozenset({"resource", "data", "ephemeral", "provider", "removed"})
"""Types of blocks in which an object may be a nested block."""


class Parsed:
    """A JSON value with its offsets. ``value`` of an object is a list of (key, offset of the key, Parsed)."""

    __slots__ = ("end", "start", "value")

    def __init__(self, value: Any, start: int, end: int) -> None:
        self.value = value
        self.start = start
        self.end = end


def parse(path: str, data: bytes) -> Body:
    """The blocks of a file of JSON."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode()
    source = SourceFile(path, text, is_json=True)
    root = HclBlock(source, "", (), 0, len(text))
    body = Body(source, root, [], [])
    try:
        document = parse_json(text)
        if not _is_block(document):
            body.problems.append(Problem("the file must hold a JSON object", 1))
            return body
        for one in document.value if isinstance(document.value, tuple) else (document,):
            for kind, start, content in one.value:
                _top_level(body, kind, start, content)
    except SyntaxProblem as problem:
        body.problems.append(Problem(problem.message, source.line(problem.offset)))
    return body


def parse_json(text: str) -> Parsed:
    """A JSON document with offsets.

    Raises:
        SyntaxProblem: the text is no JSON.

    """
    try:
        parsed = _value(text, _SPACE.match(text, 0).end(), 0)  # type: ignore[union-attr]
    except (JSONDecodeError, IndexError, ValueError) as error:
        raise SyntaxProblem(f"no JSON: {error}", getattr(error, "pos", len(text))) from None
    if _SPACE.match(text, parsed.end).end() != len(text):  # type: ignore[union-attr]
        raise SyntaxProblem("no JSON: text behind the value", parsed.end)
    return parsed


def _value(text: str, start: int, depth: int) -> Parsed:
    if depth > limits.NESTING:
        raise SyntaxProblem(f"nested more than {limits.NESTING} levels deep", start)
    mark = text[start : start + 1]
    if mark == '"':
        string, end = _scanstring(text, start + 1)
        return Parsed(string, start, end)
    if mark in ("{", "["):
        return _collection(text, start, depth)
    for word, constant in (("true", True), ("false", False), ("null", None)):
        if text.startswith(word, start):
            return Parsed(constant, start, start + len(word))
    number = _NUMBER.match(text, start)
    if not number or len(number[0]) > 400:
        raise SyntaxProblem("no JSON: a value is expected", start)
    digits = number[0]
    return Parsed(int(digits) if digits.lstrip("-").isdigit() else float(digits), start, number.end())


def _collection(text: str, start: int, depth: int) -> Parsed:
    closing = "}" if text[start] == "{" else "]"
    items: list[Any] = []
    position = _skip(text, start + 1)
    while text[position : position + 1] != closing:
        if closing == "}":
            if text[position : position + 1] != '"':
                raise SyntaxProblem("no JSON: a key is expected", position)
            key_start = position
            key, position = _scanstring(text, position + 1)
            position = _skip(text, position)
            if text[position : position + 1] != ":":
                raise SyntaxProblem("no JSON: ':' is expected", position)
            value = _value(text, _skip(text, position + 1), depth + 1)
            items.append((key, key_start, value))
        else:
            value = _value(text, position, depth + 1)
            items.append(value)
        position = _skip(text, value.end)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        elif text[position : position + 1] != closing:
            raise SyntaxProblem(f"no JSON: ',' or {closing!r} is expected", position)
    return Parsed(tuple(items) if closing == "]" else items, start, position + 1)


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _is_object(parsed: Parsed) -> bool:
    return isinstance(parsed.value, list)


def _top_level(body: Body, kind: str, start: int, content: Parsed) -> None:
    if kind == "//":
        return
    for labels, label_start, inner in _labelled(content, _LABELS.get(kind, 0), start):
        for one in inner.value if isinstance(inner.value, tuple) else (inner,):
            if not _is_object(one):
                message = f"the content of {kind!r} must be an object"
                body.problems.append(Problem(message, body.source.line(one.start)))
                continue
            block = HclBlock(body.source, kind, labels, label_start, one.end)
            if kind in _BODIES:
                _fill_body(body, block, one, labels[0] if labels else kind)
            else:
                _fill(body, block, one, templates=kind != "variable")
            body.root.blocks.append(block)


def _labelled(content: Parsed, count: int, start: int) -> list[tuple[tuple[str, ...], int, Parsed]]:
    """The objects below `count` levels of labels."""
    found: list[tuple[tuple[str, ...], int, Parsed]] = [((), start, content)]
    for _ in range(count):
        deeper: list[tuple[tuple[str, ...], int, Parsed]] = []
        for labels, _, inner in found:
            for one in inner.value if isinstance(inner.value, tuple) else (inner,):
                if not _is_object(one):
                    raise SyntaxProblem("a label is expected: an object with a name as its key", one.start)
                deeper.extend(((*labels, key), key_start, value) for key, key_start, value in one.value if key != "//")
        found = deeper
    return found


def _fill(body: Body, block: HclBlock, parsed: Parsed, *, templates: bool = True) -> None:
    """Add all properties of an object as arguments. Texts of variables are no templates."""
    for key, start, value in parsed.value:
        if key != "//":
            _argument(body, block, key, start, value, templates=templates)
        else:
            _remark(block, start, value)


def _fill_body(body: Body, block: HclBlock, parsed: Parsed, parent: str) -> None:
    """Add the properties of an object as arguments and nested blocks. A single block needs no list around it."""
    for key, start, value in parsed.value:
        if key == "//":
            _remark(block, start, value)
        elif key == "dynamic":
            _dynamic(body, block, value)
        elif not is_map(parent, key) and _is_block(value):
            for one in value.value if isinstance(value.value, tuple) else (value,):
                inner = HclBlock(block.source, key, (), start, one.end)
                _fill_body(body, inner, one, key)
                block.blocks.append(inner)
        else:
            _argument(body, block, key, start, value)


def _remark(block: HclBlock, start: int, value: Parsed) -> None:
    """Add a comment property. Terraform accepts any type; only texts count."""
    if isinstance(value.value, str):
        block.remarks = (*block.remarks, (block.source.line(start), value.value))


def _argument(body: Body, block: HclBlock, key: str, start: int, value: Parsed, *, templates: bool = True) -> None:
    attribute = Attribute(block.source, key, start, value.start, value.end)
    attribute.replace(node_of(value, templates=templates))
    if key in block.attributes:
        body.duplicates.append(attribute)
        attribute.replace(Twice(key))
    block.attributes[key] = attribute


def _is_block(value: Parsed) -> bool:
    if isinstance(value.value, tuple):
        return bool(value.value) and all(_is_object(one) for one in value.value)
    return _is_object(value)


def _dynamic(body: Body, block: HclBlock, parsed: Parsed) -> None:
    for labels, start, content in _labelled(parsed, 1, parsed.start):
        for one in content.value if isinstance(content.value, tuple) else (content,):
            if not _is_object(one):
                continue
            dynamic = HclBlock(block.source, "dynamic", labels, start, one.end)
            for key, key_start, value in one.value:
                if key == "content" and _is_block(value):
                    for each in value.value if isinstance(value.value, tuple) else (value,):
                        inner = HclBlock(block.source, "content", (), key_start, each.end)
                        _fill_body(body, inner, each, labels[0])
                        dynamic.blocks.append(inner)
                elif key != "//":
                    _argument(body, dynamic, key, key_start, value)
            block.blocks.append(dynamic)


def node_of(parsed: Parsed, *, templates: bool = True) -> Node:
    """The expression that a JSON value stands for; strings are templates, except in variable files."""
    value = parsed.value
    if isinstance(value, list):
        return MapExpression(
            tuple((MapKey(_text(key, templates)), node_of(inner, templates=templates)) for key, _, inner in value)
        )
    if isinstance(value, tuple):
        return ListNode(tuple(node_of(inner, templates=templates) for inner in value))
    return _text(value, templates) if isinstance(value, str) else Literal(value)


def _text(text: str, templates: bool) -> Node:
    if not templates or ("${" not in text and "%{" not in text):
        return Literal(text)
    try:
        return parse_template(text)
    except (SyntaxProblem, RecursionError) as problem:
        return BrokenExpression(str(problem))


class BrokenExpression(Node):
    """A string whose template cannot be read."""

    __slots__ = ("message",)

    def __init__(self, message: str) -> None:
        self.message = message

    def evaluate(self, scope: object) -> Any:  # noqa: ARG002 - the protocol of nodes
        raise EvaluationError(f"syntax error: {self.message}")
