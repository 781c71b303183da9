# The people who run it.

resource "aws_iam_account_password_policy" "this" {
  minimum_password_length      = 10 # Gap
  require_lowercase_characters = true
  require_numbers              = true
  password_reuse_prevention    = 24
}

resource "aws_iam_user" "staff" {
  for_each = toset(["nurse.station", "dr.okafor"])
  name     = each.key
}

# Gap: a right given to one person instead of a group, and all of S3.
resource "aws_iam_user_policy" "okafor" {
  name = "documents"
  user = aws_iam_user.staff["dr.okafor"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:*"
      Resource = "*"
    }]
  })
}

# Gap: everything on everything.
resource "aws_iam_policy" "vendor" {
  name   = "${var.clinic}-vendor-support"
  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}
    }
  JSON
}

resource "aws_iam_role" "vendor" {
  name = "${var.clinic}-vendor-support"
  # Gap: any principal of the vendor's account, without an external id.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::210987654321:root" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "vendor" {
  role       = aws_iam_role.vendor.name
  policy_arn = aws_iam_policy.vendor.arn
}
