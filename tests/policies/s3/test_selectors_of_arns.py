"""Advanced selectors of trails that limit ARNs: a bucket is recorded where all its objects are."""

from __future__ import annotations

import json
from itertools import product

import pytest

from hipaa_guard.services.cloudtrail.selectors import answered, declared
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, UNKNOWN, Aws, Case, Told, cases, resource
from tests.policies.cloudtrail.states import create
from tests.policies.s3.states import ARN, BUCKET, OPEN_VARIABLE, own

LOGS = "s3_bucket_access_logging_enabled"
OPERATORS = {
    "equals": "Equals",
    "starts_with": "StartsWith",
    "ends_with": "EndsWith",
    "not_equals": "NotEquals",
    "not_starts_with": "NotStartsWith",
    "not_ends_with": "NotEndsWith",
}
OTHER = "arn:aws:s3:::another"


def limited(**limits: list[str]) -> Told:
    """A trail whose advanced selector has one condition on ARNs, with these operators and values."""
    fields = [("eventCategory", {"equals": ["Data"]}), ("resources.type", {"equals": ["AWS::S3::Object"]})]
    fields += [("resources.ARN", limits)]
    blocks = "\n".join(
        f'field_selector {{\nfield = "{field}"\n'
        + "\n".join(f"{how} = {json.dumps(values)}" for how, values in told.items())
        + "\n}"
        for field, told in fields
    )
    lines = (
        f'name = "phi"\ns3_bucket_name = "f"\nis_multi_region_trail = true\nadvanced_event_selector {{\n{blocks}\n}}'
    )

    def seed(aws: Aws) -> None:
        create(aws, "phi", IsMultiRegionTrail=True)
        selectors = [
            {"Field": field, **{OPERATORS[how]: values for how, values in told.items()}} for field, told in fields
        ]
        aws.cloudtrail.put_event_selectors(TrailName="phi", AdvancedEventSelectors=[{"FieldSelectors": selectors}])

    return Told(resource("aws_cloudtrail", lines), seed)


RECORDED: list[tuple[str, dict[str, list[str]]]] = [
    ("the ARN of the bucket without a slash", {"starts_with": [ARN]}),
    ("buckets whose name begins alike", {"starts_with": ["arn:aws:s3:::phi-"]}),
    ("another bucket and this one", {"starts_with": [f"{OTHER}/", f"{ARN}/"]}),
    ("all but another bucket", {"not_starts_with": [f"{OTHER}/"]}),
    ("all but an object of another bucket", {"not_equals": [f"{OTHER}/x"]}),
    ("all but a bucket whose name begins so", {"not_starts_with": [f"{ARN}-archive/"]}),
    ("this bucket, or what ends so", {"starts_with": [f"{ARN}/"], "ends_with": [".pdf"]}),
    ("this bucket, or one object", {"starts_with": [f"{ARN}/"], "equals": [f"{OTHER}/x"]}),
    ("this bucket, and not another one", {"starts_with": [f"{ARN}/"], "not_starts_with": [f"{OTHER}/"]}),
]
NOT_RECORDED: list[tuple[str, dict[str, list[str]]]] = [
    ("a part of the bucket", {"starts_with": [f"{ARN}/reports/"]}),
    ("one object", {"equals": [f"{ARN}/x"]}),
    ("objects that end so", {"ends_with": [".pdf"]}),
    ("all but those that end so", {"not_ends_with": [".pdf"]}),
    ("all but those that end so and begin elsewhere", {"not_ends_with": [".pdf"], "starts_with": [f"{ARN}/"]}),
    ("all but an object", {"not_equals": [f"{ARN}/x"]}),
    ("all but a part of the bucket", {"not_starts_with": [f"{ARN}/reports/"]}),
    ("all but buckets whose name begins alike", {"not_starts_with": ["arn:aws:s3:::phi-"]}),
    ("the bucket, but not a part of it", {"starts_with": [f"{ARN}/"], "not_starts_with": [f"{ARN}/reports/"]}),
    ("a bucket whose name begins so", {"starts_with": [f"{ARN}-archive"]}),
]
UNNAMED = OPEN_VARIABLE + resource("aws_s3_bucket", "bucket = var.open")
BY_REFERENCE = '"${aws_s3_bucket.another.arn}/"'


def by_reference(operator: str) -> str:
    """A trail that limits ARNs to those of another bucket, or to all but those, by a reference."""
    return 'resource "aws_s3_bucket" "another" {}\n' + limited(**{operator: ["V"]}).text.replace('"V"', BY_REFERENCE)


test_recorded = cases(
    *(Case(LOGS, name, NOT_APPLICABLE, own() + limited(**limits)) for name, limits in RECORDED),
    *(Case(LOGS, name, FAIL, own() + limited(**limits)) for name, limits in NOT_RECORDED),
    Case(LOGS, "all but a bucket that a reference names", NOT_APPLICABLE, UNNAMED + by_reference("not_starts_with")),
    Case(LOGS, "a bucket that a reference names", FAIL, BUCKET + by_reference("starts_with")),
    Case(
        LOGS,
        "all but a bucket of that name, which may be this one",
        UNKNOWN,
        UNNAMED + limited(not_starts_with=[f"{OTHER}/"]).text,
    ),
    *(
        Case(
            LOGS,
            f"a variable in the place of {operator}",
            UNKNOWN,
            OPEN_VARIABLE
            + BUCKET
            + limited(**{"starts_with": [f"{ARN}/"]} | {operator: ["V"]}).text.replace('["V"]', "var.open"),
        )
        for operator in ("starts_with", "not_starts_with", "not_equals", "not_ends_with")
    ),
    Case(
        LOGS,
        "event selectors take no bucket without a slash",
        FAIL,
        own()
        + Told(
            resource(
                "aws_cloudtrail",
                'name = "phi"\ns3_bucket_name = "f"\nis_multi_region_trail = true\n'
                f'event_selector {{\ndata_resource {{\ntype = "AWS::S3::Object"\nvalues = ["{ARN}"]\n}}\n}}',
            )
        ),
    ),
)


TYPES = ("AWS::S3::Object", "AWS::DynamoDB::Table", "AWS::Lambda::Function")


class Written:
    """The arguments of a trail in Terraform."""

    def __init__(self, **arguments: object) -> None:
        self.arguments = arguments

    def get(self, path: str) -> object:
        return self.arguments.get(path)


@pytest.mark.parametrize(("type_", "limits"), product(TYPES, [*RECORDED, *NOT_RECORDED]))
def test_both_sides_read_the_same_selectors(type_: str, limits: tuple[str, dict[str, list[str]]]) -> None:
    fields = {"eventCategory": {"equals": ["Data"]}, "resources.type": {"equals": [type_]}, "resources.ARN": limits[1]}
    source = Written(
        advanced_event_selector=[{"field_selector": [{"field": field, **told} for field, told in fields.items()]}]
    )
    live = [{"Field": field, **{OPERATORS[how]: v for how, v in told.items()}} for field, told in fields.items()]
    assert repr(declared(source)) == repr(answered(None, [{"FieldSelectors": live}]))  # type: ignore[arg-type]
    assert answered(None, [{"FieldSelectors": live}])[0].resource_type == type_
