"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

import json

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, PASS, UNKNOWN, VARIABLE, Twin


def trust(principal: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return json.dumps(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


EVERYTHING = json.dumps(json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
ADMINISTRATOR = '"arn:aws:iam::aws:policy/AdministratorAccess"'

TWINS = [
    Twin(
        "a role that everyone takes on, to do everything",
        resource("aws_iam_role", f'name = "phi"\nassume_role_policy = {trust("*")}')
        + resource("aws_iam_role_policy", f"role = aws_iam_role.phi.id\npolicy = {EVERYTHING}", "all"),
        resource("awscc_iam_role", f'role_name = "phi"\nassume_role_policy_document = {trust("*")}')
        + resource(
            "awscc_iam_role_policy",
            f'policy_name = "all"\nrole_name = awscc_iam_role.phi.id\npolicy_document = {EVERYTHING}',
            "all",
        ),
        FAIL,
    ),
    Twin(
        "a role that holds its policy inside, and an administrator's",
        resource(
            "aws_iam_role",
            f"""assume_role_policy = {trust("arn:aws:iam::123456789012:root")}
            managed_policy_arns = [{ADMINISTRATOR}]
            inline_policy {{
              name   = "all"
              policy = {EVERYTHING}
            }}""",
        ),
        resource(
            "awscc_iam_role",
            f"""assume_role_policy_document = {trust("arn:aws:iam::123456789012:root")}
            managed_policy_arns = [{ADMINISTRATOR}]
            policies = [{{ policy_name = "all", policy_document = {EVERYTHING} }}]""",
        ),
        FAIL,
    ),
    Twin(
        "a role that one account takes on, to do nothing",
        resource("aws_iam_role", f"assume_role_policy = {trust('arn:aws:iam::123456789012:root')}"),
        resource("awscc_iam_role", f"assume_role_policy_document = {trust('arn:aws:iam::123456789012:root')}"),
        PASS,
    ),
    Twin(
        "a role of which nothing is known",
        VARIABLE + resource("aws_iam_role", "assume_role_policy = var.open\nmanaged_policy_arns = var.open"),
        VARIABLE + resource("awscc_iam_role", "assume_role_policy_document = var.open\nmanaged_policy_arns = var.open"),
        UNKNOWN,
    ),
    Twin(
        "a policy that allows everything",
        resource("aws_iam_policy", f"policy = {EVERYTHING}"),
        resource("awscc_iam_managed_policy", f"policy_document = {EVERYTHING}"),
        FAIL,
    ),
]
