"""Asks the provider on this machine for its schema."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.terraform.real.tools import PLUGINS, Root, tools

RELEASE = "5.100.0"
"""The oldest release of the AWS provider that is supported."""


class MissingError(Exception):
    """Terraform or the provider is not on this machine."""


def has_oldest() -> bool:
    """Whether Terraform and the oldest release of the provider are on this machine."""
    found = tools()
    return found is not None and found.version == RELEASE


def oldest() -> tuple[str, dict[str, Any]]:
    """The oldest release, and the schemas of its resource types.

    Raises:
        MissingError: it is not on this machine.

    """
    found = tools()
    if found is None or not has_oldest():
        raise MissingError(
            f"terraform and the AWS provider {RELEASE} are needed: put `terraform` on PATH, and name in {PLUGINS} a directory "
            "that `terraform providers mirror` wrote"
        )
    with tempfile.TemporaryDirectory(prefix="provider-schema-") as work:
        root = Root(Path(work), found)
        (root.directory / "main.tf").write_text("", encoding="utf-8")
        root.init()
        return found.version, root.schema()["resource_schemas"]
