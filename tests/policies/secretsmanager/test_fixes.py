"""Documented fixes of the controls on Secrets Manager, beside a secret as people have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from tests.policies.fixed import assert_fixed

SECRET = """
resource "aws_secretsmanager_secret" "phi" {
  name = "records-db"
}
resource "aws_secretsmanager_secret_version" "records" {
  secret_id     = aws_secretsmanager_secret.phi.id
  secret_string = random_password.records.result
}
resource "random_password" "records" {
  length = 32
}
resource "aws_lambda_function" "rotation" {
  function_name = "rotate-records"
  role          = aws_iam_role.rotation.arn
  runtime       = "python3.13"
  handler       = "rotate.handler"
  filename      = "rotate.zip"
}
resource "aws_iam_role" "rotation" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
"""


@pytest.mark.parametrize("control", ["secret_rotation_enabled", "secret_encrypted_with_cmk"])
def test_a_fix_closes_the_gap_and_opens_none(control: str, tmp_path: Path) -> None:
    assert_fixed(control, SECRET, tmp_path)


def test_rotation_may_call_its_function_and_nobody_else_may(tmp_path: Path) -> None:
    after = assert_fixed("secret_rotation_enabled", SECRET, tmp_path)
    assert after["lambda_function_not_public", "aws_lambda_function.rotation"][0] is Status.PASS
    assert after["secret_rotation_interval_90_days", "aws_secretsmanager_secret.phi"][0] is Status.PASS
