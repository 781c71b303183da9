"""Branches of generated expressions by kind: what goes on."""

from __future__ import annotations

from tests.terraform.oracle.grammar.containers import CONTAINERS
from tests.terraform.oracle.grammar.primitives import PRIMITIVES

BRANCHES: dict[str, list[str]] = {**PRIMITIVES, **CONTAINERS}
