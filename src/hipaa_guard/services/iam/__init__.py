"""AWS IAM: users, roles, groups, policies, the root user, the password policy and identity providers.

Ages are counted up to the time of the credential report, which the answer of AWS has: no clock is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from hipaa_guard.facts import credential_report
from hipaa_guard.facts.allowed_values import between
from hipaa_guard.facts.policies.document import PolicyDocument, symbol
from hipaa_guard.facts.policies.grammar import identity_policy, trust_policy
from hipaa_guard.facts.readings import Ask, Block, Listing, Singleton, ask, derived, listed
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Undecided, Unknown, Value
from hipaa_guard.services.iam import declared, policies_held
from hipaa_guard.services.iam.policies_held import InlinePolicy as InlinePolicy

_EVERYTHING = ["User", "Role", "Group", "LocalManagedPolicy"]  # one call for all kinds


class AccessKey(Record):
    """An active access key of a user."""

    __slots__ = ("age", "idle", "number")

    number: int
    """1 or 2: its place in the credential report."""
    age: int
    """Days since it was created."""
    idle: int
    """Days since it was last used or, if it never was, since it was created."""


# --- the credential report -------------------------------------------------------------------------------------------

_REPORT = "iam.get_credential_report"
_MADE = ask(_REPORT, "GeneratedTime", scope="account")


def _row(path: str) -> Ask:
    return ask(_REPORT, path, scope="account")


_ROOT = _row("Rows[?user=='<root_account>'] | [0]")
_USER = _row("Rows[?arn=='{Arn}'] | [0]")


def _keys(values: Value) -> Value:
    if isinstance(values, Unknown):
        return values
    return [AccessKey(**value) for value in values]


def _summary(name: str) -> Ask:
    return ask("iam.get_account_summary", f"SummaryMap.{name}", scope="account")


def _counted(value: int | None) -> Value:
    """Whether a number of the account summary is not 0."""
    return Unknown("the account summary does not have it") if value is None else value != 0


def _counted_or_left_out(value: int | None) -> Value:
    """As `_counted`, but true for a number that the summary leaves out."""
    return value is None or value != 0


# --- tables ----------------------------------------------------------------------------------------------------------


def _details(items: str, name: str) -> Listing:
    return Listing(
        "iam.get_account_authorization_details", items, arn="{Arn}", name=name, scope="account", Filter=_EVERYTHING
    )


class User(Resource):
    """An IAM user: a person or program with long-lived credentials."""

    noun = "IAM user"
    terraform = Block(
        "aws_iam_user",
        "awscc_iam_user",
        joins={
            **declared.holders("user"),
            "aws_iam_user_group_membership": "user",
            "aws_iam_group_membership": "users",
        },
        name="name",
        awscc_name="user_name",
        global_names=True,
    )
    aws = _details("UserDetailList[]", "UserName")
    aws_types = ("AWS::IAM::User", "iam:user")
    security_hub_type = "AwsIamUser"

    inline_policies: list[InlinePolicy] = fact(
        terraform=declared.inline("user"),
        awscc=declared.inline("user"),
        unset=[],
        parse=policies_held.inline,
        aws=listed("UserPolicyList || `[]`"),
    )
    attached_policies: list[str] = fact(
        terraform=declared.attachments("user"),
        awscc=declared.attachments("user"),
        unset=[],
        parse=policies_held.arns,
        aws=listed("AttachedManagedPolicies[].PolicyArn || `[]`"),
    )
    """ARNs of managed policies."""
    groups: list[str] = fact(
        terraform=declared.groups,
        awscc=declared.groups,
        unset=[],
        parse=policies_held.arns,
        aws=listed("GroupList || `[]`"),
    )


class Credentials(Resource):
    """The credentials of an IAM user, from the credential report of the account."""

    aws = _details("UserDetailList[]", "UserName")
    live_only = "how credentials are used is not declared"

    has_password: bool = fact(aws=derived(credential_report.has_password, _USER), live_only=live_only)
    """Whether the user may sign in to the console."""
    mfa_active: bool = fact(aws=derived(credential_report.mfa_active, _USER), live_only=live_only)
    password_idle: int | None = fact(aws=derived(credential_report.password_idle, _USER, _MADE), live_only=live_only)
    """Days since the password was last used or, if it never was, since it was set; None without a password."""
    access_keys: list[AccessKey] = fact(
        aws=derived(credential_report.access_keys, _USER, _MADE), parse=_keys, live_only=live_only
    )
    """The active access keys."""


_KEPT_BY_AWS = {
    "/aws-reserved/": "belongs to Identity Center, whose permission set decides on it",
    "/aws-service-role/": "is linked to a service of AWS, which alone changes it",
}
_NAMES_KEPT_BY_AWS = ("AWSReservedSSO_", "AWSServiceRoleFor")


class Role(Resource):
    """An IAM role: permissions that trusted principals assume for a session."""

    noun = "IAM role"
    terraform = Block(
        "aws_iam_role",
        "awscc_iam_role",
        joins=declared.holders("role"),
        global_names=True,
        name="name",
        awscc_name="role_name",
    )
    aws: ClassVar[Listing | None] = _details("RoleDetailList[]", "RoleName")
    aws_types: ClassVar[tuple[str, ...]] = ("AWS::IAM::Role", "iam:role")
    security_hub_type = "AwsIamRole"

    path: str = fact(terraform="path", awscc="path", unset="/", aws=listed("Path"))
    trust: PolicyDocument = fact(
        terraform="assume_role_policy",
        awscc="assume_role_policy_document",
        unset=policies_held.REQUIRED,
        parse=policies_held.written,
        refusal=trust_policy,
        aws=listed("AssumeRolePolicyDocument"),
    )
    """The trust policy: who may assume the role."""
    max_session_seconds: int = fact(
        terraform="max_session_duration",
        awscc="max_session_duration",
        unset=3600,
        aws=ask("iam.list_roles", "Roles[?Arn=='{Arn}'].MaxSessionDuration | [0]", scope="account"),
        allowed=between(3600, 43200),
    )
    inline_policies: list[InlinePolicy] = fact(
        terraform=declared.inline("role"),
        awscc=declared.inline("role"),
        unset=[],
        parse=policies_held.inline,
        aws=listed("RolePolicyList || `[]`"),
    )
    attached_policies: list[str] = fact(
        terraform=declared.attachments("role"),
        awscc=declared.attachments("role"),
        unset=[],
        parse=policies_held.arns,
        aws=listed("AttachedManagedPolicies[].PolicyArn || `[]`"),
    )

    def own_account(self) -> str | None:
        """The account of the role; None where the configuration does not name it."""
        return self.origin.own_account

    def kept_by_aws(self) -> str | None:
        """In words, why the customer cannot change the role itself; None where the customer can.

        A role whose path and name a configuration knows at apply only is the customer's: IAM refuses to make roles in
        the paths of AWS, and to attach anything to them (``UnmodifiableEntity``).

        Raises:
            Undecided: the path is not known, and the name is one that AWS gives.

        """
        try:
            return next((why for path, why in _KEPT_BY_AWS.items() if self.path.startswith(path)), None)
        except Undecided:
            name = self.origin.known_name
            if name is not None and name.startswith(_NAMES_KEPT_BY_AWS):
                raise
            return None


_BY_IDENTITY_CENTER = "a live account shows the roles that Identity Center makes of permission sets"
_NOT_READ = "how long sessions of a permission set last is not read"
_NOT_OF_SETS = "Identity Center writes it for each role that it makes of a permission set"


class PermissionSet(Role):
    """A permission set of IAM Identity Center, of which it makes a role in each account where somebody has it."""

    noun = "permission set"
    terraform = Block(*declared.PERMISSION_SETS, joins=declared.OF_PERMISSION_SETS, name="name", awscc_name="name")
    aws = None
    aws_types = ()
    security_hub_type = ""
    terraform_only = _BY_IDENTITY_CENTER

    path: str = fact(live_only=_NOT_OF_SETS, terraform_only=_BY_IDENTITY_CENTER)
    trust: PolicyDocument = fact(live_only=_NOT_OF_SETS, terraform_only=_BY_IDENTITY_CENTER)
    max_session_seconds: int = fact(live_only=_NOT_READ, terraform_only=_BY_IDENTITY_CENTER)
    inline_policies: list[InlinePolicy] = fact(
        terraform=declared.inline_of_set,
        awscc=declared.inline_of_set,
        unset=[],
        parse=policies_held.inline,
        terraform_only=_BY_IDENTITY_CENTER,
    )
    attached_policies: list[str] = fact(
        terraform=declared.attached_to_set,
        awscc=declared.attached_to_set,
        unset=[],
        parse=policies_held.arns,
        terraform_only=_BY_IDENTITY_CENTER,
    )

    def kept_by_aws(self) -> str | None:
        """None: the customer changes it."""
        return None


class Group(Resource):
    """An IAM group: users who share permissions."""

    noun = "IAM group"
    terraform = Block(
        "aws_iam_group",
        "awscc_iam_group",
        joins=declared.holders("group"),
        name="name",
        awscc_name="group_name",
        global_names=True,
    )
    aws = _details("GroupDetailList[]", "GroupName")
    aws_types = ("AWS::IAM::Group", "iam:group")
    security_hub_type = "AwsIamGroup"

    inline_policies: list[InlinePolicy] = fact(
        terraform=declared.inline("group"),
        awscc=declared.inline("group"),
        unset=[],
        parse=policies_held.inline,
        aws=listed("GroupPolicyList || `[]`"),
    )
    attached_policies: list[str] = fact(
        terraform=declared.attachments("group"),
        awscc=declared.attachments("group"),
        unset=[],
        parse=policies_held.arns,
        aws=listed("AttachedManagedPolicies[].PolicyArn || `[]`"),
    )


class Policy(Resource):
    """A customer managed policy."""

    terraform = Block("aws_iam_policy", "awscc_iam_managed_policy", name="name", awscc_name="managed_policy_name")
    aws = _details("Policies[]", "PolicyName")
    aws_types = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "iam:policy")
    security_hub_type = "AwsIamPolicy"

    document: PolicyDocument = fact(
        terraform="policy",
        awscc="policy_document",
        unset=policies_held.REQUIRED,
        parse=policies_held.written,
        refusal=identity_policy,
        aws=listed("PolicyVersionList[?IsDefaultVersion].Document | [0]"),
    )
    """The document of the default version."""


class RootUser(Resource):
    """The root user of an account."""

    aws = Singleton("account", arn="arn:{partition}:iam::{account}:root")
    live_only = "the root user is made with the account"

    mfa_active: bool = fact(aws=derived(_counted, _summary("AccountMFAEnabled")), live_only=live_only)
    has_access_key: bool = fact(aws=derived(_counted, _summary("AccountAccessKeysPresent")), live_only=live_only)
    has_password: bool = fact(
        # Member accounts have none if their organisation manages root credentials centrally.
        aws=derived(_counted_or_left_out, _summary("AccountPasswordPresent")),
        live_only=live_only,
    )
    virtual_mfa_devices: list[str] = fact(
        aws=ask(
            "iam.list_virtual_mfa_devices",
            "VirtualMFADevices[?ends_with(User.Arn || '', ':root')].SerialNumber",
            scope="account",
            AssignmentStatus="Assigned",
        ),
        live_only=live_only,
    )
    """The virtual MFA devices of the root user."""
    idle: int | None = fact(aws=derived(credential_report.root_idle, _ROOT, _MADE), live_only=live_only)
    """Days since it was last used; None if it never was."""


class PasswordPolicy(Resource):
    """The password policy of the account for IAM users."""

    terraform = Block("aws_iam_account_password_policy")
    aws = Singleton("account", arn="arn:{partition}:iam::{account}:account-password-policy")

    minimum_length: int | None = fact(
        terraform="minimum_password_length",
        unset=6,  # the default of the provider and the API
        aws=ask(
            "iam.get_account_password_policy",
            "PasswordPolicy.MinimumPasswordLength",
            absent="NoSuchEntity",
            scope="account",
        ),
        allowed=between(6, 128),
    )
    """None if the account has no policy of its own."""
    remembered: int = fact(
        terraform="password_reuse_prevention",
        unset=0,
        aws=ask(
            "iam.get_account_password_policy",
            "PasswordPolicy.PasswordReusePrevention",
            absent="NoSuchEntity",
            scope="account",
            always=False,  # left out if passwords may be used again
        ),
        allowed=between(0, 24),
    )
    """Number of earlier passwords that may not be used again; None and 0 mean none."""

    console_users: list[str] | None = fact(
        terraform=lambda _: None,
        unset=None,
        aws=ask(_REPORT, "Rows[?password_enabled=='true' && user!='<root_account>'].user", scope="account"),
    )
    """The IAM users with a console password; None in a configuration, which does not show those made elsewhere."""


class OidcProvider(Resource):
    """An issuer of tokens outside of AWS that roles may trust."""

    terraform = Block("aws_iam_openid_connect_provider", "awscc_iam_oidc_provider")
    aws = Listing(
        "iam.list_open_id_connect_providers", "OpenIDConnectProviderList[]", arn="{Arn}", name="Arn", scope="account"
    )
    aws_types = ("AWS::IAM::OIDCProvider", "iam:oidc-provider")

    url: str = fact(terraform="url", awscc="url", unset="", aws=listed("Arn"))
    """The URL of the issuer; in a live account the ARN, which ends with it."""

    def names(self) -> tuple[str, ...]:
        """The texts for the provider in trust policies."""
        origin = self.origin
        if origin.arn is not None:
            return (origin.arn,)
        return symbol(origin.address, "arn"), symbol(origin.address, "id")


def urls_of_issuers(providers: Iterable[OidcProvider]) -> dict[str, Value]:
    """The URL of each provider, which may be unknown, by the texts for it in trust policies."""
    return {name: provider.url for provider in providers for name in provider.names()}
