"""The role of a Lambda function, as several fixes show it beside the function."""

FUNCTION_ROLE = """\
resource "aws_iam_role" "function" {
  name = "records"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}
"""
"""A role that Lambda may take on, as HCL; functions name it as ``aws_iam_role.function.arn``."""


def role_that_may(action: str, resource: str) -> str:
    """HCL of that role with the right to one action on a resource, an HCL expression."""
    return f"""{FUNCTION_ROLE}resource "aws_iam_role_policy" "function" {{
  role = aws_iam_role.function.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = "{action}"
      Resource = {resource}
    }}]
  }})
}}
"""
