"""A configuration made from text, its resources by address, and what their values point at."""

from __future__ import annotations

from pathlib import Path

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Value
from hipaa_guard.terraform.blocks import Configuration, ResourceInstance
from hipaa_guard.terraform.source import read_directory


def configuration(directory: Path, text: str) -> Configuration:
    """The one configuration that a file makes."""
    (directory / "main.tf").write_text(text)
    (found,) = read_directory(directory)
    return found


def by_address(found: Configuration) -> dict[str, ResourceInstance]:
    """Instances by their addresses."""
    return {one.address: one for one in found.instances}


def targets(value: Value) -> list[str]:
    """The addresses that a list of references leads to."""
    items = value.seen if isinstance(value, Incomplete) else value
    return [item.address for item in items]
