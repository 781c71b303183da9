"""The controls on passwords, keys and the root user, told to Terraform and to AWS."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hipaa_guard.controls.control import Status
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, answered, cases
from tests.policies.iam.states import user

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
    case(KEY_USE, "a key that was used 89 days ago", PASS, key(OLD, "2026-08-04T07:00:00+00:00")),
    case(KEY_USE, "a key that nobody used for 90 days", FAIL, key(OLD, "2026-08-03T07:00:00+00:00"), says="90 days"),
    case(KEY_USE, "an old key that was never used", FAIL, key(OLD)),
    case(KEY_USE, "a new key that was never used", PASS, key(RECENT)),
    case(KEY_USE, "a key out of use that is inactive", PASS, key(OLD, active="false")),
    case(PASSWORD_USE, "no password", PASS, reported()),
    case(PASSWORD_USE, "in use", PASS, password(TODAY), says="was used or set"),
    case(PASSWORD_USE, "out of use", FAIL, password(OLD), says="123 days"),
    case(PASSWORD_USE, "nobody used it for 90 days", FAIL, password("2026-08-03T07:00:00+00:00"), says="90 days"),
    case(PASSWORD_USE, "an old password that was never used", FAIL, password("no_information", OLD)),
    case(PASSWORD_USE, "a new password, never used", PASS, password("no_information", RECENT), says="was used or set"),
    case(PASSWORD_USE, "no date at all", UNKNOWN, password("no_information", "N/A")),
    *(case(control, "a key without a date", UNKNOWN, key("N/A")) for control in (AGE, KEY_USE)),
    *(
        case(
            control,
            "a key without a date, and an old one",
            FAIL,
            key("N/A", access_key_2_active="true", access_key_2_last_rotated=OLD),
            says="access key 2",
        )
        for control in (AGE, KEY_USE)
    ),
    *(
        Case(
            control,
            "users may only be read one by one",
            PASS,
            aws=user,
            denied="iam:GetCredentialReport",
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


def password_policy(**values: int) -> Told:
    names = {"minimum_password_length": "MinimumPasswordLength", "password_reuse_prevention": "PasswordReusePrevention"}
    lines = "\n".join(f"{name} = {value}" for name, value in values.items())
    asked = {names[name]: value for name, value in values.items()}
    return Told(
        terraform=f'resource "aws_iam_account_password_policy" "phi" {{\n{lines}\n}}',
        aws=lambda aws: aws.iam.update_account_password_policy(**asked),
    )


ROOT_MFA, ROOT_HARDWARE, ROOT_KEY = "iam_root_mfa_enabled", "iam_root_hardware_mfa_enabled", "iam_root_no_access_key"

ROOT_USE = "iam_root_not_used_recently"

SET, LENGTH, REUSE = "iam_password_policy_set", "iam_password_policy_min_length_14", "iam_password_policy_reuse_24"

A_PASSWORD = password(TODAY)
"""The report of an account that has a user with a password for the console."""
NO_PASSWORD: tuple[Callable[[Any], None], ...] = (
    reported("<root_account>", password_enabled="true"),
    reported(access_key_1_active="true", access_key_1_last_rotated=RECENT),
)

DENIED_POLICY: dict[str, Any] = {
    "aws": password_policy(minimum_password_length=14).aws,
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
    Case(
        ROOT_HARDWARE,
        "a virtual device, where the summary may not be read",
        FAIL,
        aws=nothing,
        answers=device(OWN_DEVICE),
        denied="iam:GetAccountSummary",
        says="virtual",
    ),
    Case(
        ROOT_HARDWARE,
        "no MFA, where the devices may not be read",
        FAIL,
        aws=nothing,
        answers=summary(mfa=0),
        denied="iam:ListVirtualMFADevices",
        says="no MFA",
    ),
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
    Case(SET, "none", FAIL, aws=nothing, answers=A_PASSWORD),
    *(
        Case(control, f"none, and no user has a password: {number}", NOT_APPLICABLE, aws=nothing, answers=report)
        for control in (SET, LENGTH, REUSE)
        for number, report in enumerate(NO_PASSWORD)
    ),
    Case(LENGTH, "13, and no user has a password", NOT_APPLICABLE, aws=password_policy(minimum_password_length=13).aws),
    Case(REUSE, "5, and no user has a password", NOT_APPLICABLE, aws=password_policy(password_reuse_prevention=5).aws),
    *(
        Case(control, "none, and whether a user has a password may not be read", UNKNOWN, aws=user, denied=denied)
        for control in (SET, LENGTH, REUSE)
        for denied in ("iam:GetCredentialReport",)
    ),
    Case(SET, "declared with nothing in it", PASS, password_policy()),
    Case(SET, "may not be read", UNKNOWN, **DENIED_POLICY),
    Case(LENGTH, "none", FAIL, aws=nothing, answers=A_PASSWORD, says="8 characters"),
    Case(LENGTH, "14", PASS, password_policy(minimum_password_length=14)),
    Case(LENGTH, "13", FAIL, password_policy(minimum_password_length=13), answers=A_PASSWORD, says="13"),
    Case(LENGTH, "left out", FAIL, password_policy(), answers=A_PASSWORD, says="6"),
    Case(LENGTH, "may not be read", UNKNOWN, **DENIED_POLICY),
    Case(REUSE, "none", FAIL, aws=nothing, answers=A_PASSWORD),
    Case(REUSE, "24", PASS, password_policy(password_reuse_prevention=24)),
    Case(REUSE, "5", FAIL, password_policy(password_reuse_prevention=5), answers=A_PASSWORD, says="5"),
    Case(REUSE, "left out", FAIL, password_policy(minimum_password_length=20), answers=A_PASSWORD, says="0"),
    Case(REUSE, "may not be read", UNKNOWN, **DENIED_POLICY),
)
