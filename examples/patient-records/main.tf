# The patient record system of a small clinic: a database, documents, an audit trail and the people who run it.
# Some of it is as it should be, some is not: run `hipaa-guard scan terraform examples/patient-records`.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

variable "clinic" {
  type    = string
  default = "riverside"
}

locals {
  documents = {
    charts  = { versioning = true, public = false }
    imaging = { versioning = true, public = false }
    exports = { versioning = false, public = true } # Gap
  }
}

module "documents" {
  source   = "./modules/bucket"
  for_each = local.documents

  name       = "${var.clinic}-${each.key}"
  versioning = each.value.versioning
  public     = each.value.public
  key_arn    = aws_kms_key.phi.arn
}

module "records" {
  source = "./modules/database"

  name                = "${var.clinic}-records"
  backup_days         = 35
  deletion_protection = true
  key_arn             = aws_kms_key.phi.arn
}

# Gap: a copy for reports, made in a hurry.
module "reports" {
  source = "./modules/database"

  name        = "${var.clinic}-reports"
  backup_days = 1
  public      = true
}

resource "aws_kms_key" "phi" {
  description         = "Patient records"
  enable_key_rotation = true
}

# Gap: never rotated.
resource "aws_kms_key" "trail" {
  description = "Audit trail"
}

resource "aws_secretsmanager_secret" "interface" {
  name       = "${var.clinic}/lab-interface"
  kms_key_id = aws_kms_key.phi.arn
}

resource "aws_secretsmanager_secret" "fax" {
  name = "${var.clinic}/fax-gateway"
}

resource "aws_efs_file_system" "scans" {
  creation_token = "${var.clinic}-scans"
  encrypted      = true
  kms_key_id     = aws_kms_key.phi.arn
}

resource "aws_efs_backup_policy" "scans" {
  file_system_id = aws_efs_file_system.scans.id
  backup_policy {
    status = "ENABLED"
  }
}

# Gap: scanned letters in the clear.
resource "aws_efs_file_system" "letters" {
  creation_token = "${var.clinic}-letters"
}

resource "aws_ebs_encryption_by_default" "this" {
  enabled = false # Gap
}

resource "aws_ebs_volume" "interface_engine" {
  availability_zone = "us-east-1a"
  size              = 100
  encrypted         = true
}

resource "aws_instance" "interface_engine" {
  ami                         = "ami-0abcdef1234567890"
  instance_type               = "t3.medium"
  associate_public_ip_address = true # Gap

  metadata_options {
    http_tokens = "optional" # Gap
  }
  root_block_device {
    encrypted = true
  }
}
