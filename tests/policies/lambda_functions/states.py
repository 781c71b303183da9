"""What the tables and tests of this folder share."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from hipaa_guard.testing import ACCOUNT, REGION, Aws, Told

URL, RUNTIME = "lambda_function_url_authenticated", "lambda_supported_runtime"

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:phi-records"


def code() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("records.py", "def handle(event, context): ...")
    return file.getvalue()


def create(aws: Aws, **options: Any) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    role = aws.iam.create_role(RoleName="records", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    plain = {"Runtime": "python3.13", "Handler": "records.handle", "Code": {"ZipFile": code()}}
    getattr(aws, "lambda").create_function(FunctionName="phi-records", Role=role, **plain | options)


def function(lines: str = "", around: str = "", **options: Any) -> Told:
    """A function, told to both sides."""
    text = f"""
    {around}
    resource "aws_lambda_function" "phi" {{
      function_name = "phi-records"
      role          = "arn:aws:iam::{ACCOUNT}:role/records"
      {lines}
    }}"""
    return Told(terraform=text, aws=lambda aws: create(aws, **options))


def declared(lines: str, around: str = "") -> str:
    return str(function(lines, around).text)
