"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin, policy

OPEN_SECRET = policy("*", "secretsmanager:GetSecretValue")

SETTING = 'name = "/records/key"\ntype = "String"\nvalue = "{}"'
KEY_ID = "AKIA" + "Q3EGDCXW7N2ZPLTV"

TWINS = [
    Twin(
        "a secret that says nothing",
        resource("aws_secretsmanager_secret", 'name = "phi"'),
        resource("awscc_secretsmanager_secret", 'name = "phi"'),
        FAIL,
    ),
    Twin(
        "a secret that changes every month",
        KEYS
        + resource("aws_secretsmanager_secret", 'name = "phi"\nkms_key_id = aws_kms_key.own.arn')
        + resource(
            "aws_secretsmanager_secret_rotation",
            "secret_id = aws_secretsmanager_secret.phi.id\nrotation_rules {\n automatically_after_days = 30\n}",
        ),
        KEYS
        + resource("awscc_secretsmanager_secret", 'name = "phi"\nkms_key_id = awscc_kms_key.own.arn')
        + resource(
            "awscc_secretsmanager_rotation_schedule",
            "secret_id = awscc_secretsmanager_secret.phi.id\nrotation_rules = { automatically_after_days = 30 }",
        ),
        PASS,
    ),
    Twin(
        "a secret that changes every month by a schedule",
        KEYS
        + resource("aws_secretsmanager_secret", 'name = "phi"\nkms_key_id = aws_kms_key.own.arn')
        + resource(
            "aws_secretsmanager_secret_rotation",
            "secret_id = aws_secretsmanager_secret.phi.id\nrotation_rules {\n"
            ' schedule_expression = "cron(0 8 1 * ? *)"\n}',
        ),
        KEYS
        + resource("awscc_secretsmanager_secret", 'name = "phi"\nkms_key_id = awscc_kms_key.own.arn')
        + resource(
            "awscc_secretsmanager_rotation_schedule",
            "secret_id = awscc_secretsmanager_secret.phi.id\n"
            'rotation_rules = { schedule_expression = "cron(0 8 1 * ? *)" }',
        ),
        PASS,
    ),
    Twin(
        "a secret for everyone",
        resource("aws_secretsmanager_secret", 'name = "phi"')
        + resource(
            "aws_secretsmanager_secret_policy",
            f"secret_arn = aws_secretsmanager_secret.phi.arn\npolicy = {OPEN_SECRET}",
        ),
        resource("awscc_secretsmanager_secret", 'name = "phi"')
        + resource(
            "awscc_secretsmanager_resource_policy",
            f"secret_id = awscc_secretsmanager_secret.phi.id\nresource_policy = {OPEN_SECRET}",
        ),
        FAIL,
    ),
    Twin(
        "a secret of which nothing is known",
        VARIABLE
        + resource("aws_secretsmanager_secret", 'name = "phi"\nkms_key_id = var.open')
        + resource(
            "aws_secretsmanager_secret_policy", "secret_arn = aws_secretsmanager_secret.phi.arn\npolicy = var.open"
        ),
        VARIABLE
        + resource("awscc_secretsmanager_secret", 'name = "phi"\nkms_key_id = var.open')
        + resource(
            "awscc_secretsmanager_resource_policy",
            "secret_id = awscc_secretsmanager_secret.phi.id\nresource_policy = var.open",
        ),
        UNKNOWN,
    ),
    Twin(
        "a setting",
        resource("aws_ssm_parameter", SETTING.format("db.clinic.example")),
        resource("awscc_ssm_parameter", SETTING.format("db.clinic.example")),
        PASS,
    ),
    Twin(
        "a setting with a credential",
        resource("aws_ssm_parameter", SETTING.format(KEY_ID)),
        resource("awscc_ssm_parameter", SETTING.format(KEY_ID)),
        FAIL,
    ),
    Twin(
        "a setting of a variable",
        VARIABLE + resource("aws_ssm_parameter", SETTING.format("${var.open}")),
        VARIABLE + resource("awscc_ssm_parameter", SETTING.format("${var.open}")),
        UNKNOWN,
    ),
]
