# Video visits of a small clinic: patients meet a clinician in the browser, and the visit note is stored.
# Some of it is as it should be, some is not: run `hipaa-guard scan terraform examples/telehealth`.

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
  region = var.region
  default_tags {
    tags = {
      Application = "telehealth"
      DataClass   = "phi"
    }
  }
}

locals {
  name = "telehealth-${var.stage}"
}

module "network" {
  source = "./modules/network"

  name     = local.name
  cidr     = "10.20.0.0/16"
  admin_ip = var.admin_ip
}

module "visits" {
  source = "./modules/video"

  name        = "${local.name}-visits"
  subnets     = module.network.public_subnets
  vpc_id      = module.network.vpc_id
  certificate = var.certificate_arn
}

module "recordings" {
  source = "./modules/records-store"

  name       = "${local.name}-recordings"
  kms_key    = aws_kms_key.records
  log_bucket = aws_s3_bucket.logs.id
}

module "notes" {
  source = "./modules/records-store"

  name       = "${local.name}-notes"
  versioning = false
  log_bucket = aws_s3_bucket.logs.id
}

resource "aws_kms_key" "records" {
  description             = "Visit recordings and notes"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "records" {
  name          = "alias/${local.name}-records"
  target_key_id = aws_kms_key.records.key_id
}

resource "aws_s3_bucket" "logs" {
  bucket = "${local.name}-access-logs"
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Gap: the public web pages were put into a bucket that everyone may read, next to intake forms of patients.
resource "aws_s3_bucket" "intake" {
  bucket = "${local.name}-intake"
}

resource "aws_s3_bucket_policy" "intake" {
  bucket = aws_s3_bucket.intake.id
  policy = data.aws_iam_policy_document.intake.json
}

data "aws_iam_policy_document" "intake" {
  statement {
    sid       = "PublicRead"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.intake.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
