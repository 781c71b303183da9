"""What a ledger keeps, for whom, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.aws.keeping.ledger import MOST_AGE, LedgerError, place
from hipaa_guard.aws.planning.error_codes import Meaning
from hipaa_guard.clock import VARIABLE, now
from tests.aws.ledger.answers import WHO, answer, opened


def test_what_was_written_is_read_back(path: Path) -> None:
    first = opened(path)
    told = {"whole": answer({"Keys": [{"KeyId": "é"}]}), "denied": answer(None, Meaning.DENIED)}
    for key, each in told.items():
        first.put(key, each)
    first.close(keep=True)
    assert opened(path).answers == told


def test_half_of_a_surrogate_pair_is_written_and_read_back(path: Path) -> None:
    ledger = opened(path)
    ledger.put("key", answer({"Policy": {"Resource": "\ud800"}}))
    ledger.close(keep=True)
    assert opened(path).answers["key"].value == {"Policy": {"Resource": "\ud800"}}


def test_nobody_else_may_read_it_and_it_goes_when_it_is_no_longer_needed(path: Path) -> None:
    ledger = opened(path)
    ledger.put("key", answer({}))
    assert {each.stat().st_mode & 0o077 for each in path.parent.iterdir()} == {0}
    assert path.parent.stat().st_mode & 0o077 == 0
    ledger.close(keep=False)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("meaning", [Meaning.EXPIRED, Meaning.THROTTLED, Meaning.UNREACHABLE, Meaning.SERVER])
def test_what_may_be_answered_later_is_asked_again(path: Path, meaning: Meaning) -> None:
    ledger = opened(path)
    ledger.put("key", answer({"Keys": []}, meaning))
    ledger.close(keep=True)
    assert opened(path).answers == {}


@pytest.mark.parametrize("who", [{**WHO, "plan": "of two"}, {**WHO, "caller": "somebody else"}])
def test_another_scan_is_not_continued(path: Path, who: dict[str, Any]) -> None:
    ledger = opened(path)
    ledger.put("key", answer({}))
    ledger.close(keep=True)
    assert opened(path, who).answers == {}


def test_an_old_scan_is_not_continued(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = opened(path)
    ledger.put("key", answer({}))
    ledger.close(keep=True)
    later = datetime.now(UTC) + MOST_AGE + timedelta(minutes=1)
    monkeypatch.setenv(VARIABLE, str(int(later.timestamp())))
    assert opened(path).answers == {}


def test_without_resume_a_scan_begins_anew(path: Path) -> None:
    ledger = opened(path)
    ledger.put("key", answer({}))
    ledger.close(keep=True)
    ledger = opened(path, resume=False)
    assert ledger.count() == 0
    assert ledger.answers == {}


def test_two_scans_do_not_write_one_ledger(path: Path) -> None:
    first = opened(path)
    first.put("key", answer({}))
    with pytest.raises(LedgerError, match="locked"):
        opened(path)


def test_each_scan_has_its_own_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert place(WHO).parent == Path("/state/hipaa-guard/scans")
    assert place(WHO) != place({**WHO, "plan": "of two"})


def test_the_time_is_given_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1790000000")
    assert now() == datetime.fromtimestamp(1_790_000_000, UTC)
