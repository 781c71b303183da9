"""Running the policy modules of users and of installed packages.

A module is run statement by statement. If the declaration of a control fails, that control is broken and the next
statement runs: a wrong declaration does not affect other controls. If any other statement fails, the controls of the
file lack something that they rest on, and all of them are broken.
"""

from __future__ import annotations
import __future__

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

from hipaa_guard.controls.broken import Broken, error_text, line_in, place_of
from hipaa_guard.controls.control import Control, Member
from hipaa_guard.controls.declaring import DeclarationError, collected

_FUTURES = 0
for _name in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _name).compiler_flag


class Policies(NamedTuple):
    """The controls of a policy module, in their order, and those that cannot be used."""

    controls: tuple[Control, ...] = ()
    broken: tuple[Broken, ...] = ()


class PolicyFileError(ImportError):
    """A policy module cannot be used as a whole. ``broken`` has its controls, or the file if it has none."""

    def __init__(self, broken: tuple[Broken, ...]) -> None:
        self.broken = broken
        super().__init__(str(broken[0]))


class PolicyLoader(SourceFileLoader):
    """Imports a policy module. `declared` has its controls."""

    declared: Policies

    def exec_module(self, module: ModuleType) -> None:
        """Run the module.

        Raises:
            PolicyFileError: a statement failed that declares no control.

        """
        with somebody_elses_code():
            self.declared = _run(module, Path(self.path))


def own_module(name: str, file: Path) -> Policies:
    """Load a policy module from a file, anew."""
    loader = PolicyLoader(name, str(file.absolute()))
    spec = spec_from_file_location(name, file, loader=loader)
    assert spec is not None  # as it has a loader
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except PolicyFileError as error:
        return Policies((), error.broken)
    return loader.declared


@contextmanager
def somebody_elses_code() -> Iterator[None]:
    """Run code that is not ours with its output on standard error, as standard output is for results."""
    with redirect_stdout(sys.stderr):
        yield


def policies_of(spec: ModuleSpec | None) -> Policies | None:
    """The controls of an imported module; None if `PolicyLoader` did not import it."""
    loader = None if spec is None else spec.loader
    return loader.declared if isinstance(loader, PolicyLoader) else None


def _run(module: ModuleType, file: Path) -> Policies:
    tree, flags = _read(file)
    broken: list[Broken] = []
    with collected() as controls:
        for number, statement in enumerate(tree.body):
            if number and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue  # it has no effect, and would become the docstring when compiled alone
            code = compile(ast.Module([statement], []), str(file), "exec", flags, dont_inherit=True)
            try:
                exec(code, module.__dict__)  # noqa: S102 - the user named the directory, or installed the package
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                if not _declares(statement):
                    raise PolicyFileError(tuple(_all_of(tree, file, error, statement))) from error
                broken.extend(_of_declaration(statement, file, error))
    return Policies(tuple(controls), tuple(broken))


def _read(file: Path) -> tuple[ast.Module, int]:
    """The statements of a file, and the compiler flags of its imports from `__future__`."""
    try:
        source = file.read_bytes()
        tree = ast.parse(source, str(file))
        whole: CodeType = compile(tree, str(file), "exec", dont_inherit=True)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        line = error.lineno or 0 if isinstance(error, SyntaxError) else 0
        reason = f"SyntaxError: {error.msg}" if isinstance(error, SyntaxError) else error_text(error)
        raise PolicyFileError((Broken("", str(file), line, f"it cannot be read: {reason}"),)) from error
    return tree, whole.co_flags & _FUTURES


def _declares(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and bool(statement.decorator_list)


def _line(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", None)
    return decorators[0].lineno if decorators else statement.lineno


def _names(statement: ast.stmt) -> list[str]:
    """The ids of a declaration: those of the family's members if they are literals, else the function's name."""
    members = [
        call.args[0].value
        for decorator in getattr(statement, "decorator_list", ())
        for call in ast.walk(decorator)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == Member.__name__
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    ]
    return members or [getattr(statement, "name", "")]


def _of_declaration(statement: ast.stmt, file: Path, error: BaseException) -> Iterator[Broken]:
    """The broken controls of a failed declaration: its control, or those of its family that cannot be created."""
    line = line_in(str(file), error.__traceback__) or _line(statement)
    if isinstance(error, DeclarationError) and error.members:
        for each in error.members:
            yield Broken(each.name, str(file), line, each.faults_text)
        return
    reason = error.faults_text if isinstance(error, DeclarationError) else f"it cannot be declared: {error_text(error)}"
    for name in _names(statement):
        yield Broken(name, str(file), line, reason)


def _all_of(tree: ast.Module, file: Path, error: BaseException, failed: ast.stmt) -> Iterator[Broken]:
    """All controls of a file whose code failed outside of a declaration, or the file if it declares none."""
    line = line_in(str(file), error.__traceback__) or failed.lineno
    reason = f"its file cannot be loaded: {place_of(str(file), line)}: {error_text(error)}"
    declarations = [statement for statement in tree.body if _declares(statement)]
    for statement in declarations:
        for name in _names(statement):
            yield Broken(name, str(file), _line(statement), reason)
    if not declarations:
        yield Broken("", str(file), line, f"it cannot be loaded: {error_text(error)}")
