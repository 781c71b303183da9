"""Everything that a policy module imports besides the services that it judges and shared judgements (`judging`)."""

from hipaa_guard.controls.control import (
    Control,
    Member,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
)
from hipaa_guard.controls.declaring import DeclarationError, control, family
from hipaa_guard.controls.fix import Fix
from hipaa_guard.controls.judgement import Judgement, judgement
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.lists import all_hold, collected, every, gathered, one_holds, some
from hipaa_guard.facts.policies.document import PolicyDocument, Statement
from hipaa_guard.facts.resource import Resource

CRITICAL, HIGH, MEDIUM, LOW = Severity

__all__ = [
    "CRITICAL",
    "HIGH",
    "LOW",
    "MEDIUM",
    "Control",
    "DeclarationError",
    "Fix",
    "Inventory",
    "Judgement",
    "Member",
    "PolicyDocument",
    "Resource",
    "Statement",
    "Verdict",
    "all_hold",
    "collected",
    "control",
    "every",
    "failed",
    "family",
    "gathered",
    "judgement",
    "not_applicable",
    "one_holds",
    "passed",
    "some",
]
