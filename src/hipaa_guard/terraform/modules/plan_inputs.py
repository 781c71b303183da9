"""Values that the user gives to a scan of source, as to ``terraform plan``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path

from hipaa_guard.lean import dataclass, regex

_WORKSPACE = regex(r"[\w.~$&+=:@-]{1,90}", re.ASCII)
"""Names that Terraform accepts for a workspace: texts that need no escape in a URL."""


class VariableFileError(ValueError):
    """A file of values, a value or a name that the user gave cannot be used. The text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """The values that the user gives. ``environment`` holds texts by variable, as ``variables`` does, or is
    None where the environment does not count.
    """

    var_files: Sequence[Path] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] | None = None
    workspace: str | None = None

    def check(self) -> None:
        """Make sure that Terraform accepts the name of the workspace.

        Raises:
            VariableFileError: it does not.

        """
        if self.workspace is not None and not _WORKSPACE.fullmatch(self.workspace):
            raise VariableFileError(f"{self.workspace[:60]!r} is no name of a workspace")

    def __bool__(self) -> bool:
        """Whether the user gave anything."""
        return bool(self.var_files or self.variables) or self.environment is not None or self.workspace is not None
