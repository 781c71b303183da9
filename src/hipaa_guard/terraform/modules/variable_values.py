"""Values of root variables from files and the command line, in Terraform's order: the last value counts.

``TF_VAR_*`` counts only on request, so that the result of a scan does not depend on who runs it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.facts.values import Value
from hipaa_guard.terraform.files import UnreadableFile, read_file
from hipaa_guard.terraform.hcl import json_syntax, parsing
from hipaa_guard.terraform.hcl.errors import FAILURES, SyntaxProblem
from hipaa_guard.terraform.hcl.grammar import parse_expression
from hipaa_guard.terraform.hcl.nodes import Literal, Node, Root
from hipaa_guard.terraform.hcl.scope import Budget, Constants, Scope, Session
from hipaa_guard.terraform.modules.module import Module, shown
from hipaa_guard.terraform.modules.plan_inputs import VariableFileError

_TEXT_TYPES = frozenset({"string", "number", "bool"})
"""Types whose values on the command line are plain text: Terraform reads no expression there."""


def read_variable_file(path: Path) -> dict[str, Value]:
    """The values of a file named by the user.

    Raises:
        VariableFileError: it cannot be read or parsed.

    """
    try:
        values, problem = _values(path, str(path), None)
    except UnreadableFile as error:
        raise VariableFileError(f"{path}: {error}") from None
    if problem is not None:
        raise VariableFileError(f"{path}: {problem}")
    return values


def values_files(directory: Path) -> list[str]:
    """The files of a root module that Terraform reads values from by itself, in its order: the last one counts."""
    try:
        return values_among(os.listdir(directory))  # noqa: PTH208 - paths of all of them cost more than their names
    except OSError:
        return []


def values_among(names: Collection[str]) -> list[str]:
    """The files among those of a directory that Terraform reads values from by itself."""
    automatic = sorted(name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json")))
    return [*(name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names), *automatic]


def automatic_values(module: Module, base: Path, boundary: Path) -> tuple[dict[str, Value], list[Gap]]:
    """The values of the files that Terraform reads by itself, and gaps for the files that could not be read."""
    found: dict[str, Value] = {}
    gaps: list[Gap] = []
    for name in values_files(module.directory):
        path = module.directory / name
        place = shown(path, base)
        try:
            values, problem = _values(path, place, boundary)
        except UnreadableFile as error:
            values, problem = {}, str(error)
        if problem is not None:
            gaps.append(Gap(GapKind.FILE, place, problem, location=Location(place, 1, 1)))
        reason = f"{name} gives a value, but no variable of that name is declared"
        gaps += [
            Gap(GapKind.EXPRESSION, f"var.{extra}", reason, incomplete=False, location=Location(place, 1, 1))
            for extra in values
            if extra not in module.variables and not module.unread_blocks
        ]
        found.update(values)
    return found, gaps


def _values(path: Path, place: str, boundary: Path | None) -> tuple[dict[str, Value], str | None]:
    data = read_file(path, boundary)
    if path.name.endswith(".json"):
        return _json_values(data)
    body = parsing.parse(place, data)
    scope = _constant_scope()
    values: dict[str, Value] = {}
    problem = None
    if body.problems:
        problem = f"syntax error in line {body.problems[0].line}: {body.problems[0].message}"
    if body.root.blocks and problem is None:
        first = body.root.blocks[0]
        problem = f"syntax error in line {first.location().line_start}: a file of values has no blocks"
    for name, attribute in body.root.attributes.items():
        try:
            values[name] = attribute.node.evaluate(scope)
        except FAILURES as error:
            problem = problem or f"variable {name!r}: {error}"
    return values, problem


def _json_values(data: bytes) -> tuple[dict[str, Value], str | None]:
    try:
        parsed = json_syntax.parse_json(data.removeprefix(b"\xef\xbb\xbf").decode())
        if not isinstance(parsed.value, list):
            return {}, "the file must hold a JSON object"
        values = json_syntax.node_of(parsed, templates=False).evaluate(_constant_scope())
    except SyntaxProblem as problem:
        return {}, problem.message
    except FAILURES as error:
        return {}, str(error) or "nested too deeply"
    return dict(values), None


def given_values(module: Module, variables: Mapping[str, str], called: str) -> dict[str, Value]:
    """The values of ``--var`` and the like: texts where the variable is a string, expressions where it is not.

    ``called`` is a template for messages: the user's option with a place for the variable's name.

    Raises:
        VariableFileError: a value is no expression of the type that the variable needs.

    """
    values: dict[str, Value] = {}
    for name, text in variables.items():
        block = module.variables.get(name)
        if block is None:
            continue
        kind = block.attributes.get("type")
        if _is_text(kind.node if kind is not None else None):
            values[name] = text
            continue
        try:
            values[name] = parse_expression(text).evaluate(_constant_scope())
        except (SyntaxProblem, *FAILURES):  # the error may quote the value, which may be a secret
            raise VariableFileError(
                f"{called.format(name)}: the variable is no string, so its value is read as in a .tfvars file, "
                "and this one cannot be"
            ) from None
    return values


def _is_text(kind: Node | None) -> bool:
    """Whether a value on the command line is plain text: for strings, and where no type is declared."""
    if kind is None:
        return True
    if isinstance(kind, Literal):
        return isinstance(kind.value, str) and kind.value in _TEXT_TYPES
    return isinstance(kind, Root) and kind.name in _TEXT_TYPES


def _constant_scope() -> Scope:
    session = Session(Path(), Path(), Budget())
    session.strict_depth = 1
    return Scope(Constants(session))
