# Appointments, messages to patients and the queue between them.

resource "aws_dynamodb_table" "appointments" {
  name         = "${local.name}-appointments"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "patient_id"
  range_key    = "starts_at"

  attribute {
    name = "patient_id"
    type = "S"
  }
  attribute {
    name = "starts_at"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.records.arn
  }
  deletion_protection_enabled = true
}

# Gap: no backup, and AWS's own key.
resource "aws_dynamodb_table" "waiting_room" {
  name         = "${local.name}-waiting-room"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "visit_id"

  attribute {
    name = "visit_id"
    type = "S"
  }
}

resource "aws_sqs_queue" "reminders" {
  for_each = toset(["sms", "mail"])

  name                    = "${local.name}-reminders-${each.key}"
  sqs_managed_sse_enabled = each.key == "mail"
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.reminders_failed.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "reminders_failed" {
  name              = "${local.name}-reminders-failed"
  kms_master_key_id = aws_kms_alias.records.name
}

resource "aws_sns_topic" "visit_events" {
  name              = "${local.name}-visit-events"
  kms_master_key_id = aws_kms_key.records.id
}

# Gap: anyone may publish and subscribe.
resource "aws_sns_topic_policy" "visit_events" {
  arn = aws_sns_topic.visit_events.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = ["sns:Publish", "sns:Subscribe"]
      Resource  = aws_sns_topic.visit_events.arn
    }]
  })
}

resource "aws_db_instance" "scheduling" {
  identifier                      = "${local.name}-scheduling"
  engine                          = "postgres"
  engine_version                  = "16.4"
  instance_class                  = "db.t4g.medium"
  allocated_storage               = 50
  username                        = "scheduling"
  manage_master_user_password     = true
  db_subnet_group_name            = module.network.database_subnet_group
  vpc_security_group_ids          = [module.network.database_security_group_id]
  storage_encrypted               = true
  kms_key_id                      = var.database_key_arn
  multi_az                        = var.stage == "prod"
  backup_retention_period         = 14
  deletion_protection             = true
  auto_minor_version_upgrade      = true
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
  copy_tags_to_snapshot           = true
}
