"""Breaking what is well-formed: tokens of a text, nodes of a JSON document, bytes of either."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from random import Random
from typing import Any

_TOKEN = re.compile(r'[A-Za-z_][\w-]*|"[^"\n]*"|\d+|\s+|.', re.DOTALL)

NASTY = [
    "{", "}", "[", "]", "(", ")", '"', "${", "%{", "<<EOT\n", "<<-E\n", "EOT\n", "=", "==", ",", ":", "?", ".", "...", "*",
    "=>", "\n", "\r\n", "#", "/*", "*/", "//", "null", "for", "in", "if", "each.key", "count.index", "self.id",
    "var.a", "local.a", "0", "1e999999999", "\\u0000", "\u202e", "\x1b[31m", "\ufeff", "dynamic", "content", "\0",
    "resource", "module", 'source = "./"', 'source = "../"', "count = 1000000", "for_each = {}", "range(99999)",
]  # fmt: skip

_ODD: list[Any] = [None, True, 0, -1, 1e308, 10**30, "", "a", [], {}, [None], [[]], {"": None}, {"a": [{"b": {}}]}]
_ODD += [{"references": [None, 5, {}]}, {"references": "x"}, {"constant_value": None}, "${x}", [True] * 50]


def damaged_text(random: Random, text: str) -> str:
    """A text with a few of its tokens changed."""
    tokens = _TOKEN.findall(text) or [""]
    for _ in range(random.choice([1, 1, 2, 4, 8])):
        at, other = random.randrange(len(tokens)), random.randrange(len(tokens))
        match random.randrange(9):
            case 0:
                tokens[at] = ""
            case 1:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 2:
                tokens[at] = random.choice(NASTY)
            case 3:
                tokens.insert(at, random.choice(NASTY))
            case 4:
                tokens[at] = tokens[at] * random.choice([2, 3, 50, 500])
            case 5:
                tokens = (tokens[:at] if random.random() < 0.5 else tokens[at:]) or [""]
            case 6:
                start, end = sorted((at, other))
                tokens[start:start] = tokens[start : min(end, start + 200)]
            case 7:
                opening, closing = random.choice(["()", "[]", "{}", ('"${', '}"'), ("x {\n", "\n}")])
                tokens[at] = opening * (many := random.choice([1, 3, 60, 300])) + tokens[at] + closing * many
            case _:
                tokens[at] = tokens[other]
    return "".join(tokens)


def damaged_bytes(random: Random, data: bytes) -> bytes:
    """Bytes with some of them changed; sometimes another encoding."""
    if random.random() < 0.2:
        return data.decode("utf-8", "replace").encode(random.choice(["utf-16", "utf-8-sig", "utf-32", "utf-16-le"]))
    changed = bytearray(data or b"x")
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(changed))
        changed[at : at + random.randrange(3)] = random.randbytes(random.randrange(3))
        changed = changed or bytearray(b"x")
    return bytes(changed)


def damaged_document(random: Random, document: Any) -> str:
    """The text of a JSON document with a few of its nodes changed."""
    whole = json.dumps(document)
    try:
        return json.dumps(_damaged(random, json.loads(whole)), indent=random.choice([None, 1]))
    except RecursionError:  # nested so often that Python does not write it; `damaged_text` makes such documents too
        return damaged_text(random, whole)


def _damaged(random: Random, document: Any) -> Any:
    for _ in range(random.choice([1, 2, 4, 12])):
        places = list(_places(document))
        if not places:
            return document
        parent, key = random.choice(places)
        match random.randrange(6):
            case 0:
                parent[key] = deepcopy(random.choice(_ODD))
            case 1:
                del parent[key]
            case 2:
                other, other_key = random.choice(places)
                parent[key] = deepcopy(other[other_key])
            case 3:
                parent[key] = [parent[key]]
            case 4:
                for _ in range(random.choice([5, 150, 400])):
                    parent[key] = [parent[key]] if random.random() < 0.5 else {"a": parent[key]}
            case _ if isinstance(parent, dict):
                parent[random.choice(["", "a", "values", "change", "after", "x" * 300])] = deepcopy(parent[key])
            case _:
                parent.append(deepcopy(parent[key]))
    return document


def _places(value: Any, depth: int = 0) -> list[tuple[Any, Any]]:
    """All (parent, key) of a document, not too deep inside what was nested before."""
    keys: list[Any] = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    found = [(value, key) for key in keys]
    if depth < 30:
        for key in keys:
            found += _places(value[key], depth + 1)
    return found
