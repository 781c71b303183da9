"""Facts, and what each shared judgement says of them."""

from __future__ import annotations

from typing import Any

from hipaa_guard.authoring import Judgement, PolicyDocument
from hipaa_guard.controls.control import Status
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Unknown
from hipaa_guard.judging import (
    backups,
    cross_account,
    customer_keys,
    deletion,
    encryption,
    log_delivery,
    open_ports,
    public_addresses,
    public_policies,
    public_snapshots,
    transit,
    updates,
    zones,
)

PASS, FAIL = Status.PASS, Status.FAIL


def policy(**statement: object) -> PolicyDocument:
    read = PolicyDocument.parse({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"} | statement]})
    assert isinstance(read, PolicyDocument)
    return read


def deny(*actions: str, resource: str = "arn:b") -> PolicyDocument:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    return policy(Effect="Deny", Principal="*", Action=list(actions), Resource=resource, Condition=condition)


OWN = "111122223333"
EVERYONE = policy(Principal="*")
OURS = policy(Principal={"AWS": f"arn:aws:iam::{OWN}:root"})
THEIRS = policy(Principal={"AWS": "arn:aws:iam::444455556666:root"})
SERVICE = policy(Principal={"Service": "sns.amazonaws.com"})
BUCKET = ("arn:b",)
WITH = encryption.With("a KMS key (dsse)")
NOT_SEEN = Unknown("cut off")
TABLE: list[tuple[Judgement[Any], object, Status, str]] = [
    (public_policies.policy_not_public, None, PASS, "has no policy statement that reaches everyone"),
    (public_policies.policy_not_public, OURS, PASS, "has a policy without a statement that reaches everyone"),
    (public_policies.policy_not_public, EVERYONE, FAIL, "allows everyone"),
    (cross_account.no_cross_account, None, PASS, "has no policy"),
    (cross_account.no_cross_account, OURS, PASS, "names no other account"),
    (cross_account.no_cross_account, THEIRS, FAIL, "allows other accounts: 444455556666"),
    (cross_account.not_shared, [], PASS, "is shared with no other account"),
    (cross_account.not_shared, ["444455556666"], FAIL, "is shared with other accounts: 444455556666"),
    (cross_account.not_shared, ["444455556666", "all"], FAIL, "is shared with everyone"),
    (cross_account.no_cross_account, EVERYONE, FAIL, "allows everyone"),
    (cross_account.no_cross_account, SERVICE, FAIL, "lets in sns.amazonaws.com for any customer of the service"),
    (customer_keys.customer_managed_key, None, FAIL, "names no KMS key"),
    (customer_keys.customer_managed_key, "alias/aws/s3", FAIL, "is encrypted with a KMS key that AWS manages"),
    (
        customer_keys.customer_managed_key,
        "alias/records",
        PASS,
        "is encrypted with a KMS key that the customer manages",
    ),
    (encryption.encrypted_at_rest, True, PASS, "is encrypted at rest"),
    (encryption.encrypted_at_rest, False, FAIL, "is not encrypted at rest"),
    (encryption.encrypted_at_rest, WITH, PASS, "is encrypted with a KMS key (dsse)"),
    (encryption.encrypted_with_kms, True, PASS, "is encrypted with a KMS key"),
    (encryption.encrypted_with_kms, False, FAIL, "is not encrypted with a KMS key"),
    (encryption.encrypted_with_kms, WITH, PASS, "is encrypted with a KMS key (dsse)"),
    (transit.tls_required, True, PASS, "refuses connections without TLS"),
    (transit.tls_required, False, FAIL, "takes connections without TLS"),
    (
        transit.plain_http_denied,
        transit.PlainHttpRequests(None, ("s3:*",), (BUCKET,)),
        FAIL,
        "has no policy, so S3 answers",
    ),
    (
        transit.plain_http_denied,
        transit.PlainHttpRequests(deny("s3:*"), ("s3:*",), (BUCKET,)),
        PASS,
        "denies everyone s3:*",
    ),
    (
        transit.plain_http_denied,
        transit.PlainHttpRequests(OURS, ("s3:*",), (BUCKET,)),
        FAIL,
        "does not deny everyone s3:*",
    ),
    (
        transit.plain_http_denied,
        transit.PlainHttpRequests(deny("s3:*"), ("s3:*",), (BUCKET, ["arn:b/*"])),
        FAIL,
        "not deny",
    ),
    (
        transit.plain_http_denied,
        transit.PlainHttpRequests(deny("a:Put"), ("a:Put", "a:Get"), (BUCKET,)),
        FAIL,
        "a:Put and a:Get",
    ),
    (deletion.deletion_protected, True, PASS, "is protected against deletion"),
    (deletion.deletion_protected, False, FAIL, "is not protected against deletion"),
    (log_delivery.access_logged, "logs", PASS, "is set to deliver access logs"),
    (log_delivery.access_logged, None, FAIL, "delivers no access logs"),
    (log_delivery.logs_exported, log_delivery.Exports(None), FAIL, "exports no logs to CloudWatch Logs"),
    (
        log_delivery.logs_exported,
        log_delivery.Exports([], "audit"),
        FAIL,
        "exports no logs to CloudWatch Logs, but not",
    ),
    (log_delivery.logs_exported, log_delivery.Exports(["error"], "audit"), FAIL, "exports error to CloudWatch Logs"),
    (log_delivery.logs_exported, log_delivery.Exports(["error", "audit"], "audit"), PASS, "exports the audit log"),
    (log_delivery.logs_exported, log_delivery.Exports(Incomplete(["audit"], NOT_SEEN), "audit"), PASS, "the audit log"),
    (
        log_delivery.logs_exported,
        log_delivery.Exports(["audit"], "audit", "nothing writes it"),
        FAIL,
        "exports the audit log to CloudWatch Logs, but nothing writes it",
    ),
    (backups.backups_kept, 0, FAIL, "off"),
    (backups.backups_kept, 1, FAIL, "for 1 day, less than 7"),
    (backups.backups_kept, 6, FAIL, "for 6 days, less than 7"),
    (backups.backups_kept, 7, PASS, "for 7 days"),
    (backups.backed_up, True, PASS, "has automatic backups on"),
    (backups.backed_up, False, FAIL, "has automatic backups off"),
    (updates.minor_versions_automatic, True, PASS, "takes minor engine versions automatically"),
    (updates.minor_versions_automatic, False, FAIL, "upgrades off"),
    (public_addresses.no_public_address, True, PASS, "has no public address"),
    (public_addresses.no_public_address, False, FAIL, "has a public address"),
    (public_snapshots.snapshot_not_public, True, PASS, "is not shared with everyone"),
    (public_snapshots.snapshot_not_public, False, FAIL, "every AWS account may restore it"),
    (zones.several_zones, True, PASS, "runs in more than one zone"),
    (zones.several_zones, False, FAIL, "runs in one zone only"),
    (open_ports.closed_to_internet, None, PASS, "has no rule that opens SSH to the internet"),
    (open_ports.closed_to_internet, "TCP 22 from 0.0.0.0/0", FAIL, "lets in TCP 22 from 0.0.0.0/0"),
]
NEEDED = {transit.plain_http_denied.name: {"service": "S3"}, open_ports.closed_to_internet.name: {"of": "SSH"}}
"""The words that each control must give, as the table has them."""
AWS_KEY = f"{customer_keys.AWS_MANAGED} aws/x"
WORDED: list[tuple[Judgement[Any], object, dict[str, str], str]] = [
    (public_policies.policy_not_public, None, {"policy": "key policy"}, "has no key policy statement that reaches"),
    (public_policies.policy_not_public, OURS, {"policy": "key policy"}, "has a key policy without a statement"),
    (public_policies.policy_not_public, EVERYONE, {"policy": "key policy"}, "has a key policy that allows everyone"),
    (
        customer_keys.customer_managed_key,
        None,
        {"otherwise": "a key that X owns"},
        "is encrypted with a key that X owns",
    ),
    (customer_keys.customer_managed_key, None, {"otherwise": AWS_KEY}, "is encrypted with the AWS managed key aws/x"),
    (customer_keys.customer_managed_key, "alias/aws/x", {"otherwise": AWS_KEY}, "with the AWS managed key aws/x"),
    (
        customer_keys.customer_managed_key,
        "alias/aws/x",
        {"otherwise": "a key that X owns"},
        "a KMS key that AWS manages",
    ),
    (
        customer_keys.customer_managed_key,
        "alias/own",
        {"otherwise": AWS_KEY},
        "with a KMS key that the customer manages",
    ),
    (
        customer_keys.customer_managed_key,
        "alias/own",
        {"encrypts": "new files"},
        "encrypts new files with a KMS key that",
    ),
    (
        customer_keys.customer_managed_key,
        "alias/aws/x",
        {"encrypts": "new files"},
        "encrypts new files with a KMS key that",
    ),
    (encryption.encrypted_at_rest, True, {"encrypts": "new files"}, "encrypts new files"),
    (encryption.encrypted_at_rest, False, {"encrypts": "new files"}, "does not encrypt new files"),
    (encryption.encrypted_at_rest, WITH, {"encrypts": "new files"}, "encrypts new files with a KMS key (dsse)"),
    (encryption.encrypted_with_kms, True, {"encrypts": "new files"}, "encrypts new files with a KMS key"),
    (encryption.encrypted_with_kms, False, {"encrypts": "new files"}, "does not encrypt new files with a KMS key"),
    (encryption.encrypted_with_kms, False, {"otherwise": "X's key"}, "is encrypted with X's key, not with a KMS key"),
    (
        transit.plain_http_denied,
        transit.PlainHttpRequests(None, ("a:*",), (BUCKET,)),
        {"policy": "queue policy"},
        "no queue policy,",
    ),
    (
        transit.plain_http_denied,
        transit.PlainHttpRequests(deny("a:*"), ("a:*",), (BUCKET,)),
        {"on": "it"},
        "a:* on it without TLS",
    ),
    (
        transit.plain_http_denied,
        transit.PlainHttpRequests(OURS, ("a:*",), (BUCKET,)),
        {"on": "it"},
        "a:* on it without TLS",
    ),
    (
        log_delivery.access_logged,
        "b",
        {"logs": "query logs", "to": "a bucket"},
        "set to deliver query logs to a bucket",
    ),
    (log_delivery.access_logged, None, {"logs": "query logs", "to": "a bucket"}, "delivers no query logs"),
    (backups.backed_up, True, {"backups": "rewinding"}, "has rewinding on"),
    (backups.backed_up, False, {"backups": "rewinding"}, "has rewinding off"),
    (public_addresses.no_public_address, True, {"address": "public IPv4 address"}, "has no public IPv4 address"),
    (public_addresses.no_public_address, False, {"address": "public IPv4 address"}, "has a public IPv4 address"),
    (open_ports.closed_to_internet, None, {"to": "the whole internet"}, "opens SSH to the whole internet"),
]
