"""Calls of Terraform's functions: their arguments are prepared and counted, their errors reported."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Cause, PartialText, Undecided, Unknown, Value
from hipaa_guard.lean import regex
from hipaa_guard.terraform.evaluation.enclosing_module import EnclosingModule
from hipaa_guard.terraform.evaluation.partial_json import json_call
from hipaa_guard.terraform.functions.budget import outer_size, whole_size
from hipaa_guard.terraform.functions.errors import FunctionError
from hipaa_guard.terraform.functions.unknowns import Unread, bounded, size_of
from hipaa_guard.terraform.hcl.access import Object, sole_uncertain
from hipaa_guard.terraform.hcl.errors import LIMITS, EvaluationError, SyntaxProblem
from hipaa_guard.terraform.hcl.grammar import parse_template
from hipaa_guard.terraform.hcl.scope import Scope, Session
from hipaa_guard.terraform.hcl.sensitive_values import marking, with_secrets_opened
from hipaa_guard.terraform.limits import STEP_OF_LETTERS, STEP_OF_TEXT

try:
    from hipaa_guard.terraform.functions import FUNCTIONS
except ImportError:
    FUNCTIONS = {}

    from hipaa_guard.terraform.functions import Function

_SOURCE = regex(r"""["']?\bsource["']?\s*[=:]\s*"([^"]*)\"""")
_FIRST_OF_ONE = frozenset({"one", "element"})
_TEMPLATE_DEPTH = 20

_CHOOSING = frozenset({"coalesce", "coalescelist", "element", "lookup", "one"})
"""Functions that return an argument or an element of one, and make no new value."""

_MAKING_ELEMENTS = frozenset(
    {
        *("chunklist", "cidrsubnets", "csvdecode", "fileset", "formatlist", "jsondecode", "range", "regex", "regexall"),
        *("split", "transpose", "yamldecode"),
    }
)
"""Functions that make new elements, not only a new list."""


def invoke(module: EnclosingModule, name: str, arguments: list[Value]) -> Value:
    """The result of a function.

    Raises:
        EvaluationError: Terraform would refuse the call.

    """
    name = name.removeprefix("core::")
    function = _of_provider(module, name) if "::" in name else FUNCTIONS.get(name)
    if function is None and "::" in name:
        return Unknown(f"{name} is a function of a provider", Cause.EXPRESSION)
    if function is None:
        raise EvaluationError(f"there is no function named {name[:60]!r}")
    arguments = [_settled(argument) for argument in arguments]
    uncertain = _of_uncertain_instances(name, arguments)
    if uncertain is not None:
        return uncertain
    partial = json_call(name, arguments)
    if partial is None:
        partial = marking(name, arguments)
    if partial is not None:
        return partial
    try:
        result = with_secrets_opened(name, lambda given: bounded(function(given, FunctionContext(module))), arguments)
        _count(module.session, name, arguments, result)
    except Undecided as undecided:
        return undecided.unknown
    except (FunctionError, EvaluationError):
        raise
    except LIMITS as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        _report(module.session, GapKind.LIMIT, name, reason)
        return Unknown(f"{name}: {reason}", Cause.LIMIT)
    except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError) as error:
        raise EvaluationError(f"{name}: {error}") from error
    unseen = result.unknown if isinstance(result, Incomplete) else result
    if isinstance(unseen, Unread):
        _report(module.session, GapKind.FILE, name, unseen.reason)
    elif isinstance(unseen, Unknown) and unseen.cause is Cause.LIMIT:
        _report(module.session, GapKind.LIMIT, name, unseen.reason)
    return result


def _of_provider(module: EnclosingModule, name: str) -> Function | None:
    """The function of a provider; None where it is not known here."""
    if not name.startswith("provider::aws::") or not _is_of_aws(module):
        return None
    from hipaa_guard.terraform.functions import provider_aws

    return provider_aws.FUNCTIONS.get(name)


