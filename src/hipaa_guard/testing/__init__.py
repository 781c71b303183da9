"""Tables of cases: the specification of a control, written for Terraform and for AWS, which must agree.

A test module holds one or more tables, beside the policies (``test_names.py`` beside ``names.py``) or elsewhere::

    test_verdict = cases(
        Case("own_bucket_versioned", "enabled", PASS, versioning("Enabled")),
        Case("own_bucket_versioned", "never configured", FAIL, bucket()),
        Case("own_bucket_versioned", "versioning may not be read", UNKNOWN, bucket(), denied="s3:GetBucketVersioning"),
        ...
        policies=[Path(__file__).parent],
    )

A state is written once for both sides::

    def bucket() -> Told:
        return Told(resource("aws_s3_bucket", 'bucket = "phi"'), lambda aws: aws.s3.create_bucket(Bucket="phi"))

    def versioning(status: str) -> Told:
        return bucket() + Told(
            resource("aws_s3_bucket_versioning", ...), lambda aws: aws.s3.put_bucket_versioning(Bucket="phi", ...)
        )

The judged resource is called ``phi``: its Terraform block has this label, and its name in AWS contains it. For kinds
that are nested in other resources, the outer block has this label.
A case is written for one side only if the other cannot express it. Each case also checks a promise of all controls:
blanking any fact leaves the verdict as it is or makes it unknown.

pytest runs such tables, and so does ``hipaa-guard policies test``. The AWS side needs moto; nothing else does.
"""

from hipaa_guard.controls.control import Status
from hipaa_guard.testing.accounts import (
    ACCOUNT,
    REGION,
    Aws,
    answered,
    aws_account,
    aws_collected,
    aws_inventory,
    deny,
    has_moto,
)
from hipaa_guard.testing.judging import (
    all_controls,
    blank_each_fact,
    cases,
    cases_in,
    check,
    control_of,
    is_phi,
    terraform_inventory,
    told_to,
    verdict,
)
from hipaa_guard.testing.told import SIDES, UNSET, Case, Seed, Side, Told, resource

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE

__all__ = [
    "ACCOUNT",
    "FAIL",
    "NOT_APPLICABLE",
    "PASS",
    "REGION",
    "SIDES",
    "UNKNOWN",
    "UNSET",
    "Aws",
    "Case",
    "Seed",
    "Side",
    "Told",
    "all_controls",
    "answered",
    "aws_account",
    "aws_collected",
    "aws_inventory",
    "blank_each_fact",
    "cases",
    "cases_in",
    "check",
    "control_of",
    "deny",
    "has_moto",
    "is_phi",
    "resource",
    "terraform_inventory",
    "told_to",
    "verdict",
]
