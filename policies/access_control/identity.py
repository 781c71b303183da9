"""Identity: who holds rights to ePHI, and that rights end when their use does."""

from hipaa_guard.authoring import (
    CRITICAL,
    HIGH,
    LOW,
    MEDIUM,
    Fix,
    Member,
    Verdict,
    control,
    failed,
    family,
    one_holds,
    passed,
    some,
)
from hipaa_guard.controls.reasons import NEEDS_THE_ROOT_USER, TAKES_RIGHTS
from hipaa_guard.judging.iam_roles import if_ours
from hipaa_guard.services import iam

UNUSED_DAYS = 90
ROOT_QUIET_DAYS = 30
_READ_RECORDS = """jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "arn:aws:s3:::phi-records/*"
    }]
  })"""
_MEMBERSHIP = f"""\
resource "aws_iam_group" "records_readers" {{
  name = "records-readers"
}}
resource "aws_iam_group_policy" "records_readers" {{
  group  = aws_iam_group.records_readers.name
  policy = {_READ_RECORDS}
}}
resource "aws_iam_user_group_membership" "phi" {{
  user   = aws_iam_user.phi.name
  groups = [aws_iam_group.records_readers.name]
}}"""


_DETACH = (
    "In source, also remove the attachment of AdministratorAccess: give the rights of the task first, so that nobody's "
    "work stops between."
)


def _task_attached(kind: str) -> str:
    """Terraform that attaches the rights of a task to a role or group."""
    return f"""\
resource "aws_iam_policy" "records_read" {{
  name   = "records-read"
  policy = {_READ_RECORDS}
}}
resource "aws_iam_{kind}_policy_attachment" "phi" {{
  {kind.ljust(10)} = aws_iam_{kind}.phi.name
  policy_arn = aws_iam_policy.records_read.arn
}}"""


@control(
    title="The root user has no access keys",
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.312(a)(2)(i)", "164.308(a)(4)(ii)(B)"),
    why="A root key opens all ePHI of the account to whoever copies it, no policy can limit it, and it names no person.",
    fix=Fix(
        cli="aws iam delete-access-key --access-key-id KEY_ID",
        note="Sign in as the root user; a member account's key goes by central root access of the organisation.",
        not_by_machine=NEEDS_THE_ROOT_USER,
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "iam_no_root_access_key",
        "aws_config": "iam-root-access-key-check",
        "powerpipe": "iam_root_user_no_access_keys",
        "trivy": "AVD-AWS-0141",
    },
)
def iam_root_no_access_key(root: iam.RootUser) -> Verdict:
    if root.has_access_key:
        return failed("has an access key")
    return passed("has no access key")


@control(
    title=f"The root user was not used within {ROOT_QUIET_DAYS} days",
    severity=MEDIUM,
    hipaa=("164.312(a)(2)(i)",),
    why="What the root user does to ePHI cannot be traced to a person; it is for the few tasks that nobody else can do.",
    fix=Fix(
        note="Work as a role or Identity Center user; keep the root user for the tasks that AWS reserves to it.",
        not_by_machine="is one of how people work",
    ),
    peers={"prowler": "iam_avoid_root_usage", "trivy": "AVD-AWS-0140"},
)
def iam_root_not_used_recently(root: iam.RootUser) -> Verdict:
    if root.idle is not None and root.idle < ROOT_QUIET_DAYS:
        days = f"{root.idle} day{'' if root.idle == 1 else 's'}"
        return failed(f"was used {days} before the credential report was made")
    return passed(f"was not used within {ROOT_QUIET_DAYS} days before the credential report was made")


@control(
    title=f"Access keys that nobody used for {UNUSED_DAYS} days are inactive",
    severity=MEDIUM,
    hipaa=("164.308(a)(3)(ii)(C)", "164.308(a)(4)(ii)(C)"),
    why="A key without use often belongs to someone who left, and still opens ePHI to whoever finds it.",
    fix=Fix(
        cli="aws iam update-access-key --user-name USER --access-key-id KEY_ID --status Inactive",
        not_by_machine="is made in the account",
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "iam_user_accesskey_unused",
        "aws_config": "iam-user-unused-credentials-check",
        "powerpipe": "iam_user_unused_credentials_90",
        "trivy": "AVD-AWS-0144",
    },
)
def iam_access_key_unused_disabled(user: iam.Credentials) -> Verdict:
    found: list[iam.AccessKey] = []

    def is_unused(key: iam.AccessKey) -> bool:
        found.append(key)
        return key.idle >= UNUSED_DAYS

    if some(is_unused, user.access_keys):
        return failed(f"has access key {found[-1].number} active that was not used for {found[-1].idle} days")
    return passed("has no active access key that is out of use")


@control(
    title=f"Console passwords that nobody used for {UNUSED_DAYS} days are disabled",
    severity=MEDIUM,
    hipaa=("164.308(a)(3)(ii)(C)", "164.308(a)(4)(ii)(C)"),
    why="A password without use often belongs to someone who left, and still opens ePHI to whoever knows or guesses it.",
    fix=Fix(
        cli="aws iam delete-login-profile --user-name USER",
        not_by_machine="is made in the account",
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "iam_user_console_access_unused",
        "aws_config": "iam-user-unused-credentials-check",
        "powerpipe": "iam_user_unused_credentials_90",
        "trivy": "AVD-AWS-0144",
    },
)
def iam_console_password_unused_disabled(user: iam.Credentials) -> Verdict:
    idle = user.password_idle
    if idle is None:
        return passed("has no console password")
    if idle >= UNUSED_DAYS:
        return failed(f"has a console password that was not used for {idle} days")
    return passed(f"has a console password that was used or set in the last {UNUSED_DAYS} days")


