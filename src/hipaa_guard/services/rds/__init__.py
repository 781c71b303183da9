"""Amazon RDS and Aurora: instances, clusters and their members, snapshots, parameter groups and proxies.

DocumentDB and Neptune share the API of RDS. Their engines are left out here.
"""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.allowed_values import between, one_of
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.lists import every, some
from hipaa_guard.facts.policies.document import symbol, symbolic
from hipaa_guard.facts.readings import Block, Listing, derived, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.tags import Tag, awscc_tags, declared_tags
from hipaa_guard.facts.values import Cause, Undecided, Unknown
from hipaa_guard.services.rds import answered, declared
from hipaa_guard.services.rds.answered import ENCRYPTIONS, INTERVALS
from hipaa_guard.services.rds.global_databases import GlobalDatabase as GlobalDatabase
from hipaa_guard.services.rds.members import ClusterInstance as ClusterInstance
from hipaa_guard.services.rds.members import MultiAzInstances as MultiAzInstances
from hipaa_guard.services.rds.proxies import Proxy as Proxy
from hipaa_guard.services.rds.snapshots import ClusterSnapshot as ClusterSnapshot
from hipaa_guard.services.rds.snapshots import ReplicatedBackups as ReplicatedBackups
from hipaa_guard.services.rds.snapshots import Snapshot as Snapshot

_READERS = "rds:cluster:ReadReplicaCount"


class _Store(Resource):
    """The facts that instances outside of clusters share with clusters: both hold data."""

    encryption: str | None
    engine_version: str | None = fact(
        terraform="engine_version", awscc="engine_version", unset=None, aws=listed("EngineVersion")
    )

    key: str | None = fact(terraform=declared.key, awscc=declared.key, unset=None, aws=listed("KmsKeyId"))
    """None means the AWS managed key ``aws/rds``, if there is encryption."""

    deletion_protection: bool = fact(
        terraform="deletion_protection", awscc="deletion_protection", unset=False, aws=listed("DeletionProtection")
    )

    log_exports: list[str] | None = fact(
        terraform="enabled_cloudwatch_logs_exports",
        awscc="enable_cloudwatch_logs_exports",
        unset=None,
        aws=listed("EnabledCloudwatchLogsExports"),
        allowed=answered.LOGS,
    )

    iam_authentication: bool = fact(
        terraform="iam_database_authentication_enabled",
        awscc="enable_iam_database_authentication",
        unset=False,
        aws=listed("IAMDatabaseAuthenticationEnabled"),
    )

    password_managed: bool = fact(
        terraform="manage_master_user_password",
        awscc="manage_master_user_password",
        unset=False,
        aws=listed("MasterUserSecret.SecretArn!=`null`"),
    )
    """Whether Secrets Manager keeps and rotates the password of the master user."""

    tags: list[Tag] = fact(terraform=declared_tags, awscc=awscc_tags(), unset=(), terraform_only=answered.NO_TAGS)

    rotation_state: str | None = fact(aws=listed("MasterUserSecret.SecretStatus"), live_only=answered.NOT_DECLARED)
    """Of the secret with that password: ``active``, ``impaired`` and others."""

    master_sign_in: str | None = fact(
        terraform=declared.master_sign_in,
        awscc="master_user_authentication_type",
        unset=None,
        terraform_only="RDS does not answer how the master user signs in",
        allowed=one_of("password", "iam-db-auth"),
    )
    """``iam-db-auth``: with tokens of IAM; None means ``password``."""

    monitoring_seconds: int | None = fact(
        terraform="monitoring_interval",
        awscc="monitoring_interval",
        unset=0,
        aws=listed("MonitoringInterval"),
        allowed=INTERVALS,
    )
    """The interval of enhanced monitoring; 0 or None if it is off."""

    def is_surely_plain(self) -> bool:
        """Whether the storage is certainly not encrypted."""
        try:
            return self.encryption == "none"
        except Undecided:
            return False


