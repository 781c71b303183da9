# Small functions that send reminders and summarise visits.

locals {
  functions = {
    reminders = { handler = "reminders.handler", runtime = "python3.13" }
    summaries = { handler = "summaries.handler", runtime = "python3.8" } # Gap: no longer supported
  }
}

data "aws_iam_policy_document" "lambda_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "functions" {
  for_each           = local.functions
  name               = "${local.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.lambda_trust.json
}

resource "aws_iam_role_policy" "functions" {
  for_each = local.functions
  name     = "access"
  role     = aws_iam_role.functions[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = each.key == "reminders" ? ["sqs:ReceiveMessage", "sqs:DeleteMessage"] : ["*"] # Gap for summaries
      Resource = each.key == "reminders" ? values(aws_sqs_queue.reminders)[*].arn : ["*"]
    }]
  })
}

resource "aws_lambda_function" "this" {
  for_each = local.functions

  function_name = "${local.name}-${each.key}"
  role          = aws_iam_role.functions[each.key].arn
  handler       = each.value.handler
  runtime       = each.value.runtime
  s3_bucket     = var.code_bucket
  s3_key        = "${each.key}.zip"
  kms_key_arn   = aws_kms_key.records.arn

  environment {
    variables = {
      STAGE = var.stage
      TABLE = aws_dynamodb_table.appointments.name
    }
  }
}

resource "aws_cloudwatch_log_group" "functions" {
  for_each = local.functions

  name              = "/aws/lambda/${local.name}-${each.key}"
  retention_in_days = each.key == "reminders" ? 2192 : 14
  kms_key_id        = each.key == "reminders" ? aws_kms_key.records.arn : null
}
