# A clinic. What Terraform planned and made of it is kept in ../real/recorded.

variable "region" {
  default = "eu-west-1"
}

variable "logging" {
  type    = bool
  default = true
}

variable "password" {
  sensitive = true
}

variable "stores" {
  type = map(object({ versioned = bool }))
  default = {
    "records"   = { versioned = true }
    "scans.raw" = { versioned = false }
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { data = "phi" }
  }
}

locals {
  key    = aws_kms_key.phi.arn
  prefix = "clinic"
}

data "aws_caller_identity" "current" {}

# The key of everything that holds records.
resource "aws_kms_key" "phi" {
  description         = "records of patients"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

module "store" {
  source    = "./store"
  for_each  = var.stores
  name      = "${local.prefix}-${each.key}"
  versioned = each.value.versioned
  key       = local.key
}

module "network" {
  source = "./network"
  prefix = local.prefix
}

resource "aws_s3_bucket" "logs" { # receives what the stores log
  count  = var.logging ? 1 : 0
  bucket = "${local.prefix}-logs"
}

resource "aws_sns_topic" "alarms" {
  name              = "${local.prefix}-alarms"
  kms_master_key_id = local.key
}

data "aws_iam_policy_document" "alarms" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

resource "aws_sqs_queue" "intake" {
  name                    = "${local.prefix}-intake"
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue_policy" "intake" {
  queue_url = aws_sqs_queue.intake.url
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = aws_sqs_queue.intake.arn }]
  })
}

resource "aws_db_instance" "patients" {
  identifier              = "${local.prefix}-patients"
  engine                  = "postgres"
  instance_class          = "db.t4g.medium"
  allocated_storage       = 50
  username                = "clinic"
  password                = var.password
  storage_encrypted       = true
  kms_key_id              = local.key
  vpc_security_group_ids  = [module.network.database]
  backup_retention_period = 14
  publicly_accessible     = false
  multi_az                = false
  deletion_protection     = true
}

resource "aws_iam_role" "intake" {
  name = "${local.prefix}-intake"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "intake" {
  name = "intake"
  role = aws_iam_role.intake.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sqs:*", Resource = aws_sqs_queue.intake.arn },
      { Effect = "Allow", Action = "s3:GetObject", Resource = [for store in module.store : "${store.arn}/*"] },
    ]
  })
}
