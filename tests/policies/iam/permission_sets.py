"""States of a permission set of IAM Identity Center, for several tables."""

from __future__ import annotations

import json

from hipaa_guard.testing import resource

INSTANCE = 'instance_arn = "arn:aws:sso:::instance/ssoins-1111222233334444"'
SET = resource("aws_ssoadmin_permission_set", f'name = "phi"\n{INSTANCE}')
OPEN = 'variable "open" {}\n'


def attached(arn: str) -> str:
    lines = f"{INSTANCE}\npermission_set_arn = aws_ssoadmin_permission_set.phi.arn\nmanaged_policy_arn = {arn}"
    return SET + resource("aws_ssoadmin_managed_policy_attachment", lines, "a")


def of_aws(name: str) -> str:
    return attached(f'"arn:aws:iam::aws:policy/{name}"')


def document(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def inline(policy: str) -> str:
    lines = f"{INSTANCE}\npermission_set_arn = aws_ssoadmin_permission_set.phi.arn\ninline_policy = {policy}"
    return SET + resource("aws_ssoadmin_permission_set_inline_policy", lines, "i")


def of_customer(name: str) -> str:
    lines = f"{INSTANCE}\npermission_set_arn = aws_ssoadmin_permission_set.phi.arn\n"
    reference = f'customer_managed_policy_reference {{\nname = "{name}"\n}}'
    return SET + resource("aws_ssoadmin_customer_managed_policy_attachment", lines + reference, "c")
