"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin, policy

OPEN_TABLE = policy("*", "dynamodb:*")

TWINS = [
    Twin(
        "a table that can be restored to the last two days",
        resource(
            "aws_dynamodb_table",
            'name = "phi"\npoint_in_time_recovery {\n enabled = true\n recovery_period_in_days = 2\n}',
        ),
        resource(
            "awscc_dynamodb_table",
            'table_name = "phi"\npoint_in_time_recovery_specification = {\n point_in_time_recovery_enabled = true\n'
            "recovery_period_in_days = 2\n}",
        ),
        FAIL,
    ),
    Twin(
        "a table that says nothing",
        resource("aws_dynamodb_table", 'name = "phi"'),
        resource("awscc_dynamodb_table", 'table_name = "phi"'),
        FAIL,
    ),
    Twin(
        "a table with everything on",
        KEYS
        + resource(
            "aws_dynamodb_table",
            """name = "phi"
            deletion_protection_enabled = true
            point_in_time_recovery {
              enabled = true
            }
            server_side_encryption {
              enabled     = true
              kms_key_arn = aws_kms_key.own.arn
            }""",
        ),
        KEYS
        + resource(
            "awscc_dynamodb_table",
            """table_name = "phi"
            deletion_protection_enabled = true
            point_in_time_recovery_specification = { point_in_time_recovery_enabled = true }
            sse_specification = {
              sse_enabled       = true
              sse_type          = "KMS"
              kms_master_key_id = awscc_kms_key.own.arn
            }""",
        ),
        PASS,
    ),
    Twin(
        "a table for everyone, with the key of AWS",
        resource("aws_dynamodb_table", 'name = "phi"\nserver_side_encryption {\n enabled = true\n}')
        + resource(
            "aws_dynamodb_resource_policy",
            f"resource_arn = aws_dynamodb_table.phi.arn\npolicy = {OPEN_TABLE}",
        ),
        resource(
            "awscc_dynamodb_table",
            f"""table_name = "phi"
            sse_specification = {{ sse_enabled = true }}
            resource_policy   = {{ policy_document = {OPEN_TABLE} }}""",
        ),
        FAIL,
    ),
    Twin(
        "a table of which nothing is known",
        VARIABLE
        + resource(
            "aws_dynamodb_table",
            """name = "phi"
            deletion_protection_enabled = var.open
            point_in_time_recovery {
              enabled = var.open
            }
            server_side_encryption {
              enabled = var.open
            }""",
        ),
        VARIABLE
        + resource(
            "awscc_dynamodb_table",
            """table_name = "phi"
            deletion_protection_enabled = var.open
            point_in_time_recovery_specification = { point_in_time_recovery_enabled = var.open }
            sse_specification = { sse_enabled = var.open }""",
        ),
        UNKNOWN,
    ),
]
