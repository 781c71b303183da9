"""Objects whose own ACL lets in everyone, as source declares them: a live account tells them one by one."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases, resource
from tests.policies.s3.states import (
    BUCKET,
    EVERYONE,
    LOG_DELIVERY,
    OF_BUCKET,
    OPEN_VARIABLE,
    block,
    ownership,
    separate,
)

ACL = "s3_bucket_acl_not_public"


def held(lines: str, type: str = "aws_s3_object") -> str:
    """An object in the bucket."""
    source = 'source = "phi-records/letter"\n' if type == "aws_s3_object_copy" else ""
    return resource(type, f'{OF_BUCKET}\nkey = "letter"\n{source}{lines}', "o")


def granted(uri: str) -> str:
    return f'grant {{\n type = "Group"\n permissions = ["READ"]\n uri = {uri}\n}}'


PUBLIC = 'acl = "public-read"'

test_objects = cases(
    *(
        Case(
            ACL, f"an object is public: {type}, {acl}", FAIL, terraform=BUCKET + held(f'acl = "{acl}"', type), says="o"
        )
        for type in ("aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy")
        for acl in ("public-read", "public-read-write", "authenticated-read")
    ),
    *(
        Case(ACL, f"an object is not public: {acl}", PASS, terraform=BUCKET + held(f'acl = "{acl}"'))
        for acl in ("private", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control")
    ),
    Case(ACL, "an object without an ACL of its own", PASS, terraform=BUCKET + held("")),
    Case(
        ACL,
        "a copy is granted to everyone",
        FAIL,
        terraform=BUCKET + held(granted(f'"{EVERYONE}"'), "aws_s3_object_copy"),
        says="aws_s3_object_copy.o",
    ),
    Case(
        ACL,
        "a copy is granted to the delivery of logs",
        PASS,
        terraform=BUCKET + held(granted(f'"{LOG_DELIVERY}"'), "aws_s3_object_copy"),
    ),
    Case(ACL, "the ACL of an object is not known", UNKNOWN, terraform=BUCKET + OPEN_VARIABLE + held("acl = var.open")),
    Case(
        ACL,
        "the ACL of an object is not known, and that of the bucket is public",
        FAIL,
        terraform=separate("acl", 'acl = "public-read"') + held("acl = var.open"),
    ),
    Case(
        ACL,
        "an object is public, but ACLs are turned off",
        PASS,
        terraform=ownership("BucketOwnerEnforced").text + held(PUBLIC),
    ),
    Case(
        ACL,
        "an object is public, but public ACLs are ignored",
        PASS,
        terraform=block("ignore_public_acls").text + held(PUBLIC),
    ),
    Case(
        ACL,
        "an object of another bucket is public",
        PASS,
        terraform=BUCKET + 'resource "aws_s3_object" "o" {\nbucket = "labs"\nkey = "letter"\nacl = "public-read"\n}\n',
    ),
)