class Instance(_Store):
    """A database instance that is not a member of a cluster."""

    terraform = Block(
        "aws_db_instance",
        "awscc_rds_db_instance",
        name="identifier",
        awscc_name="db_instance_identifier",
        also=("db_instance_arn",),
        when=declared.is_no_member,
    )
    aws = Listing(
        "rds.describe_db_instances",
        f"DBInstances[?DBClusterIdentifier==`null` && {answered.NEITHER_DOCDB_NOR_NEPTUNE}]",
        always=["DBInstances[].Engine"],
        arn="{DBInstanceArn}",
        name="DBInstanceIdentifier",
        keys=("DBInstanceIdentifier", "DBInstanceArn"),
    )
    aws_types = ("AWS::RDS::DBInstance", "rds:db")
    security_hub_type = "AwsRdsDbInstance"

    engine: str | None = fact(terraform=declared.engine, awscc=declared.engine, unset=None, aws=listed("Engine"))
    """None means the engine of its source."""

    custom: bool = fact(
        terraform=declared.is_custom,
        awscc=declared.is_custom,
        unset=False,
        aws=derived(declared.names_custom, listed("Engine")),
    )
    """Whether it is of RDS Custom, whose host its owner runs."""

    source: str | None = fact(
        terraform="replicate_source_db",
        awscc=declared.source,
        unset=None,
        aws=listed("ReadReplicaSourceDBInstanceIdentifier || ReadReplicaSourceDBClusterIdentifier"),
    )
    """The source of a read replica; None for all other instances."""

    encryption: str | None = fact(
        terraform=declared.instance_encryption,
        awscc=declared.instance_encryption,
        unset=None,
        aws=answered.storage_encryption,
        allowed=ENCRYPTIONS,
    )
    """``none``, ``sse-rds`` (a key of AWS), ``sse-kms``; None means as its source."""

    public: bool = fact(
        terraform="publicly_accessible",
        awscc=first("publicly_accessible", declared.public_by_subnets),
        unset=False,
        aws=listed("PubliclyAccessible"),
    )

    backup_days: int = fact(
        terraform=declared.backup_days,
        awscc=first(declared.backup_days, declared.one_day),
        unset=0,
        aws=listed("BackupRetentionPeriod"),
        allowed=between(0, 35),
    )
    """Days for which automated backups are kept; 0 turns them off."""

    multi_az: bool = fact(terraform="multi_az", awscc="multi_az", unset=False, aws=listed("MultiAZ"))

    auto_minor_upgrade: bool = fact(
        terraform="auto_minor_version_upgrade",
        awscc="auto_minor_version_upgrade",
        unset=True,
        aws=listed("AutoMinorVersionUpgrade"),
    )

    parameter_group: str | None = fact(
        terraform="parameter_group_name",
        awscc="db_parameter_group_name",
        unset=None,  # then the default group of its engine and version applies
        aws=listed("DBParameterGroups[0].DBParameterGroupName"),
    )

    parameters_applied: str = fact(
        aws=listed("DBParameterGroups[0].ParameterApplyStatus"), live_only=answered.NOT_DECLARED
    )
    """``in-sync`` if all that the parameter group says is in force; ``pending-reboot`` and others."""

    option_group: str | None = fact(
        terraform=declared.option_group,
        awscc=declared.option_group,
        unset=None,  # then the default group of its engine and version applies
        aws=listed("OptionGroupMemberships[0].OptionGroupName"),
    )

    options_applied: str = fact(aws=listed("OptionGroupMemberships[0].Status"), live_only=answered.NOT_DECLARED)
    """``in-sync`` if all that the option group says is in force; ``pending-apply`` and others."""


class Cluster(_Store):
    """An Aurora cluster or a Multi-AZ cluster, which holds the data of its instances."""

    noun = "RDS cluster"
    terraform = Block(
        "aws_rds_cluster",
        "awscc_rds_db_cluster",
        joins={
            "aws_rds_cluster_instance": "cluster_identifier",
            "awscc_rds_db_instance": "db_cluster_identifier",
        },
        name="cluster_identifier",
        awscc_name="db_cluster_identifier",
        also=("db_cluster_arn",),
    )
    aws = Listing(
        "rds.describe_db_clusters",
        f"DBClusters[?{answered.NEITHER_DOCDB_NOR_NEPTUNE}]",
        always=["DBClusters[].Engine"],
        arn="{DBClusterArn}",
        name="DBClusterIdentifier",
        keys=("DBClusterIdentifier", "DBClusterArn"),
    )
    aws_types = ("AWS::RDS::DBCluster", "rds:cluster")
    security_hub_type = "AwsRdsDbCluster"

    engine: str = fact(terraform="engine", awscc=declared.engine, unset=declared.NO_ENGINE, aws=listed("Engine"))

    replicates: str | None = fact(
        terraform=first("replication_source_identifier", "global_cluster_identifier"),
        awscc=first("replication_source_identifier", "global_cluster_identifier"),
        unset=None,
        aws=listed("ReplicationSourceIdentifier || GlobalClusterIdentifier"),
    )
    """The source cluster of this one, or the global database that both belong to."""

    encryption: str = fact(
        terraform=declared.cluster_encryption,
        awscc=declared.cluster_encryption,
        unset="none",
        aws=answered.storage_encryption,
        allowed=ENCRYPTIONS,
    )
    """``none``, ``sse-rds`` (a key of AWS) or ``sse-kms``."""

    backup_days: int = fact(
        terraform=declared.backup_days_of_cluster,
        awscc=declared.backup_days_of_cluster,
        unset=1,
        aws=listed("BackupRetentionPeriod"),
        allowed=between(1, 35),
    )

    multi_az: bool = fact(
        terraform=declared.cluster_zones, awscc=declared.cluster_zones, unset=False, aws=listed("MultiAZ")
    )

    parameter_group: str | None = fact(
        terraform="db_cluster_parameter_group_name",
        awscc="db_cluster_parameter_group_name",
        unset=None,
        aws=listed("DBClusterParameterGroup"),
    )

    parameters_applied: list[str] = fact(
        aws=listed("DBClusterMembers[].not_null(DBClusterParameterGroupStatus, `unknown`)"),
        live_only=answered.NOT_DECLARED,
    )
    """For each of its instances, as of instances outside of clusters."""


