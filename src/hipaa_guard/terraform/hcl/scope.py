"""Scopes of expressions, with the names in them, and the session of a scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.facts.values import Cause, Undecided, Unknown, Value
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.functions.budget import BUDGET, outer_size, whole_size
from hipaa_guard.terraform.hcl.errors import FAILURES, LIMITS, EvaluationError, LimitReached


class Located(Protocol):
    """Anything with a place in a file."""

    def location(self, calls: tuple[Location, ...] = ()) -> Location:
        """Its lines."""


class Budget:
    """The use that one scan has made of its limits.

    ``kept`` are the bytes of values that are kept, ``temporary`` those of the argument that is being evaluated.
    """

    __slots__ = ("blocks", "instances", "kept", "steps", "temporary")

    def __init__(self) -> None:
        self.steps = 0
        self.instances = 0
        self.blocks = 0
        self.kept = 0
        self.temporary = 0

    def spend(self, size: int) -> None:
        """Count the bytes of new texts and elements.

        Raises:
            LimitReached: the scan may make no more.

        """
        self.temporary += size
        if self.kept + self.temporary > limits.SIZE:
            raise LimitReached(f"more than {limits.SIZE >> 20} MiB of texts and elements in one scan")

    def walk(self, elements: int) -> None:
        """Count elements that are looked at.

        Raises:
            LimitReached: the scan has used all its steps.

        """
        self.take(elements // limits.STEP_OF_ELEMENTS)

    def take(self, number: int) -> None:
        """Count steps of evaluation.

        Raises:
            LimitReached: the scan has used all its steps.

        """
        self.steps += number
        if self.steps > limits.STEPS:
            raise LimitReached(f"more than {limits.STEPS:,} steps of evaluation")

    def keep(self, before: int, value: Value) -> None:
        """Count an evaluated value as kept; ``before`` is the value of ``temporary`` before its evaluation."""
        made = self.temporary - before
        if made > _SMALL:
            made = min(made, whole_size(value))
        self.kept += made
        self.temporary = before


_SMALL = 4096
"""Maximum bytes that count as kept without measuring the value."""


class RecordedValues(Protocol):
    """Values that a plan or state records of the evaluated source. They override the source."""

    def keys(self, block: str) -> Sequence[int | str]:
        """The keys of the instances of a block, given by its address in its module instance; empty for none."""

    def value(self, address: str, attribute: str) -> Value:
        """The value of an attribute of an instance, or `NOT_RECORDED`."""


_BLOCK = 1024
"""Memory of a nested block besides its values, in bytes."""

NOT_RECORDED: Any = object()
"""A plan or state does not record this value."""


class Session:
    """The evaluation of one root module: its gaps, the budget of the scan, and the argument being evaluated."""

    __slots__ = (
        "_reported",
        "base",
        "boundary",
        "budget",
        "calls",
        "gaps",
        "record",
        "relied_on",
        "strict_depth",
        "where",
        "workspace",
    )

    def __init__(
        self,
        base: Path,
        boundary: Path,
        budget: Budget,
        workspace: str | None = None,
        record: RecordedValues | None = None,
    ) -> None:
        self.base = base
        self.boundary = boundary
        self.budget = budget
        self.workspace = workspace
        self.record = record
        self.gaps: list[Gap] = []
        self.strict_depth = 0
        self.relied_on: list[Unknown] | None = None
        self.where: Located | None = None
        self.calls: tuple[Location, ...] = ()
        self._reported: set[tuple[Any, ...]] = set()

    def report(
        self,
        kind: GapKind,
        subject: str,
        reason: str,
        *,
        hint: str = "",
        incomplete: bool = True,
        location: Location | None = None,
    ) -> None:
        """Add a gap, once."""
        self.add(Gap(kind, subject, reason, hint, incomplete, location))

    def add(self, gap: Gap) -> None:
        """Add a gap, once."""
        row = (gap.kind, gap.subject, gap.reason, gap.location)
        if row in self._reported or len(self._reported) > limits.ROWS:
            return
        if len(self._reported) == limits.ROWS:
            gap = Gap(GapKind.LIMIT, "coverage", f"more than {limits.ROWS:,} rows; the others are not listed")
        self._reported.add(row)
        self.gaps.append(gap)

    def rely_on(self, *values: Value) -> None:
        """Note, for `try` and `can`, unknown values that the expression needs: they may make it fail."""
        if self.relied_on is not None:
            self.relied_on += [value for value in values if isinstance(value, Unknown)]

    def step(self) -> None:
        """Count a step of evaluation.

        Raises:
            LimitReached: the scan has used all its steps.

        """
        self.budget.take(1)

    def made(self, value: Value) -> Value:
        """Count a new text, list or map, and return it.

        Raises:
            LimitReached: the scan may make no more.

        """
        self.budget.spend(outer_size(value))
        return value

    def another_block(self) -> None:
        """Count an evaluated nested block, once for each instance and each turn of a dynamic block.

        Raises:
            LimitReached: the scan may evaluate no more.

        """
        self.budget.spend(_BLOCK)
        self.budget.blocks += 1
        if self.budget.blocks > limits.NESTED_BLOCKS:
            raise LimitReached(f"more than {limits.NESTED_BLOCKS:,} nested blocks in one scan")

    def failed(self, error: Exception) -> Unknown:
        """Report an error in an expression. Returns the unknown value that replaces the expression."""
        where = self.where.location(self.calls) if self.where else None
        limit = isinstance(error, LIMITS)
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)[: limits.REASON_LENGTH]
        self.report(
            GapKind.LIMIT if limit else GapKind.EXPRESSION,
            str(where) if where else "expression",
            reason,
            incomplete=limit,
            location=where,
        )
        return Unknown(reason, Cause.LIMIT if limit else Cause.EXPRESSION)


class ModuleNames(Protocol):
    """The names in a module: variables, locals, resources, module calls."""

    session: Session

    def resolve(self, name: str) -> Value:
        """The value of a root name (``var``, ``local``, ``module``, ``data``, a resource type)."""

    def call(self, function: str, arguments: list[Value]) -> Value:
        """The result of a function of Terraform."""


class Constants:
    """No names: in values and defaults of variables, Terraform allows neither references nor functions.

    The errors do not quote the text, which may be a secret without quotes.
    """

    __slots__ = ("session",)

    def __init__(self, session: Session) -> None:
        self.session = session

    def resolve(self, name: str) -> Value:  # noqa: ARG002 - the protocol of `ModuleNames`
        raise EvaluationError("a variable value cannot refer to another value; texts need quotes")

    def call(self, function: str, arguments: list[Value]) -> Value:  # noqa: ARG002 - the protocol of `ModuleNames`
        raise EvaluationError("a variable value cannot call functions")


class Scope:
    """A module, and the names bound on the way to an expression (``each``, ``count``, those of ``for``)."""

    __slots__ = ("bound", "module", "session")

    def __init__(self, module: ModuleNames, bound: Mapping[str, Value] | None = None) -> None:
        self.module = module
        self.session = module.session
        self.bound: Mapping[str, Value] = bound or {}

    def binding(self, names: Mapping[str, Value]) -> Scope:
        """This scope with more names."""
        return Scope(self.module, {**self.bound, **names})

    def resolve(self, name: str) -> Value:
        """The value of a root name."""
        bound = self.bound
        return bound[name] if name in bound else self.module.resolve(name)


def guarded(scope: Scope, node: Any) -> Value:
    """The value of an element of a collection. An error makes only this element unknown, except in `try` and `can`."""
    try:
        return node.evaluate(scope)
    except FAILURES as error:
        if scope.session.strict_depth or isinstance(error, RecursionError):
            raise
        return scope.session.failed(error)
    except Undecided as undecided:
        scope.session.rely_on(undecided.unknown)
        return undecided.unknown


def kept(session: Session, evaluate: Callable[[], Value]) -> Value:
    """A value that is kept. The bytes of its evaluation and of all later steps of ``evaluate`` are counted."""
    token = BUDGET.set(session.budget)
    made = session.budget.temporary
    value: Value = None
    try:
        value = evaluate()
    finally:
        session.budget.keep(made, value)
        BUDGET.reset(token)
    return value
