"""The same gap has the same severity, whatever resource has it: rows of patterns, so that the next control is held too."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from hipaa_guard.authoring import CRITICAL, HIGH, LOW, MEDIUM
from hipaa_guard.controls.control import Control, Severity
from tests.policies.registry import CONTROLS


class Gap(NamedTuple):
    """A gap that several resources can have: a pattern on ``folder/id`` of its controls."""

    name: str
    pattern: str
    severity: Severity

    def controls(self) -> list[Control]:
        return [each for each in CONTROLS if re.search(self.pattern, f"{each.safeguard}/{each.id}")]


GAPS = (
    Gap("all rights, attached or inline", r"/iam_.*(administrator_access|_no_admin)$", HIGH),
    Gap("all actions of a service", r"/iam_.*no_service_wildcard$", MEDIUM),
    Gap("every key", r"/iam_.*no_blocked_kms_actions$", MEDIUM),
    Gap("everybody", r"(policy|snapshot|acl|group|function|bucket|trust)_not_public$|wildcard_principal$", CRITICAL),
    Gap("another account", r"no_cross_account", MEDIUM),
    Gap("connections without TLS", r"^encryption_in_transit/", HIGH),
    Gap(
        "disks, file systems and databases in the clear",
        r"_encrypted_at_rest$|(volume|snapshot|devices)_encrypted$",
        HIGH,
    ),
    Gap("a key of AWS's", r"_with_cmk$", LOW),
    Gap("credentials in plain text", r"no_secrets$", HIGH),
    Gap("credentials for any request", r"imdsv2_required$", HIGH),
    Gap("rights that nobody used", r"unused_disabled$", MEDIUM),
    Gap("no backups", r"^backup_recovery/.*(backup_enabled|backup_retention|pitr_enabled)$", HIGH),
    Gap("no protection against deletion of data", r"^backup_recovery/(rds|dynamodb).*deletion_protection$", MEDIUM),
    Gap("databases on the internet", r"^network_exposure/rds_.*instance_not_public$", CRITICAL),
)

OTHERWISE = {
    "efs_policy_not_public": (MEDIUM, "a client must also reach a mount target in the VPC"),
    "efs_automatic_backup_enabled": (MEDIUM, "a file system may be backed up by a plan of AWS Backup that is not told"),
    "sns_topic_encrypted_at_rest": (MEDIUM, "AWS encrypts it in any case: only a KMS key asks for a permission"),
    "sqs_queue_encrypted_at_rest": (MEDIUM, "messages are there for days, and AWS encrypts new queues by itself"),
}
"""By control, its severity and the reason why it differs from that of its gap."""

ROWS = [(gap, control) for gap in GAPS for control in gap.controls()]


@pytest.mark.parametrize("gap", GAPS, ids=lambda gap: gap.name)
def test_several_controls_are_about_a_gap(gap: Gap) -> None:
    assert len(gap.controls()) > 1


@pytest.mark.parametrize("gap, control", ROWS, ids=lambda each: getattr(each, "id", None) or each.name)
def test_the_same_gap_has_the_same_severity(gap: Gap, control: Control) -> None:
    expected, _ = OTHERWISE.get(control.id, (gap.severity, ""))
    assert control.severity is expected, f"{control.id} is about {gap.name}: {gap.severity.value}"


def test_what_differs_is_about_a_gap_and_differs() -> None:
    expected = {control.id: gap.severity for gap, control in ROWS}
    assert {id for id, (severity, _) in OTHERWISE.items() if expected[id] is severity} == set()
