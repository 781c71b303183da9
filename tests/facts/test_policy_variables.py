"""Conditions that name the caller by a policy variable, and those of which the key may be missing."""

from __future__ import annotations

from typing import Any

import pytest

from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.values import Cause, PartialText, Undecided, Unknown
from hipaa_guard.judging.cross_account import outsiders_let_in, services_let_in

OWN, OTHER = "111122223333", "444455556666"
OPEN = Unknown("var.x has no value", Cause.VARIABLE)
SERVICE = {"Service": "s3.amazonaws.com"}
EVERYONE, ORGANIZATION, SAME, NOBODY = "allows everyone", "an organization", None, None


def policy(condition: Any, principal: Any = "*", **more: Any) -> PolicyDocument:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*", "Condition": condition}
    read = PolicyDocument.parse({"Version": "2012-10-17", "Statement": [statement | more]})
    assert isinstance(read, PolicyDocument)
    return read


@pytest.mark.parametrize(
    ("operator", "key", "value", "words"),
    [
        # The caller says both sides.
        ("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}", EVERYONE),
        ("StringEquals", "aws:PrincipalOrgID", "${aws:PrincipalOrgID}", EVERYONE),
        ("StringEquals", "aws:PrincipalOrgID", "${AWS:principalorgid, 'o-a1b2c3d4e5'}", EVERYONE),
        ("StringEquals", "aws:userid", "${aws:userid}", EVERYONE),
        ("StringEquals", "aws:SourceVpce", "${aws:PrincipalTag/vpce}", EVERYONE),
        ("StringEquals", "aws:PrincipalAccount", [OWN, "${aws:PrincipalTag/account}"], EVERYONE),
        ("StringEquals", "aws:PrincipalAccount", PartialText(["${aws:PrincipalTag/a}", OPEN]), EVERYONE),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:PrincipalAccount}:role/records", EVERYONE),
        ("ArnLike", "aws:PrincipalArn", "${aws:PrincipalArn}", EVERYONE),
        ("StringLike", "aws:PrincipalOrgPaths", "${aws:PrincipalOrgID}/*", EVERYONE),
        # The resource says one side.
        ("StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}", SAME),
        ("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}", SAME),
        ("StringEquals", "s3:ResourceAccount", "${aws:PrincipalAccount}", SAME),
        ("StringLike", "aws:PrincipalArn", "arn:aws:iam::${aws:ResourceAccount}:role/*", SAME),
        ("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}", ORGANIZATION),
        ("StringEquals", "aws:ResourceOrgID", "${aws:PrincipalOrgID}", ORGANIZATION),
        # A part that the caller chooses within one account, and characters that are no variable.
        ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/${{aws:PrincipalTag/team}}", SAME),
        ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{OTHER}:role/${{aws:PrincipalTag/team}}", OTHER),
        ("StringEquals", "aws:SourceVpce", "${$}", "from a network"),
        # About the resource alone.
        ("StringEquals", "aws:ResourceAccount", OWN, EVERYONE),
        ("StringNotEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}", EVERYONE),
        ("StringEqualsIfExists", "aws:ResourceAccount", "${aws:PrincipalAccount}", EVERYONE),
    ],
)
def test_a_variable_of_the_caller_names_nobody(operator: str, key: str, value: Any, words: str | None) -> None:
    said = outsiders_let_in(policy({operator: {key: value}}), OWN)
    assert said is None if words is None else words in (said or "")


@pytest.mark.parametrize(
    ("value", "open"),
    [("${aws:SourceAccount}", True), ("${aws:ResourceAccount}", False), (OWN, False)],
)
def test_a_service_acts_for_whom_a_variable_of_the_resource_names(value: str, open: bool) -> None:
    document = policy({"StringEquals": {"aws:SourceAccount": value}}, SERVICE)
    assert (services_let_in(document) is not None) is open
    assert outsiders_let_in(document, OWN) is None


@pytest.mark.parametrize("caller", ["aws:PrincipalAccount", "aws:ResourceAccount"])
def test_a_denial_spares_the_account_of_the_resource(caller: str) -> None:
    other = "aws:ResourceAccount" if caller == "aws:PrincipalAccount" else "aws:PrincipalAccount"
    denial = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    spared = {"Condition": {"StringNotEquals": {caller: f"${{{other}}}"}}}
    allowance = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    read = PolicyDocument.parse({"Version": "2012-10-17", "Statement": [allowance, denial | spared]})
    assert isinstance(read, PolicyDocument)
    assert outsiders_let_in(read, OWN) is None


