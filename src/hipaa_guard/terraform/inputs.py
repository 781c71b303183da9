"""Values of root variables from files and the command line, in Terraform's order; the last one counts.

``TF_VAR_*`` is not looked at: what a scan finds must not depend on who runs it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from hipaa_guard.facts.places import Gap, GapKind, Location
from hipaa_guard.facts.values import Value
from hipaa_guard.terraform import json_syntax, syntax
from hipaa_guard.terraform.errors import FAILURES, EvaluationError, SyntaxProblem
from hipaa_guard.terraform.files import UnreadableFile, read_file
from hipaa_guard.terraform.grammar import parse_expression
from hipaa_guard.terraform.modules import Module, shown
from hipaa_guard.terraform.nodes import Literal, Node, Root
from hipaa_guard.terraform.scope import Budget, Scope, Session

_TEXT_TYPES = frozenset({"string"})


class VariableFileError(ValueError):
    """A file of variable values that was named and cannot be read; the text is a sentence for people."""


class _Constants:
    """What the values of variables see: nothing but functions, which Terraform does not allow there either."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def resolve(self, name: str) -> Value:
        raise EvaluationError(f"a variable value cannot refer to {name[:60]!r}")

    def call(self, function: str, arguments: list[Value]) -> Value:  # noqa: ARG002 - the protocol of `Names`
        raise EvaluationError(f"a variable value cannot call {function[:60]!r}")


def read_variable_file(path: Path) -> dict[str, Value]:
    """The values of a file named by the user.

    Raises:
        VariableFileError: it cannot be read or understood.

    """
    try:
        values, problem = _values(path, str(path), None)
    except UnreadableFile as error:
        raise VariableFileError(f"{path}: {error}") from None
    if problem is not None:
        raise VariableFileError(f"{path}: {problem}")
    return values


def values_files(directory: Path) -> list[str]:
    """The files of a root module that Terraform takes values from by itself, the last one counting most."""
    try:
        names = {entry.name for entry in os.scandir(directory)}
    except OSError:
        return []
    automatic = sorted(name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json")))
    return [*(name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names), *automatic]


def automatic_values(module: Module, base: Path, boundary: Path) -> tuple[dict[str, Value], list[Gap]]:
    """The values of the files that Terraform reads by itself, and the files that could not be read."""
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
        found.update(values)
    return found, gaps


def _values(path: Path, place: str, boundary: Path | None) -> tuple[dict[str, Value], str | None]:
    data = read_file(path, boundary)
    if path.name.endswith(".json"):
        return _json_values(data)
    body = syntax.parse(place, data)
    scope = _constant_scope()
    values: dict[str, Value] = {}
    problem = None
    if body.problems:
        problem = f"syntax error in line {body.problems[0].line}: {body.problems[0].message}"
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


def given_values(module: Module, variables: Mapping[str, str]) -> dict[str, Value]:
    """The values of ``--var``: texts where the variable is a string, expressions where it is anything else.

    Raises:
        VariableFileError: a value is no expression of the kind that the variable needs.

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
        except (SyntaxProblem, *FAILURES) as error:
            raise VariableFileError(f"the value of variable {name!r} is no expression: {error}") from None
    return values


def _is_text(kind: Node | None) -> bool:
    """Whether the text of the command line is the value itself: for strings, and where no type is declared."""
    if kind is None:
        return True
    if isinstance(kind, Literal):
        return isinstance(kind.value, str) and kind.value == "string"
    return isinstance(kind, Root) and kind.name in _TEXT_TYPES


def _constant_scope() -> Scope:
    session = Session(Path(), Path(), Budget())
    session.strict = 1
    return Scope(_Constants(session))
