"""What settles an unknown verdict, by its cause."""

from __future__ import annotations

from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.values import Cause

_SETTLED_BY = {
    Cause.VARIABLE: "--var, --var-file or a plan gives it",
    Cause.WORKSPACE: "--workspace NAME or a plan tells it",
    Cause.AFTER_APPLY: "a state, or a scan of the account, tells it",
    Cause.DATA_SOURCE: "a plan tells it",
    Cause.MODULE: "`terraform init` fetches it, and a plan holds it",
    Cause.EXPRESSION: "a plan tells it",
    Cause.EXPANSION: "a plan tells it",
    Cause.NOT_IN_SCOPE: "a scan of the account tells it",
    Cause.DENIED: "the role that scans lacks the action",
    Cause.THROTTLED: "--resume asks once more",
    Cause.UNREACHABLE: "--resume asks once more",
    Cause.CREDENTIALS: "--resume goes on with new credentials",
    Cause.SERVICE_ERROR: "--resume asks once more",
}
"""Predicates or clauses; a cause that only its own message explains has none."""

_MOST_NAMES = 3
_OF_PEOPLE = {Cause.VARIABLE: "var.", Cause.DATA_SOURCE: "data."}
"""The beginning of the names that a person can give or look up, by cause."""


def settled_by(finding: Finding) -> str:
    """What settles verdicts that are unknown for the same cause; empty where that depends on the verdict."""
    return _SETTLED_BY.get(finding.cause, "") if finding.cause is not None and finding.error is None else ""


def names_in_words(finding: Finding) -> str:
    """The variables or data sources that have to be known for an unknown verdict: "var.a and var.b"; empty for none."""
    begins = _OF_PEOPLE.get(finding.cause) if finding.cause is not None else None
    if begins is None:
        return ""
    found = sorted({_source(name) for name in finding.references if begins in name})
    more = f" and {len(found) - _MOST_NAMES} more" if len(found) > _MOST_NAMES else ""
    return " and ".join(found[:_MOST_NAMES]) + more


def _source(name: str) -> str:
    """A data source without its module and the attribute that was read; a variable as it is."""
    parts = name.split(".")
    if "data" not in parts:
        return name
    at = parts.index("data")
    return ".".join(parts[at : at + 3]).partition("[")[0]
