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
    Gap(
        "a key of AWS's, in stores that are made for patients' data",
        r"/(healthlake|medical_imaging|omics)_.*_cmk$",
        MEDIUM,
    ),
    Gap("no key of KMS", r"^encryption_at_rest/.*_with_kms$", MEDIUM),
    Gap("tokens of an issuer that serves everybody", r"_oidc_", HIGH),
    Gap("instances with a public address", r"_no_public_ip$", HIGH),
    Gap("remote sessions from the internet", r"/sg_no_public_ingress_(ssh|rdp|administration)$", HIGH),
    Gap("data ports on the internet", r"/sg_no_public_ingress_(databases|clinical|all_ports)$", CRITICAL),
    Gap("network ACLs, behind which security groups decide", r"/nacl_", LOW),
    Gap("all public access is not blocked", r"public_access(_blocked|_block)?$", HIGH),
    Gap(
        "no record of requests",
        r"^audit_logging/.*(access_logging(_enabled)?|logs_exported|flow_logs_enabled)$",
        MEDIUM,
    ),
    Gap(
        "the record leaves out a region, or all",
        r"/cloudtrail_(is_logging|multi_region|management_events_logged)$",
        HIGH,
    ),
    Gap(
        "credentials that do not change",
        r"(secret_rotation_\w+|access_key_max_age_90|master_password_managed)$",
        MEDIUM,
    ),
    Gap("one zone only", r"_multi_az$", MEDIUM),
    Gap("engines that take no updates", r"^patching/", MEDIUM),
    Gap("metrics", r"^monitoring/", LOW),
    Gap("passwords of the database only", r"_iam_authentication$", LOW),
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
    "cloudtrail_bucket_access_logging": (LOW, "the bucket itself is judged too, by s3_bucket_access_logging_enabled"),
    "log_group_not_public": (MEDIUM, "AWS services alone are let in, and may write log events but not read any"),
    "log_group_encrypted_with_kms": (LOW, "AWS encrypts it in any case, and a log group should hold no ePHI"),
    "omics_annotation_store_cmk": (LOW, "it holds what is known of genomes, and nothing of a patient"),
    "omics_reference_store_cmk": (LOW, "it holds reference genomes, and nothing of a patient"),
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
