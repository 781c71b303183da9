"""States of IAM that the tables of cases tell to Terraform and to AWS: the user, role or group of a case."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hipaa_guard.testing import Aws, Told, answered

ECS: dict[str, Any] = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def main_block(kind: str) -> str:
    """The user, role or group of a case."""
    trust = f"assume_role_policy = {json.dumps(document(ECS))}" if kind == "role" else ""
    return f'resource "aws_iam_{kind}" "phi" {{\n name = "phi-clinic"\n {trust}\n}}\n'


def create(aws: Aws, kind: str, trust: str = document(ECS), **more: Any) -> None:
    if kind == "role":
        aws.iam.create_role(**{"RoleName": "phi-clinic", "AssumeRolePolicyDocument": trust} | more)
    else:
        getattr(aws.iam, f"create_{kind}")(**{f"{kind.title()}Name": "phi-clinic"})


def granted(kind: str, *statements: dict[str, Any]) -> Told:
    """A managed policy, or a user, role or group with an inline policy."""
    text = document(*statements)
    if kind == "managed":
        return Told(
            terraform=f'resource "aws_iam_policy" "phi" {{\n policy = {json.dumps(text)}\n}}',
            aws=lambda aws: aws.iam.create_policy(PolicyName="phi-clinic", PolicyDocument=text),
        )

    def seed(aws: Aws) -> None:
        create(aws, kind)
        put = getattr(aws.iam, f"put_{kind}_policy")
        put(**{f"{kind.title()}Name": "phi-clinic"}, PolicyName="clinic", PolicyDocument=text)

    inline = f"{kind} = aws_iam_{kind}.phi.name\n policy = {json.dumps(text)}"
    return Told(terraform=main_block(kind) + f'resource "aws_iam_{kind}_policy" "p" {{\n {inline}\n}}', aws=seed)


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
READ = allow("s3:GetObject", "arn:aws:s3:::records/*")


def details(kind: str, arn: str, path: str = "/", name: str = "phi-clinic") -> Callable[[Any], None]:
    """An account with one user, role or group to which a policy of AWS is attached; moto has none of those."""
    lists = {"user": "UserDetailList", "role": "RoleDetailList", "group": "GroupDetailList"}
    item = {
        "Path": path,
        f"{kind.title()}Name": name,
        "Arn": f"arn:aws:iam::123456789012:{kind}{path}{name}",
        "AttachedManagedPolicies": [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn}],
    }
    return lambda session: answered(session, "iam", "GetAccountAuthorizationDetails", {lists[kind]: [item]})


def user(aws: Aws) -> None:
    create(aws, "user")
