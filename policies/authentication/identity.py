"""Identity: people and programs that reach ePHI prove who they are."""

from hipaa_guard.authoring import (
    CRITICAL,
    HIGH,
    LOW,
    MEDIUM,
    Fix,
    Verdict,
    control,
    failed,
    not_applicable,
    one_holds,
    passed,
    some,
)
from hipaa_guard.controls.reasons import NEEDS_THE_ROOT_USER
from hipaa_guard.services import iam

KEY_DAYS = 90
_ASK_FOR_LENGTH = """
    aws iam get-account-password-policy
    aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24 \\
      --allow-users-to-change-password
"""
_REPLACES = "The call replaces the whole policy: add the other rules that the first command shows, or they are lost."


def if_passwords(policy: iam.PasswordPolicy, verdict: Verdict) -> Verdict:
    """The verdict on a gap of a password policy, but not applicable where nobody has a password that it rules."""
    users = policy.console_users
    if users is None or any(True for _ in users):
        return verdict
    return not_applicable("rules no password: no IAM user of the account has one for the console")


@control(
    title="The root user signs in with MFA",
    severity=CRITICAL,
    hipaa=("164.312(d)", "164.312(a)(1)"),
    why="The root user can read and destroy all ePHI of the account; without MFA its password alone is enough.",
    fix=Fix(
        note="Sign in as the root user and add a second factor, or remove root credentials from member accounts.",
        not_by_machine=NEEDS_THE_ROOT_USER,
    ),
    peers={
        "prowler": "iam_root_mfa_enabled",
        "aws_config": "root-account-mfa-enabled",
        "powerpipe": "iam_root_user_mfa_enabled",
        "trivy": "AVD-AWS-0142",
    },
)
def iam_root_mfa_enabled(root: iam.RootUser) -> Verdict:
    if root.mfa_active:
        return passed("has MFA")
    if root.has_password:
        return failed("has no MFA")
    return passed("has no password to sign in with")


@control(
    title="The root user signs in with MFA that is no virtual device",
    severity=LOW,
    hipaa=("164.312(d)",),
    why="A second factor that is a program can be copied with the phone it is on, and with it the way to all ePHI.",
    fix=Fix(
        note="Sign in as the root user and replace the virtual device with a security key or hardware token. A passkey that "
        "a password manager copies to other devices is no hardware; AWS does not tell the two apart.",
        not_by_machine=NEEDS_THE_ROOT_USER,
    ),
    peers={
        "prowler": "iam_root_hardware_mfa_enabled",
        "aws_config": "root-account-hardware-mfa-enabled",
        "powerpipe": "iam_root_user_hardware_mfa_enabled",
        "trivy": "AVD-AWS-0165",
    },
    refines="iam_root_mfa_enabled",
    advisory="A control that stops a pipeline asks for MFA of the root user; this asks for a stronger kind.",
)
def iam_root_hardware_mfa_enabled(root: iam.RootUser) -> Verdict:
    found: list[str] = []

    def signs_in_without() -> bool:
        found.append("has no MFA")
        return not root.mfa_active and root.has_password

    def is_virtual(_: str) -> bool:
        found.append("has a virtual MFA device")
        return True

    if one_holds(signs_in_without, lambda: some(is_virtual, root.virtual_mfa_devices)):
        return failed(found[-1])
    return passed("has MFA, by no virtual device" if root.mfa_active else "has no password to sign in with")


@control(
    title="IAM users with a console password have MFA",
    severity=HIGH,
    hipaa=("164.312(d)", "164.312(a)(1)"),
    why="A password that was guessed, reused or phished is all that stands between a stranger and ePHI without MFA.",
    fix=Fix(
        cli="""
            aws iam create-virtual-mfa-device --virtual-mfa-device-name DEVICE --bootstrap-method QRCodePNG --outfile FILE
            aws iam enable-mfa-device --user-name USER --serial-number DEVICE_ARN \\
              --authentication-code1 CODE --authentication-code2 NEXT_CODE
        """,
        note="The first command is for a device that is a program: the person scans the code in FILE, then delete it.",
        not_by_machine="needs the device of the person",
    ),
    peers={
        "prowler": "iam_user_mfa_enabled_console_access",
        "aws_config": "mfa-enabled-for-iam-console-access",
        "powerpipe": "iam_user_console_access_mfa_enabled",
        "trivy": "AVD-AWS-0145",
    },
)
def iam_user_console_mfa_enabled(user: iam.Credentials) -> Verdict:
    if not user.has_password:
        return passed("has no console password")
    if user.mfa_active:
        return passed("has a console password and MFA")
    return failed("has a console password and no MFA")


