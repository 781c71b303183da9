"""Readings of Terraform for buckets, where a path is not enough.

The functions serve both providers: an argument that one of them lacks is never set in its resources.
"""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.lists import Incomplete, some
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.values import Existing, Reference, Unknown, Value

SWITCHES = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_LOCK = one_of("Enabled")
_YEAR = 365


def truth(value: Value) -> Value:
    """A boolean, which may also be written as text."""
    return value if isinstance(value, bool | Unknown) else str(value).lower() == "true"


def switches(prefix: str) -> Callable[[View], Value]:
    """The four switches of a Terraform resource. A left-out one is false, the provider's default."""

    def read(view: View) -> Value:
        blocks = view.linked(prefix) if prefix else [view]
        found = blocks.seen if isinstance(blocks, Incomplete) else blocks
        if not found:
            return blocks.unknown if isinstance(blocks, Incomplete) else None
        return {name: _flag(found[0].get(name)) for name in SWITCHES}

    return read


def _flag(value: Value) -> Value:
    return False if value is None else value


def named_account(view: View) -> Value:
    """The account that settings are for, where it is written; None for that of the provider, also as it is looked up.

    A state records the account of settings that were made, and the provider made them in its own.
    """
    account = view.get("account_id")
    is_own = isinstance(account, Existing) and account.own
    return None if is_own or isinstance(view.get("id"), str) else account


def inline_versioning(view: View) -> Value:
    """The versioning of the deprecated inline block: ``enabled = true`` means Enabled, false leaves versioning off."""
    enabled = view.get("versioning.enabled")
    if enabled is None or isinstance(enabled, Unknown):
        return enabled
    return "Enabled" if truth(enabled) else None


def inline_mfa_delete(view: View) -> Value:
    needed = view.get("versioning.mfa_delete")
    if needed is None or isinstance(needed, Unknown):
        return needed
    return "Enabled" if truth(needed) else None


def object_lock(view: View) -> Value:
    """Whether Object Lock is on, in the bucket itself or by the existence of a separate resource."""
    separate = view.linked("aws_s3_bucket_object_lock_configuration")
    found = separate.seen if isinstance(separate, Incomplete) else separate
    of_block = view.get("object_lock_configuration.object_lock_enabled")
    answers: list[Value] = [*(_locked(each) for each in found), view.get("object_lock_enabled"), _LOCK.admit(of_block)]
    if isinstance(separate, Incomplete):
        answers = Incomplete(answers, separate.unknown)
    return some(lambda answer: str(answer).lower() in ("enabled", "true"), answers)


def implied_versioning(view: View) -> Value:
    """``Enabled`` where Object Lock is on: S3 turns versioning on with it, and never off again.

    S3 user guide, "Configuring S3 Object Lock" and "Object Lock considerations", read 2026-11-30.
    """
    locked = object_lock(view)
    if isinstance(locked, Unknown):
        return locked
    return "Enabled" if locked else None


def _locked(configuration: View) -> Value:
    enabled = _LOCK.admit(configuration.get("object_lock_enabled"))
    return True if enabled is None else enabled


def retention(view: View) -> Value:
    """The default retention of Object Lock: ``{"mode": ..., "days": ...}``; None where there is none."""
    separate = "aws_s3_bucket_object_lock_configuration.rule.default_retention"
    paths = (separate, "object_lock_configuration.rule.default_retention")
    path = next((path for path in paths if view.get(path) is not None), None)
    if path is None:
        return None
    whole = view.get(path)
    if isinstance(whole, Unknown):
        return whole
    return {"mode": view.get(f"{path}.mode"), "days": _days(view.get(f"{path}.days"), view.get(f"{path}.years"))}


def _days(days: Value, years: Value) -> Value:
    """A time in days; 0 where neither is set, as a state records it."""
    if isinstance(days, Unknown) or isinstance(years, Unknown):
        return days if isinstance(days, Unknown) else years
    return int(days or 0) + _YEAR * int(years or 0)


def answered_retention(rule: dict[str, Value] | None) -> Value:
    """The default retention of a live bucket, in the same form."""
    if rule is None:
        return None
    return {"mode": rule.get("Mode"), "days": _days(rule.get("Days"), rule.get("Years"))}


def inline_switches(view: View) -> Value:
    """The four switches in the `awscc` provider, inside the bucket."""
    if view.get("public_access_block_configuration") is None:
        return None
    return {name: _flag(view.get(f"public_access_block_configuration.{name}")) for name in SWITCHES}


def inline_log_target(view: View) -> Value:
    """The target of access logs in the `awscc` provider: the bucket itself by default."""
    target = view.get("logging_configuration.destination_bucket_name")
    if target is None and view.get("logging_configuration") is not None:
        return Reference(view.address, "id")
    return target
