"""All resources of a type: patterns that name every one of them, and those that name some, made from AWS's table."""

from __future__ import annotations

import pytest

from hipaa_guard.authoring import HIGH, MEDIUM
from hipaa_guard.facts.policies.document import PolicyDocument, Statement
from hipaa_guard.services.iam_grants import arns
from hipaa_guard.services.iam_grants.arns import ANY, TABLE
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases, resource
from tests import arn_formats
from tests.policies.iam.states import allow, granted
from tests.policies.iam.test_denials import deny
from tests.policies.iam.test_wide_grants import KEYS, WHOLE

ROWS = [
    (service, each)
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    for service in [line.split(" ")[0]]
    for each in arns.formats_of(service)
]


def statement(pattern: str) -> Statement:
    document = PolicyDocument.parse({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": pattern}]})
    assert isinstance(document, PolicyDocument)
    return document.statements[0]


def arn(each: arns.Format, name: str) -> str:
    place = ":" if each.placeless else "us-east-1:111122223333"
    return f"arn:aws:{each.service}:{place}:{name}"


@pytest.mark.parametrize("wildcard", ["*", "?*", "*?"])
def test_wildcards_in_the_place_of_all_names_are_every_resource_of_a_type(wildcard: str) -> None:
    missed = [
        f"{service}: {pattern}"
        for service, each in ROWS
        if not (service == "kms" and each.name.startswith("alias"))
        for pattern in [arn(each, each.name.replace(ANY, wildcard))]
        if not arns.is_wide(statement(pattern), service)
    ]
    assert not missed


def test_a_name_in_the_place_of_one_is_no_wildcard() -> None:
    """Whatever stands for the first name is one resource, and what is inside of it."""
    taken = [
        f"{service}: {pattern}"
        for service, each in ROWS
        for pattern in [arn(each, each.name.replace(ANY, "phi-clinic", 1).replace(ANY, "*"))]
        if arns.is_wide(statement(pattern), service)
    ]
    assert not taken


def test_the_table_has_the_services_of_ephi() -> None:
    services = {service for service, _ in ROWS}
    assert services >= {"dynamodb", "execute-api", "healthlake", "iam", "kms", "logs", "medical-imaging", "omics", "s3"}
    assert services >= {"rds", "secretsmanager", "sns", "sqs", "states"}


EVERY = {
    "healthlake": ("datastore/fhir/*", "datastore/*", "datastore/fhir/?*"),
    "omics": ("sequenceStore/*", "sequenceStore/*/readSet/*", "run/*", "workflow/*", "*Store/*"),
    "states": ("stateMachine:*", "execution:*:*", "s*"),
    "medical-imaging": ("datastore/*", "datastore/*/imageset/*"),
    "execute-api": ("*/*/*/*", "*/*", "*"),
    "logs": ("log-group:*", "log-group:*:*", "log-group:*:log-stream:*"),
    "secretsmanager": ("secret:*", "secret:*-??????", "secret:?*-??????"),
    "dynamodb": ("table/*", "table/*/index/*", "table/*/stream/*"),
    "apigateway": ("/restapis/*", "/*"),
    "kafka-cluster": ("topic/*/*/*",),
}
SOME = {
    "healthlake": ("datastore/fhir/0123456789abcdef0123456789abcdef", "datastore/fhir/0*"),
    "omics": ("sequenceStore/1234567890", "sequenceStore/1234567890/readSet/*"),
    "states": ("stateMachine:claims-*", "execution:claims:*"),
    "medical-imaging": ("datastore/0123/imageset/*",),
    "execute-api": ("a1b2c3/*/*/*", "*/test/*/*", "a1b2c3/*"),
    "logs": ("log-group:/clinic/*:log-stream:*", "log-group:/clinic/*:*"),
    "secretsmanager": ("secret:clinic-??????", "secret:clinic/*"),
    "dynamodb": ("table/patients/index/*", "table/patients*"),
    "apigateway": ("/restapis/a1b2c3/*",),
    "kafka-cluster": ("topic/records/*/*",),
}
_OWNER = {"kafka-cluster": "kafka"}


def patterns(named: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [
        (service, f"arn:aws:{_OWNER.get(service, service)}:us-east-1:111122223333:{name}")
        for service, names in named.items()
        for name in names
    ]


FHIR = "arn:aws:healthlake:us-east-1:111122223333:datastore/fhir/*"
BUCKETS = ("arn:aws:s3:::*/*", "arn:aws:s3:us-east-1:111122223333:accesspoint/*")

test_arns = cases(
    *(
        Case(WHOLE, f"{service}:* on {pattern}", FAIL, granted("managed", allow(f"{service}:*", pattern)))
        for service, pattern in [*patterns(EVERY), *(("s3", bucket) for bucket in BUCKETS)]
    ),
    *(
        Case(WHOLE, f"{service}:* on {pattern}", PASS, granted("managed", allow(f"{service}:*", pattern)))
        for service, pattern in [*patterns(SOME), ("s3", "arn:aws:s3:::accesspoint/*")]
    ),
    *(
        Case(control, f"{action} on every key by the form of its id", FAIL, granted("managed", allow(action, key)))
        for key in ["arn:aws:kms:us-east-1:111122223333:key/????????-????-????-????-????????????"]
        for control, action in ((KEYS, "kms:Decrypt"), (WHOLE, "kms:*"))
    ),
    *(
        Case(WHOLE, f"{action} on every data store", FAIL, granted("managed", allow(action, FHIR)).in_terraform())
        for action in ("health*:*", "*:*", "healthlake:?*", "HealthLake:*")
    ),
    Case(
        WHOLE,
        "services of other names on every data store",
        PASS,
        granted("managed", allow("omi*:*", FHIR)).in_terraform(),
    ),
    Case(
        WHOLE,
        "all of HealthLake on every data store, but denied there",
        PASS,
        granted(
            "managed",
            allow("healthlake:*"),
            deny("healthlake:*", "arn:aws:healthlake:*:111122223333:datastore/fhir/*"),
        ),
    ),
    Case(
        WHOLE,
        "all of Step Functions, denied for state machines alone",
        FAIL,
        granted("managed", allow("states:*"), deny("states:*", "arn:aws:states:*:111122223333:stateMachine:*")),
        severity=MEDIUM,
    ),
    Case(
        WHOLE,
        "all of IAM on all roles",
        FAIL,
        granted("managed", allow("iam:*", "arn:aws:iam::111122223333:role/*")),
        severity=HIGH,
    ),
    Case(
        WHOLE,
        "all of HealthLake on a data store that a variable names",
        UNKNOWN,
        terraform='variable "x" {}\n'
        + resource(
            "aws_iam_policy",
            'policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "healthlake:*", '
            'Resource = "arn:aws:healthlake:us-east-1:111122223333:datastore/fhir/${var.x}" }] })',
        ),
    ),
)


@pytest.mark.parametrize(
    ("name", "arns", "expected"),
    [
        (
            "s3",
            ["arn:${Partition}:s3:::${BucketName}", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"],
            "s3 ::* ::*/*",
        ),
        (
            "healthlake",
            ["arn:${Partition}:healthlake:${Region}:${Account}:datastore/fhir/${DatastoreId}"],
            "healthlake datastore/fhir/*",
        ),
        ("rds-data", ["arn:${Partition}:rds:${Region}:${Account}:cluster:${Name}"], "rds-data rds>cluster:*"),
        (
            "events",
            [
                "arn:${Partition}:events:${Region}:${Account}:rule/${RuleName}",
                "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}",
            ],
            "events rule/*",
        ),
        ("account", ["arn:${Partition}:account::${Account}:account"], None),
        ("sqs", [], "sqs *"),
    ],
)
def test_the_line_of_a_service(name: str, arns: list[str], expected: str | None) -> None:
    assert arn_formats.line({"Name": name, "Resources": [{"Name": "any", "ARNFormats": arns}]}) == expected
