"""What ``moved`` blocks say: which address something had before it got the one it has now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from hipaa_guard.terraform.addresses import last_key, segments, without_keys

if TYPE_CHECKING:
    from hipaa_guard.terraform.syntax import Attribute, Block

_MOST = 20
"""So many former addresses of one instance are followed; longer chains are nobody's history."""

_KEY = r'(?:\[(?:\d{1,18}|"(?:[^"\\]|\\.)*")\])?'
_STEP = rf"module\.[\w-]+{_KEY}"
_ADDRESS = re.compile(rf"(?:{_STEP}\.)*(?:{_STEP}|(?!module\.)[\w-]+\.[\w-]+{_KEY})")


def move_of(block: Block) -> Iterator[tuple[str, str]]:
    """From which address to which a ``moved`` block leads; nothing where it does not say so in Terraform's form."""
    before, after = (_address(block.attributes.get(name)) for name in ("from", "to"))
    if before and after and before != after:
        yield before, after


def _address(attribute: Attribute | None) -> str:
    if attribute is None:
        return ""
    text = attribute.text
    if text.startswith('"'):  # in JSON
        try:
            text = json.loads(text)
        except ValueError:
            return ""
    return text if _ADDRESS.fullmatch(text) else ""


def former_addresses(addresses: Iterable[str], moves: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The addresses that instances had before they were moved, chains of moves followed, by their present ones.

    Both ends of a move are whole addresses. A move of a block without a key moves all its instances, a move of a
    module call all that is in it.
    """
    by_end: dict[str, list[tuple[str, str]]] = {}
    for before, after in dict.fromkeys(moves):
        by_end.setdefault(without_keys(after), []).append((before, after))
    if not by_end:
        return {}
    found = {address: tuple(_former(address, by_end)) for address in addresses}
    return {address: former for address, former in found.items() if former}


def _former(address: str, by_end: dict[str, list[tuple[str, str]]]) -> Iterator[str]:
    known, waiting = {address}, [address]
    while waiting and len(known) <= _MOST:
        for former in _one_step_back(waiting.pop(), by_end):
            if former not in known:
                known.add(former)
                waiting.append(former)
                yield former


def _one_step_back(address: str, by_end: dict[str, list[tuple[str, str]]]) -> Iterator[str]:
    parts = segments(address)
    for length in range(2, len(parts) + 1, 2):
        for before, after in by_end.get(without_keys(".".join(parts[:length])), ()):
            if not address.startswith(after):
                continue
            rest = address[len(after) :]
            keyless = not last_key(before) and not last_key(after)
            if not rest or rest.startswith(".") or (rest.startswith("[") and keyless):
                yield before + rest
