"""The evaluator, as functions use it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from hipaa_guard.facts.values import Value


class CallContext(Protocol):
    """The context of a call: the scanned directory, the module, and templates."""

    @property
    def root(self) -> Path:
        """The scanned directory. No file outside it is ever read."""

    @property
    def module_dir(self) -> Path:
        """The directory that relative paths start from."""

    def template(self, text: str, variables: dict[str, Value]) -> Value:
        """The text of a template with these variables filled in."""


Function = Callable[[list[Value], CallContext], Value]
