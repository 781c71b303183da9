"""Conditions of file system policies: EFS enforces four keys for NFS clients, told to Terraform and to AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hipaa_guard.facts.policies import binding_conditions
from hipaa_guard.services.efs import NFS_CLIENTS
from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Case, Told, cases
from tests.policies.efs.test_controls import BY_MOUNT_TARGET, OPEN, OTHERS, PUBLIC, WITH_TLS, allow, deny, policy
from tests.policies.other_accounts.places import PROVIDER

OTHER = "444455556666"
POINT = f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT}:access-point/fsap-0123456789abcdef0"
VALUES = {
    "aws:sourcevpc": "vpc-0123456789abcdef0",
    "aws:sourcevpce": "vpce-0123456789abcdef0",
    "aws:userid": "AROAEXAMPLEID:session",
    "lambda:eventsourcetoken": "token",
}
"""Values of the keys that bind a caller by something else than an account, an organization or an ARN."""


def value(key: str) -> str:
    """A value of a key by which a statement for everyone names somebody of the account or its organization."""
    if key.endswith("arn"):
        return f"arn:aws:iam::{ACCOUNT}:role/app" if key == "aws:principalarn" else POINT
    if key.endswith(("account", "owner")):
        return ACCOUNT
    return VALUES.get(key, "o-a1b2c3d4e5/r-ab12/" if key.endswith("paths") else "o-a1b2c3d4e5")


def binding(key: str) -> dict[str, Any]:
    return {"StringEquals": {key: value(key)}}


def by_key() -> Iterator[Case]:
    """Everyone, bound by each key that binds callers of other services."""
    for key in sorted(binding_conditions._KEYS):
        expected = PASS if key in NFS_CLIENTS.keys else FAIL
        says = "" if expected is PASS else f"does not enforce {key} for NFS clients"
        told = policy(allow(Condition=binding(key)))
        yield Case(PUBLIC, f"allows everyone bound by {key}", expected, told, says=says)
        yield Case(
            PUBLIC,
            f"allows everyone bound by {key} to see its settings",
            PASS,
            policy(allow(Condition=binding(key), Action="elasticfilesystem:DescribeMountTargets")),
        )


OWN = binding("aws:PrincipalAccount")
BUT_OWN = {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}


def in_account(*statements: dict[str, Any]) -> Told:
    """As `policy`, in a configuration that says which account it is applied to."""
    return Told(terraform=PROVIDER) + policy(*statements)


test_keys = cases(*by_key())
test_statements = cases(
    Case(
        PUBLIC,
        "allows everyone of a network",
        PASS,
        policy(allow(Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})),
    ),
    Case(PUBLIC, "allows the account by a mount target", PASS, policy(allow(Condition=OWN | BY_MOUNT_TARGET))),
    Case(PUBLIC, "allows the account over TLS", FAIL, policy(allow(Condition=OWN | WITH_TLS))),
    Case(PUBLIC, "allows everything to the account", FAIL, policy(allow(Condition=OWN, Action="*"))),
    Case(
        PUBLIC,
        "allows all but mounting to the account",
        PASS,
        policy(allow(Condition=OWN, Action=None, NotAction="elasticfilesystem:Client*")),
    ),
    Case(PUBLIC, "allows to write to the account", FAIL, policy(allow(Condition=OWN, Action="elasticfilesystem:ClientW*"))),
    Case(PUBLIC, "denies all but the account by a key", FAIL, policy(allow(), deny(Condition=BUT_OWN))),
    Case(
        PUBLIC,
        "denies all but clients by a mount target",
        FAIL,
        policy(allow(), deny(Condition={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}})),
    ),
    Case(
        PUBLIC,
        "allows the account, and denies all but a network",
        PASS,
        policy(allow(Condition=OWN), deny(Condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})),
    ),
    Case(PUBLIC, "allows the account, and denies everyone", PASS, policy(allow(Condition=OWN), deny(Condition=None))),
    Case(
        PUBLIC,
        "a service for the account",
        PASS,
        policy(allow(Principal={"Service": "backup.amazonaws.com"}, Condition=binding("aws:SourceAccount"))),
    ),
    Case(
        PUBLIC,
        "allows everyone bound by a key that a variable names",
        UNKNOWN,
        policy(allow(Condition={"StringEquals": {"KEY": ACCOUNT}})).in_terraform(OPEN).text.replace("KEY", "${var.open}"),
    ),
    Case(OTHERS, "allows everyone bound by the account", FAIL, in_account(allow(Condition=OWN)), says="aws:principalaccount"),
    Case(OTHERS, "allows an access point of the account", PASS, in_account(allow(Condition=binding("elasticfilesystem:accesspointarn")))),
    Case(
        OTHERS,
        "allows another account, bound by one's own",
        FAIL,
        in_account(allow(Principal={"AWS": OTHER}, Condition=OWN)),
        says=OTHER,
    ),
    Case(
        OTHERS,
        "allows another account, and denies all but one's own by a key",
        FAIL,
        in_account(allow(Principal={"AWS": OTHER}), deny(Condition=BUT_OWN)),
    ),
    Case(OTHERS, "allows another account, and denies it", PASS, in_account(allow(Principal={"AWS": OTHER}), deny(Condition=None))),
)  # fmt: skip
