"""Permission sets of IAM Identity Center: the same grant has the verdict and severity that it has for a role.

A live account shows the roles that are made of them, and no role of Identity Center is judged.
"""

from __future__ import annotations

from hipaa_guard.authoring import HIGH, MEDIUM
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, cases
from tests.policies.iam.permission_sets import OPEN, SET, attached, document, inline, of_aws, of_customer

ADMIN, SERVICE, KMS = (
    f"iam_role_inline_policy_{each}" for each in ("no_admin", "no_service_wildcard", "no_blocked_kms_actions")
)
ATTACHED = "iam_role_no_administrator_access"

LOOKED_UP = 'data "aws_iam_policy" "p" {\n  name = "AdministratorAccess"\n}\n'

test_sets = cases(
    *(Case(control, "no permission", PASS, SET) for control in (ADMIN, SERVICE, KMS, ATTACHED)),
    Case(ATTACHED, "AdministratorAccess", FAIL, of_aws("AdministratorAccess"), severity=HIGH),
    Case(ATTACHED, "AdministratorAccess, looked up by its name", FAIL, LOOKED_UP + attached("data.aws_iam_policy.p.arn")),
    Case(ATTACHED, "another policy", PASS, of_aws("job-function/ViewOnlyAccess")),
    Case(ATTACHED, "a policy that is not known", UNKNOWN, OPEN + attached("var.open")),
    Case(ADMIN, "AdministratorAccess", FAIL, of_aws("AdministratorAccess"), severity=HIGH),
    Case(ADMIN, "everything inline", FAIL, inline(document("*")), severity=HIGH),
    Case(ADMIN, "a task inline", PASS, inline(document("dynamodb:GetItem"))),
    Case(ADMIN, "an inline policy that is not known", UNKNOWN, OPEN + inline("var.open")),
    Case(ADMIN, "a policy of the customer's of that name", PASS, of_customer("AdministratorAccess")),
    Case(SERVICE, "all of S3 inline", FAIL, inline(document("s3:*")), severity=MEDIUM),
    Case(SERVICE, "all of IAM by a policy of AWS", FAIL, of_aws("IAMFullAccess"), severity=HIGH),
    Case(SERVICE, "some of S3", PASS, inline(document("s3:GetObject"))),
    Case(KMS, "decryption with every key", FAIL, inline(document("kms:Decrypt"))),
    Case(KMS, "no decryption", PASS, inline(document("kms:DescribeKey"))),
    *(
        Case(control, "Identity Center decides on it", NOT_APPLICABLE, SET)
        for control in ("iam_role_trust_not_public", "iam_role_foreign_trust_conditioned", "iam_role_session_limited")
    ),
)  # fmt: skip
