"""Reading IAM's credential report: one row for each user and one for the root user, all cells text.

Ages are counted up to the time of the report, which the answer of AWS has: no clock is read. Columns: IAM user guide,
"Generate credential reports".
"""

from __future__ import annotations

from datetime import datetime

from hipaa_guard.facts.values import Undecided, Unknown, Value

_NO_DATE = Unknown("the credential report has no date for it")
_NO_ROW = Unknown("the credential report, which AWS renews at most every four hours, does not have this user yet")


def _days(then: str | Unknown | None, made: str) -> int | None:
    """Whole days from a date in the report until the report was made; None for ``N/A``, ``no_information``, ...

    Raises:
        Undecided: the date is not known.

    """
    if isinstance(then, Unknown):
        raise Undecided(then)
    if not then or not then[0].isdigit():
        return None
    return max(0, (datetime.fromisoformat(made) - datetime.fromisoformat(then)).days)


def _says_yes(cell: str) -> bool:
    """Whether a cell says ``true``.

    Raises:
        Undecided: the cell holds another text.

    """
    if cell.lower() not in ("true", "false", "not_supported", "n/a"):
        raise Undecided(Unknown("a cell of the credential report is neither true nor false"))
    return cell.lower() == "true"


def has_password(row: dict[str, str] | None) -> Value:
    """Whether a user may sign in to the console."""
    return _NO_ROW if row is None else _says_yes(row["password_enabled"])


def mfa_active(row: dict[str, str] | None) -> Value:
    """Whether a user has a second factor."""
    return _NO_ROW if row is None else _says_yes(row["mfa_active"])


def password_idle(row: dict[str, str] | None, made: str) -> Value:
    """Days since a password was last used or, if it never was, since it was set; None without a password."""
    if row is None:
        return _NO_ROW
    if not _says_yes(row["password_enabled"]):
        return None
    idle = _days(row["password_last_used"], made)  # "no_information" for a password that was never used
    set_ = _days(row["password_last_changed"], made)
    return next((days for days in (idle, set_) if days is not None), _NO_DATE)


def access_keys(row: dict[str, str] | None, made: str) -> Value:
    """The active access keys of a user: the key's number, days since it was created, days since it was last used."""
    if row is None:
        return _NO_ROW
    return [_key(row, number, made) for number in (1, 2) if _says_yes(row[f"access_key_{number}_active"])]


def _key(row: dict[str, str], number: int, made: str) -> dict[str, Value]:
    age = _days(row[f"access_key_{number}_last_rotated"], made)
    idle = _days(row[f"access_key_{number}_last_used_date"], made)
    known = _NO_DATE if age is None else age
    return {"number": number, "age": known, "idle": known if idle is None else idle}


def root_idle(row: dict[str, str] | None, made: str) -> Value:
    """Days since the root user's password or one of its keys was last used; None where no use is recorded."""
    if row is None:
        return _NO_ROW
    used = ("password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date")
    return min((days for days in (_days(row[name], made) for name in used) if days is not None), default=None)
