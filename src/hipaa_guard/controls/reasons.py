"""Reasons of several controls why a machine does not make a change (`Fix.not_by_machine`), and what they imply."""

from __future__ import annotations

from hipaa_guard.controls.consequences import Consequence

NEEDS_A_KEY = "needs a KMS key, which is yours to choose"
NEEDS_A_LOG_BUCKET = "needs a bucket for the logs, which is yours to choose"
NEEDS_NETWORKS = "needs the networks that may connect, which are yours to choose"
NEEDS_THE_ROOT_USER = "is made by the root user in person"
TAKES_ACCESS = "takes access from somebody, and who keeps it is yours to decide"
TAKES_RIGHTS = "takes rights away, and which are needed is yours to decide"
MOVES_A_SECRET = "needs the secret changed and kept in Secrets Manager"  # noqa: S105 - not a password

IMPLIED: dict[str, tuple[Consequence, ...]] = {
    NEEDS_A_KEY: ("costs_money",),
    NEEDS_A_LOG_BUCKET: ("costs_money",),
    NEEDS_NETWORKS: ("cuts_access",),
    MOVES_A_SECRET: ("costs_money",),
}
"""By reason, the consequences that every change of that kind has besides those that the reason tells."""


def replaces(what: str) -> str:
    """The reason for a setting that Terraform cannot change in place."""
    return f"replaces the {what}, so what it holds must be copied first"
