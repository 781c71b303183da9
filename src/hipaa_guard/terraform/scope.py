"""Where an expression is evaluated: the names it sees, and the scan that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from hipaa_guard.facts.places import Gap, GapKind, Location
from hipaa_guard.facts.values import Cause, Undecided, Unknown, Value
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.errors import FAILURES, LIMITS, LimitReached


class Written(Protocol):
    """Anything with a place in a file."""

    def location(self) -> Location:
        """Its lines."""


class Session:
    """One scan: its gaps, its budget, and what is being evaluated now."""

    __slots__ = ("_said", "base", "boundary", "gaps", "instances", "steps", "strict", "where")

    def __init__(self, base: Path, boundary: Path) -> None:
        self.base = base
        self.boundary = boundary
        self.gaps: list[Gap] = []
        self.steps = 0
        self.instances = 0
        self.strict = 0
        self.where: Written | None = None
        self._said: set[tuple[Any, ...]] = set()

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
        said = (id(self.gaps), kind, subject, reason, location)
        if said not in self._said:
            self._said.add(said)
            self.gaps.append(Gap(kind, subject, reason, hint, incomplete, location))

    def step(self) -> None:
        """Count a step of evaluation.

        Raises:
            LimitReached: the scan has used all its steps.

        """
        self.steps += 1
        if self.steps > limits.STEPS:
            raise LimitReached(f"more than {limits.STEPS:,} steps of evaluation")

    def failed(self, error: Exception) -> Unknown:
        """The unknown value that stands for an expression with an error; the gap is reported."""
        where = self.where.location() if self.where else None
        limit = isinstance(error, LIMITS)
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        self.report(
            GapKind.LIMIT if limit else GapKind.EXPRESSION,
            str(where) if where else "expression",
            reason,
            incomplete=limit,
            location=where,
        )
        return Unknown(reason, Cause.LIMIT if limit else Cause.EXPRESSION)

    @contextmanager
    def evaluating(self, where: Written | None, *, strict: bool = False) -> Iterator[None]:
        """Errors from here on belong to `where`; they are raised through collections only if `strict`."""
        saved = self.where, self.strict
        self.where, self.strict = where, int(strict)
        try:
            yield
        finally:
            self.where, self.strict = saved


class Names(Protocol):
    """What a module knows: variables, locals, resources, module calls."""

    session: Session

    def resolve(self, name: str) -> Value:
        """The value of a root name (``var``, ``local``, ``module``, ``data``, a resource type)."""

    def call(self, function: str, arguments: list[Value]) -> Value:
        """The result of a function of Terraform."""


class Scope:
    """A module, and the names bound on the way to an expression (``each``, ``count``, those of ``for``)."""

    __slots__ = ("bound", "module", "session")

    def __init__(self, module: Names, bound: Mapping[str, Value] | None = None) -> None:
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
        return undecided.unknown
