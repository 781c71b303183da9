"""Facts with a domain: it holds all that AWS's model lists, and a value outside it lets no control pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hipaa_guard.aws.planning import templates
from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.facts_read import wanted_facts
from hipaa_guard.facts.allowed_values import Domain, between, numbers, one_of
from hipaa_guard.facts.lists import Incomplete, some
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.readings import Ask, Derived, Listed, Listing
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Fact, FactSource, Resource, fact
from hipaa_guard.facts.values import Cause, Undecided, Unknown, Value
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases
from tests.given_facts import GivenFacts
from tests.policies import boto_names
from tests.refused.instead import CONTROLS, KINDS, decided, instead, of_phi

OPEN = Unknown("var.x has no value", Cause.VARIABLE)


def is_refused(value: Value) -> bool:
    return isinstance(value, Unknown) and value.cause is Cause.REFUSED


@pytest.mark.parametrize(
    ("domain", "inside", "outside"),
    [
        (one_of("Enabled", "Suspended"), ["Enabled", "Suspended"], ["enabled", "", "Enabled ", 1, True]),
        (between(1, 35), [1, 35], [0, 36, -1, True, "7", 1.5]),
        (numbers(0, 1, 5), [0, 5], [2, 60, False]),
    ],
)
def test_only_what_is_in_the_domain_is_known(domain: Domain, inside: list[Value], outside: list[Value]) -> None:
    assert [domain.admit(value) for value in inside] == inside
    assert all(is_refused(domain.admit(value)) for value in outside)


def test_what_is_not_set_or_not_known_stays_so() -> None:
    domain = one_of("a")
    assert domain.admit(None) is None
    assert domain.admit(OPEN) is OPEN


def test_texts_that_the_provider_takes_in_either_case_are_as_aws_is_sent_them() -> None:
    assert one_of("HTTPS", "TLS", fold=True).admit("https") == "HTTPS"
    assert is_refused(one_of("HTTPS", "TLS", fold=True).admit("httpss"))


def test_of_a_list_each_element_counts() -> None:
    domain = one_of("a", "b")
    first, second = domain.admit(["a", "x"])
    assert (first, is_refused(second)) == ("a", True)
    partly = domain.admit(Incomplete(["x"], OPEN, ["b", "y"]))
    assert is_refused(partly.seen[0])
    assert (partly.unknown, partly.candidates[0], is_refused(partly.candidates[1])) == (OPEN, "b", True)


def test_the_reason_names_the_value_and_those_that_are_known() -> None:
    assert "36 is not one of the known values: 1 to 35" in between(1, 35).admit(36).reason
    many = one_of(*(f"value-{number}" for number in range(12))).admit("x" * 200)
    assert "and 4 more" in many.reason
    assert len(many.reason) < 250


class _Bed(Record):
    __slots__ = ("state", "ward")
    allowed = {"state": one_of("free", "taken")}  # noqa: RUF012


def test_fields_of_records_have_domains_too() -> None:
    assert _Bed(state="free", ward="x").state == "free"
    with pytest.raises(Undecided, match="not one of the known values"):
        _ = _Bed(state="Free", ward="x").state


def resource(kind: type[Resource], source: str, told: FactSource) -> Resource:
    return kind(Origin(kind.kind, None, "phi", source), told)  # type: ignore[arg-type]


class _Ward(Resource):
    logs: list[str] = fact(terraform="logs", unset=None, aws=Listed("Logs"), allowed=one_of("audit", "error"))
    days: int = fact(terraform="days", unset=None, aws=Listed("Days"), allowed=between(1, 35))


def test_one_element_of_source_that_is_refused_is_the_list_refused() -> None:
    told = resource(_Ward, "terraform", GivenFacts(logs=["audit", "audio"])).peek(_Ward.facts["logs"])
    assert is_refused(told)


def test_of_what_aws_answers_the_known_elements_stand() -> None:
    told = resource(_Ward, "aws", GivenFacts(logs=["audit", "new"])).peek(_Ward.facts["logs"])
    assert some(lambda log: log == "audit", told)
    with pytest.raises(Undecided, match="not one of the known values"):
        some(lambda log: log == "other", told)


def test_a_number_written_as_text_is_a_number() -> None:
    assert resource(_Ward, "terraform", GivenFacts(days="35")).peek(_Ward.facts["days"]) == 35
    assert is_refused(resource(_Ward, "terraform", GivenFacts(days="36")).peek(_Ward.facts["days"]))


# --- the tables ------------------------------------------------------------------------------------------------------


def facts() -> list[Fact]:
    return list({id(fact): fact for kind in KINDS for fact in kind.facts.values()}.values())


def shape_of(kind: type[Resource], part: Listed | Ask) -> Any:
    """The shape of botocore's model that a reading leads to, of a list that of its elements."""
    if isinstance(part, Ask):
        fields: dict[str, Any] = {}
        for name in dict.fromkeys(templates.fields_in(part.path)):
            boto_names._nest(fields, name.split("."))
        path = templates.path(part.path, fields)
        if path.startswith(boto_names._ADDED.get(part.operation, "\0")):
            return None
        found = boto_names._walked(boto_names._ast(path), boto_names._model(part.operation).output_shape)
    else:
        item = boto_names._item(kind.aws) if isinstance(kind.aws, Listing) else None
        found = boto_names._walked(boto_names._ast(part.path), item)
    return found.member if getattr(found, "type_name", "") == "list" else found


