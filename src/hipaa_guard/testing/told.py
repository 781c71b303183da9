"""What is so: one state, told to Terraform and to AWS, and the verdict that is expected of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from hipaa_guard.controls.control import Status

Side = Literal["terraform", "aws"]
SIDES: tuple[Side, ...] = ("terraform", "aws")

Seed = Callable[[Any], object]
"""Makes a state in an account, given its clients (`Aws`)."""
Answers = Callable[[Any], None]
"""Registers canned answers in a session: see `answered`."""

UNSET = 'variable "open" {}\n'
"""A variable without a value: ``var.open`` is not known."""


@dataclass(frozen=True)
class Told:
    """One state, as Terraform declares it and as calls of AWS make it; None to a side that cannot be told it.

    ``+`` adds more Terraform behind it and further calls after it; ``|`` puts what another state tells in its place.
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
        assert self.terraform is not None, "the state is not told to Terraform"
        return self.terraform

    def make(self, aws: Any) -> Any:
        """Make the state in an account; what the call that makes the resource gives."""
        assert self.aws is not None, "the state is not told to AWS"
        return self.aws(aws)


def _one_after_other(first: Callable[[Any], Any] | None, then: Callable[[Any], Any] | None) -> Any:
    if first is None or then is None:
        return first or then

    def both(told: Any) -> Any:
        made = first(told)
        then(told)
        return made

    return both


def resource(type: str, lines: str = "", label: str = "phi") -> str:
    """A block of Terraform: a resource with some arguments."""
    return f'resource "{type}" "{label}" {{\n{lines}\n}}\n'


@dataclass(frozen=True)
class Case:
    """One case: the state in a sentence, the verdict, and the state told to each side.

    The state is a `Told`, or the text of its Terraform; ``terraform``, ``aws`` and ``answers`` tell what it does not.
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

    def __post_init__(self) -> None:
        told = Told(self.told) if isinstance(self.told, str) else self.told or Told()
        for part in ("terraform", "aws", "answers"):
            here, there = getattr(self, part), getattr(told, part)
            if here is not None and there is not None and here is not there:
                raise TypeError(f"{self.id}: {part} is told twice, by the state and by {part}=")
            object.__setattr__(self, part, here if there is None else there)
        object.__setattr__(self, "told", Told(self.terraform, self.aws, self.answers))

    @property
    def id(self) -> str:
        """The name of the test."""
        return f"{self.control}: {self.sentence}"

    @property
    def sides(self) -> tuple[Side, ...]:
        """Whom it is told to."""
        return tuple(side for side in SIDES if getattr(self, side) is not None)