class Scaling(Resource):
    """A target of Application Auto Scaling; for a cluster, the number of its readers."""

    terraform = Block("aws_appautoscaling_target")
    terraform_only = "a live account lists the instances that scaling has added"

    dimension: str = fact(terraform="scalable_dimension", unset="", terraform_only=terraform_only)
    target: str = fact(terraform="resource_id", unset="", terraform_only=terraform_only)
    """``cluster:`` and the identifier of the cluster."""
    minimum: int = fact(terraform="min_capacity", unset=0, terraform_only=terraform_only)

    def is_of(self, cluster: Cluster) -> bool:
        """Whether the target is certainly the number of readers of a cluster."""
        if self.dimension != _READERS:
            return False
        target, origin = symbolic(self.target), cluster.origin
        if isinstance(target, Unknown):
            raise Undecided(target)
        names = [symbol(origin.address, "id"), symbol(origin.address, "cluster_identifier"), origin.known_name]
        return target in [f"cluster:{name}" for name in names if name]


def adds_reader(cluster: Cluster, inventory: Inventory) -> bool:
    """Whether scaling certainly adds a reader to a cluster, beside its writer.

    Raises:
        Undecided: it may do so under load, or its target may be another cluster.

    """
    if some(lambda scaling: every(lambda test: test(), _adding(scaling, cluster)), inventory.all(Scaling)):
        return True
    others = [each for each in inventory.seen(Cluster) if each is not cluster and each.origin.uncertain is None]

    def may_be_its(scaling: Scaling) -> bool:
        return scaling.dimension == _READERS and not some(scaling.is_of, others)

    if some(may_be_its, inventory.all(Scaling)):
        raise Undecided(Unknown("an aws_appautoscaling_target may add readers to the cluster"))
    return False


def _adding(scaling: Scaling, cluster: Cluster) -> tuple[Callable[[], bool], ...]:
    return lambda: scaling.is_of(cluster), lambda: scaling.minimum >= 1


def original(instance: Instance, inventory: Inventory) -> Instance | Cluster:
    """The instance or cluster whose data an instance holds: for a read replica, the end of the chain of sources.

    Raises:
        Undecided: a source is outside of the scan.

    """
    found = instance
    for _ in range(16):  # AWS allows chains of three; names in source may form a cycle
        if found.source is None:
            return found
        cluster = inventory.lookup(Cluster, found.source)
        if cluster is not None and inventory.lookup(Instance, found.source) is None:
            return cluster  # an instance and a cluster may have the same name
        following = inventory.find(Instance, found.source) if cluster is None else None
        if following is None:
            break
        found = following
    raise Undecided(Unknown("the source of this replica is not known", Cause.NOT_IN_SCOPE))


def storage_of(store: Instance | Cluster, inventory: Inventory) -> Instance | Cluster:
    """Whose encryption and key decide: a replica that names no key of its own is encrypted as its source is.

    Raises:
        Undecided: the source of a replica is not known, or RDS refuses to make the replica (RDS API reference,
            CreateDBInstanceReadReplica, "KmsKeyId"; read 2026-11-30).

    """
    if not isinstance(store, Instance):
        return store
    if store.encryption is None:
        source = original(store, inventory)
        regions = {source.origin.region, store.origin.region}
        if None not in regions and len(regions) > 1 and source.encryption != "none":
            raise Undecided(_refused("kms_key_id is left out, and RDS needs it for a replica in another region"))
        return source
    if store.origin.source == "terraform" and store.origin.arn is None and store.source is not None:
        try:
            source = original(store, inventory)
        except Undecided:
            return store
        if source.is_surely_plain():
            raise Undecided(_refused("RDS makes no encrypted replica of a database that is not encrypted"))
    return store


def _refused(reason: str) -> Unknown:
    return Unknown(reason, Cause.REFUSED)


def engine_of(store: Instance | Cluster, inventory: Inventory) -> str:
    """The engine of an instance or cluster; for a replica without the argument, that of its source.

    Raises:
        Undecided: neither has it.

    """
    engine = store.engine
    if engine is None and isinstance(store, Instance):
        engine = original(store, inventory).engine
    if engine is None:
        raise Undecided(Unknown("the engine is not known"))
    return engine.removeprefix("custom-")


def version_of(store: Instance | Cluster, inventory: Inventory) -> str | None:
    """The version of the engine; for a replica without the argument, that of its source.

    RDS makes replicas with the version of their source (API reference, CreateDBInstanceReadReplica, which takes none;
    read 2026-11-30).

    Raises:
        Undecided: the source of a replica is not known.

    """
    version = store.engine_version
    if version is None and isinstance(store, Instance) and store.source is not None:
        return original(store, inventory).engine_version
    return version
