"""Errors of reading Terraform. Each becomes a `Gap` or an `Unknown`; none leaves the package."""

from __future__ import annotations

from hipaa_guard.facts.values import Cause
from hipaa_guard.terraform.functions.errors import FunctionError, FunctionLimitReached


class EvaluationError(Exception):
    """Terraform would refuse this expression; ``try`` and ``can`` catch the error."""

    cause = Cause.EXPRESSION


class LimitReached(EvaluationError):  # noqa: N818 - a limit is no mistake of the author
    """The expression is larger than the evaluator allows. `try` must not hide it."""

    cause = Cause.LIMIT


class SyntaxProblem(Exception):  # noqa: N818 - broken text of others is expected, not exceptional
    """Text that is no HCL. ``offset`` counts from the start of the text that was parsed."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class TooLarge(SyntaxProblem):
    """Text that Terraform would read, but that is nested deeper or has a larger number than this parser reads."""


LIMITS = (LimitReached, FunctionLimitReached, RecursionError)
"""Errors of evaluation that reached a limit: the value exists, but is not known here."""

FAILURES = (EvaluationError, FunctionError, *LIMITS)
"""All errors of evaluation besides `Undecided`."""
