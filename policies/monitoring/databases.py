"""Databases: what goes on in them is watched."""

from hipaa_guard.authoring import LOW, Fix, Inventory, Member, Verdict, failed, family, not_applicable, passed
from hipaa_guard.controls.advice import MORE_METRICS
from hipaa_guard.judging.database_settings import is_custom
from hipaa_guard.services import rds

_MONITORED = """
    resource "aws_db_instance" "phi" {
      monitoring_interval = 60
      monitoring_role_arn = aws_iam_role.monitoring.arn
      depends_on          = [aws_iam_role_policy_attachment.monitoring]
    }
    resource "aws_iam_role" "monitoring" {
      assume_role_policy = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect    = "Allow"
          Principal = { Service = "monitoring.rds.amazonaws.com" }
          Action    = "sts:AssumeRole"
          Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
        }]
      })
    }
    resource "aws_iam_role_policy_attachment" "monitoring" {
      role       = aws_iam_role.monitoring.name
      policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    }
    data "aws_caller_identity" "current" {}
"""
_BILLED = "CloudWatch Logs bills the metrics as logs: the shorter the interval, the more."
_MONITOR = "aws rds modify-db-instance --db-instance-identifier INSTANCE --monitoring-interval 60 --monitoring-role-arn ROLE_ARN"


@family(
    Member(
        "rds_instance_enhanced_monitoring",
        rds.Instance,
        title="RDS instances report what their operating system does (enhanced monitoring)",
        fix=Fix(
            terraform=_MONITORED,
            cli=_MONITOR,
            note=_BILLED,
            not_by_machine="needs a role that may write the metrics",
            consequences=("costs_money",),
        ),
        peers={
            "prowler": "rds_instance_enhanced_monitoring_enabled",
            "aws_config": "rds-enhanced-monitoring-enabled",
            "powerpipe": "rds_db_instance_and_cluster_enhanced_monitoring_enabled",
            "cdk_nag": "HIPAA.Security-RDSEnhancedMonitoringEnabled",
            "checkov": "CKV_AWS_118",
        },
        advisory=MORE_METRICS,
    ),
    Member(
        "rds_cluster_instance_enhanced_monitoring",
        rds.ClusterInstance,
        title="Instances of RDS clusters report what their operating system does (enhanced monitoring)",
        fix=Fix(
            terraform=_MONITORED.replace("aws_db_instance", "aws_rds_cluster_instance"),
            cli=_MONITOR,
            note=_BILLED,
            not_by_machine="needs a role that may write the metrics",
            consequences=("costs_money",),
        ),
        peers={
            "prowler": "rds_instance_enhanced_monitoring_enabled",
            "aws_config": "rds-enhanced-monitoring-enabled",
            "powerpipe": "rds_db_instance_and_cluster_enhanced_monitoring_enabled",
            "checkov": "CKV_AWS_118",
        },
        advisory=MORE_METRICS,
    ),
    severity=LOW,
    hipaa=("164.308(a)(1)(ii)(D)",),
    why="Processes and load that nobody sees hide an extraction of ePHI and give no warning before the database stops.",
)
def enhanced_monitoring(instance: rds.Instance | rds.ClusterInstance, inventory: Inventory) -> Verdict:
    seconds = instance.monitoring_seconds
    if seconds is None and isinstance(instance, rds.ClusterInstance):
        cluster = inventory.find(rds.Cluster, instance.cluster)
        seconds = None if cluster is None else cluster.monitoring_seconds
    if seconds:
        often = "every second" if seconds == 1 else f"every {seconds} seconds"
        return passed(f"reports metrics of the operating system {often}")
    if isinstance(instance, rds.Instance) and is_custom(instance):
        return not_applicable("is of RDS Custom, which has no enhanced monitoring: its owner watches its host")
    return failed("has enhanced monitoring off")
