"""Keys of KMS, told to Terraform and to AWS, for the tables of cases."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import Aws, Told, answered

UNSET = 'variable "unset" {}\n'
# Keys have no names of their own: the ids that the simulated KMS draws are seen through an answer that has one.
NAME = "phi-11111111-2222"
ARN = f"arn:aws:kms:us-east-1:123456789012:key/{NAME}"

OF_ACCOUNT = {"StringEquals": {"kms:CallerAccount": "123456789012"}}


def hcl(*lines: str, type: str = "aws_kms_key") -> str:
    return "\n".join([f'resource "{type}" "phi" {{', *lines, "}\n"])


def described(**metadata: Any) -> Any:
    """Answers about the one key of the account."""

    def register(session: Any) -> None:
        answered(session, "kms", "ListKeys", {"Keys": [{"KeyId": NAME, "KeyArn": ARN}]})
        about = {"KeyId": NAME, "KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS"}
        about |= {"KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled"}
        answered(session, "kms", "DescribeKey", {"KeyMetadata": about | metadata})
        answered(session, "kms", "ListGrants", {"Grants": []})

    return register


def policy(*more: dict[str, Any], **changes: Any) -> Told:
    """A key whose policy has one statement with changes, and more statements."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    } | changes
    written = {name: value for name, value in statement.items() if value is not None}
    text = json.dumps({"Version": "2012-10-17", "Statement": [written, *more]})

    def register(session: Any) -> None:
        described()(session)
        answered(session, "kms", "GetKeyPolicy", {"Policy": text})

    return Told(terraform=hcl(f"policy = {json.dumps(text)}"), aws=nothing, answers=register)


def rotated(*, on: bool, days: int | None = 365, **metadata: Any) -> Told:
    status = {"KeyRotationEnabled": on} | ({"RotationPeriodInDays": days} if on and days else {})

    def register(session: Any) -> None:
        described(**metadata)(session)
        answered(session, "kms", "GetKeyRotationStatus", status)

    return Told(aws=nothing, answers=register)


def nothing(_: Aws) -> None:
    pass
