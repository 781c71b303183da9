"""Where an expression is evaluated: the names it sees, and the scan that it belongs to."""

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
    """What one scan has used of its limits.

    ``kept`` is what values take that stay, ``meanwhile`` what the argument that is being evaluated has made besides.
    """

    __slots__ = ("blocks", "instances", "kept", "steps", "temporary")

    def __init__(self) -> None:
        self.steps = 0
        self.instances = 0
        self.blocks = 0
        self.kept = 0
        self.temporary = 0

    def spend(self, size: int) -> None:
        """Count bytes of texts and elements that are made.

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
        """Count what is left of the evaluation of a value, before which so much was made meanwhile."""
        made = self.temporary - before
        if made > _SMALL:
            made = min(made, whole_size(value))
        self.kept += made
        self.temporary = before


_SMALL = 4096
"""Bytes of which no one asks whether all of them are kept."""


class RecordedValues(Protocol):
    """What a plan or state has worked out of the source that is evaluated: it counts more than the source."""

    def keys(self, block: str) -> Sequence[int | str]:
        """The keys of the instances of a block at the address of its module instance; none where it has no such."""

    def value(self, address: str, attribute: str) -> Value:
        """The value of an attribute of an instance, or `UNTOLD`."""


_BLOCK = 1024
"""Bytes that a nested block takes besides its values."""

NOT_RECORDED: Any = object()
"""A plan or state does not tell this value."""


class Session:
    """The evaluation of one root module: its gaps, the budget of the scan, and what is being evaluated now."""

    __slots__ = (
        "_reported",
        "base",
        "boundary",
        "budget",
        "calls",
        "gaps",
        "record",
        "relied_on",
        "strict",
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
        self.strict = 0
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
        said = (gap.kind, gap.subject, gap.reason, gap.location)
        if said in self._reported or len(self._reported) > limits.ROWS:
            return
        if len(self._reported) == limits.ROWS:
            gap = Gap(GapKind.LIMIT, "coverage", f"more than {limits.ROWS:,} rows; the others are not listed")
        self._reported.add(said)
        self.gaps.append(gap)

    def rely_on(self, *values: Value) -> None:
        """Note, for `try` and `can`, unknown values that the expression needs: it may fail for their sake."""
        if self.relied_on is not None:
            self.relied_on += [value for value in values if isinstance(value, Unknown)]

    def step(self) -> None:
        """Count a step of evaluation.

        Raises:
            LimitReached: the scan has used all its steps.

        """
        self.budget.take(1)

    def made(self, value: Value) -> Value:
        """Count a text, list or map that was just made, and give it on.

        Raises:
            LimitReached: the scan may make no more.

        """
        self.budget.spend(outer_size(value))
        return value

    def another_block(self) -> None:
        """Count a block inside of another that is evaluated, once for each instance and each turn of a dynamic one.

        Raises:
            LimitReached: the scan has made as many as it may.

        """
        self.budget.spend(_BLOCK)
        self.budget.blocks += 1
        if self.budget.blocks > limits.NESTED_BLOCKS:
            raise LimitReached(f"more than {limits.NESTED_BLOCKS:,} nested blocks in one scan")

    def failed(self, error: Exception) -> Unknown:
        """The unknown value that stands for an expression with an error; the gap is reported."""
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
    """What a module knows: variables, locals, resources, module calls."""

    session: Session

    def resolve(self, name: str) -> Value:
        """The value of a root name (``var``, ``local``, ``module``, ``data``, a resource type)."""

    def call(self, function: str, arguments: list[Value]) -> Value:
        """The result of a function of Terraform."""


class Constants:
    """What the values and defaults of variables see, which Terraform allows neither references nor functions: nothing.

    What is written there may be a secret without quotes: it is not repeated.
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
    """The value of a part of a collection; an error stays inside the part, unless `try` or `can` look for it."""
    try:
        return node.evaluate(scope)
    except FAILURES as error:
        if scope.session.strict or isinstance(error, RecursionError):
            raise
        return scope.session.failed(error)
    except Undecided as undecided:
        scope.session.rely_on(undecided.unknown)
        return undecided.unknown


def kept(session: Session, evaluate: Callable[[], Value]) -> Value:
    """A value that is kept, counted with what is done to it after its expression was evaluated."""
    token = BUDGET.set(session.budget)
    made = session.budget.temporary
    value: Value = None
    try:
        value = evaluate()
    finally:
        session.budget.keep(made, value)
        BUDGET.reset(token)
    return value
