"""Readings of Terraform for RDS, where a path is not enough.

The functions serve both providers: an argument that one of them lacks is never set in its resources.
"""

from __future__ import annotations

from hipaa_guard.facts.lists import Incomplete, joined
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.values import Cause, Reference, Unknown, Value, is_given

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
_ARNS = ("arn", "db_instance_arn", "db_cluster_arn", "db_snapshot_arn", "db_cluster_snapshot_arn")
NO_ENGINE = Unknown("engine is left out, which RDS refuses", Cause.REFUSED)
# Aurora user guide, "Encrypting Amazon Aurora resources": new clusters are encrypted with a key of AWS where no other
# is asked for. A state records StorageEncrypted, which is false for that key.
OF_AURORA = Unknown("storage_encrypted is not on, and Aurora encrypts only clusters made since 18 February 2026")


def _is_true(value: Value) -> bool:
    """A boolean, which JSON plans and variables also write as text. Raises `Undecided` if it is not known."""
    return value is True or value == "true"


def monitoring_of_member(view: View) -> Value:
    """Seconds between metrics of an instance of a cluster; None if the cluster's setting applies.

    The provider's default is 0, which it does not send, so a 0 in a plan means no setting. A state has AWS's value.
    """
    seconds = view.get("monitoring_interval")
    return seconds if _exists(view) or isinstance(seconds, Unknown) or seconds not in (0, "0") else None


def source(view: View) -> Value:
    """The source of a read replica. The `awscc` provider uses the same arguments for the source of backups."""
    if view.get("restore_time") or view.get("use_latest_restorable_time"):
        return None
    named = (view.get(argument) for argument in _SOURCES)
    return next((value for value in named if value is not None), None)


def master_sign_in(view: View) -> Value:
    """How the master user signs in. The `aws` provider (6.25) has no argument for it."""
    return view.get("master_user_authentication_type")


def is_member(view: View) -> Value:
    """Whether an instance belongs to a cluster. The `awscc` provider has one type for all instances."""
    if view.type == "aws_rds_cluster_instance":
        return True
    cluster = view.get("db_cluster_identifier")
    return cluster if isinstance(cluster, Unknown) and not cluster.is_set else cluster is not None


def is_multi_az_cluster(view: View) -> Value:
    """Whether a cluster is a Multi-AZ one, whose instances RDS makes itself."""
    size = view.get("db_cluster_instance_class")
    return size if isinstance(size, Unknown) and not size.is_set else size is not None


def monitoring_of_members(view: View) -> Value:
    """Seconds between metrics of all instances of a Multi-AZ cluster."""
    return view.get("monitoring_interval")


def cluster_itself(view: View) -> Reference:
    """The cluster that is read."""
    return Reference(view.address, "id")


def is_no_member(view: View) -> Value:
    """Whether an instance belongs to no cluster."""
    member = is_member(view)
    return member if isinstance(member, Unknown) else not member


def engine(view: View) -> Value:
    """The engine, if it is set."""
    argument = view.get("engine")
    if argument is not None or source(view) is not None:
        return argument
    backup = _of_backup(view)
    return NO_ENGINE if backup is None else backup


def names_custom(engine: str) -> bool:
    """Whether an engine is one of RDS Custom."""
    return engine.startswith("custom-")


def is_custom(view: View) -> Value:
    """Whether an instance is of RDS Custom: by its engine, or by the instance profile of its host.

    RDS requires the profile for RDS Custom, where it restores an instance or makes a replica too, which name no engine
    (API reference, CreateDBInstance, RestoreDBInstanceFromDBSnapshot and CreateDBInstanceReadReplica).
    """
    engine, profile = view.get("engine"), view.get("custom_iam_instance_profile")
    if isinstance(engine, str) and names_custom(engine):
        return True
    left_out = isinstance(engine, Unknown) and engine.cause is Cause.AFTER_APPLY and not isinstance(engine, Reference)
    if isinstance(engine, Unknown) and not left_out:
        return engine
    return profile if isinstance(profile, Unknown) and not profile.is_set else profile is not None


def instance_encryption(view: View) -> Value:
    """The encryption of an instance; None if its source decides.

    RDS restores an instance, and makes a replica, as its source is: the operations for it take no other setting (API
    reference, RestoreDBInstanceFromDBSnapshot, RestoreDBInstanceToPointInTime, CreateDBInstanceReadReplica).
    """
    argument = view.get("storage_encrypted")
    encrypted = "sse-kms" if _is_true(argument) else "none"
    if argument is not None and _exists(view):
        return encrypted
    if is_given(source(view)):
        # A replica is encrypted like its source; one in another region with the key that it names.
        return _with_a_key(view, otherwise=None)
    backup = _of_backup(view)
    return encrypted if backup is None else backup


def cluster_encryption(view: View) -> Value:
    """The encryption of a cluster, if its configuration decides."""
    argument = view.get("storage_encrypted")
    encrypted = _is_true(argument)
    if (argument is None and view.get("engine_mode") == "serverless") or (encrypted and _exists(view)):
        return "sse-kms"
    backup = None if argument is not None and _exists(view) else _of_backup(view)
    if backup is not None:
        # Restored without a key, it is encrypted as the backup is (API reference, RestoreDBClusterFromSnapshot).
        return _with_a_key(view, otherwise=backup)
    if encrypted:
        return "sse-kms"
    engine = view.get("engine")
    if argument is not None and not (_exists(view) and (engine or "").startswith("aurora")):
        return "none"
    if any(view.get(name) is not None for name in ("replication_source_identifier", "global_cluster_identifier")):
        return Unknown("storage_encrypted is not on, and the cluster replicates another", Cause.NOT_IN_SCOPE)
    if engine is None:
        return NO_ENGINE
    if engine.startswith("aurora"):
        return OF_AURORA
    return "none"


