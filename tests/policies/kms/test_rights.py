"""Policies and grants that open a key piece by piece, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.partial_resources import judge_parts
from hipaa_guard.services import kms
from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Case, Told, all_controls, answered, cases
from hipaa_guard.testing.judging import terraform_inventory
from tests.policies.kms.states import NAME, OF_ACCOUNT, UNSET, described, hcl, nothing, policy
from tests.policies.other_accounts.places import PROVIDER

FOREIGN, EVERYONE = "kms_key_policy_no_cross_account", "kms_key_policy_no_full_access_for_everyone"
OTHER = "444455556666"
ANYONE = {"Principal": {"AWS": "*"}, "Condition": OF_ACCOUNT}


def statement(*actions: str) -> dict[str, object]:
    """A further statement for everyone of an account."""
    return {"Effect": "Allow", "Resource": "*", "Action": list(actions)} | ANYONE


def denied(*actions: str) -> dict[str, object]:
    return {"Effect": "Deny", "Principal": "*", "Resource": "*", "Action": list(actions)}


USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
ADMINISTER = ["kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*"]

test_rights_of_everyone = cases(
    Case(
        EVERYONE,
        "all rights in two statements",
        FAIL,
        policy(statement(*ADMINISTER), Action=USE, **ANYONE),
        says="policy",
    ),
    Case(EVERYONE, "all rights, listed", FAIL, policy(Action=[*USE, *ADMINISTER], **ANYONE)),
    Case(EVERYONE, "the right to change the policy alone", FAIL, policy(Action="kms:PutKeyPolicy", **ANYONE)),
    Case(
        EVERYONE,
        "the rights to decrypt and to delete, in two statements",
        FAIL,
        policy(statement("kms:ScheduleKeyDeletion"), Action=USE, **ANYONE),
        says="to delete it",
    ),
    Case(EVERYONE, "the right to use the key", PASS, policy(Action=USE, **ANYONE)),
    Case(EVERYONE, "the right to delete the key", PASS, policy(Action="kms:ScheduleKeyDeletion", **ANYONE)),
    Case(EVERYONE, "all but decryption", FAIL, policy(Action=None, NotAction="kms:Decrypt", **ANYONE)),
    Case(EVERYONE, "all but the policy", FAIL, policy(Action=None, NotAction="kms:PutKeyPolicy", **ANYONE)),
    Case(
        EVERYONE,
        "all, of which a denial leaves the use of the key",
        PASS,
        policy(denied("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"), Action=[*USE, *ADMINISTER], **ANYONE),
    ),
    Case(
        EVERYONE,
        "the rights to decrypt and to delete, of which the first is denied",
        PASS,
        policy(denied("kms:Decrypt"), Action=["kms:Decrypt", "kms:ScheduleKeyDeletion"], **ANYONE),
    ),
    Case(
        EVERYONE,
        "the right to use the key, beside all rights of the account",
        PASS,
        policy(statement(*USE)),
    ),
)


def grant(to: str, more: str = "", lines: str = "") -> str:
    """A key of a known account with one grant."""
    text = f'key_id = aws_kms_key.phi.key_id\n grantee_principal = {to}\n operations = ["Decrypt"]\n{lines}'
    return PROVIDER + hcl() + f'resource "aws_kms_grant" "g" {{\n {text}\n}}\n' + more


def listed(*grants: Mapping[str, object], pages: bool = False) -> Told:
    """A live key with these grants; with `pages`, AWS refuses to tell the next ones."""

    def register(session: Any) -> None:
        described()(session)
        answered(session, "kms", "GetKeyPolicy", {"Policy": json.dumps({"Statement": []})})
        told = [{"KeyId": NAME, "GrantId": "g", "Operations": ["Decrypt"], **each} for each in grants]
        more = {"Truncated": True, "NextMarker": "more"} if pages else {"Truncated": False}
        answered(session, "kms", "ListGrants", {"Grants": told} | more)

    return Told(aws=nothing, answers=register)


def opened_to(account: str) -> str:
    """A line with a policy that lets another account use a key."""
    allowed = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:Decrypt"}
    return f"policy = {json.dumps(json.dumps({'Statement': [allowed | {'Resource': '*'}]}))}"


ROLE = """resource "aws_iam_role" "app" {
  assume_role_policy = jsonencode({ Statement = [] })
}
"""

test_grants = cases(
    Case(
        FOREIGN,
        "a grant for a role of another account",
        FAIL,
        terraform=grant(f'"arn:aws:iam::{OTHER}:role/app"'),
        says="grants",
    ),
    Case(FOREIGN, "a grant for another account", FAIL, terraform=grant(f'"arn:aws:iam::{OTHER}:root"'), says=OTHER),
    Case(FOREIGN, "a grant for a role of its own account", PASS, terraform=grant(f'"arn:aws:iam::{ACCOUNT}:role/app"')),
    Case(FOREIGN, "a grant for a role that is declared here", PASS, terraform=grant("aws_iam_role.app.arn", ROLE)),
    Case(FOREIGN, "a grant for a service of AWS", PASS, terraform=grant('"rds.amazonaws.com"')),
    Case(FOREIGN, "a grant for a variable without a value", UNKNOWN, terraform=UNSET + grant("var.unset")),
    Case(
        FOREIGN,
        "a grant for a variable, beside a policy for another account",
        FAIL,
        terraform=UNSET + grant("var.unset").replace('"phi" {', f'"phi" {{\n {opened_to(OTHER)}', 1),
    ),
    Case(
        FOREIGN,
        "two grants, one for another account",
        FAIL,
        terraform=grant(
            f'"arn:aws:iam::{ACCOUNT}:role/app"',
            f"""
        resource "aws_kms_grant" "other" {{
          key_id            = aws_kms_key.phi.arn
          grantee_principal = "arn:aws:iam::{OTHER}:role/app"
          operations        = ["Encrypt"]
        }}""",
        ),
        says=OTHER,
    ),
)

FOR_SERVICE = {"GranteeServicePrincipal": "rds.amazonaws.com"}
FOR_OWN = {"GranteePrincipal": f"arn:aws:sts::{ACCOUNT}:assumed-role/aws:ec2-infrastructure/i-1234567890abcdef0"}
FOR_OTHER = {"GranteePrincipal": f"arn:aws:iam::{OTHER}:role/app"}

test_listed_grants = cases(
    Case(FOREIGN, "no grant in the account", PASS, listed()),
    Case(
        FOREIGN,
        "a listed grant for a role of another account",
        FAIL,
        listed(FOR_OTHER),
        says=f"grants for other accounts: {OTHER}",
    ),
    Case(
        FOREIGN, "a listed grant for another account", FAIL, listed({"GranteePrincipal": f"arn:aws:iam::{OTHER}:root"})
    ),
    Case(FOREIGN, "a listed grant for a session of its own account", PASS, listed(FOR_OWN)),
    Case(
        FOREIGN,
        "a listed grant for the id of a deleted role",
        PASS,
        listed({"GranteePrincipal": "AROAEXAMPLEEXAMPLEXX"}),
    ),
    Case(FOREIGN, "a listed grant for a service", PASS, listed({"GranteePrincipal": "rds.us-east-1.amazonaws.com"})),
    Case(FOREIGN, "a listed grant for a service, named apart", PASS, listed(FOR_SERVICE)),
    Case(FOREIGN, "three listed grants, one for another account", FAIL, listed(FOR_OWN, FOR_SERVICE, FOR_OTHER)),
    Case(FOREIGN, "grants of which not all pages are told", UNKNOWN, listed(FOR_OWN, pages=True)),
    Case(
        FOREIGN, "grants of which not all pages are told, one for another account", FAIL, listed(FOR_OTHER, pages=True)
    ),
)

PRIMARY = f'primary_key_arn = "arn:aws:kms:us-west-2:{ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab"'
TYPES = [type for type in kms.Key.terraform.types if not type.startswith("awscc_")]

test_each_type_has_a_policy_of_its_own = cases(
    *(
        Case(
            FOREIGN,
            f"{type} with a policy for {words}",
            verdict,
            terraform=PROVIDER + hcl(opened_to(account), *more, type=type),
        )
        for type in TYPES
        for more in [[PRIMARY] if "replica" in type else []]
        for account, words, verdict in ((OTHER, "another account", FAIL), (ACCOUNT, "its own account", PASS))
    ),
    *(
        Case(
            FOREIGN,
            f"{type} with a policy apart",
            FAIL,
            terraform=PROVIDER
            + hcl(*more, type=type)
            + f'resource "aws_kms_key_policy" "p" {{\n key_id = {type}.phi.id\n {opened_to(OTHER)}\n}}',
        )
        for type in TYPES
        for more in [[PRIMARY] if "replica" in type else []]
    ),
)


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:PutKeyPolicy"])
def test_a_policy_of_a_key_that_is_declared_elsewhere_is_judged(action: str, tmp_path: Path) -> None:
    """At the part that is declared here."""
    text = """
        resource "aws_kms_key_policy" "p" {
          key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
          policy = jsonencode({ Statement = [{
            Effect    = "Allow"
            Principal = "*"
            Action    = ["kms:ScheduleKeyDeletion", "ACTION"]
            Resource  = "*"
          }] })
        }"""
    control = all_controls()[EVERYONE]
    inventory = terraform_inventory(text.replace("ACTION", action), [control], tmp_path)
    (finding,) = judge_parts([control], inventory).findings
    assert finding.status == FAIL
    assert finding.message.startswith("belongs to the KMS key 1234abcd-12ab-34cd-56ef-1234567890ab")
