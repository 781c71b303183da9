"""The controls on IAM users, roles, groups and policies, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.cases import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Status, answered, cases

DETAILS = "iam:GetAccountAuthorizationDetails"
ADMIN_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
ECS: dict[str, Any] = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
}
KINDS = ("managed", "user", "role", "group")


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def main_block(kind: str) -> str:
    """The user, role or group of a case."""
    trust = f"assume_role_policy = {json.dumps(document(ECS))}" if kind == "role" else ""
    return f'resource "aws_iam_{kind}" "phi" {{\n name = "phi-clinic"\n {trust}\n}}\n'


def create(aws: Aws, kind: str, trust: str = document(ECS), **more: Any) -> None:
    if kind == "role":
        aws.iam.create_role(RoleName="phi-clinic", AssumeRolePolicyDocument=trust, **more)
    else:
        getattr(aws.iam, f"create_{kind}")(**{f"{kind.title()}Name": "phi-clinic"})


# --- what policies grant -------------------------------------------------------------------------------------------


def granted(kind: str, *statements: dict[str, Any]) -> dict[str, Any]:
    """A managed policy, or a user, role or group with an inline policy."""
    text = document(*statements)
    if kind == "managed":
        return {
            "terraform": f'resource "aws_iam_policy" "phi" {{\n policy = {json.dumps(text)}\n}}',
            "aws": lambda aws: aws.iam.create_policy(PolicyName="phi-clinic", PolicyDocument=text),
        }

    def seed(aws: Aws) -> None:
        create(aws, kind)
        put = getattr(aws.iam, f"put_{kind}_policy")
        put(**{f"{kind.title()}Name": "phi-clinic"}, PolicyName="clinic", PolicyDocument=text)

    inline = f"{kind} = aws_iam_{kind}.phi.name\n policy = {json.dumps(text)}"
    return {"terraform": main_block(kind) + f'resource "aws_iam_{kind}_policy" "p" {{\n {inline}\n}}', "aws": seed}


def unread(kind: str) -> dict[str, Any]:
    """The same with a policy that is a variable without a value."""
    variable = 'variable "policy" { type = string }\n'
    if kind == "managed":
        return {
            "terraform": variable + 'resource "aws_iam_policy" "phi" {\n policy = var.policy\n}',
            "says": "var.policy",
        }
    inline = f"{kind} = aws_iam_{kind}.phi.name\n policy = var.policy"
    text = variable + main_block(kind) + f'resource "aws_iam_{kind}_policy" "p" {{\n {inline}\n}}'
    return {"terraform": text, "says": "var.policy"}


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TAGGED = {"StringEquals": {"aws:ResourceTag/team": "radiology"}}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
READ = allow("s3:GetObject", "arn:aws:s3:::records/*")
ALL_BUT = {"Effect": "Allow", "Resource": "*"}
Grant = tuple[str, Status, dict[str, Any]]

ADMIN_GRANTS: list[Grant] = [
    ("everything on everything", FAIL, allow("*")),
    ("everything, written as *:*, on every ARN", FAIL, allow(["s3:GetObject", "*:*"], ["arn:aws:*"])),
    ("everything on everything, with MFA", FAIL, allow("*", Condition=MFA)),
    ("everything but some actions of S3", FAIL, ALL_BUT | {"NotAction": ["s3:DeleteBucket"]}),
    ("everything but IAM", PASS, ALL_BUT | {"NotAction": ["iam:*", "organizations:*"]}),
    ("everything on all resources but one", FAIL, {"Effect": "Allow", "Action": "*", "NotResource": KEY}),
    ("everything, but denied", PASS, {"Effect": "Deny", "Action": "*", "Resource": "*"}),
    ("everything on one bucket", PASS, allow("*", "arn:aws:s3:::records/*")),
    ("one action", PASS, READ),
]
SERVICE_GRANTS: list[Grant] = [
    ("all of S3 on all resources", FAIL, allow(["logs:PutLogEvents", "s3:*"])),
    ("all of S3 on all buckets", FAIL, allow("s3:*", "arn:aws:s3:::*")),
    (
        "all of DynamoDB on all tables of the account",
        FAIL,
        allow("dynamodb:*", "arn:aws:dynamodb:*:123456789012:table/*"),
    ),
    ("everything on everything", FAIL, allow("*")),
    ("everything but IAM", FAIL, ALL_BUT | {"NotAction": ["iam:*"]}),
    ("all of S3 on one bucket", PASS, allow("s3:*", ["arn:aws:s3:::records", "arn:aws:s3:::records/*"])),
    ("all of DynamoDB on tables of one prefix", PASS, allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/clinic-*")),
    ("all of S3 on what carries a tag", PASS, allow("s3:*", Condition=TAGGED)),
    ("all reads of S3", PASS, allow("s3:Get*")),
    ("all of S3, denied", PASS, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}),
]
KMS_GRANTS: list[Grant] = [
    ("decryption with every key", FAIL, allow("kms:Decrypt")),
    ("decryption with every key, by a pattern", FAIL, allow("kms:De*", "arn:aws:kms:*:*:key/*")),
    ("decryption with every key of a region", FAIL, allow("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/*")),
    ("re-encryption from every key", FAIL, allow("kms:ReEncrypt*")),
    ("all but what creates keys", FAIL, ALL_BUT | {"NotAction": "kms:CreateKey"}),
    ("decryption with one key", PASS, allow("kms:Decrypt", KEY)),
    (
        "decryption with every key that an alias names",
        PASS,
        allow("kms:Decrypt", Condition={"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/clinic-*"}}),
    ),
    ("decryption with every key, with MFA", FAIL, allow("kms:Decrypt", Condition=MFA)),
    ("encryption with every key", PASS, allow(["kms:Encrypt", "kms:DescribeKey"])),
]


def grants(condition: str, table: list[Grant]) -> list[Case]:
    """A table of statements: all of them in managed policies, some of each verdict in inline ones."""
    found = []
    for kind in KINDS:
        control = f"iam_{kind}_{'policy' if kind == 'managed' else 'inline_policy'}_{condition}"
        if kind == "managed":
            control = f"iam_managed_policy_{condition}"
        shown = table if kind == "managed" else [table[0], table[-1]]
        found += [Case(control, sentence, status, **granted(kind, READ, it)) for sentence, status, it in shown]
        found.append(Case(control, "set by a variable with no value", UNKNOWN, **unread(kind)))
    return found


RESOURCE = 'variable "bucket" {}\nvariable "action" {}\n'


def managed(statement: str) -> str:
    return (
        RESOURCE
        + f"""
    resource "aws_iam_policy" "phi" {{
      policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", {statement} }}] }})
    }}"""
    )


test_grants = cases(
    *grants("no_admin", ADMIN_GRANTS),
    *grants("no_service_wildcard", SERVICE_GRANTS),
    *grants("no_blocked_kms_actions", KMS_GRANTS),
    Case(
        "iam_managed_policy_no_admin",
        "the resource is not known, but is within S3",
        PASS,
        terraform=managed('Action = "*", Resource = "arn:aws:s3:::${var.bucket}/*"'),
    ),
    Case(
        "iam_managed_policy_no_admin",
        "the action is not known, on everything",
        UNKNOWN,
        terraform=managed('Action = var.action, Resource = "*"'),
    ),
    Case(
        "iam_managed_policy_no_admin",
        "a certain statement is not hidden by one that is not known",
        FAIL,
        terraform=managed('Action = [var.action, "*"], Resource = "*"'),
    ),
    Case(
        "iam_managed_policy_no_service_wildcard",
        "all of S3 on a bucket whose name is not known",
        UNKNOWN,
        terraform=managed('Action = "s3:*", Resource = "arn:aws:s3:::${var.bucket}"'),
    ),
    Case(
        "iam_managed_policy_no_blocked_kms_actions",
        "decryption with every key of the caller's account and region",
        FAIL,
        terraform="""
        data "aws_caller_identity" "me" {}
        data "aws_region" "here" {}
        """
        + managed(
            'Action = "kms:Decrypt", '
            'Resource = "arn:aws:kms:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:key/*"'
        ),
    ),
    Case(
        "iam_managed_policy_no_blocked_kms_actions",
        "decryption with a declared key",
        PASS,
        terraform='resource "aws_kms_key" "k" {}\n' + managed('Action = "kms:Decrypt", Resource = aws_kms_key.k.arn'),
    ),
    *(
        Case(
            f"iam_{kind}_inline_policy_no_admin",
            "no inline policy",
            PASS,
            terraform=main_block(kind),
            aws=lambda aws, kind=kind: create(aws, kind),
        )
        for kind in KINDS[1:]
    ),
    Case(
        "iam_role_inline_policy_no_admin",
        "in a block of the role itself",
        FAIL,
        terraform=f"""
        resource "aws_iam_role" "phi" {{
          assume_role_policy = {json.dumps(document(ECS))}
          inline_policy {{
            name   = "clinic"
            policy = {json.dumps(document(allow("*")))}
          }}
        }}""",
    ),
    Case(
        "iam_role_inline_policy_no_admin",
        "an empty block, which says that there are none",
        PASS,
        terraform=f"""
        resource "aws_iam_role" "phi" {{
          assume_role_policy = {json.dumps(document(ECS))}
          inline_policy {{}}
        }}""",
    ),
)

# --- attachments and membership ------------------------------------------------------------------------------------


def attached(kind: str, arn: str = ADMIN_ARN) -> dict[str, Any]:
    def seed(aws: Aws) -> None:
        create(aws, kind)
        policy = aws.iam.create_policy(PolicyName="own", PolicyDocument=document(READ))["Policy"]["Arn"]
        if arn == ADMIN_ARN:
            aws.iam.create_policy(PolicyName="AdministratorAccess", PolicyDocument=document(allow("*")))
        attach = getattr(aws.iam, f"attach_{kind}_policy")
        attach(**{f"{kind.title()}Name": "phi-clinic"}, PolicyArn=policy)

    text = f'{kind} = aws_iam_{kind}.phi.name\n policy_arn = "{arn}"'
    told: dict[str, Any] = {
        "terraform": main_block(kind) + f'resource "aws_iam_{kind}_policy_attachment" "a" {{\n {text}\n}}',
    }
    return told if arn == ADMIN_ARN else {**told, "aws": seed}


def details(kind: str, arn: str) -> Callable[[Any], None]:
    """An account with one user, role or group to which a policy of AWS is attached; moto has none of those."""
    lists = {"user": "UserDetailList", "role": "RoleDetailList", "group": "GroupDetailList"}
    item = {
        "Path": "/",
        f"{kind.title()}Name": "phi-clinic",
        "Arn": f"arn:aws:iam::123456789012:{kind}/phi-clinic",
        "AttachedManagedPolicies": [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn}],
    }
    return lambda session: answered(session, "iam", "GetAccountAuthorizationDetails", {lists[kind]: [item]})


def administrators(kind: str) -> list[Case]:
    control = f"iam_{kind}_no_administrator_access"
    return [
        Case(control, "attached", FAIL, **attached(kind), aws=lambda _: None, answers=details(kind, ADMIN_ARN)),
        Case(
            control,
            "attached, in the Chinese partition",
            FAIL,
            aws=lambda _: None,
            answers=details(kind, ADMIN_ARN.replace("arn:aws:", "arn:aws-cn:")),
        ),
        Case(control, "another policy attached", PASS, **attached(kind, "arn:aws:iam::123456789012:policy/own")),
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


def user_attached(aws: Aws) -> None:
    create(aws, "user")
    arn = aws.iam.create_policy(PolicyName="own", PolicyDocument=document(READ))["Policy"]["Arn"]
    aws.iam.attach_user_policy(UserName="phi-clinic", PolicyArn=arn)


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
    Case(DIRECT, "an inline policy", FAIL, **granted("user", READ), says="inline"),
    Case(
        DIRECT, "an attached policy", FAIL, **attached("user", "arn:aws:iam::123456789012:policy/own"), says="attached"
    ),
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
        "attached to whom a variable names",
        UNKNOWN,
        terraform=USER
        + """
        variable "user" {}
        resource "aws_iam_user_policy_attachment" "a" {
          user       = var.user
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }""",
    ),
    Case(IN_GROUP, "in no group", FAIL, terraform=USER, aws=lambda aws: create(aws, "user")),
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
        "a group whose members are not known",
        UNKNOWN,
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

# --- who may take on a role ----------------------------------------------------------------------------------------

PUBLIC, FOREIGN, GITHUB = (
    "iam_role_trust_not_public",
    "iam_role_foreign_trust_conditioned",
    "iam_github_oidc_subject_limited",
)
SESSION = "iam_role_session_limited"
OTHER = "arn:aws:iam::444455556666:role/claims"


def trusting(principal: Any, condition: Any = None, **more: Any) -> dict[str, Any]:
    statement = ECS | {"Principal": principal} | ({"Condition": condition} if condition else {}) | more
    text = document(statement)
    return {
        "terraform": f'resource "aws_iam_role" "phi" {{\n assume_role_policy = {json.dumps(text)}\n}}',
        "aws": lambda aws: create(aws, "role", text),
    }


def trusts(statement: str, more: str = "") -> str:
    return (
        more
        + f"""
    variable "x" {{}}
    data "aws_caller_identity" "me" {{}}
    resource "aws_iam_role" "phi" {{
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{ Effect = "Allow", {statement} }}]
      }})
    }}"""
    )


def aws_only(told: dict[str, Any]) -> dict[str, Any]:
    return {"aws": told["aws"]}


def terraform_only(told: dict[str, Any]) -> dict[str, Any]:
    return {"terraform": told["terraform"]}


UNREAD_TRUST = 'variable "trust" { type = string }\nresource "aws_iam_role" "phi" {\n assume_role_policy = var.trust\n}'
EXTERNAL = {"StringEquals": {"sts:ExternalId": "7d41c9"}}
HOST = "token.actions.githubusercontent.com"
PROVIDER = {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{HOST}"}
AUDIENCE = {f"{HOST}:aud": "sts.amazonaws.com"}


def github(condition: Any, principal: Any = None) -> dict[str, Any]:
    return trusting(principal or PROVIDER, condition, Action="sts:AssumeRoleWithWebIdentity")


def subject(value: str | list[str], operator: str = "StringLike") -> dict[str, Any]:
    return (
        {"StringEquals": AUDIENCE, operator: {f"{HOST}:sub": value}}
        if operator != "StringEquals"
        else {operator: {**AUDIENCE, f"{HOST}:sub": value}}
    )


GITHUB_PROVIDER = (
    f'resource "aws_iam_openid_connect_provider" "g" {{\n url = "https://{HOST}"\n client_id_list = []\n}}\n'
)
FEDERATED = (
    'Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = aws_iam_openid_connect_provider.g.arn }'
)
BY_VARIABLE = 'Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = var.x }'


def session(seconds: int, principal: Any, path: str = "/") -> dict[str, Any]:
    text = document(ECS | {"Principal": principal})
    return {
        "terraform": f"""
        resource "aws_iam_role" "phi" {{
          path                 = "{path}"
          max_session_duration = {seconds}
          assume_role_policy   = {json.dumps(text)}
        }}""",
        "aws": lambda aws: create(aws, "role", text, MaxSessionDuration=seconds, Path=path),
    }


PEOPLE = {"AWS": "arn:aws:iam::123456789012:root"}

test_trust = cases(
    Case(PUBLIC, "a service", PASS, **trusting(ECS["Principal"])),
    Case(PUBLIC, "everyone", FAIL, **trusting("*")),
    Case(PUBLIC, "everyone, written as AWS principals", FAIL, **trusting({"AWS": ["*", OTHER]})),
    Case(PUBLIC, "everyone who knows an external id, which is no secret", FAIL, **trusting("*", EXTERNAL)),
    Case(
        PUBLIC,
        "everyone of one organisation",
        PASS,
        **trusting("*", {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
    ),
    Case(PUBLIC, "one account", PASS, **trusting({"AWS": OTHER})),
    Case(PUBLIC, "a policy that is not known", UNKNOWN, terraform=UNREAD_TRUST, says="var.trust"),
    Case(
        PUBLIC,
        "a principal that is not known",
        UNKNOWN,
        terraform=trusts('Action = "sts:AssumeRole", Principal = { AWS = var.x }'),
    ),
    Case(FOREIGN, "a service", PASS, **trusting(ECS["Principal"])),
    Case(FOREIGN, "another account", FAIL, **aws_only(trusting({"AWS": OTHER})), says="444455556666"),
    Case(FOREIGN, "another account, by its number", FAIL, **aws_only(trusting({"AWS": "444455556666"}))),
    Case(FOREIGN, "an account that may be one's own", UNKNOWN, **terraform_only(trusting({"AWS": OTHER}))),
    Case(FOREIGN, "everyone", FAIL, **trusting("*")),
    Case(FOREIGN, "one's own account", PASS, **aws_only(trusting(PEOPLE))),
    Case(FOREIGN, "another account with an external id", PASS, **trusting({"AWS": OTHER}, EXTERNAL)),
    Case(FOREIGN, "another account with MFA", PASS, **trusting({"AWS": OTHER}, MFA)),
    Case(
        FOREIGN,
        "another account of one's organisation",
        PASS,
        **trusting({"AWS": OTHER}, {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
    ),
    Case(
        FOREIGN,
        "another account with any external id",
        FAIL,
        **aws_only(trusting({"AWS": OTHER}, {"StringLike": {"sts:ExternalId": "*"}})),
    ),
    Case(
        FOREIGN,
        "MFA only where it is told",
        FAIL,
        **aws_only(trusting({"AWS": OTHER}, {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})),
    ),
    Case(
        FOREIGN, "another account that may tag sessions only", PASS, **trusting({"AWS": OTHER}, Action="sts:TagSession")
    ),
    Case(
        FOREIGN,
        "the account that Terraform runs in",
        PASS,
        terraform=trusts(
            'Action = "sts:AssumeRole", '
            'Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }'
        ),
    ),
    Case(
        FOREIGN,
        "a role of the same configuration",
        PASS,
        terraform=trusts(
            'Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.app.arn }',
            f'resource "aws_iam_role" "app" {{ assume_role_policy = {json.dumps(document(ECS))} }}',
        ),
    ),
    Case(
        FOREIGN,
        "an external id that a variable holds",
        PASS,
        terraform=trusts(
            f'Action = "sts:AssumeRole", Principal = {{ AWS = "{OTHER}" }}, '
            'Condition = { StringEquals = { "sts:ExternalId" = var.x } }'
        ),
    ),
    Case(
        FOREIGN,
        "an account that a variable holds",
        UNKNOWN,
        terraform=trusts('Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${var.x}:root" }'),
    ),
    Case(GITHUB, "a service", NOT_APPLICABLE, **trusting(ECS["Principal"])),
    Case(
        GITHUB,
        "another issuer",
        NOT_APPLICABLE,
        **github(None, {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}),
    ),
    Case(GITHUB, "the audience only", FAIL, **github({"StringEquals": AUDIENCE})),
    Case(GITHUB, "no condition at all", FAIL, **github(None)),
    Case(GITHUB, "one branch", PASS, **github(subject("repo:clinic/records:ref:refs/heads/main", "StringEquals"))),
    Case(GITHUB, "all repositories of one owner", PASS, **github(subject("repo:clinic/*"))),
    Case(GITHUB, "owners that begin alike", FAIL, **github(subject("repo:clinic*"))),
    Case(GITHUB, "repositories of any owner", FAIL, **github(subject("repo:*/records:*"))),
    Case(GITHUB, "one of two subjects is open", FAIL, **github(subject(["repo:clinic/*", "repo:*"]))),
    Case(GITHUB, "a subject only where it is told", FAIL, **github(subject("repo:clinic/*", "StringLikeIfExists"))),
    Case(GITHUB, "no subject for all values", FAIL, **github(subject("repo:clinic/*", "ForAllValues:StringLike"))),
    Case(GITHUB, "every subject but one", FAIL, **github(subject("repo:clinic/*", "StringNotLike"))),
    Case(
        GITHUB,
        "one workflow",
        PASS,
        **github(
            {"StringEquals": {f"{HOST}:job_workflow_ref": "clinic/ci/.github/workflows/deploy.yml@refs/heads/main"}}
        ),
    ),
    Case(GITHUB, "a provider of the same configuration", FAIL, terraform=trusts(FEDERATED, GITHUB_PROVIDER)),
    Case(
        GITHUB,
        "another provider of the same configuration",
        NOT_APPLICABLE,
        terraform=trusts(FEDERATED, GITHUB_PROVIDER.replace(HOST, "gitlab.com")),
    ),
    Case(GITHUB, "a provider that is not known", UNKNOWN, terraform=trusts(BY_VARIABLE)),
    Case(
        GITHUB,
        "a provider that is not known, and the audience of GitHub",
        FAIL,
        terraform=trusts(BY_VARIABLE + f', Condition = {{ StringEquals = {{ "{HOST}:aud" = "sts.amazonaws.com" }} }}'),
    ),
    Case(
        GITHUB,
        "the repository is not known, but its owner is",
        PASS,
        terraform=trusts(
            FEDERATED + f', Condition = {{ StringLike = {{ "{HOST}:sub" = "repo:clinic/${{var.x}}:*" }} }}',
            GITHUB_PROVIDER,
        ),
    ),
    Case(
        GITHUB,
        "the owner is not known",
        UNKNOWN,
        terraform=trusts(
            FEDERATED + f', Condition = {{ StringLike = {{ "{HOST}:sub" = "repo:${{var.x}}/records:*" }} }}',
            GITHUB_PROVIDER,
        ),
    ),
    Case(SESSION, "the default of one hour", PASS, **trusting(PEOPLE)),
    Case(SESSION, "four hours", PASS, **session(14400, PEOPLE)),
    Case(SESSION, "twelve hours", FAIL, **session(43200, PEOPLE), says="43200"),
    Case(SESSION, "twelve hours for a service", NOT_APPLICABLE, **session(43200, ECS["Principal"])),
    Case(
        SESSION,
        "a role of Identity Center",
        NOT_APPLICABLE,
        **session(43200, PEOPLE, "/aws-reserved/sso.amazonaws.com/"),
    ),
    Case(
        SESSION, "may not be read", UNKNOWN, **aws_only(trusting(PEOPLE)), denied="iam:ListRoles", says="iam:ListRoles"
    ),
    Case(
        SESSION,
        "set by a variable with no value",
        UNKNOWN,
        terraform="""
        variable "seconds" {}
        resource "aws_iam_role" "phi" {
          max_session_duration = var.seconds
          assume_role_policy   = "{}"
        }""",
    ),
)

# --- the credential report -----------------------------------------------------------------------------------------

COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated"
)
MADE = datetime(2026, 11, 1, 8, tzinfo=UTC)
NEVER = dict.fromkeys(COLUMNS.split(","), "N/A") | {
    name: "false" for name in COLUMNS.split(",") if name.endswith(("_active", "_enabled"))
}


def reported(user: str = "phi-clinic", **cells: str) -> Callable[[Any], None]:
    """The credential report with one row; what is not said was never used."""
    arn = "arn:aws:iam::123456789012:" + ("root" if user == "<root_account>" else f"user/{user}")
    row = NEVER | {"user": user, "arn": arn, "user_creation_time": "2020-01-01T00:00:00+00:00"} | cells
    text = COLUMNS + "\n" + ",".join(row[name] for name in COLUMNS.split(",")) + "\n"

    def answer(session: Any) -> None:
        answered(session, "iam", "GenerateCredentialReport", {"State": "COMPLETE"})
        report = {"Content": text.encode(), "ReportFormat": "text/csv", "GeneratedTime": MADE}
        answered(session, "iam", "GetCredentialReport", report)

    return answer


def user(aws: Aws) -> None:
    create(aws, "user")


def password(last_used: str, changed: str = "2020-01-01T00:00:00+00:00", mfa: str = "false") -> Callable[[Any], None]:
    return reported(
        password_enabled="true", password_last_used=last_used, password_last_changed=changed, mfa_active=mfa
    )


def key(made: str, used: str = "N/A", active: str = "true", number: int = 1, **more: str) -> Callable[[Any], None]:
    slot = f"access_key_{number}"
    return reported(**{f"{slot}_active": active, f"{slot}_last_rotated": made, f"{slot}_last_used_date": used}, **more)


OLD, RECENT, TODAY = "2026-07-01T00:00:00+00:00", "2026-10-01T00:00:00+00:00", "2026-11-01T07:00:00+00:00"
CONSOLE, AGE, ONE_KEY = "iam_user_console_mfa_enabled", "iam_access_key_max_age_90", "iam_user_one_active_access_key"
KEY_USE, PASSWORD_USE = "iam_access_key_unused_disabled", "iam_console_password_unused_disabled"


def case(control: str, sentence: str, status: Status, answers: Callable[[Any], None], says: str = "") -> Case:
    return Case(control, sentence, status, aws=user, answers=answers, says=says)


REPORT_CONTROLS = (CONSOLE, AGE, ONE_KEY, KEY_USE, PASSWORD_USE)

test_credentials = cases(
    case(CONSOLE, "no password", PASS, reported()),
    case(CONSOLE, "a password and no second factor", FAIL, password(TODAY)),
    case(CONSOLE, "a password and a second factor", PASS, password(TODAY, mfa="true")),
    case(AGE, "no key", PASS, reported()),
    case(AGE, "a key of this month", PASS, key(RECENT, TODAY)),
    case(AGE, "an old key", FAIL, key(OLD, TODAY), says="123 days"),
    case(AGE, "an old second key", FAIL, key(OLD, TODAY, number=2)),
    case(AGE, "an old key that is inactive", PASS, key(OLD, active="false")),
    case(AGE, "a key of 90 days", PASS, key("2026-08-03T07:00:00+00:00", TODAY)),
    case(AGE, "a key of 91 days", FAIL, key("2026-08-02T07:00:00+00:00", TODAY)),
    case(ONE_KEY, "no key", PASS, reported()),
    case(ONE_KEY, "one key", PASS, key(RECENT)),
    case(ONE_KEY, "two keys", FAIL, key(RECENT, access_key_2_active="true", access_key_2_last_rotated=RECENT)),
    case(ONE_KEY, "two keys of which one is inactive", PASS, key(RECENT, access_key_2_last_rotated=OLD)),
    case(KEY_USE, "an old key in use", PASS, key(OLD, TODAY)),
    case(KEY_USE, "a key out of use", FAIL, key("2020-01-01T00:00:00+00:00", OLD), says="123 days"),
    case(KEY_USE, "an old key that was never used", FAIL, key(OLD)),
    case(KEY_USE, "a new key that was never used", PASS, key(RECENT)),
    case(KEY_USE, "a key out of use that is inactive", PASS, key(OLD, active="false")),
    case(PASSWORD_USE, "no password", PASS, reported()),
    case(PASSWORD_USE, "in use", PASS, password(TODAY)),
    case(PASSWORD_USE, "out of use", FAIL, password(OLD), says="123 days"),
    case(PASSWORD_USE, "an old password that was never used", FAIL, password("no_information", OLD)),
    case(PASSWORD_USE, "a new password that was never used", PASS, password("no_information", RECENT)),
    *(
        Case(
            control,
            "the report may not be read",
            UNKNOWN,
            aws=user,
            denied="iam:GetCredentialReport",
            says="iam:GetCredentialReport",
        )
        for control in REPORT_CONTROLS
    ),
    *(case(control, "made after the report was", UNKNOWN, reported("someone-else")) for control in REPORT_CONTROLS),
)

# --- the root user and the password policy -------------------------------------------------------------------------


def summary(mfa: int = 1, keys: int = 0, password: int | None = 1) -> Callable[[Any], None]:
    facts = {"AccountMFAEnabled": mfa, "AccountAccessKeysPresent": keys}
    if password is not None:
        facts["AccountPasswordPresent"] = password
    return lambda session: answered(session, "iam", "GetAccountSummary", {"SummaryMap": facts})


def device(serial: str, *, virtual: bool = True) -> Callable[[Any], None]:
    owner = {
        "Path": "/",
        "UserName": "root",
        "UserId": "AIDA234567EXAMPLE234",
        "Arn": "arn:aws:iam::123456789012:root" if virtual else "arn:aws:iam::123456789012:user/nurse",
        "CreateDate": datetime(2020, 1, 1, tzinfo=UTC),
    }

    def answer(session: Any) -> None:
        summary()(session)
        answered(
            session, "iam", "ListVirtualMFADevices", {"VirtualMFADevices": [{"SerialNumber": serial, "User": owner}]}
        )

    return answer


def root_used(**cells: str) -> Callable[[Any], None]:
    return reported("<root_account>", **cells)


def nothing(_: Aws) -> None:
    """An account as it is made."""


def password_policy(**values: int) -> dict[str, Any]:
    names = {"minimum_password_length": "MinimumPasswordLength", "password_reuse_prevention": "PasswordReusePrevention"}
    lines = "\n".join(f"{name} = {value}" for name, value in values.items())
    asked = {names[name]: value for name, value in values.items()}
    return {
        "terraform": f'resource "aws_iam_account_password_policy" "phi" {{\n{lines}\n}}',
        "aws": lambda aws: aws.iam.update_account_password_policy(**asked),
    }


ROOT_MFA, ROOT_HARDWARE, ROOT_KEY = "iam_root_mfa_enabled", "iam_root_hardware_mfa_enabled", "iam_root_no_access_key"
ROOT_USE = "iam_root_not_used_recently"
SET, LENGTH, REUSE = "iam_password_policy_set", "iam_password_policy_min_length_14", "iam_password_policy_reuse_24"
DENIED_POLICY: dict[str, Any] = {
    "aws": password_policy(minimum_password_length=14)["aws"],
    "denied": "iam:GetAccountPasswordPolicy",
    "says": "iam:GetAccountPasswordPolicy",
}
OWN_DEVICE = "arn:aws:iam::123456789012:mfa/root-account-mfa-device"

test_account = cases(
    Case(ROOT_MFA, "MFA", PASS, aws=nothing, answers=summary()),
    Case(ROOT_MFA, "no MFA", FAIL, aws=nothing, answers=summary(mfa=0)),
    Case(ROOT_MFA, "no MFA, and nothing said of a password", FAIL, aws=nothing, answers=summary(mfa=0, password=None)),
    Case(ROOT_MFA, "no MFA, and no password either", PASS, aws=nothing, answers=summary(mfa=0, password=0)),
    Case(
        ROOT_MFA, "may not be read", UNKNOWN, aws=nothing, denied="iam:GetAccountSummary", says="iam:GetAccountSummary"
    ),
    Case(ROOT_KEY, "no key", PASS, aws=nothing, answers=summary()),
    Case(ROOT_KEY, "a key", FAIL, aws=nothing, answers=summary(keys=1)),
    Case(ROOT_KEY, "may not be read", UNKNOWN, aws=nothing, denied="iam:GetAccountSummary"),
    Case(ROOT_HARDWARE, "a virtual device", FAIL, aws=nothing, answers=device(OWN_DEVICE)),
    Case(
        ROOT_HARDWARE,
        "a virtual device of any name",
        FAIL,
        aws=nothing,
        answers=device("arn:aws:iam::123456789012:mfa/office-phone"),
    ),
    Case(
        ROOT_HARDWARE,
        "a virtual device of somebody else",
        PASS,
        aws=nothing,
        answers=device("arn:aws:iam::123456789012:mfa/nurse", virtual=False),
    ),
    Case(ROOT_HARDWARE, "no MFA", FAIL, aws=nothing, answers=summary(mfa=0)),
    Case(ROOT_HARDWARE, "may not be read", UNKNOWN, aws=nothing, answers=summary(), denied="iam:ListVirtualMFADevices"),
    Case(ROOT_USE, "never used", PASS, aws=nothing, answers=root_used(password_last_used="no_information")),
    Case(ROOT_USE, "its password used long ago", PASS, aws=nothing, answers=root_used(password_last_used=OLD)),
    Case(ROOT_USE, "its password used today", FAIL, aws=nothing, answers=root_used(password_last_used=TODAY)),
    Case(
        ROOT_USE,
        "a key of it used today",
        FAIL,
        aws=nothing,
        answers=root_used(password_last_used=OLD, access_key_2_last_used_date=TODAY),
    ),
    Case(ROOT_USE, "may not be read", UNKNOWN, aws=nothing, denied="iam:GetCredentialReport"),
    Case(SET, "none", FAIL, aws=nothing),
    Case(SET, "declared with nothing in it", PASS, **password_policy()),
    Case(SET, "may not be read", UNKNOWN, **DENIED_POLICY),
    Case(LENGTH, "none", FAIL, aws=nothing, says="8 characters"),
    Case(LENGTH, "14", PASS, **password_policy(minimum_password_length=14)),
    Case(LENGTH, "13", FAIL, **password_policy(minimum_password_length=13), says="13"),
    Case(LENGTH, "left out", FAIL, **password_policy(), says="6"),
    Case(LENGTH, "may not be read", UNKNOWN, **DENIED_POLICY),
    Case(
        LENGTH,
        "set by a variable with no value",
        UNKNOWN,
        terraform="""
        variable "length" {}
        resource "aws_iam_account_password_policy" "phi" { minimum_password_length = var.length }""",
    ),
    Case(REUSE, "none", FAIL, aws=nothing),
    Case(REUSE, "24", PASS, **password_policy(password_reuse_prevention=24)),
    Case(REUSE, "5", FAIL, **password_policy(password_reuse_prevention=5), says="5"),
    Case(REUSE, "left out", FAIL, **password_policy(minimum_password_length=20), says="0"),
    Case(REUSE, "may not be read", UNKNOWN, **DENIED_POLICY),
)
