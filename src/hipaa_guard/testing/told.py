"""Cases: a state, written for Terraform and for AWS, and the expected verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from hipaa_guard.controls.control import Severity, Status

Side = Literal["terraform", "aws"]
SIDES: tuple[Side, ...] = ("terraform", "aws")

Seed = Callable[[Any], object]
"""Creates a state in an account, with its clients (`Aws`)."""
Answers = Callable[[Any], None]
"""Registers canned answers in a session: see `answered`."""

UNSET = 'variable "open" {}\n'
"""A variable without a value: ``var.open`` is not known."""


@dataclass(frozen=True)
class Told:
    """One state: its Terraform and the AWS calls that create it; None for a side that cannot express it.

    ``+`` appends Terraform and further calls; ``|`` replaces the parts that the other state has.
    """

    terraform: str | None = None
    aws: Seed | None = None
    answers: Answers | None = None
    """Registers canned answers, for calls that moto lacks: see `answered`."""

    def __add__(self, more: Told | str) -> Told:
        more = Told(more) if isinstance(more, str) else more
        texts = [text for text in (self.terraform, more.terraform) if text is not None]
        return Told(
            "\n".join(texts) if texts else None,
            _one_after_other(self.aws, more.aws),
            _one_after_other(self.answers, more.answers),
        )

    def __or__(self, other: Told) -> Told:
        return Told(
            self.terraform if other.terraform is None else other.terraform,
            self.aws if other.aws is None else other.aws,
            self.answers if other.answers is None else other.answers,
        )

    def in_terraform(self, more: str = "") -> Told:
        """The state in Terraform only, with more behind it."""
        return Told(self.text + more)

    def in_aws(self) -> Told:
        """The state in AWS only."""
        return replace(self, terraform=None)

    @property
    def text(self) -> str:
        """The Terraform of a state that has one."""
        assert self.terraform is not None, "the state has no Terraform"
        return self.terraform

    def make(self, aws: Any) -> Any:
        """Create the state in an account. Returns the result of the call that creates the resource."""
        assert self.aws is not None, "the state has no AWS calls"
        return self.aws(aws)


def _one_after_other(first: Callable[[Any], Any] | None, then: Callable[[Any], Any] | None) -> Any:
    if first is None or then is None:
        return first or then

    def both(argument: Any) -> Any:
        result = first(argument)
        then(argument)
        return result

    return both


def resource(type: str, lines: str = "", label: str = "phi") -> str:
    """A Terraform block: a resource with these argument lines."""
    return f'resource "{type}" "{label}" {{\n{lines}\n}}\n'


@dataclass(frozen=True)
class Case:
    """One case: the state in a sentence, the verdict, and the state for each side.

    The state is a `Told`, or the text of its Terraform; ``terraform``, ``aws`` and ``answers`` add the parts it lacks.
    """

    control: str
    sentence: str
    verdict: Status
    told: Told | str | None = None
    aws: Seed | None = None
    denied: str | None = None
    """``service:Operation`` that is refused with AccessDenied while the account is read."""
    says: str = ""
    """Words that the message must contain."""
    answers: Answers | None = None
    terraform: str | None = None
    severity: Severity | None = None
    """The severity of the gap, where it is not that of the control."""

    def __post_init__(self) -> None:
        state = Told(self.told) if isinstance(self.told, str) else self.told or Told()
        for part in ("terraform", "aws", "answers"):
            here, there = getattr(self, part), getattr(state, part)
            if here is not None and there is not None and here is not there:
                raise TypeError(f"{self.id}: {part} is given twice, by the state and by {part}=")
            object.__setattr__(self, part, here if there is None else there)
        object.__setattr__(self, "told", Told(self.terraform, self.aws, self.answers))

    @property
    def id(self) -> str:
        """The name of the test."""
        return f"{self.control}: {self.sentence}"

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that it is written for."""
        return tuple(side for side in SIDES if getattr(self, side) is not None)
