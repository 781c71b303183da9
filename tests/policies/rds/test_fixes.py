"""Documented fixes of the controls on RDS, beside an instance and a cluster as people have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policies.fixed import assert_fixed

INSTANCE = """
resource "aws_db_instance" "phi" {
  identifier                          = "records"
  engine                              = "ENGINE"
  engine_version                      = "VERSION"
  instance_class                      = "db.m7g.large"
  allocated_storage                   = 100
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.records.arn
  username                            = "clinic"
  password                            = var.password
  backup_retention_period             = 14
  deletion_protection                 = true
  iam_database_authentication_enabled = true
  publicly_accessible                 = false
}
resource "aws_kms_key" "records" {
  enable_key_rotation = true
}
variable "password" {
  sensitive = true
}
"""
CLUSTER = """
resource "aws_rds_cluster" "phi" {
  cluster_identifier                  = "charts"
  engine                              = "ENGINE"
  engine_version                      = "VERSION"
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.charts.arn
  master_username                     = "clinic"
  master_password                     = var.password
  backup_retention_period             = 14
  deletion_protection                 = true
  iam_database_authentication_enabled = true
}
resource "aws_rds_cluster_instance" "member" {
  count              = 2
  cluster_identifier = aws_rds_cluster.phi.id
  engine             = aws_rds_cluster.phi.engine
  instance_class     = "db.r7g.large"
}
resource "aws_kms_key" "charts" {
  enable_key_rotation = true
}
variable "password" {
  sensitive = true
}
"""


def instance(engine: str, version: str) -> str:
    return INSTANCE.replace("ENGINE", engine).replace("VERSION", version)


def cluster(engine: str, version: str) -> str:
    return CLUSTER.replace("ENGINE", engine).replace("VERSION", version)


@pytest.mark.parametrize(
    ("control", "text"),
    [
        ("rds_instance_logs_exported", instance("postgres", "16")),
        ("rds_instance_tls_required", instance("mysql", "8.4")),
        ("rds_instance_multi_az", instance("postgres", "16")),
        ("rds_instance_master_password_managed", instance("postgres", "16")),
        ("rds_instance_enhanced_monitoring", instance("postgres", "16")),
        ("rds_cluster_logs_exported", cluster("aurora-mysql", "8.0.mysql_aurora.3.08.2")),
        ("rds_cluster_tls_required", cluster("aurora-postgresql", "16.4")),
        ("rds_cluster_master_password_managed", cluster("aurora-postgresql", "16.4")),
    ],
)
def test_a_fix_closes_the_gap_and_opens_none(control: str, text: str, tmp_path: Path) -> None:
    assert_fixed(control, text, tmp_path)
