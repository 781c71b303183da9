"""Databases: known holes in database engines are closed."""

from hipaa_guard.authoring import Fix, Inventory, Verdict, all_hold, failed, not_applicable, some
from hipaa_guard.judging.database_settings import cluster_of, is_custom, is_member, replicates
from hipaa_guard.judging.updates import minor_versions_automatic
from hipaa_guard.services import rds

_UPGRADE = "aws rds modify-db-instance --db-instance-identifier INSTANCE --auto-minor-version-upgrade"
_WINDOW = "Upgrades are made in the maintenance window and interrupt the database for some minutes."
_PEERS = {
    "prowler": "rds_instance_minor_version_upgrade_enabled",
    "aws_config": "rds-automatic-minor-version-upgrade-enabled",
    "cdk_nag": "HIPAA.Security-RDSAutomaticMinorVersionUpgradeEnabled",
    "checkov": "CKV_AWS_226",
}


@minor_versions_automatic(
    title="RDS instances take minor engine versions automatically",
    fix=Fix(
        sets="aws_db_instance.auto_minor_version_upgrade = true",
        cli=_UPGRADE,
        note=_WINDOW,
        consequences=("interrupts",),
    ),
    peers=_PEERS,
)
def rds_instance_auto_minor_upgrade(instance: rds.Instance) -> bool | Verdict:
    if is_custom(instance):  # RDS refuses one with the setting on (API reference, CreateDBInstance)
        return not_applicable("is an RDS Custom instance, whose minor versions are its owner's to install")
    return instance.auto_minor_upgrade


@minor_versions_automatic(
    title="Instances of RDS clusters take minor engine versions automatically",
    fix=Fix(
        sets="aws_rds_cluster_instance.auto_minor_version_upgrade = true",
        cli=_UPGRADE,
        note=f"{_WINDOW} Aurora upgrades a cluster only if all its instances have the setting on.",
        consequences=("interrupts",),
    ),
    peers=_PEERS,
)
def rds_cluster_auto_minor_upgrade(instance: rds.ClusterInstance, inventory: Inventory) -> bool | Verdict:
    if not instance.auto_minor_upgrade:
        return False
    cluster = cluster_of(instance, inventory)
    if cluster is None:
        return True
    if replicates(cluster, inventory):
        return not_applicable(
            "is of a cluster that replicates or belongs to a global database, which AWS does not upgrade by itself"
        )
    found: list[str] = []

    def holds_back(other: rds.ClusterInstance) -> bool:
        if all_hold(lambda: not other.auto_minor_upgrade, lambda: is_member(other, cluster, inventory)):
            found.append(other.label)
        return bool(found)

    if some(holds_back, inventory.all(rds.ClusterInstance)):
        return failed(f"is not upgraded automatically: {found[0]} of the same cluster has automatic minor versions off")
    return True
