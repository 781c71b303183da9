# Who did what: the trail and where it is kept.

resource "aws_cloudtrail" "clinic" {
  name                          = "${var.clinic}-trail"
  s3_bucket_name                = module.documents["exports"].name # Gap: in a bucket that is open
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = false # Gap
  kms_key_id                    = aws_kms_key.trail.arn
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.trail.arn
}

resource "aws_cloudwatch_log_group" "trail" {
  name              = "/clinic/trail"
  retention_in_days = 90 # Gap: documentation is kept for six years
  kms_key_id        = aws_kms_key.trail.arn
}

resource "aws_iam_role" "trail" {
  name = "${var.clinic}-trail"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "cloudtrail.amazonaws.com" }
    }]
  })
}