def _is_of_aws(module: EnclosingModule) -> bool:
    """Whether ``aws`` names the AWS provider in a module: it does unless ``required_providers`` has another source."""
    for settings in module.module.settings:
        for block in settings.nested("required_providers"):
            written = block.attributes.get("aws")
            source = None if written is None else _SOURCE.search(written.text)
            if source is not None and not source[1].endswith("hashicorp/aws"):
                return False
    return True


def _count(session: Session, name: str, arguments: list[Value], result: Value) -> None:
    """Count the arguments of a function, since it looked at all of them, and its result."""
    if name in _CHOOSING:
        return
    if not any(result is argument for argument in arguments):
        session.budget.spend(whole_size(result) if name in _MAKING_ELEMENTS else outer_size(result))
    for argument in arguments:
        if isinstance(argument, str):
            session.budget.take(len(argument) // (STEP_OF_TEXT if argument.isascii() else STEP_OF_LETTERS))
        elif name == "length":
            continue  # a list or map knows its length
        elif isinstance(argument, list):
            session.budget.walk(list.__len__(argument))
        elif isinstance(argument, dict):
            session.budget.walk(len(argument))
        elif isinstance(argument, PartialText):
            session.budget.take(size_of(argument) // STEP_OF_TEXT)


def _report(session: Session, kind: GapKind, function: str, reason: str) -> None:
    """Report that a call was not evaluated, with the place of the argument around it."""
    where = session.where.location(session.calls) if session.where is not None else None
    session.report(kind, f"{function}()", reason, location=where)


class FunctionContext:
    """See `CallContext`."""

    __slots__ = ("_depth", "_module")

    def __init__(self, module: EnclosingModule, depth: int = 0) -> None:
        self._module = module
        self._depth = depth

    @property
    def root(self) -> Path:
        """The boundary: no file outside of it is read."""
        return self._module.session.boundary

    @property
    def module_dir(self) -> Path:
        """The start of relative paths: the root module, where Terraform runs."""
        return self._module.root_directory

    def template(self, text: str, variables: Mapping[str, Value]) -> Value:
        """The text of a template with these variables filled in.

        Raises:
            EvaluationError: the template is broken.

        """
        if self._depth >= _TEMPLATE_DEPTH:
            raise EvaluationError("templates that use templates, too deep")
        try:
            node = parse_template(text)
        except SyntaxProblem as problem:
            raise EvaluationError(f"template: {problem.message}") from None
        return node.evaluate(Scope(_TemplateNames(self._module, self._depth + 1), variables))


class _TemplateNames:
    """The names in a template besides its variables: the functions."""

    __slots__ = ("_depth", "_module", "session")

    def __init__(self, module: EnclosingModule, depth: int) -> None:
        self._module = module
        self._depth = depth
        self.session: Session = module.session

    def resolve(self, name: str) -> Value:
        raise EvaluationError(f"the template has no variable {name[:60]!r}")

    def call(self, function: str, arguments: list[Value]) -> Value:
        if function in ("templatefile", "templatestring"):
            raise EvaluationError(f"{function} cannot be called inside a template")
        return invoke(self._module, function, arguments)


def _settled(value: Value) -> Value:
    """A module call as the map of its outputs, as functions need it."""
    outputs = getattr(type(value), "outputs", None)
    if isinstance(value, Object) and outputs is not None:
        return outputs(value)
    return value


def _of_uncertain_instances(name: str, arguments: list[Value]) -> Value:
    """The result of ``one(x[*].id)`` and the like for an unknown number of x: a reference that joins follow."""
    if name == "join" and len(arguments) == 2:
        lists = arguments[1]
    elif name in _FIRST_OF_ONE and arguments:
        lists = arguments[0]
    else:
        return None
    key = arguments[1] if name == "element" and len(arguments) == 2 else None
    return sole_uncertain(lists, key) if isinstance(lists, Incomplete) else None
