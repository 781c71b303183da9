"""What the tests of this folder share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hipaa_guard.terraform.blocks import Configuration, ResourceInstance
from hipaa_guard.terraform.source import read_directory


def write(directory: Path, files: Mapping[str, str]) -> None:
    """Files of a tree."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def only(directory: Path, files: Mapping[str, str]) -> Configuration:
    """The one configuration of a tree."""
    write(directory, files)
    (found,) = read_directory(directory)
    return found


def by_address(found: Configuration) -> dict[str, ResourceInstance]:
    """Instances by their addresses."""
    return {one.address: one for one in found.instances}
