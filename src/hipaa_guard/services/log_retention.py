"""Amazon CloudWatch Logs: policies of an account that say how long its log groups keep events."""

from __future__ import annotations

import json
import re

from hipaa_guard.facts.allowed_values import numbers
from hipaa_guard.facts.policies.parsing import structure_of
from hipaa_guard.facts.readings import Block, View
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Undecided, Unknown, Value
from hipaa_guard.lean import regex

# CloudWatch Logs API reference, PutAccountPolicy, read 2026-11-30; 0 stands for never.
_DAYS = numbers(0, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
_OF_RETENTION = "RETENTION_POLICY"
_TOLD_BY_GROUPS = "a live account tells each log group the retention that is in force"
_NEVER = "NEVER_EXPIRE"
_PREFIXES = regex(r"\s*LogGroupNamePrefix\s+(?P<no>NOT\s+)?IN\s*(?P<names>\[.*\])\s*", re.IGNORECASE | re.DOTALL)


def _is_of_retention(view: View) -> Value:
    found = view.get("policy_type")
    return found if isinstance(found, Unknown) else found == _OF_RETENTION


def _days(policy: Value) -> Value:
    """The days in the document of a retention policy, a JSON text; 0 for never."""
    found = structure_of(policy)
    if found is None or isinstance(found, Unknown):
        return found
    days = found.get("retentionInDays")
    return 0 if days == _NEVER else days


def _is_retroactive(policy: Value) -> Value:
    found = structure_of(policy)
    if found is None or isinstance(found, Unknown):
        return found
    mode = found.get("enforcementMode")
    return mode if isinstance(mode, Unknown) else mode == "RETROACTIVE"


class RetentionPolicy(Resource):
    """A policy of an account that sets how long its log groups keep events, whatever they say themselves.

    CloudWatch Logs API reference, PutAccountPolicy, "Retention policy", read 2026-11-30: of several that apply to a log
    group the longest retention is in force.
    """

    noun = "retention policy"
    terraform = Block(
        "aws_cloudwatch_log_account_policy",
        "awscc_logs_account_policy",
        name="policy_name",
        awscc_name="policy_name",
        when=_is_of_retention,
    )
    terraform_only = _TOLD_BY_GROUPS

    retention_days: int = fact(
        terraform="policy_document",
        awscc="policy_document",
        unset=None,
        parse=_days,
        allowed=_DAYS,
        terraform_only=_TOLD_BY_GROUPS,
    )
    """As of a log group; 0 means never."""

    is_retroactive: bool = fact(
        terraform="policy_document",
        awscc="policy_document",
        unset=None,
        parse=_is_retroactive,
        terraform_only=_TOLD_BY_GROUPS,
    )
    """Whether it also holds for log groups that are older than the policy."""

    selection: str | None = fact(
        terraform="selection_criteria", awscc="selection_criteria", unset=None, terraform_only=_TOLD_BY_GROUPS
    )
    """The log groups that it holds for, ``LogGroupNamePrefix IN ["/records/"]``; None means all."""


def has_prefix_of(selection: str, name: str) -> bool:
    """Whether the selection of a retention policy has a log group of a name.

    Raises:
        Undecided: the selection is not in the form that CloudWatch Logs takes.

    """
    found = _PREFIXES.fullmatch(selection)
    try:
        prefixes = None if found is None else json.loads(found["names"])
    except ValueError:
        prefixes = None
    if found is None or not isinstance(prefixes, list):
        raise Undecided(Unknown(f"{selection!r} does not select log groups by the prefix of their names"))
    return name.startswith(tuple(map(str, prefixes))) != bool(found["no"])
