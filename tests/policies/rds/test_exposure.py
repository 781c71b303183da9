"""The controls on the addresses of RDS instances, told to Terraform and to AWS."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, Told, cases
from tests.policies.rds.states import cluster, instance, member

PUBLIC, MEMBER_PUBLIC = "rds_instance_not_public", "rds_cluster_instance_not_public"

SIZE = 'db_cluster_instance_class = "db.r6gd.xlarge"'


def multi_az(lines: str = "") -> Told:
    """A Multi-AZ cluster of the `awscc` provider."""
    return Told(f'resource "awscc_rds_db_cluster" "phi" {{\n engine = "postgres"\n {SIZE}\n {lines}\n}}')


test_exposure = cases(
    Case(PUBLIC, "left out", PASS, instance(PubliclyAccessible=False)),
    Case(PUBLIC, "public", FAIL, instance("publicly_accessible = true", PubliclyAccessible=True)),
    Case(MEMBER_PUBLIC, "left out", PASS, member(PubliclyAccessible=False)),
    Case(MEMBER_PUBLIC, "public", FAIL, member("publicly_accessible = true", PubliclyAccessible=True)),
    Case(MEMBER_PUBLIC, "those of a public Multi-AZ cluster", FAIL, multi_az("publicly_accessible = true")),
    Case(MEMBER_PUBLIC, "those of a private Multi-AZ cluster", PASS, multi_az("publicly_accessible = false")),
    Case(MEMBER_PUBLIC, "those of a Multi-AZ cluster", UNKNOWN, multi_az(), says="depends on the subnets"),
    Case(
        MEMBER_PUBLIC,
        "those of a Multi-AZ cluster of the aws provider",
        UNKNOWN,
        cluster(SIZE, engine="postgres").in_terraform(),
        says="depends on the subnets",
    ),
)


@pytest.mark.parametrize("type", ["aws_rds_cluster", "awscc_rds_db_cluster"])
def test_aurora_makes_no_instances_itself(type: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(f'resource "{type}" "phi" {{\n  engine = "aurora-postgresql"\n}}\n')
    result = scan_terraform(TerraformTarget(tmp_path), Options(only=(MEMBER_PUBLIC,)))
    assert result.findings == ()