@pytest.mark.parametrize(
    ("weak", "null", "words"),
    [
        ({"StringEqualsIfExists": {"aws:PrincipalAccount": OWN}}, None, EVERYONE),
        ({"stringequalsifexists": {"aws:PrincipalAccount": OWN}}, None, EVERYONE),
        ({"ForAllValues:StringEquals": {"aws:PrincipalAccount": OWN}}, None, EVERYONE),
        ({"StringEqualsIfExists": {"aws:PrincipalAccount": OWN}}, "true", EVERYONE),
        ({"StringEqualsIfExists": {"aws:PrincipalAccount": OWN}}, ["true", "false"], EVERYONE),
        ({"StringEqualsIfExists": {"aws:PrincipalAccount": OWN}}, "false", NOBODY),
        ({"StringEqualsIfExists": {"aws:PrincipalAccount": OWN}}, False, NOBODY),
        ({"stringequalsIFEXISTS": {"AWS:principalaccount": OWN}}, ["false"], NOBODY),
        ({"ForAllValues:StringEquals": {"aws:PrincipalAccount": OWN}}, "false", NOBODY),
        ({"ForAllValues:StringNotEquals": {"aws:PrincipalAccount": OTHER}}, "false", EVERYONE),
        ({"StringEqualsIfExists": {"aws:PrincipalAccount": OTHER}}, "false", OTHER),
    ],
)
def test_a_key_that_must_be_there_makes_a_condition_hold_with_it_only(weak: Any, null: Any, words: str | None) -> None:
    condition = weak if null is None else weak | {"Null": {"aws:PrincipalAccount": null}}
    said = outsiders_let_in(policy(condition), OWN)
    assert said is None if words is None else words in (said or "")


@pytest.mark.parametrize("null", [OPEN, [OPEN]])
def test_whether_a_key_must_be_there_may_not_be_known(null: Any) -> None:
    condition = {"StringEqualsIfExists": {"aws:PrincipalAccount": OWN}, "Null": {"aws:PrincipalAccount": null}}
    with pytest.raises(Undecided):
        policy(condition).is_public()
    bound = {"StringEquals": {"aws:PrincipalAccount": OWN}, "Null": {"aws:PrincipalAccount": null}}
    assert not policy(bound).is_public()


@pytest.mark.parametrize(
    ("principal", "words"),
    [
        ({"AWS": OWN}, NOBODY),
        ({"AWS": f"arn:aws:iam::{OWN}:root"}, NOBODY),
        ({"AWS": f"arn:aws:sts::{OWN}:assumed-role/records/session"}, NOBODY),
        ({"AWS": OTHER}, OTHER),
        ({"AWS": int(OTHER)}, OTHER),
        ({"AWS": f"arn:aws:iam::{OTHER}:root"}, OTHER),
        ({"AWS": f"arn:aws-us-gov:iam::{OTHER}:user/records"}, OTHER),
        ({"AWS": f"arn:aws-cn:iam::{OTHER}:role/records"}, OTHER),
        ({"AWS": f"arn:aws:sts::{OTHER}:assumed-role/records/session"}, OTHER),
        ({"AWS": f"arn:aws:sts::{OTHER}:federated-user/records"}, OTHER),
        ({"Federated": f"arn:aws:iam::{OTHER}:saml-provider/clinic"}, OTHER),
        ({"Federated": f"arn:aws:iam::{OWN}:saml-provider/clinic"}, NOBODY),
        ({"Federated": "cognito-identity.amazonaws.com"}, "users of cognito-identity.amazonaws.com"),
        # AWS puts the unique id in the place of a principal that was deleted: nobody has it.
        ({"AWS": "AIDAIOSFODNN7EXAMPLE1"}, NOBODY),
        ({"AWS": "AROAIOSFODNN7EXAMPLE1"}, NOBODY),
        ({"AWS": "arn:aws:iam::*:root"}, r"other accounts: *"),
        ({"AWS": "arn:aws:iam::4444????6666:role/records"}, "4444????6666"),
    ],
)
def test_the_forms_of_a_principal(principal: Any, words: str | None) -> None:
    said = outsiders_let_in(policy({}, principal), OWN)
    assert said is None if words is None else words in (said or "")
