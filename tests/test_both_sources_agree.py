"""The same bucket, database, trail and security group, told once in Terraform and once through boto3.

All controls of their kinds give the same verdicts, but for those that one source can never show.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.testing import Aws, all_controls, aws_account, aws_inventory, terraform_inventory

TERRAFORM = """
resource "aws_s3_bucket" "phi" {
  bucket = "phi-records"
}

resource "aws_s3_bucket_versioning" "phi" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "phi" {
  bucket                  = aws_s3_bucket.phi.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = false
}

resource "aws_db_instance" "phi" {
  identifier              = "phi-records"
  engine                  = "postgres"
  instance_class          = "db.t4g.medium"
  allocated_storage       = 50
  username                = "clinic"
  password                = "not-a-real-password"
  storage_encrypted       = true
  publicly_accessible     = true
  backup_retention_period = 14
  multi_az                = false
  deletion_protection     = true
}

resource "aws_cloudtrail" "phi" {
  name                       = "phi-trail"
  s3_bucket_name             = aws_s3_bucket.phi.id
  is_multi_region_trail      = true
  enable_log_file_validation = false
}

resource "aws_vpc" "clinic" {
  cidr_block = "10.40.0.0/16"
}

resource "aws_security_group" "phi" {
  name        = "phi-admin"
  description = "Administrators"
  vpc_id      = aws_vpc.clinic.id

  ingress {
    protocol         = "tcp"
    from_port        = 20
    to_port          = 25
    ipv6_cidr_blocks = ["::/0"]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["10.40.0.0/16"]
  }
}
"""
KINDS = {
    "s3.Bucket": "aws_s3_bucket.phi",
    "rds.Instance": "aws_db_instance.phi",
    "cloudtrail.Trail": "aws_cloudtrail.phi",
    "security_groups.SecurityGroup": "aws_security_group.phi",
}


def seed(aws: Aws) -> None:
    aws.s3.create_bucket(Bucket="phi-records")
    aws.s3.put_bucket_versioning(Bucket="phi-records", VersioningConfiguration={"Status": "Enabled"})
    aws.s3.put_public_access_block(
        Bucket="phi-records",
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": False,
        },
    )
    aws.rds.create_db_instance(
        DBInstanceIdentifier="phi-records",
        Engine="postgres",
        DBInstanceClass="db.t4g.medium",
        AllocatedStorage=50,
        MasterUsername="clinic",
        MasterUserPassword="not-a-real-password",
        StorageEncrypted=True,
        PubliclyAccessible=True,
        BackupRetentionPeriod=14,
        MultiAZ=False,
        DeletionProtection=True,
    )
    aws.cloudtrail.create_trail(
        Name="phi-trail", S3BucketName="phi-records", IsMultiRegionTrail=True, EnableLogFileValidation=False
    )
    aws.cloudtrail.start_logging(Name="phi-trail")
    vpc = aws.ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
    group = aws.ec2.create_security_group(GroupName="phi-admin", Description="Administrators", VpcId=vpc)["GroupId"]
    aws.ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 20, "ToPort": 25, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
            {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "10.40.0.0/16"}]},
        ],
    )


def verdicts(controls: list[Control], inventory: Inventory) -> dict[str, tuple[Status, str]]:
    return {
        finding.control_id: (finding.status, finding.message)
        for finding in judge(controls, inventory)
        if "phi" in (finding.resource.name or finding.resource.address or "")
    }


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_both_sources_give_the_same_verdicts(kind: str, tmp_path: Path) -> None:
    controls = [control for control in all_controls().values() if control.kind.kind == kind]
    declared = verdicts(controls, terraform_inventory(TERRAFORM, controls, tmp_path))
    with aws_account():
        seed(Aws())
        live = verdicts(controls, aws_inventory(controls))
    hidden = {id for id, (status, _) in declared.items() if status is Status.NOT_APPLICABLE}
    # What only a live account can know of a reference (whose key an ARN is) is unknown before apply.
    undecided = {id for id, (status, _) in declared.items() if status is Status.UNKNOWN}
    compared = set(declared) - hidden - undecided
    assert {id: declared[id][0] for id in compared} == {id: live[id][0] for id in compared}
    assert set(declared) == set(live) == {control.id for control in controls}
    assert len(compared) >= 3
    assert {Status.PASS, Status.FAIL} <= {declared[id][0] for id in compared}, json.dumps(declared, indent=1)


def test_the_cases_name_resources_that_exist() -> None:
    assert all(address in TERRAFORM.replace('resource "', "").replace('" "', ".") for address in KINDS.values())