@control(
    title="IAM users have no policies of their own",
    severity=LOW,
    hipaa=("164.308(a)(3)(ii)(A)", "164.308(a)(4)(ii)(B)"),
    why="Rights to ePHI that are given through groups or roles can be reviewed and taken away without missing a person.",
    fix=Fix(
        terraform=f'resource "aws_iam_user" "phi" {{\n  name = "phi-nurse"\n}}\n\n{_MEMBERSHIP}',
        cli="""
            aws iam add-user-to-group --user-name USER --group-name GROUP
            aws iam detach-user-policy --user-name USER --policy-arn POLICY_ARN
            aws iam delete-user-policy --user-name USER --policy-name INLINE_POLICY
        """,
        note="The group needs the rights of the user's task before the user loses them.",
        not_by_machine=TAKES_RIGHTS,
    ),
    peers={
        "prowler": "iam_policy_attached_only_to_group_or_roles",
        "aws_config": "iam-user-no-policies-check",
        "powerpipe": "iam_user_no_inline_attached_policies",
        "cdk_nag": "HIPAA.Security-IAMUserNoPolicies",
        "checkov": "CKV_AWS_40",
        "trivy": "AVD-AWS-0143",
    },
)
def iam_user_no_direct_policies(user: iam.User) -> Verdict:
    found: list[str] = []

    def is_inline(policy: iam.InlinePolicy) -> bool:
        found.append(f"has {policy.in_words()}")
        return True

    def is_attached(_: object) -> bool:
        found.append("has a managed policy attached directly")
        return True

    # What is certain of one list counts, whatever is not known of the other.
    if one_holds(lambda: some(is_inline, user.inline_policies), lambda: some(is_attached, user.attached_policies)):
        return failed(found[0])
    return passed("has no policies of its own")


@control(
    title="IAM users belong to a group",
    severity=LOW,
    hipaa=("164.308(a)(3)(ii)(A)", "164.308(a)(4)(ii)(B)"),
    why="The members of a group are reviewed together; a user outside all of them is missed when access to ePHI is.",
    fix=Fix(
        terraform=_MEMBERSHIP,
        cli="aws iam add-user-to-group --user-name USER --group-name GROUP",
        not_by_machine="needs a group, which is yours to choose",
    ),
    peers={
        "powerpipe": "iam_user_in_group",
        "cdk_nag": "HIPAA.Security-IAMUserGroupMembership",
        "checkov": "CKV2_AWS_21",
    },
    advisory="What a user may do is judged by other controls; this is about how rights are handed out.",
)
def iam_user_in_group(user: iam.User) -> Verdict:
    for _ in user.groups:
        return passed("belongs to a group")
    return failed("belongs to no group")


@family(
    Member(
        "iam_user_no_administrator_access",
        iam.User,
        title="IAM users do not have AdministratorAccess attached",
        fix=Fix(
            terraform=_MEMBERSHIP,
            cli="""
                aws iam add-user-to-group --user-name USER --group-name GROUP
                aws iam detach-user-policy --user-name USER --policy-arn arn:aws:iam::aws:policy/AdministratorAccess
            """,
            note=_DETACH,
            not_by_machine=TAKES_RIGHTS,
        ),
        peers={"prowler": "iam_user_administrator_access_policy"},
    ),
    Member(
        "iam_group_no_administrator_access",
        iam.Group,
        title="IAM groups do not have AdministratorAccess attached",
        fix=Fix(
            terraform=_task_attached("group"),
            cli="""
                aws iam attach-group-policy --group-name GROUP --policy-arn TASK_POLICY_ARN
                aws iam detach-group-policy --group-name GROUP --policy-arn arn:aws:iam::aws:policy/AdministratorAccess
            """,
            note=_DETACH,
            not_by_machine=TAKES_RIGHTS,
        ),
        peers={"prowler": "iam_group_administrator_access_policy"},
    ),
    Member(
        "iam_role_no_administrator_access",
        iam.Role,
        title="IAM roles do not have AdministratorAccess attached",
        fix=Fix(
            terraform=_task_attached("role"),
            cli="""
                aws iam attach-role-policy --role-name ROLE --policy-arn TASK_POLICY_ARN
                aws iam detach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/AdministratorAccess
            """,
            note=f"{_DETACH} Accept the risk by name for the one role that administrators work in.",
            not_by_machine=TAKES_RIGHTS,
        ),
        peers={"prowler": "iam_role_administratoraccess_policy"},
    ),
    severity=HIGH,
    hipaa=("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
    why="AdministratorAccess opens all ePHI of the account, and the means to hide having been there.",
)
def no_administrator_access(holder: iam.User | iam.Group | iam.Role) -> Verdict:
    if some(lambda arn: arn.endswith(":aws:policy/AdministratorAccess"), holder.attached_policies):
        return if_ours(holder, failed("has AdministratorAccess attached"))
    return passed("does not have AdministratorAccess attached")
