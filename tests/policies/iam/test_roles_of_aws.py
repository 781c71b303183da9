"""Roles that AWS keeps: no control on roles asks the customer to change them."""

from __future__ import annotations

import json

from hipaa_guard.authoring import HIGH
from hipaa_guard.services import iam
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, all_controls, cases
from tests.policies.iam.states import ECS, allow, details, document
from tests.policies.iam.test_trust import PROVIDER

ADMINISTRATOR = "iam_role_no_administrator_access"
CONTROLS = sorted(control.id for control in all_controls().values() if control.kind is iam.Role)
SLEEPS = "iam_role_session_limited"

KEPT = {
    "Identity Center": ("/aws-reserved/sso.amazonaws.com/us-east-2/", "AWSReservedSSO_phi-clinic_0123456789abcdef"),
    "a linked service": ("/aws-service-role/ecs.amazonaws.com/", "AWSServiceRoleForECS-phi"),
}
OWN = ("/clinic/", "phi-clinic")

ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
WEB = {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity"}
OPEN = document(
    ECS | {"Principal": {"AWS": "*"}},
    ECS | {"Principal": {"AWS": "arn:aws:iam::444455556666:root"}},
    WEB | {"Principal": PROVIDER},
    WEB | {"Principal": {"Federated": "cognito-identity.amazonaws.com"}},
)
EVERYTHING = document(allow("*"))


def open_role(path: str, name: str) -> Told:
    """A role that every control on roles finds fault with."""

    def seed(aws: Aws) -> None:
        aws.iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=OPEN, MaxSessionDuration=43200)
        aws.iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=EVERYTHING)

    text = f"""
    resource "aws_iam_role" "phi" {{
      name                 = "{name}"
      path                 = "{path}"
      max_session_duration = 43200
      assume_role_policy   = {json.dumps(OPEN)}
      managed_policy_arns  = ["{ARN}"]
      inline_policy {{
        name   = "all"
        policy = {json.dumps(EVERYTHING)}
      }}
    }}"""
    return Told(text, seed)


def state(control: str, path: str, name: str) -> Told:
    told = open_role(path, name)
    if control == ADMINISTRATOR:  # moto has no policies of AWS
        return told.in_terraform() | Told(aws=lambda _: None, answers=details("role", ARN, path=path, name=name))
    return told


SEVERITY = {"iam_role_inline_policy_no_service_wildcard": HIGH}
"""Of gaps that are graver than most of their control: all of IAM is among what the role may do."""
UNKNOWN_PATH = 'variable "x" {}\n' + open_role(*OWN).text.replace('"/clinic/"', "var.x")

test_roles_of_aws = cases(
    *(
        Case(control, "a role of one's own", FAIL, state(control, *OWN), severity=SEVERITY.get(control))
        for control in CONTROLS
    ),
    *(
        Case(control, f"a role of {whose}", NOT_APPLICABLE, state(control, *kept))
        for control in CONTROLS
        for whose, kept in KEPT.items()
    ),
    *(
        Case(
            control,
            "a path that is not known, with a name of one's own",
            FAIL,
            terraform=UNKNOWN_PATH,
            severity=SEVERITY.get(control),
        )
        for control in CONTROLS
    ),
    *(
        Case(
            control,
            "a path that is not known, with a name of AWS's",
            UNKNOWN,
            terraform=UNKNOWN_PATH.replace('"phi-clinic"', f'"{KEPT["Identity Center"][1]}"'),
        )
        for control in CONTROLS
    ),
    Case(
        SLEEPS,
        "a role of Identity Center with short sessions",
        PASS,
        open_role(*KEPT["Identity Center"]).in_terraform()
        | Told(open_role(*KEPT["Identity Center"]).text.replace("43200", "3600")),
    ),
)
