"""What functions may ask of the evaluator that calls them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from hipaa_guard.facts.values import Value


class CallContext(Protocol):
    """Where a call stands: the scanned directory, the module, and the evaluator's own templates."""

    @property
    def root(self) -> Path:
        """The scanned directory. No file outside it is ever read."""

    @property
    def module_dir(self) -> Path:
        """The directory that relative paths start from."""

    def template(self, text: str, variables: dict[str, Value]) -> Value:
        """The text of a template with these variables filled in."""


Function = Callable[[list[Value], CallContext], Value]
