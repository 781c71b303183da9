"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import NOT_APPLICABLE, resource
from tests.policies.twins import FAIL, PASS, UNKNOWN, VARIABLE, Twin, policy

OPEN_KEY = policy("*", "kms:*")
PRIMARY = 'primary_key_arn = "arn:aws:kms:us-east-1:123456789012:key/mrk-1"'
OWN_KEY = policy("arn:aws:iam::123456789012:root", "kms:*")

TWINS = [
    Twin("a key that says nothing", resource("aws_kms_key", ""), resource("awscc_kms_key", ""), FAIL),
    Twin(
        "a key that is rotated",
        resource("aws_kms_key", "enable_key_rotation = true"),
        resource("awscc_kms_key", "enable_key_rotation = true"),
        PASS,
    ),
    Twin(
        "a key that is rotated every two years",
        resource("aws_kms_key", "enable_key_rotation = true\nrotation_period_in_days = 730"),
        resource("awscc_kms_key", "enable_key_rotation = true\nrotation_period_in_days = 730"),
        FAIL,
    ),
    Twin(
        "a disabled key",
        resource("aws_kms_key", "is_enabled = false"),
        resource("awscc_kms_key", "enabled = false"),
        NOT_APPLICABLE,
    ),
    Twin(
        "a key for everyone that signs",
        resource("aws_kms_key", f'customer_master_key_spec = "RSA_2048"\npolicy = {OPEN_KEY}'),
        resource("awscc_kms_key", f'key_spec = "RSA_2048"\nkey_policy = {OPEN_KEY}'),
        FAIL,
    ),
    Twin(
        "a key of which nothing is known",
        VARIABLE + resource("aws_kms_key", "enable_key_rotation = var.open\npolicy = var.open"),
        VARIABLE + resource("awscc_kms_key", "enable_key_rotation = var.open\nkey_policy = var.open"),
        UNKNOWN,
    ),
    Twin(
        "a replica of a key",
        resource("aws_kms_replica_key", f"{PRIMARY}\npolicy = {OWN_KEY}"),
        resource("awscc_kms_replica_key", f"{PRIMARY}\nkey_policy = {OWN_KEY}"),
        PASS,
    ),
]
