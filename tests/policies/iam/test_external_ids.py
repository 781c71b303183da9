"""External ids that another account must know: a pattern with a wildcard can be guessed."""

from __future__ import annotations

from hipaa_guard.controls.control import Status
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases
from tests.policies.iam.test_trust import FOREIGN, OTHER, trusting, trusts

EQUAL = ("StringEquals", "StringEqualsIgnoreCase")
LIKE = ("StringLike", "ForAnyValue:StringLike", "ArnLike")
GUESSABLE = ("*", "a*", "7d41*", "7d4*c9", "*c9", "7d41c?", ["7d41c9", "a*"])


def case(operator: str, id: str | list[str], status: Status) -> Case:
    told = trusting({"AWS": OTHER}, {operator: {"sts:ExternalId": id}})
    return Case(FOREIGN, f"{operator} {id}", status, told.in_aws() if status is FAIL else told)


def in_source(operator: str, id: str, status: Status, more: str = "") -> Case:
    lines = (
        f'Action = "sts:AssumeRole", Principal = {{ AWS = "{OTHER}" }}, '
        f'Condition = {{ {operator} = {{ "sts:ExternalId" = {id} }} }}'
    )
    return Case(FOREIGN, f"{operator} {id}, in source", status, terraform=trusts(lines, more))


RANDOM = 'resource "random_id" "r" {\n byte_length = 8\n}\n'

test_external_ids = cases(
    *(case(operator, id, FAIL) for operator in LIKE for id in GUESSABLE),
    *(case(operator, "7d41c9", PASS) for operator in (*LIKE, *EQUAL)),
    *(case(operator, "a*", PASS) for operator in EQUAL),  # there a star is a star
    case("StringEqualsIfExists", "7d41c9", FAIL),
    case("ForAllValues:StringEquals", "7d41c9", FAIL),
    case("StringNotEquals", "7d41c9", FAIL),
    in_source("StringEquals", "var.x", PASS),
    in_source("StringLike", "var.x", UNKNOWN),
    in_source("StringLike", '"7d41-${var.x}"', UNKNOWN),
    in_source("StringLike", "random_id.r.hex", PASS, RANDOM),
    in_source("StringLike", '"7d41-${random_id.r.hex}"', PASS, RANDOM),
)
