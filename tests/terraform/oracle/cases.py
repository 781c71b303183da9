"""Cases: files of a root module in which every name begins with the name of the case."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SEED_FILE = "prelude.tf"


@dataclass(frozen=True, slots=True)
class Case:
    """One question: a few files whose resources are called ``<name>`` or ``<name>_…``, in modules called so too."""

    name: str
    category: str
    files: dict[str, str]

    def owns(self, address: str) -> bool:
        """Whether a resource with that address belongs to the case."""
        return self.name in {part.partition("_")[0] for part in address.replace("[", ".").split(".")[1:2]}


def written(cases: list[Case], prelude: str, directory: Path) -> Path:
    """A root module of these cases."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / SEED_FILE).write_text(prelude, encoding="utf-8")
    for case in cases:
        for name, text in case.files.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return directory


def valued(name: str, category: str, expression: str) -> Case:
    """The question what an expression is worth."""
    return Case(name, category, {f"{name}.tf": f'resource "terraform_data" "{name}" {{\n  input = {expression}\n}}\n'})