@control(
    title=f"Active access keys are at most {KEY_DAYS} days old",
    severity=MEDIUM,
    hipaa=("164.312(d)", "164.308(a)(5)(ii)(D)"),
    why="A key that was copied opens ePHI until it is replaced: the older it is, the more places it has been in.",
    fix=Fix(
        cli="""
            aws iam create-access-key --user-name USER
            aws iam get-access-key-last-used --access-key-id OLD_KEY_ID
            aws iam update-access-key --user-name USER --access-key-id OLD_KEY_ID --status Inactive
            aws iam delete-access-key --user-name USER --access-key-id OLD_KEY_ID
        """,
        note=(
            "IAM gives a user two keys at most, inactive ones too: where there are two, delete one that is not used first. "
            "After the first command move every program to the new key, and wait until the second one shows no more use of "
            "the old key. An inactive key can be made active again, a deleted one cannot: wait some days before the last."
        ),
        not_by_machine="is made in the account, with the programs that use the key",
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "iam_rotate_access_key_90_days",
        "aws_config": "access-keys-rotated",
        "powerpipe": "iam_user_access_key_age_90",
        "trivy": "AVD-AWS-0146",
    },
)
def iam_access_key_max_age_90(user: iam.Credentials) -> Verdict:
    found: list[iam.AccessKey] = []

    def is_old(key: iam.AccessKey) -> bool:
        found.append(key)
        return key.age > KEY_DAYS

    if some(is_old, user.access_keys):
        return failed(f"has access key {found[-1].number} active that is {found[-1].age} days old")
    return passed(f"has no active access key older than {KEY_DAYS} days")


@control(
    title="IAM users have one active access key at most",
    severity=LOW,
    hipaa=("164.312(d)", "164.308(a)(5)(ii)(D)"),
    why="The second key is for the time of a rotation; one that stays is a second way to ePHI that nobody watches.",
    fix=Fix(
        cli="""
            aws iam get-access-key-last-used --access-key-id KEY_ID
            aws iam update-access-key --user-name USER --access-key-id KEY_ID --status Inactive
        """,
        note="Move what still uses the key to the other one first; an inactive key can be made active again.",
        not_by_machine="is made in the account, with the programs that use the key",
        consequences=("cuts_access",),
    ),
    peers={"prowler": "iam_user_two_active_access_key", "trivy": "AVD-AWS-0167"},
)
def iam_user_one_active_access_key(user: iam.Credentials) -> Verdict:
    if len(user.access_keys) > 1:
        return failed("has two active access keys")
    return passed("has one active access key at most")


@control(
    title="The account has a password policy of its own",
    severity=LOW,
    hipaa=("164.308(a)(5)(ii)(D)",),
    why="Without one the passwords of IAM users, which may open ePHI, need 8 characters and may be used again.",
    fix=Fix(
        terraform="""
            resource "aws_iam_account_password_policy" "phi" {
              minimum_password_length   = 14
              password_reuse_prevention = 24
            }
        """,
        cli=_ASK_FOR_LENGTH,
        note=_REPLACES,
        not_by_machine="adds a password policy, whose rules are yours to choose",
    ),
)
def iam_password_policy_set(policy: iam.PasswordPolicy) -> Verdict:
    if policy.minimum_length is None:
        return if_passwords(policy, failed("has no password policy, so the default of AWS holds"))
    return passed("has a password policy of its own")


@control(
    title="Passwords that IAM users choose must have 14 characters or more",
    severity=MEDIUM,
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(d)"),
    why="Short passwords are guessed; length is what makes a password hold, more than the kinds of its characters.",
    fix=Fix(
        sets="aws_iam_account_password_policy.minimum_password_length = 14",
        cli=_ASK_FOR_LENGTH,
        note=f"{_REPLACES} Passwords that users have stay as they are until they change them.",
    ),
    peers={
        "prowler": "iam_password_policy_minimum_length_14",
        "aws_config": "iam-password-policy",
        "powerpipe": "iam_account_password_policy_strong_min_reuse_24",
        "checkov": "CKV_AWS_10",
        "trivy": "AVD-AWS-0063",
    },
)
def iam_password_policy_min_length_14(policy: iam.PasswordPolicy) -> Verdict:
    length = policy.minimum_length
    if length is None:
        return if_passwords(policy, failed("has no password policy, so 8 characters are enough"))
    if length < 14:
        return if_passwords(policy, failed(f"allows passwords of {length} characters"))
    return passed(f"asks for {length} characters")


@control(
    title="The last 24 passwords of IAM users may not be used again",
    severity=LOW,
    hipaa=("164.308(a)(5)(ii)(D)",),
    why="After a leak the changed password must be a new one, or the leaked one opens ePHI again.",
    fix=Fix(
        sets="aws_iam_account_password_policy.password_reuse_prevention = 24",
        cli=_ASK_FOR_LENGTH,
        note=_REPLACES,
    ),
    peers={
        "prowler": "iam_password_policy_reuse_24",
        "aws_config": "iam-password-policy",
        "powerpipe": "iam_account_password_policy_strong_min_reuse_24",
        "checkov": "CKV_AWS_13",
        "trivy": "AVD-AWS-0056",
    },
    refines=("iam_password_policy_min_length_14", "iam_password_policy_set"),
    advisory="Length and MFA decide how well a password protects; this adds to them.",
)
def iam_password_policy_reuse_24(policy: iam.PasswordPolicy) -> Verdict:
    remembered = policy.remembered or 0
    if remembered < 24:
        message = f"remembers {remembered} earlier password{'' if remembered == 1 else 's'}"
        return if_passwords(policy, failed(message))
    return passed(f"remembers {remembered} earlier passwords")
