"""Many snippets in one root module, each as a child module of its own: Terraform is started once for all of them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.terraform.real.completing import completed, is_missing
from tests.terraform.real.guessing import guessed
from tests.terraform.real.snippets import Snippet
from tests.terraform.real.tools import Root, TerraformError, in_words

ROUNDS = 12
"""More than Terraform needs to say all that is missing: it looks at arguments before it looks at combinations."""

_MODULE_LINE = re.compile(r'module "(\w+)"')


@dataclass(slots=True)
class Checked:
    """What Terraform says to snippets: those that it takes, completed, and those that it refuses, with the reasons."""

    taken: list[Snippet] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    """By the name of the snippet."""


def root_files(found: Iterable[Snippet]) -> dict[str, str]:
    """The files of a root module that calls each of these."""
    files: dict[str, str] = {}
    lines = ['variable "unset" {\n  default = null\n}']
    for one in found:
        files[f"{one.name}/main.tf"] = one.text
        values = "".join(f"  {name} = var.unset\n" for name in one.open_variables)
        lines.append(f'module "{one.name}" {{\n  source = "./{one.name}"\n{values}}}')
    return {**files, "main.tf": "\n".join(lines) + "\n"}


def written(found: Iterable[Snippet], directory: Path) -> None:
    """Their root module in a directory; what was there before is gone, but for what `init` installed."""
    directory.mkdir(parents=True, exist_ok=True)
    for path in directory.iterdir():
        if path.is_dir() and not path.name.startswith("."):
            shutil.rmtree(path)
    for name, text in root_files(found).items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")


def checked(found: Iterable[Snippet], root: Root) -> Checked:
    """Validate all of these together. What Terraform misses is added; what it refuses is taken out; then again."""
    open_ = {one.name: one for one in found}
    result = Checked()
    for _ in range(ROUNDS):
        written(open_.values(), root.directory)
        errors = _by_snippet(_validated(root), root.directory, set(open_))
        if not errors:
            result.taken = list(open_.values())
            return result
        _mended(open_, errors, result)
    raise RuntimeError(f"Terraform still misses something in {sorted(open_)} after {ROUNDS} rounds")


def plannable(found: Iterable[Snippet], root: Root) -> Checked:
    """Plan all of these together; what Terraform misses is added, and what cannot be planned is taken out."""
    open_ = {one.name: one.with_text(guessed(one.text, declare=not one.whole)) for one in found}
    result = Checked()
    for _ in range(ROUNDS):
        written(open_.values(), root.directory)
        root.init()
        try:
            root.make_plan()
        except TerraformError as error:
            errors = _by_snippet(error.diagnostics, root.directory, set(open_))
            _mended(open_, errors, result)
            continue
        result.taken = list(open_.values())
        return result
    raise RuntimeError(f"Terraform still refuses to plan after {ROUNDS} rounds")


def _mended(open_: dict[str, Snippet], errors: Mapping[str, list[dict[str, Any]]], result: Checked) -> None:
    """Add what Terraform misses; take out what it refuses for another reason."""
    for name, its in errors.items():
        one = open_[name]
        text = completed(one.text, its, declare=not one.whole)
        if text is None or text == one.text:
            result.refused[name] = [_without_place(error) for error in its if not is_missing(error)]
            del open_[name]
        else:
            open_[name] = one.with_text(text)


def owner(diagnostic: Mapping[str, Any], directory: Path, names: set[str]) -> str:
    """The snippet that an error is about; empty where it is about none."""
    place = diagnostic.get("range", {})
    file = str(place.get("filename", ""))
    if file == "main.tf":
        before = (directory / file).read_text(encoding="utf-8").splitlines()[: place["start"]["line"]]
        called = [one[1] for one in map(_MODULE_LINE.match, before) if one]
        return called[-1] if called else ""
    text = f"{file} {diagnostic.get('address', '')} {diagnostic.get('detail', '')}"
    return next((name for name in re.findall(r"\w+", text) if name in names), "")


def _validated(root: Root) -> list[dict[str, Any]]:
    try:
        root.init()
        return root.validate()
    except TerraformError as error:
        return error.diagnostics


def _by_snippet(
    diagnostics: Iterable[dict[str, Any]], directory: Path, names: set[str]
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in diagnostics:
        name = owner(one, directory, names)
        if name not in names:
            raise RuntimeError(f"an error that belongs to no snippet: {in_words(one)}")
        found.setdefault(name, []).append(one)
    return found


def _without_place(diagnostic: Mapping[str, Any]) -> str:
    return in_words({**diagnostic, "range": {}, "address": ""}).lstrip()
