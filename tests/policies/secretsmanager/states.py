"""A secret, told to Terraform and to AWS, for the tables of cases."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import Aws, Told, answered

SECRET = 'resource "aws_secretsmanager_secret" "phi" {\n name = "phi"\n}\n'
UNSET = 'variable "unset" {}\n'
ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:phi-AbCdEf"


def secret(aws: Aws) -> None:
    aws.secretsmanager.create_secret(Name="phi", SecretString="{}")


def listed(**fields: Any) -> Told:
    """What ListSecrets answers of the one secret."""

    def register(session: Any) -> None:
        answered(session, "secretsmanager", "ListSecrets", {"SecretList": [{"ARN": ARN, "Name": "phi", **fields}]})

    return Told(aws=lambda _: None, answers=register)
