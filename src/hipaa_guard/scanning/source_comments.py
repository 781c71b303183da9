"""References to exceptions in source comments, and tags of resources."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice

from hipaa_guard.controls.exception import ExceptionReference, SourceComments
from hipaa_guard.facts.locations import Location
from hipaa_guard.lean import regex
from hipaa_guard.terraform.blocks import Configuration, ResourceInstance
from hipaa_guard.terraform.hcl.syntax import MARK

_MARK = regex(rf"{MARK}[ \t]*([^\n]*)")
_REFERENCE = regex(r"exception[ \t]+(EX-\d{1,6}(?:[ \t]*,[ \t]*EX-\d{1,6})*)\b")
_SHOWN = 80

MOST = 10
"""Maximum references of one resource that are read."""


def comments_of(configuration: Configuration, *, tags: bool) -> dict[tuple[str, str], SourceComments]:
    """References and tags of the instances with any, by root and address. Tags are read only if ``tags`` is True."""
    found = {}
    for instance in configuration.instances:
        references = _references(instance)
        known = _tags(instance) if tags else {}
        if references or known:
            found[configuration.root, instance.address] = SourceComments(references, known)
    return found


def _references(instance: ResourceInstance) -> tuple[ExceptionReference, ...]:
    all_ = chain.from_iterable(references_in(text, place) for place, text in instance.source_comments())
    found = tuple(islice(all_, MOST + 1))
    if len(found) <= MOST:
        return found
    return (*found[:MOST], ExceptionReference("", f"more than {MOST} references", found[MOST].place))


@lru_cache(maxsize=4096)  # the instances of a block, and all that a module call makes, have the same comments
def references_in(text: str, place: Location) -> tuple[ExceptionReference, ...]:
    """The references of one comment to entries of the register; one without an id if it cannot be understood."""
    return tuple(islice(_read(text, place), MOST + 1))


def _read(text: str, place: Location) -> Iterator[ExceptionReference]:
    for mark in _MARK.finditer(text):
        named = _REFERENCE.match(mark[1])
        if named is None:
            yield ExceptionReference("", mark[0].removesuffix("*/").strip()[:_SHOWN], place)
            continue
        for id in named[1].split(","):
            yield ExceptionReference(f"EX-{int(id.strip()[3:])}", mark[0][:_SHOWN], place)


def _tags(instance: ResourceInstance) -> dict[str, str]:
    value = instance.get("tags_all")
    return {k: v for k, v in value.items() if isinstance(k, str) and type(v) is str} if isinstance(value, dict) else {}
