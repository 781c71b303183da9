"""Everyone, bound by aws:userid: the id of a root user tells its account, that of a role or a user does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Case, cases
from tests.policies.other_accounts.places import PLACES, with_statements

OTHER = "444455556666"
ROLE = "AROAEXAMPLEIDEXAMPLE1"
EFS = "efs_policy_no_cross_account"
"""EFS does not enforce the key for NFS clients: see `tests.policies.efs.test_clients`."""


def bound(*ids: str, **more: str) -> dict[str, Any]:
    conditions: dict[str, Any] = {"StringLike": {"aws:userid": list(ids)}}
    if more:
        conditions["StringEquals"] = {f"aws:{key}": value for key, value in more.items()}
    return {"Principal": "*", "Condition": conditions}


STATES = (
    ("the root user of the account", PASS, bound(ACCOUNT), ""),
    ("federated users of the account", PASS, bound(f"{ACCOUNT}:*"), ""),
    ("the root user of another account", FAIL, bound(OTHER), OTHER),
    ("federated users of another account", FAIL, bound(ACCOUNT, f"{OTHER}:*"), OTHER),
    ("a role", UNKNOWN, bound(f"{ROLE}:*"), f"{ROLE} in aws:userid"),
    ("a role and the root user", UNKNOWN, bound(f"{ROLE}:*", ACCOUNT), f"{ROLE} in aws:userid"),
    ("a user", UNKNOWN, bound("AIDAEXAMPLEIDEXAMPLE1"), "AIDAEXAMPLEIDEXAMPLE1"),
    ("a role, which must be of the account", PASS, bound(f"{ROLE}:*", PrincipalAccount=ACCOUNT), ""),
)


def table() -> Iterator[Case]:
    for control in PLACES:
        if control != EFS:
            for sentence, verdict, statement, says in STATES:
                yield Case(control, sentence, verdict, with_statements(control, statement), says=says)


test_user_ids = cases(*table())

BUCKET = """
provider "aws" {
  allowed_account_ids = ["111122223333"]
}
resource "aws_s3_bucket" "phi" {
  bucket = "phi"
}
resource "aws_s3_bucket_policy" "phi" {
  bucket = aws_s3_bucket.phi.id
  policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Principal = "*"
    Action    = "s3:GetObject"
    Resource  = "${aws_s3_bucket.phi.arn}/*"
    Condition = { StringLike = { "aws:userid" = "ID:*" } }
  }] })
}
resource "aws_iam_role" "app" {
  name = "app"
}
"""

test_user_ids_by_reference = cases(
    Case(
        "s3_bucket_no_cross_account_policy",
        "a declared role",
        PASS,
        terraform=BUCKET.replace("ID:", "${aws_iam_role.app.unique_id}:"),
    ),
    Case(
        "s3_bucket_no_cross_account_policy",
        "a role that a variable names",
        UNKNOWN,
        terraform=BUCKET.replace("ID:", "${var.open}:") + 'variable "open" {}\n',
    ),
)
