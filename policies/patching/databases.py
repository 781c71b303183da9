"""Databases: known holes in database engines are closed."""

from hipaa_guard.authoring import MEDIUM, Fix, Member, Verdict, failed, family, passed
from hipaa_guard.services import rds

_UPGRADE = "aws rds modify-db-instance --db-instance-identifier INSTANCE --auto-minor-version-upgrade"


@family(
    Member(
        "rds_instance_auto_minor_upgrade",
        rds.Instance,
        title="RDS instances take minor engine versions automatically",
        fix=Fix(sets="aws_db_instance.auto_minor_version_upgrade = true", cli=_UPGRADE),
        peers={
            "prowler": "rds_instance_minor_version_upgrade_enabled",
            "aws_config": "rds-automatic-minor-version-upgrade-enabled",
            "cdk_nag": "HIPAA.Security-RDSAutomaticMinorVersionUpgradeEnabled",
            "checkov": "CKV_AWS_226",
        },
    ),
    Member(
        "rds_cluster_auto_minor_upgrade",
        rds.ClusterInstance,
        title="Instances of RDS clusters take minor engine versions automatically",
        fix=Fix(sets="aws_rds_cluster_instance.auto_minor_version_upgrade = true", cli=_UPGRADE),
        peers={
            "prowler": "rds_cluster_minor_version_upgrade_enabled",
            "aws_config": "rds-automatic-minor-version-upgrade-enabled",
            "checkov": "CKV_AWS_226",
        },
    ),
    severity=MEDIUM,
    hipaa=("164.308(a)(1)(ii)(B)", "164.308(a)(5)(ii)(B)"),
    why="Minor versions close holes that are publicly known; a database that waits for a person keeps ePHI behind them.",
)
def auto_minor_upgrade(instance: rds.Instance | rds.ClusterInstance) -> Verdict:
    if instance.auto_minor_upgrade:
        return passed("takes minor engine versions automatically")
    return failed("has automatic minor version upgrades off")
