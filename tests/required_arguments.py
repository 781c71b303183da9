"""The table of required arguments, made anew from the schemas of the providers.

``python -m tests.required_arguments`` writes it, and so does ``make docs``. Required is what is so by the oldest and by the
newest release of the AWS provider whose schemas lie in ``tests/reference``. The awscc provider is known by one alone.
"""

from __future__ import annotations

import sys
from functools import cache

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.terraform.binding.required_arguments import COLLECTION, TABLE
from hipaa_guard.testing import all_controls
from tests.schema import AWSCC, NEWEST, OLDEST, lines_of, oldest_schema, release

_RULE = ("from_port", "protocol", "to_port")
WRITTEN_AS_BLOCKS = {
    "aws_default_security_group": _RULE,
    "aws_network_acl": ("action", "rule_no", *_RULE),
    "aws_security_group": _RULE,
}
"""`ingress` and `egress` are lists of objects that people write as blocks. Of them the schema does not tell what ``terraform validate`` asks for."""

_HEAD = (
    "# Required arguments and nested blocks (dots enter them; [] marks lists, sets and maps), by AWS provider "
    f"{release(OLDEST)} and {release(NEWEST)} and AWSCC provider {release(AWSCC)}. "
    "Made by: python -m tests.required_arguments\n"
)


def text() -> str:
    """The table."""
    lines, oldest = [], required_by_oldest()
    for type_ in types_read():
        paths = required_today().get(type_, {})
        one_release = type_.startswith("awscc_") or type_ not in oldest_schema()
        agreed = paths if one_release else {path for path in paths if path in oldest.get(type_, ())}
        marked = sorted([*(path + paths[path] for path in agreed), *_as_blocks(type_)])
        if marked:
            lines.append(f"{type_} {' '.join(marked)}\n")
    return _HEAD + "".join(lines)


def types_read() -> list[str]:
    """The types of the providers that facts are read from; a text that ends with an underscore is the start of several."""
    texts = {text for kind in kinds_of(all_controls().values()) for text in kind.terraform_types()}
    starts = tuple(text for text in texts if text.endswith("_"))
    return sorted(type_ for type_ in all_types() if type_ in texts or type_.startswith(starts))


def _as_blocks(type_: str) -> list[str]:
    arguments = WRITTEN_AS_BLOCKS.get(type_, ())
    return [f"{name}.{argument}" for name in ("ingress", "egress") for argument in arguments]


@cache
def _rows() -> list[list[str]]:
    return [*lines_of(NEWEST), *lines_of(AWSCC)]


def all_types() -> set[str]:
    """All types of both providers, by the newest schemas."""
    return {row[0] for row in _rows()}


@cache
def required_today() -> dict[str, dict[str, str]]:
    """What the newest releases require, by type: each path with the mark of collections."""
    found: dict[str, dict[str, str]] = {}
    for type_, path, kind, presence in _rows():
        if presence == "required" and not path.startswith("timeouts"):
            many = kind.startswith(("list", "set", "map", "attributes list", "attributes set", "attributes map"))
            found.setdefault(type_, {})[path] = COLLECTION if many else ""
    return found


@cache
def required_by_oldest() -> dict[str, set[str]]:
    """What the oldest release requires, by type."""
    found: dict[str, set[str]] = {}
    for type_, path, _, presence in lines_of(OLDEST):
        if presence == "required":
            found.setdefault(type_, set()).add(path)
    return found


def main() -> int:
    """Write the table, if it is not in date."""
    if TABLE.read_text(encoding="utf-8") != text():
        TABLE.write_text(text(), encoding="utf-8")
        print(f"wrote {TABLE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
