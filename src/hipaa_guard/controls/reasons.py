"""Reasons of several controls why a machine does not make a change (`Fix.not_by_machine`), with what each implies.

A reason says what is missing or who decides; its consequences are data, so that everything that shows a fix tells them.
"""

from __future__ import annotations

from typing import Self

from hipaa_guard.controls.consequences import Consequence


class Reason(str):
    """Why a machine does not make a change: a predicate whose subject is the change, and what such a change does.

    The text alone says why. ``consequences`` are those that every change for this reason has; a `Fix` with the reason
    has them too.
    """

    __slots__ = ("consequences",)

    consequences: tuple[Consequence, ...]

    def __new__(cls, text: str, *consequences: Consequence) -> Self:
        found = super().__new__(cls, text)
        found.consequences = consequences
        return found


def implied_by(reason: str) -> tuple[Consequence, ...]:
    """The consequences that a reason brings along; a plain text brings none."""
    return reason.consequences if isinstance(reason, Reason) else ()


NEEDS_A_KEY = Reason("needs a KMS key, which is yours to choose", "costs_money")
NEEDS_A_LOG_BUCKET = Reason("needs a bucket for the logs, which is yours to choose", "costs_money")
NEEDS_NETWORKS = Reason("needs the networks that may connect, which are yours to choose", "cuts_access")
NEEDS_THE_ROOT_USER = Reason("is made by the root user in person")
TAKES_ACCESS = Reason("needs a decision on who keeps access, which is yours", "cuts_access")
TAKES_RIGHTS = Reason("needs a decision on which rights stay, which is yours", "cuts_access")
MOVES_A_SECRET = Reason(
    "needs the secret revoked and a new one kept in Secrets Manager", "changes_password", "costs_money"
)


_ANEW: tuple[Consequence, ...] = ("replaces", "destroys_data", "interrupts")


def replaces(what: str) -> Reason:
    """The reason for a setting that Terraform cannot change in place."""
    return Reason(
        f"needs a new {what}, and the data of the old one copied to it", "replaces", "destroys_data", "interrupts"
    )
