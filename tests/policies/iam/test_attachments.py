"""The controls on what is attached to users, roles and groups, told to Terraform and to AWS."""

from __future__ import annotations

import json

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, Told, cases
from tests.policies.iam.states import ECS, READ, create, details, document, granted, main_block

ADMIN_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"


def attached(kind: str, arn: str = ADMIN_ARN) -> Told:
    def seed(aws: Aws) -> None:
        create(aws, kind)
        policy = aws.iam.create_policy(PolicyName="own", PolicyDocument=document(READ))["Policy"]["Arn"]
        attach = getattr(aws.iam, f"attach_{kind}_policy")
        attach(**{f"{kind.title()}Name": "phi-clinic"}, PolicyArn=policy)

    text = f'{kind} = aws_iam_{kind}.phi.name\n policy_arn = "{arn}"'
    block = f'resource "aws_iam_{kind}_policy_attachment" "a" {{\n {text}\n}}'
    return Told(main_block(kind) + block, None if arn == ADMIN_ARN else seed)


def administrators(kind: str) -> list[Case]:
    control = f"iam_{kind}_no_administrator_access"
    return [
        Case(control, "attached", FAIL, attached(kind), aws=lambda _: None, answers=details(kind, ADMIN_ARN)),
        Case(
            control,
            "attached, in the Chinese partition",
            FAIL,
            aws=lambda _: None,
            answers=details(kind, ADMIN_ARN.replace("arn:aws:", "arn:aws-cn:")),
        ),
        Case(control, "another policy attached", PASS, attached(kind, "arn:aws:iam::123456789012:policy/own")),
        Case(control, "none attached", PASS, terraform=main_block(kind), aws=lambda aws: create(aws, kind)),
        Case(
            control,
            "attached in the partition that data tells",
            FAIL,
            terraform=main_block(kind)
            + f"""
            data "aws_partition" "p" {{}}
            resource "aws_iam_{kind}_policy_attachment" "a" {{
              {kind}     = aws_iam_{kind}.phi.name
              policy_arn = "arn:${{data.aws_partition.p.partition}}:iam::aws:policy/AdministratorAccess"
            }}""",
        ),
        Case(
            control,
            "attached to several at once",
            FAIL,
            terraform=main_block(kind)
            + f"""
            resource "aws_iam_policy_attachment" "a" {{
              name       = "admins"
              {kind}s    = ["someone-else", aws_iam_{kind}.phi.name]
              policy_arn = "{ADMIN_ARN}"
            }}""",
        ),
        Case(
            control,
            "the list of all attachments holds it",
            FAIL,
            terraform=main_block(kind)
            + f"""
            resource "aws_iam_{kind}_policy_attachments_exclusive" "a" {{
              {kind}_name = aws_iam_{kind}.phi.name
              policy_arns = ["{ADMIN_ARN}"]
            }}""",
        ),
        Case(
            control,
            "a policy of the configuration",
            PASS,
            terraform=main_block(kind)
            + f"""
            resource "aws_iam_policy" "own" {{ policy = {json.dumps(document(READ))} }}
            resource "aws_iam_{kind}_policy_attachment" "a" {{
              {kind}     = aws_iam_{kind}.phi.name
              policy_arn = aws_iam_policy.own.arn
            }}""",
        ),
        Case(
            control,
            "a policy that a variable names",
            UNKNOWN,
            terraform=main_block(kind)
            + f"""
            variable "arn" {{}}
            resource "aws_iam_{kind}_policy_attachment" "a" {{
              {kind}     = aws_iam_{kind}.phi.name
              policy_arn = var.arn
            }}""",
        ),
    ]


def member(aws: Aws) -> None:
    create(aws, "user")
    aws.iam.create_group(GroupName="nurses")
    aws.iam.add_user_to_group(GroupName="nurses", UserName="phi-clinic")


USER = main_block("user")

MEMBERSHIP = 'resource "aws_iam_user_group_membership" "m" {\n user = aws_iam_user.phi.name\n groups = ["nurses"]\n}'

DIRECT, IN_GROUP = "iam_user_no_direct_policies", "iam_user_in_group"

