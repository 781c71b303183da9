"""``moved`` blocks: the addresses that resources and modules had before their present ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hipaa_guard.lean import regex
from hipaa_guard.terraform.addresses import last_key, segments

if TYPE_CHECKING:
    from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock

_MOST = 10
"""Maximum number of former addresses of one instance, and of moves to one address, that are followed."""

_KEY = r'(?:\[(?:\d{1,18}|"(?:[^"\\]|\\.)*")\])?'
_STEP = rf"module\.[\w-]+{_KEY}"
_ADDRESS = regex(rf"(?:{_STEP}\.)*(?:{_STEP}|(?!module\.)[\w-]+\.[\w-]+{_KEY})")


def move_of(block: HclBlock) -> Iterator[tuple[str, str]]:
    """The old and the new address in a ``moved`` block; nothing where they are not written as Terraform requires."""
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
    """Present address of an instance -> the addresses that it had before, through chains of moves.

    Both addresses of a move are whole addresses. A move of a block without a key moves all its instances; a move of a
    module call moves all resources in it.
    """
    by_end: dict[str, list[str]] = {}
    for before, after in dict.fromkeys(moves):
        ends_here = by_end.setdefault(after, [])
        if len(ends_here) < _MOST:
            ends_here.append(before)
    if not by_end:
        return {}
    found = {address: tuple(_former(address, by_end)) for address in addresses}
    return {address: former for address, former in found.items() if former}


def _former(address: str, by_end: Mapping[str, Sequence[str]]) -> Iterator[str]:
    known, waiting = {address}, [address]
    while waiting and len(known) <= _MOST:
        for former in _one_step_back(waiting.pop(), by_end):
            if former not in known:
                known.add(former)
                waiting.append(former)
                yield former


def _one_step_back(address: str, by_end: Mapping[str, Sequence[str]]) -> Iterator[str]:
    parts = segments(address)
    for length in range(2, len(parts) + 1, 2):
        end = ".".join(parts[:length])
        rest = address[len(end) :]
        yield from (before + rest for before in by_end.get(end, ()))
        key = last_key(end)
        if key:  # a move without keys moves all instances, each to its own
            keyless = by_end.get(end.removesuffix(key), ())
            yield from (f"{before}{key}{rest}" for before in keyless if not last_key(before))
