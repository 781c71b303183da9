"""Databases: known holes in database engines are closed."""

from hipaa_guard.authoring import Fix, Verdict, not_applicable
from hipaa_guard.judging.database_settings import is_custom
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
    if not instance.auto_minor_upgrade and is_custom(instance):
        return not_applicable("is an RDS Custom instance, whose minor versions are its owner's to install")
    return instance.auto_minor_upgrade


@minor_versions_automatic(
    title="Instances of RDS clusters take minor engine versions automatically",
    fix=Fix(
        sets="aws_rds_cluster_instance.auto_minor_version_upgrade = true",
        cli=_UPGRADE,
        note=_WINDOW,
        consequences=("interrupts",),
    ),
    peers=_PEERS,
)
def rds_cluster_auto_minor_upgrade(instance: rds.ClusterInstance) -> bool:
    return instance.auto_minor_upgrade
