"""One grant, spelled in several ways: as one pattern, as a list of actions, in two statements, in two policies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hipaa_guard.authoring import HIGH, MEDIUM
from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.services import iam_grants
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, Told, cases, resource
from tests.policies.iam.states import MFA, allow, create, document, granted, main_block
from tests.policies.iam.test_denials import deny
from tests.policies.iam.test_wide_grants import ADMIN, KEYS, WHOLE

PARTS: dict[str, tuple[list[str], list[str]]] = {
    "kms": (
        ["kms:Decrypt", "kms:ReEncrypt*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
        ["kms:CreateGrant", "kms:PutKeyPolicy", "kms:Schedule*", "kms:List*"],
    ),
    "s3": (["s3:Get*", "s3:List*"], ["s3:Put*", "s3:Delete*"]),
    "iam": (
        ["iam:Create*", "iam:Attach*", "iam:Put*", "iam:PassRole"],
        ["iam:Update*", "iam:Delete*", "iam:Get*", "iam:List*"],
    ),
    "secretsmanager": (
        ["secretsmanager:GetSecretValue", "secretsmanager:ListSecrets", "secretsmanager:CreateSecret"],
        ["secretsmanager:Put*", "secretsmanager:DeleteSecret"],
    ),
    "dynamodb": (
        ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem"],
        ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Delete*"],
    ),
}
"""A service -> the actions that matter in it, in two halves of which neither is enough."""
OF_TYPE = {
    "kms": "arn:aws:kms:*:*:key/*",
    "s3": "arn:aws:s3:::*",
    "iam": "arn:aws:iam::111122223333:role/*",
    "secretsmanager": "arn:aws:secretsmanager:*:*:secret:*-??????",
    "dynamodb": "arn:aws:dynamodb:*:*:table/*",
}
SEVERITY = {"iam": HIGH}


def spelled(service: str) -> dict[str, list[dict[str, Any]]]:
    """Statements that grant the same as all of a service."""
    one, other = PARTS[service]
    return {
        "as one pattern": [allow(f"{service}:*")],
        "as a list": [allow(one + other)],
        "in two statements": [allow(one), allow(other)],
        "in two statements, on all resources of a type": [allow(one, OF_TYPE[service]), allow(other)],
        "beside a denial of something else": [allow(one + other), deny(f"{service}:Tag*")],
    }


def less(service: str) -> dict[str, list[dict[str, Any]]]:
    """Statements that grant less."""
    one, other = PARTS[service]
    own = OF_TYPE[service].replace("*-??????", "clinic-*").rstrip("*") + "clinic"
    return {
        "one half": [allow(one)],
        "the other half": [allow(other)],
        "one half on one resource": [allow(one, own), allow(other)],
        "one half to tagged resources": [
            allow(one, Condition={"StringEquals": {"aws:ResourceTag/team": "radiology"}}),
            allow(other),
        ],
        "one half denied": [allow(one + other), deny(other)],
    }


def two_policies(kind: str, *parts: list[dict[str, Any]]) -> Told:
    """A holder with several inline policies."""
    texts = [document(*part) for part in parts]

    def seed(aws: Aws) -> None:
        create(aws, kind)
        for number, text in enumerate(texts):
            put = getattr(aws.iam, f"put_{kind}_policy")
            put(**{f"{kind.title()}Name": "phi-clinic"}, PolicyName=f"p{number}", PolicyDocument=text)

    blocks = [
        resource(
            f"aws_iam_{kind}_policy", f"{kind} = aws_iam_{kind}.phi.name\n policy = {json.dumps(text)}", f"p{number}"
        )
        for number, text in enumerate(texts)
    ]
    return Told(main_block(kind) + "".join(blocks), seed)


ALL_BUT_IAM = {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}

test_together = cases(
    *(
        Case(WHOLE, f"all of {service} {way}", FAIL, granted("managed", *it), severity=SEVERITY.get(service, MEDIUM))
        for service in PARTS
        for way, it in spelled(service).items()
    ),
    *(
        Case(WHOLE, f"all of {service}, but {way}", PASS, granted("managed", *it))
        for service in PARTS
        for way, it in less(service).items()
    ),
    *(
        Case(
            f"iam_{kind}_inline_policy_no_service_wildcard",
            f"all of {service} in two inline policies",
            FAIL,
            two_policies(kind, [allow(PARTS[service][0])], [allow(PARTS[service][1])]),
            says=f"as much as {service}:*",
            severity=SEVERITY.get(service, MEDIUM),
        )
        for kind in ("user", "role", "group")
        for service in PARTS
    ),
    Case(
        WHOLE,
        "one half with MFA",
        FAIL,
        granted("managed", allow(PARTS["s3"][0]), allow(PARTS["s3"][1], Condition=MFA)),
        says="under conditions",
    ),
    Case(KEYS, "decryption and the rest apart", FAIL, granted("managed", *spelled("kms")["in two statements"])),
    Case(
        WHOLE,
        "one half, and a statement that a variable tells",
        UNKNOWN,
        terraform='variable "x" {}\n'
        + resource(
            "aws_iam_policy",
            f"""policy = jsonencode({{ Statement = [
              {{ Effect = "Allow", Action = {json.dumps(PARTS["kms"][0])}, Resource = "*" }},
              {{ Effect = "Allow", Action = {json.dumps(PARTS["kms"][1])}, Resource = var.x }},
            ] }})""",
        ),
    ),
    Case(
        "iam_user_inline_policy_no_service_wildcard",
        "one whole service, beside a policy that is not known",
        FAIL,
        terraform='variable "x" {}\n'
        + two_policies("user", [allow("s3:*")], [allow("s3:GetObject")]).text.replace(
            json.dumps(document(allow("s3:GetObject"))), "var.x"
        ),
        says="s3:*",
    ),
    Case(ADMIN, "all but IAM, and IAM", FAIL, granted("managed", ALL_BUT_IAM, allow("iam:*"))),
    Case(
        ADMIN, "all but IAM, and some of IAM", PASS, granted("managed", ALL_BUT_IAM, allow(["iam:Get*", "iam:Pass*"]))
    ),
    Case(ADMIN, "all but IAM, and IAM, denied", PASS, granted("managed", ALL_BUT_IAM, allow("iam:*"), deny("iam:*"))),
    Case(
        ADMIN,
        "all but IAM, and IAM on one role",
        PASS,
        granted("managed", ALL_BUT_IAM, allow("iam:*", "arn:aws:iam::111122223333:role/clinic")),
    ),
    Case(ADMIN, "some services, and IAM", PASS, granted("managed", allow(["s3:*", "kms:*"]), allow("iam:*"))),
    Case(
        "iam_role_inline_policy_no_admin",
        "PowerUserAccess and IAMFullAccess",
        FAIL,
        terraform=main_block("role")
        + "".join(
            resource(
                "aws_iam_role_policy_attachment",
                f'role = aws_iam_role.phi.name\n policy_arn = "arn:aws:iam::aws:policy/{name}"',
                name.lower(),
            )
            for name in ("PowerUserAccess", "IAMFullAccess")
        ),
    ),
    Case(
        "iam_role_inline_policy_no_admin",
        "all but IAM, and IAM in another policy",
        FAIL,
        two_policies("role", [ALL_BUT_IAM], [allow(["iam:*", "organizations:*"])]),
    ),
    Case(
        ADMIN,
        "all but IAM, and what a variable tells",
        UNKNOWN,
        terraform='variable "x" {}\n'
        + resource(
            "aws_iam_policy",
            """policy = jsonencode({ Statement = [
              { Effect = "Allow", NotAction = ["iam:*"], Resource = "*" },
              { Effect = "Allow", Action = [var.x], Resource = "*" },
            ] })""",
        ),
    ),
)


@pytest.mark.parametrize("service", PARTS)
def test_each_action_that_matters_is_needed(service: str) -> None:
    actions = iam_grants._THAT_MATTER[service]

    def together(names: list[str]) -> list[str]:
        parsed = PolicyDocument.parse({"Statement": [allow([f"{service}:{name}" for name in names])]})
        assert isinstance(parsed, PolicyDocument)
        return iam_grants.whole_services_together([parsed])

    assert together(list(actions)) == [service]
    assert not [name for name in actions if together([each for each in actions if each != name])]