test_attachments = cases(
    *administrators("user"),
    *administrators("role"),
    *administrators("group"),
    Case(
        "iam_role_no_administrator_access",
        "named in the role itself",
        FAIL,
        terraform=f"""
        resource "aws_iam_role" "phi" {{
          assume_role_policy  = {json.dumps(document(ECS))}
          managed_policy_arns = ["{ADMIN_ARN}"]
        }}""",
    ),
    Case(
        "iam_role_no_administrator_access",
        "a list in the role that is not known",
        UNKNOWN,
        terraform=f"""
        variable "arns" {{ type = list(string) }}
        resource "aws_iam_role" "phi" {{
          assume_role_policy  = {json.dumps(document(ECS))}
          managed_policy_arns = var.arns
        }}""",
    ),
    Case(DIRECT, "no policy", PASS, terraform=USER, aws=lambda aws: create(aws, "user")),
    Case(DIRECT, "an inline policy", FAIL, granted("user", READ), says="inline policy"),
    Case(
        DIRECT,
        "an inline policy of which only the name is not known",
        FAIL,
        terraform=USER
        + f"""
        variable "y" {{}}
        resource "aws_iam_user_policy" "p" {{
          name   = "x-${{var.y}}"
          user   = aws_iam_user.phi.name
          policy = {json.dumps(document(READ))}
        }}""",
        says="has an inline policy",
    ),
    Case(
        DIRECT,
        "an attached policy beside an inline one that may be somebody else's",
        FAIL,
        terraform=USER
        + """
        variable "on" {}
        resource "aws_iam_user_policy" "p" {
          user   = var.on ? aws_iam_user.phi.name : "somebody-else"
          policy = jsonencode({ Statement = [] })
        }
        resource "aws_iam_user_policy_attachment" "a" {
          user       = aws_iam_user.phi.name
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }""",
        says="attached",
    ),
    Case(
        DIRECT,
        "an inline policy beside one that may be attached",
        FAIL,
        terraform=USER
        + f"""
        variable "on" {{}}
        resource "aws_iam_user_policy" "p" {{
          user   = aws_iam_user.phi.name
          policy = {json.dumps(document(READ))}
        }}
        resource "aws_iam_user_policy_attachment" "a" {{
          user       = var.on ? aws_iam_user.phi.name : "somebody-else"
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }}""",
        says="inline policy",
    ),
    Case(DIRECT, "an attached policy", FAIL, attached("user", "arn:aws:iam::123456789012:policy/own"), says="attached"),
    Case(
        DIRECT,
        "attached by a reference",
        FAIL,
        terraform=USER
        + """
        resource "aws_iam_policy" "own" { policy = "{}" }
        resource "aws_iam_user_policy_attachment" "a" {
          user       = aws_iam_user.phi.name
          policy_arn = aws_iam_policy.own.arn
        }""",
    ),
    Case(
        DIRECT,
        "perhaps attached",
        UNKNOWN,
        terraform=USER
        + """
        variable "on" {}
        resource "aws_iam_user_policy_attachment" "a" {
          user       = var.on ? aws_iam_user.phi.name : "somebody-else"
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }""",
    ),
    Case(
        DIRECT,
        "attached to whom a variable names, who is somebody else",
        PASS,
        terraform=USER
        + """
        variable "user" {}
        resource "aws_iam_user_policy_attachment" "a" {
          user       = var.user
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }""",
    ),
    Case(IN_GROUP, "in no group", FAIL, terraform=USER, aws=lambda aws: create(aws, "user")),
    Case(
        IN_GROUP,
        "in groups that a variable names, which may be none",
        UNKNOWN,
        terraform=USER + 'variable "groups" {}\n' + MEMBERSHIP.replace('["nurses"]', "var.groups"),
    ),
    Case(
        IN_GROUP,
        "in one group that a variable names",
        PASS,
        terraform=USER + 'variable "group" {}\n' + MEMBERSHIP.replace('"nurses"', "var.group"),
    ),
    Case(
        DIRECT,
        "attached policies that a variable names, which may be none",
        UNKNOWN,
        terraform=USER
        + """
        variable "arns" {}
        resource "aws_iam_user_policy_attachments_exclusive" "a" {
          user_name   = aws_iam_user.phi.name
          policy_arns = var.arns
        }""",
    ),
    Case(IN_GROUP, "in a group", PASS, terraform=USER + MEMBERSHIP, aws=member),
    Case(
        IN_GROUP,
        "listed by the group",
        PASS,
        terraform=USER
        + """
        resource "aws_iam_group_membership" "m" {
          name  = "nurses"
          group = "nurses"
          users = [aws_iam_user.phi.name]
        }""",
    ),
    Case(
        IN_GROUP,
        "perhaps a member",
        UNKNOWN,
        terraform=USER
        + """
        variable "on" {}
        resource "aws_iam_group_membership" "m" {
          name  = "nurses"
          group = "nurses"
          users = [var.on ? aws_iam_user.phi.name : "somebody-else"]
        }""",
    ),
    Case(
        IN_GROUP,
        "a group of members that a variable names, who are others",
        FAIL,
        terraform=USER
        + """
        variable "nurses" { type = list(string) }
        resource "aws_iam_group_membership" "m" {
          name  = "nurses"
          group = "nurses"
          users = var.nurses
        }""",
    ),
)
