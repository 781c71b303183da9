"""Which KMS key is the customer's own, by all that a resource may name it by."""

from __future__ import annotations

from typing import Literal

import pytest

from hipaa_guard.authoring import Inventory, Resource
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.values import Cause, Computed, Existing, PartialText, Reference, Undecided, Unknown, Value
from hipaa_guard.judging.customer_keys import is_customer_managed
from hipaa_guard.services import kms
from tests.given_facts import GivenFacts

ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:us-east-1:111122223333:key/{ID}"
OPEN = Unknown("var.key has no value", Cause.VARIABLE)
LOOKED_UP = Existing("data.aws_region.r", "name", is_set=True, apart=True, own=True, asked_by=None)


def key(manager: str, *keys: str, address: str | None = None) -> kms.Key:
    told_by: Literal["terraform", "aws"] = "terraform" if address else "aws"
    return kms.Key(
        Origin(kms.Key.kind, "aws_kms_key", None, told_by, address=address, keys=frozenset(keys)),
        GivenFacts(manager=manager),
    )


def alias(target: Value, *keys: str) -> kms.Alias:
    return kms.Alias(
        Origin(kms.Alias.kind, "aws_kms_alias", None, "aws", keys=frozenset(keys)), GivenFacts(target=target)
    )


def source(*resources: Resource) -> Inventory:
    return Inventory(resources, source="terraform")


def account(*resources: Resource) -> Inventory:
    return Inventory(resources, source="aws")


def words(value: object) -> str:
    return value.source if isinstance(value, Inventory) else repr(value)


OWN = key("CUSTOMER", ARN, ID)
OF_AWS = key("AWS", ARN, ID)


@pytest.mark.parametrize(
    ("named", "inventory", "own"),
    [
        (None, source(), False),
        (None, account(OWN), False),
        (ARN, account(OWN), True),
        (ID, account(OWN), True),
        (ARN, account(OF_AWS), False),
        (ARN, account(), False),
        (ARN, source(), True),
        (ID, source(), True),
        (f"mrk-{'0' * 32}", source(), True),
        ("alias/records", source(), True),
        ("alias/aws/s3", source(), False),
        ("arn:aws:kms:us-east-1:111122223333:alias/aws/s3", source(), False),
        ("alias/aws/s3", account(OF_AWS, alias(ID, "alias/aws/s3")), False),
        ("alias/records", account(OWN, alias(ID, "alias/records")), True),
        # An alias of any name may point at a key of AWS's.
        ("alias/records", account(OF_AWS, alias(ID, "alias/records")), False),
        (PartialText(["alias/records-", OPEN]), source(), True),
        (PartialText(["alias/aws/", OPEN]), source(), False),
        (PartialText(["arn:aws:kms:", LOOKED_UP, f":111122223333:key/{ID}"]), source(), True),
        (Reference("aws_kms_key.k", "arn"), source(key("CUSTOMER", address="aws_kms_key.k")), True),
    ],
    ids=words,
)
def test_it_is_known_whose_it_is(named: Value, inventory: Inventory, own: bool) -> None:
    assert is_customer_managed(named, inventory) is own


@pytest.mark.parametrize(
    ("named", "inventory"),
    [
        (OPEN.as_set(), source()),
        (PartialText(["alias/", OPEN]), source()),
        (PartialText(["arn:aws:kms:us-east-1:111122223333:key/", LOOKED_UP]), source()),
        (Computed(ARN), source()),
        ("no key at all", source()),
        (Reference("aws_kms_key.elsewhere", "arn"), source()),
        (ARN, Inventory([], source="aws", unlisted={kms.Key.kind: Unknown("access denied", Cause.DENIED)})),
    ],
    ids=words,
)
def test_it_is_not_known_whose_it_is(named: Value, inventory: Inventory) -> None:
    with pytest.raises(Undecided):
        is_customer_managed(named, inventory)