def enums() -> Iterator[tuple[Fact, set[str]]]:
    """The facts whose text AWS tells from a list of its model."""
    for kind in KINDS:
        for each in kind.facts.values():
            if "str" not in each.annotation:
                continue
            parts = each.aws.readings if isinstance(each.aws, Derived) else (each.aws,) if each.aws else ()
            for part in parts:
                enum = set(getattr(shape_of(kind, part), "enum", ()))
                known = set(each.allowed.values) if each.allowed is not None else set()
                if enum and (len(parts) == 1 or enum & known):  # of several readings some tell what decides
                    yield each, enum


ENUMS = list(enums())


def test_facts_that_aws_tells_from_a_list_are_found() -> None:
    assert len(ENUMS) > 25


@pytest.mark.parametrize(("told", "enum"), ENUMS, ids=[str(each) for each, _ in ENUMS])
def test_what_aws_tells_from_a_list_has_that_domain(told: Fact, enum: set[str]) -> None:
    assert told.allowed is not None
    missing = enum - set(told.allowed.values)
    assert not missing, f"botocore's model has values that {told} does not know: {missing}"


DOMAINS = [each for each in facts() if each.allowed is not None]


def outside(domain: Domain) -> list[Value]:
    """Values that are not in a domain, as a provider would be given them."""
    values = domain.values
    if isinstance(values[0], int):
        return [int(values[-1]) + 1, values[0] - 1]
    return ["none-of-these", f"{values[0]}x"]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_outside_the_domain_of_a_fact_no_control_passes_that_reads_it(control: Control) -> None:
    wanted = wanted_facts([control])
    concerned = [
        each
        for each in DOMAINS
        for kind, names in wanted.items()
        if each.name in names and kind.facts[each.name] is each
    ]
    for each in concerned:
        for inventory in decided(control):
            for value in outside(each.allowed):  # type: ignore[arg-type]
                told: Value = [value] if each.annotation.startswith("list") else value
                if each.parse is not None:
                    continue
                found = of_phi(control, instead(inventory, each, told))
                assert found.error is None, found.error
                if any(one.fact == each.name and "not one of the known values" in one.value for one in found.evidence):
                    assert found.status is not Status.PASS, (each, value, found.message)


# --- what was found --------------------------------------------------------------------------------------------------

LISTENER = 'resource "aws_lb_listener" "phi" {{\n  load_balancer_arn = "arn:x"\n  port = 80\n{}\n}}\n'
ROLE = 'resource "aws_iam_role" "phi" {{\n  max_session_duration = {}\n  assume_role_policy = jsonencode({{\n'
ROLE += '    Version = "2012-10-17"\n    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", '
ROLE += 'Principal = {{ AWS = "arn:aws:iam::111122223333:root" }} }}]\n  }})\n}}\n'
REDIRECT = 'default_action {\n type = "Redirect"\n redirect {\n  protocol = "HTTPS"\n  status_code = "HTTP_301"\n }\n}'
TEXT = "alb_http_redirects_to_https"


def rds(type_: str, days: int) -> str:
    return f'resource "{type_}" "phi" {{\n  engine = "postgres"\n  backup_retention_period = {days}\n}}\n'