def _exists(view: View) -> bool:
    """Whether a plan or state has the resource as AWS made it, and not only as source asks for it."""
    return any(isinstance(view.get(name), str) for name in _ARNS)


def _of_backup(view: View) -> Unknown | None:
    """Why a left-out setting is unknown: the restored backup decides. None without a backup."""
    for argument in _BACKUPS_OF_CLUSTERS if view.type == "awscc_rds_db_cluster" else _BACKUPS:
        if view.get(argument):
            return Unknown(f"it is as in the backup that {argument} names", Cause.NOT_IN_SCOPE)
    return None


def _with_a_key(view: View, argument: str = "kms_key_id", *, otherwise: Value) -> Value:
    """``sse-kms`` where the argument names a key. Raises `Undecided` where that is not known."""
    return "sse-kms" if is_given(view.get(argument)) else otherwise


def replicates_backups(view: View) -> Value:
    """Whether the automated backups of an instance are copied to another region."""
    if view.type == "aws_db_instance_automated_backups_replication":
        return True
    region = view.get("automatic_backup_replication_region")
    return region if isinstance(region, Unknown) and not region.is_set else region is not None


def replicated(view: View) -> Value:
    """The instance whose automated backups are copied. The `awscc` provider has the setting in that instance."""
    return Reference(view.address, "db_instance_arn")


def replicated_with_key(view: View) -> Value:
    """``sse-kms`` for automated backups that are replicated with a key; others are encrypted like their instance."""
    apart = view.type == "aws_db_instance_automated_backups_replication"
    return _with_a_key(view, "kms_key_id" if apart else "automatic_backup_replication_kms_key_id", otherwise=None)


def key(view: View) -> Value:
    """The KMS key, if it is set."""
    argument = view.get("kms_key_id")
    return _of_backup(view) if argument is None else argument


def option_group(view: View) -> Value:
    """The option group, if it is set."""
    argument = view.get("option_group_name")
    return _of_backup(view) if argument is None else argument


def one_day(_: View) -> int:
    """CloudFormation's default retention of backups, in days."""
    return 1


def public_by_subnets(_: View) -> Unknown:
    """The default of RDS, which decides by the VPC of the subnets."""
    reason = "publicly_accessible is not set, and then it depends on the subnets whether the instance is public"
    return Unknown(reason, Cause.NOT_IN_SCOPE)


def backup_days(view: View) -> Value:
    """Days for which backups are kept, if set."""
    argument = view.get("backup_retention_period")
    return _of_backup(view) if argument is None else argument


def backup_days_of_cluster(view: View) -> Value:
    """As `backup_days`. The `aws` provider (5.100) leaves a 0 out, so that RDS keeps the day that it keeps anyway."""
    days = view.get("backup_retention_period")
    is_left_out = view.type == "aws_rds_cluster" and not isinstance(days, Unknown) and str(days) == "0"
    return _of_backup(view) if is_left_out else backup_days(view)


def cluster_zones(view: View) -> Value:
    """Whether a cluster runs in several zones: Multi-AZ clusters always do, Aurora with two or more instances.

    Aurora Serverless v1 runs in one zone, and is made anew in another one when that fails (Aurora user guide, "Aurora
    Serverless v1 and failover"; AWS ended it on 2025-03-31).
    """
    if view.get("engine_mode") == "serverless":
        return False
    if is_given(view.get("db_cluster_instance_class")):
        return True
    members = joined(
        view.linked("aws_rds_cluster_instance"),
        view.linked("awscc_rds_db_instance"),
    )
    seen = members.seen if isinstance(members, Incomplete) else members
    zones = [member.get("availability_zone") for member in seen]
    known = [zone for zone in zones if not isinstance(zone, Unknown)]
    # RDS puts a member without a zone into another zone than the others.
    if len(seen) > 1 and (len(set(known)) > 1 or None in known):
        return True
    if len(seen) > 1 and len(known) < len(zones):
        return next(zone for zone in zones if isinstance(zone, Unknown))
    if isinstance(members, Incomplete):
        return members.unknown
    return False if seen else Unknown("its instances are not declared in this configuration", Cause.NOT_IN_SCOPE)


def is_copy(view: View) -> bool:
    """Whether a snapshot is a copy of another, and not made of a database."""
    return view.type.endswith("_copy")


def snapshot_encryption(view: View) -> Value:
    """``sse-kms`` for a copy made with a key; every other snapshot is encrypted like its source, which None says.

    A plan or state records how a snapshot is that was made. It outlives its database, which may be made anew.
    """
    of_cluster = "cluster" in view.type
    if _exists(view):
        recorded = view.get("storage_encrypted" if of_cluster else "encrypted")
        if isinstance(recorded, Unknown) or _is_true(recorded):
            return recorded if isinstance(recorded, Unknown) else "sse-kms"
        if recorded is not None:
            return OF_AURORA if of_cluster and (view.get("engine") or "").startswith("aurora") else "none"
    return _with_a_key(view, otherwise=None) if is_copy(view) else None
