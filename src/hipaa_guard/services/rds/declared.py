"""What Terraform tells of RDS where a path is not enough.

The functions serve both providers: what one of them does not have is never set in its resources.
"""

from __future__ import annotations

from hipaa_guard.facts.readings import View
from hipaa_guard.facts.values import Cause, Incomplete, Reference, Unknown, Value, joined

_SOURCES = (
    "replicate_source_db",
    "source_db_instance_identifier",
    "source_db_cluster_identifier",
    "source_dbi_resource_id",
)
_BACKUPS = (
    "snapshot_identifier",
    "restore_to_point_in_time",
    "db_snapshot_identifier",
    "db_cluster_snapshot_identifier",
    "source_db_instance_automated_backups_arn",
    "restore_time",
    "use_latest_restorable_time",
)
_BACKUPS_OF_CLUSTERS = ("snapshot_identifier", "source_db_cluster_identifier", "source_db_cluster_resource_id")
NO_ENGINE = Unknown("engine is left out, which RDS refuses", Cause.REFUSED)


def _is_true(value: Value) -> bool:
    """A known boolean, which JSON plans and variables also write as text. Raises `Undecided` where it is not known."""
    return value is True or value == "true"


def monitoring_of_member(view: View) -> Value:
    """Seconds between metrics of an instance of a cluster; None where the cluster's own setting holds.

    The provider has 0 as its default and sends no 0, so a plan with a 0 says nothing. A state has what AWS says.
    """
    seconds = view.get("monitoring_interval")
    is_state = isinstance(view.get("arn"), str)
    return seconds if is_state or isinstance(seconds, Unknown) or seconds not in (0, "0") else None


def source(view: View) -> Value:
    """What a read replica replicates. The `awscc` provider names what a backup is of by the same arguments."""
    if view.get("restore_time") or view.get("use_latest_restorable_time"):
        return None
    named = (view.get(argument) for argument in _SOURCES)
    return next((value for value in named if value is not None), None)


def is_member(view: View) -> Value:
    """Whether an instance belongs to a cluster. The `awscc` provider has one type for both sorts."""
    if view.type == "aws_rds_cluster_instance":
        return True
    cluster = view.get("db_cluster_identifier")
    return cluster if isinstance(cluster, Unknown) and not cluster.is_set else cluster is not None


def is_no_member(view: View) -> Value:
    """Whether an instance stands alone."""
    member = is_member(view)
    return member if isinstance(member, Unknown) else not member


def engine(view: View) -> Value:
    """The engine, where it is said."""
    said = view.get("engine")
    if said is not None or source(view) is not None:
        return said
    backup = _of_backup(view)
    return NO_ENGINE if backup is None else backup


def instance_encryption(view: View) -> Value:
    """How an instance is encrypted; None where that follows from the instance that it replicates."""
    if _is_true(view.get("storage_encrypted")):
        return "sse-kms"
    if source(view) is not None:
        # A replica is encrypted as its source is; one in another region by the key that it names.
        return "sse-kms" if view.get("kms_key_id") is not None else None
    backup = _of_backup(view)
    return "none" if backup is None else backup


def cluster_encryption(view: View) -> Value:
    """How a cluster is encrypted, where its configuration decides that."""
    said = view.get("storage_encrypted")
    if _is_true(said) or (said is None and view.get("engine_mode") == "serverless"):
        return "sse-kms"
    backup = _of_backup(view)
    if backup is not None:
        return "sse-kms" if view.get("kms_key_id") is not None else backup
    if said is not None:
        return "none"
    if any(view.get(name) is not None for name in ("replication_source_identifier", "global_cluster_identifier")):
        return Unknown("storage_encrypted is left out, and the cluster replicates another", Cause.NOT_IN_SCOPE)
    engine = view.get("engine")
    if engine is None:
        return NO_ENGINE
    if engine.startswith("aurora"):
        # Aurora user guide, "Encrypting Amazon Aurora resources".
        return Unknown("storage_encrypted is left out, and Aurora encrypts only clusters made since 18 February 2026")
    return "none"


def _of_backup(view: View) -> Unknown | None:
    """Why a setting that is left out is not known: what a backup brings with it stays as it was."""
    for argument in _BACKUPS_OF_CLUSTERS if view.type == "awscc_rds_db_cluster" else _BACKUPS:
        if view.get(argument):
            return Unknown(f"left out, it is as in the backup that {argument} names", Cause.NOT_IN_SCOPE)
    return None


def replicates_backups(view: View) -> Value:
    """Whether the automated backups of an instance are copied to another region."""
    if view.type == "aws_db_instance_automated_backups_replication":
        return True
    region = view.get("automatic_backup_replication_region")
    return region if isinstance(region, Unknown) and not region.is_set else region is not None


def replicated(view: View) -> Value:
    """The instance whose automated backups are copied. The `awscc` provider says in the instance that they are."""
    return Reference(view.address, "db_instance_arn")


def replicated_with_key(view: View) -> Value:
    """Automated backups that are replicated with a key are encrypted; others are as their instance is."""
    apart = view.type == "aws_db_instance_automated_backups_replication"
    key = view.get("kms_key_id" if apart else "automatic_backup_replication_kms_key_id")
    if isinstance(key, Unknown) and not key.is_set:
        return key
    return None if key is None else "sse-kms"


def key(view: View) -> Value:
    """The KMS key, where it is said."""
    said = view.get("kms_key_id")
    return _of_backup(view) if said is None else said


def one_day(_: View) -> int:
    """How long CloudFormation keeps the backups of an instance that does not say it."""
    return 1


def public_by_subnets(_: View) -> Unknown:
    """What CloudFormation leaves to RDS, which looks at the VPC of the subnets."""
    reason = "publicly_accessible is left out, and then it depends on the subnets whether the instance is public"
    return Unknown(reason, Cause.NOT_IN_SCOPE)


def backup_days(view: View) -> Value:
    """For how many days backups are kept, where it is said."""
    said = view.get("backup_retention_period")
    return _of_backup(view) if said is None else said


def cluster_zones(view: View) -> Value:
    """Whether a cluster runs in several zones: Multi-AZ clusters always do, Aurora with two instances or more."""
    if view.get("engine_mode") == "serverless" or view.get("db_cluster_instance_class") is not None:
        return True
    members = joined(
        view.linked("aws_rds_cluster_instance"),
        view.linked("awscc_rds_db_instance"),
    )
    seen = members.seen if isinstance(members, Incomplete) else members
    zones = [member.get("availability_zone") for member in seen]
    known = [zone for zone in zones if not isinstance(zone, Unknown)]
    # RDS puts a member that names no zone where the others are not.
    if len(seen) > 1 and (len(set(known)) > 1 or None in known):
        return True
    if len(seen) > 1 and len(known) < len(zones):
        return next(zone for zone in zones if isinstance(zone, Unknown))
    if isinstance(members, Incomplete):
        return members.unknown
    return False if seen else Unknown("its instances are not declared in this configuration", Cause.NOT_IN_SCOPE)


def copied_with_key(view: View) -> Value:
    """A copy made with a key is encrypted; every other snapshot is as what it was taken of."""
    return "sse-kms" if view.type.endswith("_copy") and view.get("kms_key_id") is not None else None