def bucket_acl(acl: str) -> str:
    return (
        'resource "aws_s3_bucket" "phi" {}\n'
        f'resource "aws_s3_bucket_acl" "phi" {{\n  bucket = aws_s3_bucket.phi.id\n  acl = "{acl}"\n}}\n'
    )


def log_group(days: int) -> str:
    return f'resource "aws_cloudwatch_log_group" "phi" {{\n  name = "phi"\n  retention_in_days = {days}\n}}\n'


def passwords(length: int, remembered: int) -> str:
    return (
        'resource "aws_iam_account_password_policy" "phi" {\n'
        f"  minimum_password_length = {length}\n  password_reuse_prevention = {remembered}\n}}\n"
    )


def rotated(days: int) -> str:
    return (
        'resource "aws_secretsmanager_secret" "phi" {}\nresource "aws_secretsmanager_secret_rotation" "phi" {\n'
        f"  secret_id = aws_secretsmanager_secret.phi.id\n  rotation_rules {{\n    automatically_after_days = {days}\n  }}\n}}\n"
    )


def open_ports(protocol: str, port: int) -> str:
    return (
        'resource "aws_security_group" "phi" {\n  ingress {\n    cidr_blocks = ["0.0.0.0/0"]\n'
        f'    protocol = "{protocol}"\n    from_port = {port}\n    to_port = {port}\n  }}\n}}\n'
    )


test_numbers_and_words = cases(
    Case("rds_instance_backup_enabled", "kept as long as RDS can", PASS, terraform=rds("aws_db_instance", 35)),
    Case(
        "rds_instance_backup_enabled",
        "longer than RDS can",
        UNKNOWN,
        terraform=rds("aws_db_instance", 36),
        says="0 to 35",
    ),
    Case(
        "rds_cluster_backup_retention",
        "not at all, which the provider leaves out",
        FAIL,
        terraform=rds("aws_rds_cluster", 0),
    ),
    Case("rds_cluster_backup_retention", "longer than RDS can", UNKNOWN, terraform=rds("aws_rds_cluster", 36)),
    Case("s3_bucket_acl_not_public", "no such ACL", UNKNOWN, terraform=bucket_acl("Private-read"), says="Private-read"),
    Case("s3_bucket_acl_not_public", "an ACL of objects", UNKNOWN, terraform=bucket_acl("bucket-owner-full-control")),
    Case("log_group_retention_min_one_year", "a period of CloudWatch Logs", PASS, terraform=log_group(400)),
    Case("log_group_retention_min_one_year", "no period of CloudWatch Logs", UNKNOWN, terraform=log_group(3660)),
    Case("iam_password_policy_min_length_14", "longer than IAM can", UNKNOWN, terraform=passwords(129, 24)),
    Case("iam_password_policy_reuse_24", "more than IAM remembers", UNKNOWN, terraform=passwords(14, 25)),
    Case("iam_role_session_limited", "shorter than IAM can", UNKNOWN, terraform=ROLE.format(60), says="3600 to 43200"),
    Case("secret_rotation_interval_90_days", "every zeroth day", UNKNOWN, terraform=rotated(0)),
    Case(
        TEXT,
        "a redirect in capitals, as the provider takes it",
        PASS,
        terraform=LISTENER.format(f'protocol = "http"\n{REDIRECT}'),
    ),
    Case(
        TEXT,
        "HTTPS in small letters, as the provider takes it",
        PASS,
        terraform=LISTENER.format(f'protocol = "https"\n{REDIRECT}'),
    ),
    Case(TEXT, "no such protocol", UNKNOWN, terraform=LISTENER.format(f'protocol = "HTTPX"\n{REDIRECT}')),
    Case(
        TEXT,
        "a redirect to no such protocol",
        UNKNOWN,
        terraform=LISTENER.format('protocol = "HTTP"\n' + REDIRECT.replace('"HTTPS"', '"https"')),
    ),
    Case("sg_no_public_ingress_ssh", "no such port", UNKNOWN, terraform=open_ports("tcp", 65536)),
    Case("sg_no_public_ingress_ssh", "no such protocol", UNKNOWN, terraform=open_ports("tcpx", 22)),
)
"""By the provider's validation (5.100, asked with ``terraform validate``) and the limits of the API references."""
