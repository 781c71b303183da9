"""Policies of AWS: the table of what they grant, and every way in which Terraform and AWS attach them."""

from __future__ import annotations

import json

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from hipaa_guard.authoring import HIGH, LOW
from hipaa_guard.controls.control import Status
from hipaa_guard.facts.policies.document import PolicyDocument, Statement
from hipaa_guard.services import iam_grants
from hipaa_guard.services.iam import managed_by_aws
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, Told, cases, resource
from tests.policies.iam.states import ECS, details, document, main_block

# --- the table -----------------------------------------------------------------------------------------------------

REFERENCE = json.loads(aws_managed_policies_data)
"""AWS's managed policy reference, as moto has it."""
IS_AS_NEW = max(policy["UpdateDate"] for policy in REFERENCE.values())[:10] >= managed_by_aws.DATED


def judged(policy: PolicyDocument) -> tuple[bool, set[str], bool, set[str]]:
    """Whether a policy grants everything, which services it grants whole, in one statement or in several, whether it
    decrypts with every key and, if not, by which rights its holder can do so without any condition.
    """

    def decrypts(statement: Statement) -> bool:
        return iam_grants.decrypts_with_any_key(statement, policy) and not iam_grants.services_between(statement)

    allowances = list(policy.allowances())
    decrypted = any(map(decrypts, allowances))
    free = [each for each in allowances if not decrypted and not each.conditions]
    return (
        any(iam_grants.grants_everything(each, policy) for each in allowances)
        or iam_grants.grants_everything_together([policy]),
        {service for each in allowances for service in iam_grants.whole_services(each, policy)}
        | {f"{service}, together" for service in iam_grants.whole_services_together([policy])},
        decrypted,
        {right for each in free for right in iam_grants.opens_any_key(each, policy)},
    )


@pytest.mark.skipif(not IS_AS_NEW, reason="moto's copy of the reference is older than the table")
def test_the_table_says_what_the_policies_of_aws_grant() -> None:
    wrong = []
    for name, policy in REFERENCE.items():
        if policy["Path"] == "/aws-service-role/" or policy["UpdateDate"][:10] > managed_by_aws.DATED:
            continue
        whole = PolicyDocument.parse(policy["Document"])
        grants = managed_by_aws.grants_of(f"{policy['Path'][1:]}{name}") or PolicyDocument([])
        assert isinstance(whole, PolicyDocument)
        if judged(whole) != judged(grants):
            wrong.append((name, judged(whole), judged(grants)))
    assert not wrong


def test_a_policy_of_ones_own_has_no_name_of_aws() -> None:
    assert managed_by_aws.name_of("arn:aws:iam::111122223333:policy/AdministratorAccess") is None
    assert managed_by_aws.name_of("arn:aws-cn:iam::aws:policy/job-function/Billing") == "job-function/Billing"
    assert managed_by_aws.grants_of("job-function/Billing") is None


# --- the ways of attaching -----------------------------------------------------------------------------------------

KINDS = ("user", "role", "group")
CONTROLS = ("no_admin", "no_service_wildcard", "no_blocked_kms_actions")
EXPECTED: dict[str, tuple[Status, Status, Status]] = {
    "AdministratorAccess": (FAIL, FAIL, FAIL),
    "PowerUserAccess": (PASS, FAIL, FAIL),
    "IAMFullAccess": (PASS, FAIL, PASS),
    "AmazonS3FullAccess": (PASS, FAIL, PASS),
    "job-function/SystemAdministrator": (PASS, FAIL, FAIL),
    "AdministratorAccess-Amplify": (PASS, FAIL, PASS),  # S3 among others, action by action
    "AWSKeyManagementServicePowerUser": (PASS, PASS, PASS),  # it makes keys, and decrypts with none
    "AmazonMSKFullAccess": (PASS, FAIL, FAIL),  # it makes grants for every key
    "ReadOnlyAccess": (PASS, PASS, PASS),
}


GRAVITY = {
    ("AdministratorAccess", "no_service_wildcard"): HIGH,
    ("IAMFullAccess", "no_service_wildcard"): HIGH,
    ("AmazonMSKFullAccess", "no_blocked_kms_actions"): LOW,
}


