"""Answers of the RDS API: its own engines, encryption and logs."""

from __future__ import annotations

from hipaa_guard.facts.allowed_values import numbers, one_of
from hipaa_guard.facts.readings import derived, listed
from hipaa_guard.facts.values import Value

NEITHER_DOCDB_NOR_NEPTUNE = "Engine!='docdb' && Engine!='neptune'"
"""JMESPath condition for elements of a list: the API is also that of DocumentDB and Neptune."""

NOT_DECLARED = "a configuration does not show what is in force already"

ENCRYPTIONS = one_of("none", "sse-rds", "sse-kms")

INTERVALS = numbers(0, 1, 5, 10, 15, 30, 60)
"""Seconds between the metrics of enhanced monitoring; 0 turns it off."""


def encryption(type: Value, encrypted: Value) -> Value:
    """The type of encryption. Without one it follows from the older field, which is false for a key that AWS owns."""
    if type is not None:
        return type
    return "sse-kms" if encrypted else "none"


storage_encryption = derived(encryption, listed("StorageEncryptionType"), listed("StorageEncrypted"))

# A member without the state must not look like one fewer.
member_states = listed("DBClusterMembers[].not_null(DBClusterParameterGroupStatus, 'unknown')")

NO_TAGS = "a live account tells the backups that plans have made"

# The AWS provider's list for instances and clusters (5.100); the API reference lists them by engine, read 2026-11-30.
LOGS = one_of(
    *("agent", "alert", "audit", "diag.log", "error", "general", "iam-db-auth-error", "instance", "listener"),
    *("notify.log", "oemagent", "postgresql", "slowquery", "trace", "upgrade"),
)
