"""The credential report: one call for all users, waited for within bounds, and never taken for read when it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from hipaa_guard.aws.calling.throttling import TRIES, Trouble
from hipaa_guard.aws.collecting.collect import Collected, collect
from hipaa_guard.aws.planning.operation_quirks import REPORT_PAUSES
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.facts.credential_report import access_keys, has_password, mfa_active, password_idle
from hipaa_guard.facts.values import Cause, Undecided
from tests.aws.clinic import User, give, refuse

MAKE, READ = "iam.generate_credential_report", "iam.get_credential_report"


@pytest.fixture
def account(opened: Callable[..., AwsAccount]) -> AwsAccount:
    boto3.client("iam").create_user(UserName="nurse")
    return opened()


def waited(account: AwsAccount) -> float:
    return account.caller.limiter.clock()


def cause(collected: Collected) -> Cause:
    (nurse,) = collected.inventory.seen(User)
    unknown: Any = nurse.peek(User.facts["has_password"])
    return Cause(unknown.cause)


def first(number: int) -> Callable[[dict[str, Any]], bool]:
    """Holds for so many requests."""
    left = [number]

    def holds(_: dict[str, Any]) -> bool:
        left[0] -= 1
        return left[0] >= 0

    return holds


@pytest.mark.parametrize("cell", ["", "yes", "<html>", "0"])
def test_a_cell_that_aws_does_not_write_is_not_known(cell: str) -> None:
    row = {"password_enabled": cell, "mfa_active": cell, "access_key_1_active": cell, "access_key_2_active": "false"}
    made = "2026-11-30T00:00:00+00:00"
    for read in (has_password, mfa_active):
        with pytest.raises(Undecided):
            read(row)
    for aged in (password_idle, access_keys):
        with pytest.raises(Undecided):
            aged(row, made)


def test_a_report_that_is_made_is_waited_for(account: AwsAccount) -> None:
    give(account, MAKE, {"State": "STARTED"}, when=first(1))
    give(account, MAKE, {"State": "INPROGRESS"}, when=first(4))
    collected = collect(account, [User])
    assert collected.facts.known == 1
    assert collected.calls[READ] == 1
    assert waited(account) >= sum(REPORT_PAUSES[:4])


def test_a_report_that_is_never_ready_is_given_up(account: AwsAccount) -> None:
    give(account, MAKE, {"State": "STARTED"})
    collected = collect(account, [User])
    assert cause(collected) is Cause.SERVICE_ERROR
    assert collected.calls == {"iam.list_users": 1, MAKE: len(REPORT_PAUSES)}
    assert waited(account) == pytest.approx(sum(REPORT_PAUSES))
    assert waited(account) < 60
    assert [gap.subject for gap in collected.gaps] == [READ]


@pytest.mark.parametrize(("code", "status"), [("ReportInProgress", 404), ("ReportExpired", 410)])
def test_a_report_that_is_made_anew_meanwhile_is_made_and_read_again(
    account: AwsAccount, code: str, status: int
) -> None:
    refuse(account, READ, code, status=status, when=first(1))
    collected = collect(account, [User])
    assert collected.facts.known == 1
    assert collected.calls[READ] == 2


def test_a_report_that_is_always_out_of_date_is_unknown(account: AwsAccount) -> None:
    refuse(account, READ, "ReportExpired", status=410)
    collected = collect(account, [User])
    assert cause(collected) is Cause.SERVICE_ERROR
    assert collected.calls[READ] == TRIES[Trouble.PASSING]
    assert "ReportExpired" in collected.gaps[0].reason


def test_where_no_further_report_may_be_made_the_one_there_is_is_read(account: AwsAccount) -> None:
    iam = boto3.client("iam")
    while iam.generate_credential_report()["State"] != "COMPLETE":
        pass
    refuse(account, MAKE, "LimitExceeded", status=409)
    collected = collect(account, [User])
    assert collected.facts.known == 1
    assert (collected.calls[MAKE], collected.calls[READ]) == (1, 1)


def test_a_denied_report_is_unknown_and_names_the_action(account: AwsAccount) -> None:
    said = "User: u is not authorized to perform: iam:GenerateCredentialReport on resource: *"
    refuse(account, MAKE, "AccessDenied", said)
    collected = collect(account, [User])
    assert cause(collected) is Cause.DENIED
    assert collected.denied == ("iam:GenerateCredentialReport",)
    assert collected.calls[MAKE] == 1


def test_a_throttled_report_is_asked_for_again(account: AwsAccount) -> None:
    refuse(account, MAKE, "Throttling", status=400, when=first(2))
    assert collect(account, [User]).facts.known == 1
