"""Services that take on roles for whatever customer asks them to, unless the role's trust policy says for whom.

A table: for each service the page on which AWS documents the risk (the "confused deputy") for roles, and shows a trust
policy that names the account or the resource. As of 2026-11-30. A service whose page speaks of resource policies alone
(EC2, Lambda, ECS tasks, CloudTrail) is not in it.
"""

from __future__ import annotations

import re

from hipaa_guard.facts.binding_conditions import SYMBOL_START
from hipaa_guard.facts.partial_patterns import holds
from hipaa_guard.facts.policy_document import Statement
from hipaa_guard.facts.policy_statements import EVERY_SERVICE
from hipaa_guard.facts.values import Cause, Undecided, Unknown, some

PAGES = {
    "autoscaling": "Amazon EC2 Auto Scaling user guide, Cross-service confused deputy prevention",
    "bedrock": "Amazon Bedrock user guide, Create a service role for model customization; for model import",
    "comprehend": "Amazon Comprehend developer guide, Cross-service confused deputy prevention",
    "config": "AWS Config developer guide, Permissions for the IAM Role Assigned to AWS Config",
    "frauddetector": "Amazon Fraud Detector user guide, Confused deputy prevention",
    "greengrass": "AWS IoT Greengrass developer guide, Cross-service confused deputy prevention",
    "healthlake": "AWS HealthLake developer guide, Setting up permissions for import jobs; for export jobs",
    "logs": "Amazon CloudWatch Logs user guide, Confused deputy prevention",
    "medical-imaging": "AWS HealthImaging developer guide, Cross-service confused deputy prevention in HealthImaging",
    "omics": "AWS HealthOmics user guide, Cross-service confused deputy prevention",
    "personalize": "Amazon Personalize developer guide, Cross-service confused deputy prevention",
    "scheduler": "EventBridge Scheduler user guide, Confused deputy prevention in EventBridge Scheduler",
    "states": "AWS Step Functions developer guide, Creating an IAM role for your state machine",
    "transcribe": "Amazon Transcribe developer guide, Cross-service confused deputy prevention",
}
"""The first word of a service principal -> the page of its documentation."""

_PRINCIPAL = re.compile(r"([a-z0-9*-]+)(\..+)?\.amazonaws\.com(\.cn)?")
"""``states.amazonaws.com``, and in some services and partitions ``states.us-east-1.amazonaws.com``."""


def acts_for_anyone(statement: Statement) -> list[str]:
    """The services of the table that a statement of a trust policy lets in, whoever they act for.

    Raises:
        Undecided: a service or a condition is not known, and no known service is let in so.

    """
    if not some(lambda service: holds(_is_named, service), statement.services()):
        return []
    return [
        each if each == EVERY_SERVICE else f"{_word(each)}.amazonaws.com"
        for each in statement.unbound_services()
        if _is_named(each)
    ]


def _is_named(principal: str) -> bool:
    """Whether a service principal is of a service in the table, or may be: a wildcard stands for what is not known.

    Raises:
        Undecided: its first word is looked up.

    """
    if principal.startswith(SYMBOL_START):
        raise Undecided(Unknown("a service that it lets in is read when Terraform plans", Cause.DATA_SOURCE))
    word = _word(principal)
    return principal == EVERY_SERVICE or "*" in word or word in PAGES


def _word(principal: str) -> str:
    found = _PRINCIPAL.fullmatch(principal.lower())
    return found[1] if found else ""