def ways(kind: str, arn: str) -> dict[str, Told]:
    """How a policy is attached to ``phi`` -> the state."""
    own = f"aws_iam_{kind}.phi.name"
    found = {
        "by an attachment": resource(
            f"aws_iam_{kind}_policy_attachment", f'{kind} = {own}\n policy_arn = "{arn}"', "a"
        ),
        "by an attachment to several": resource(
            "aws_iam_policy_attachment", f'name = "a"\n {kind}s = ["other", {own}]\n policy_arn = "{arn}"', "a"
        ),
        "by the list of all": resource(
            f"aws_iam_{kind}_policy_attachments_exclusive", f'{kind}_name = {own}\n policy_arns = ["{arn}"]', "a"
        ),
    }
    told = {way: Told(main_block(kind) + text) for way, text in found.items()}
    listed = f'managed_policy_arns = ["{arn}"]'
    trust = json.dumps(document(ECS)) if kind == "role" else ""
    told["in one of awscc"] = Told(
        resource(f"awscc_iam_{kind}", (f"assume_role_policy_document = {trust}\n" if trust else "") + listed)
    )
    if trust:
        told["in the role itself"] = Told(resource("aws_iam_role", f"assume_role_policy = {trust}\n {listed}"))
    told["in the account"] = Told(aws=lambda _: None, answers=details(kind, arn))
    return told


def attached() -> list[Case]:
    found = []
    for kind in KINDS:
        for name, expected in EXPECTED.items():
            partition = "aws" if name.startswith("A") else "aws-us-gov"
            for way, told in ways(kind, f"arn:{partition}:iam::aws:policy/{name}").items():
                for control, status in zip(CONTROLS, expected, strict=True):
                    says = name.rpartition("/")[2] if status is FAIL else ""
                    severity = GRAVITY.get((name, control)) if status is FAIL else None
                    found.append(
                        Case(
                            f"iam_{kind}_inline_policy_{control}",
                            f"{name} {way}",
                            status,
                            told,
                            says=says,
                            severity=severity,
                        )
                    )
    return found


def not_known(kind: str, arn: str, status: Status, more: str = "") -> Case:
    text = main_block(kind) + f'{more}\nvariable "x" {{}}\n'
    attachment = f"{kind} = aws_iam_{kind}.phi.name\n policy_arn = {arn}"
    return Case(
        f"iam_{kind}_inline_policy_no_service_wildcard",
        f"the attached {arn}",
        status,
        terraform=text + resource(f"aws_iam_{kind}_policy_attachment", attachment, "a"),
    )


ME = 'data "aws_caller_identity" "me" {}'
LOOKED_UP = 'data "aws_iam_policy" "p" {{\n {} = "{}"\n}}'

ON_PATH = LOOKED_UP.replace("\n}}", '\n path_prefix = "{}"\n}}')
LOOK_UPS = [
    (FAIL, LOOKED_UP.format("name", "AmazonS3FullAccess")),
    (FAIL, LOOKED_UP.format("name", "SystemAdministrator")),
    (PASS, LOOKED_UP.format("name", "AmazonS3ReadOnlyAccess")),
    (PASS, LOOKED_UP.format("name", "AmazonS3Full")),
    (FAIL, LOOKED_UP.format("arn", "arn:aws:iam::aws:policy/AmazonS3FullAccess")),
    (PASS, LOOKED_UP.format("arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")),
    (PASS, LOOKED_UP.format("arn", "arn:aws:iam::111122223333:policy/AmazonS3FullAccess")),
    (FAIL, ON_PATH.format("name", "AmazonS3FullAccess", "/")),
    (FAIL, ON_PATH.format("name", "SystemAdministrator", "/job-function/")),
    (PASS, ON_PATH.format("name", "SystemAdministrator", "/service-role/")),
    (UNKNOWN, ON_PATH.format("name", "SystemAdministrator", "${var.x}")),
    (UNKNOWN, LOOKED_UP.format("name", "${var.x}")),
    (UNKNOWN, LOOKED_UP.format("name", "AmazonS3${var.x}")),
    (PASS, LOOKED_UP.format("name", "records-${var.x}")),
]
"""By a name, a name with a path, or an ARN: AWS's own policies are those of its reference, others are judged apart."""

test_attached = cases(*attached())
test_not_known = cases(
    *(
        case
        for kind in KINDS
        for case in (
            not_known(kind, "var.x", UNKNOWN),
            not_known(kind, '"arn:aws:iam::aws:policy/${var.x}"', UNKNOWN),
            not_known(kind, '"arn:aws:iam::${data.aws_caller_identity.me.account_id}:policy/own"', PASS, ME),
            not_known(kind, "aws_iam_policy.own.arn", PASS, resource("aws_iam_policy", 'policy = "{}"', "own")),
        )
    ),
    *(
        not_known(kind, f"data.aws_iam_policy.p.{attribute}", status, more)
        for kind in KINDS
        for attribute in ("arn", "id")
        for status, more in LOOK_UPS
    ),
    not_known(
        "user", "data.aws_iam_policy.p.arn", FAIL, LOOKED_UP.format("arn", "arn:aws:iam::aws:policy/AmazonS3FullAccess")
    ),
    not_known("group", "data.aws_iam_policy.p.arn", PASS, LOOKED_UP.format("name", "records-read")),
)
