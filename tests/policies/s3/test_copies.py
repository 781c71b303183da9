"""The controls on versions and copies of the objects in a bucket, told to Terraform and to AWS."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, Told, cases
from tests.policies.s3.states import BUCKET, bucket, inside, locked, replication, separate

VERSIONS, COPIED = "s3_bucket_versioning_enabled", "s3_bucket_replication_enabled"

test_versions_of_locked_objects = cases(
    Case(VERSIONS, "Object Lock is on", PASS, terraform=inside("object_lock_enabled = true"), aws=locked),
    Case(VERSIONS, "Object Lock is off", FAIL, terraform=inside("object_lock_enabled = false"), aws=bucket),
    Case(
        VERSIONS,
        "Object Lock is on inside the bucket's own block",
        PASS,
        terraform=inside('object_lock_configuration {\n object_lock_enabled = "Enabled"\n}'),
    ),
    Case(
        VERSIONS,
        "Object Lock is on by a resource of its own",
        PASS,
        terraform=separate(
            "object_lock_configuration", 'rule {\n default_retention {\n mode = "COMPLIANCE"\n days = 30\n }\n }'
        ),
    ),
    Case(VERSIONS, "Object Lock may be on", UNKNOWN, terraform=inside("object_lock_enabled = var.open")),
)

TAG = 'filter {\n tag {\n key = "a"\n value = "b"\n }\n}'
PARTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("of a prefix", 'filter {\n prefix = "images/"\n}', {"Filter": {"Prefix": "images/"}}),
    ("with a tag", TAG, {"Filter": {"Tag": {"Key": "a", "Value": "b"}}}),
    (
        "of a prefix with tags",
        'filter {\n and {\n prefix = "images/"\n tags = { a = "b" }\n }\n}',
        {"Filter": {"And": {"Prefix": "images/", "Tags": [{"Key": "a", "Value": "b"}]}}},
    ),
    (
        "with tags",
        'filter {\n and {\n tags = { a = "b", c = "d" }\n }\n}',
        {"Filter": {"And": {"Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}]}}},
    ),
)
PARTS_OF_SOURCE = (("of a prefix, as rules once had it", 'prefix = "images/"'),)
KMS_ONLY = {"SSEAlgorithm": "aws:kms"}


def chosen(status: str) -> str:
    """Whether a rule copies objects under a KMS key."""
    return f'source_selection_criteria {{\n sse_kms_encrypted_objects {{\n status = "{status}"\n }}\n}}'


def criteria(status: str) -> dict[str, Any]:
    return {"SseKmsEncryptedObjects": {"Status": status}}


def under_kms(told: Told) -> Told:
    """The bucket, which encrypts new objects with a KMS key."""

    def seed(aws: Aws) -> None:
        rules = [{"ApplyServerSideEncryptionByDefault": KMS_ONLY}]
        aws.s3.put_bucket_encryption(Bucket="phi-records", ServerSideEncryptionConfiguration={"Rules": rules})

    rule = 'rule {\n apply_server_side_encryption_by_default {\n sse_algorithm = "aws:kms"\n }\n}'
    text = f'resource "aws_s3_bucket_server_side_encryption_configuration" "e" {{\n bucket = aws_s3_bucket.phi.id\n {rule}\n}}'
    return told + Told(text, seed)


def two(one: str, other: str) -> str:
    """Two rules, each with some lines."""
    rules = "".join(
        f'rule {{\n id = "{name}"\n priority = {number}\n status = "Enabled"\n {lines}\n'
        'delete_marker_replication {\n status = "Enabled"\n}\n destination {\n bucket = "arn:aws:s3:::copy"\n }\n }\n'
        for number, (name, lines) in enumerate({"one": one or "filter {}", "other": other}.items())
    )
    return f'role = "arn:aws:iam::123456789012:role/replication"\n{rules}'


test_replication = cases(
    Case(COPIED, "none", FAIL, terraform=BUCKET, aws=bucket),
    Case(COPIED, "a rule in force", PASS, replication("Enabled")),
    Case(COPIED, "a rule turned off", FAIL, replication("Disabled"), says="none is in force"),
    Case(COPIED, "a variable", UNKNOWN, replication("${var.open}").in_terraform()),
    Case(
        COPIED,
        "inside the bucket",
        PASS,
        terraform=inside("""replication_configuration {
          role = "arn:aws:iam::123456789012:role/replication"
          rules {
            status = "Disabled"
            destination {
              bucket = "arn:aws:s3:::copy"
            }
          }
          rules {
            status = "Enabled"
            destination {
              bucket = "arn:aws:s3:::copy"
            }
          }
        }"""),
    ),
    *(
        Case(COPIED, f"objects {words}", FAIL, replication("Enabled", lines, **changes), says="in part")
        for words, lines, changes in PARTS
    ),
    *(
        Case(COPIED, f"objects {words}, in source", FAIL, replication("Enabled", lines).in_terraform(), says="in part")
        for words, lines in PARTS_OF_SOURCE
    ),
    Case(
        COPIED,
        "objects with a tag that is a variable without a value",
        FAIL,
        terraform=replication("Enabled", TAG.replace('"a"', "var.open")).text,
    ),
    Case(
        COPIED,
        "objects of a prefix that is a variable without a value",
        UNKNOWN,
        terraform=replication("Enabled", "filter {\n prefix = var.open\n}").text,
    ),
    Case(COPIED, "all objects, by an empty filter", PASS, replication("Enabled", "filter {}")),
    Case(COPIED, "all objects, by an empty prefix", PASS, replication("Enabled", 'prefix = ""').in_terraform()),
    Case(
        COPIED,
        "some objects by one rule, all by another",
        PASS,
        terraform=separate("replication_configuration", two("", 'filter {\n prefix = "images/"\n }')),
    ),
    Case(
        COPIED,
        "some objects by one rule, all by another that is off",
        FAIL,
        terraform=separate(
            "replication_configuration", two("", 'filter {\n prefix = "images/"\n }').replace("Enabled", "Disabled", 1)
        ),
    ),
    Case(
        COPIED, "objects under a KMS key, which are left out", FAIL, under_kms(replication("Enabled")), says="KMS key"
    ),
    Case(
        COPIED,
        "objects under a KMS key, which are left out in so many words",
        FAIL,
        under_kms(replication("Enabled", chosen("Disabled"), SourceSelectionCriteria=criteria("Disabled"))),
    ),
    Case(
        COPIED,
        "objects under a KMS key, which are chosen",
        PASS,
        under_kms(replication("Enabled", chosen("Enabled"), SourceSelectionCriteria=criteria("Enabled"))),
    ),
    Case(
        COPIED,
        "objects under a KMS key, which may be chosen",
        UNKNOWN,
        terraform=under_kms(replication("Enabled", chosen("X").replace('"X"', "var.open"))).text,
    ),
)
