"""Damaged, foreign and old ledgers: what of them is asked again, and what is said."""

from __future__ import annotations

import dataclasses
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from hipaa_guard.aws.keeping.ledger import MOST_AGE, LedgerError
from hipaa_guard.clock import now
from tests.aws.ledger.answers import WHO, answer, opened, three


def test_a_file_that_is_no_ledger_is_left_alone_and_said(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("notes of a nurse")
    with pytest.raises(LedgerError, match="not a database"):
        opened(path)
    assert path.read_text() == "notes of a nurse"


DAMAGE = {
    "a value that was changed": "UPDATE answer SET value = '{\"Keys\": []}' WHERE key = 'b'",
    "a value that was cut": "UPDATE answer SET value = substr(value, 1, 5) WHERE key = 'b'",
    "a value that is gone": "UPDATE answer SET value = NULL WHERE key = 'b'",
    "a head that is no JSON": "UPDATE answer SET head = 'notes' WHERE key = 'b'",
    "a head with another refusal": "UPDATE answer SET head = replace(head, 'null', '1') WHERE key = 'b'",
    "a checksum of nothing": "UPDATE answer SET checksum = '' WHERE key = 'b'",
    "bytes that are no text": "UPDATE answer SET value = CAST(x'fffe00' AS TEXT) WHERE key = 'b'",
    "a number": "UPDATE answer SET value = 7 WHERE key = 'b'",
    "the row of another call": "UPDATE answer SET key = 'd' WHERE key = 'b'",
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_row_is_asked_again_and_counted(path: Path, how: str) -> None:
    three(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute(DAMAGE[how])
        database.commit()
    ledger = opened(path)
    assert (sorted(ledger.answers), ledger.lost) == (["a", "c"], 1)
    ledger.put("b", answer({"Keys": []}))
    ledger.close(keep=True)
    assert sorted(opened(path).answers) == ["a", "b", "c"]


def test_a_row_of_another_scan_is_asked_again(path: Path, tmp_path: Path) -> None:
    three(path)
    other = tmp_path / "other.sqlite"
    three_of_another = opened(other, {**WHO, "plan": "of two"})
    three_of_another.put("z", answer({"Keys": []}))
    three_of_another.close(keep=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute("ATTACH ? AS other", (str(other),))
        database.execute("INSERT INTO answer SELECT * FROM other.answer")
        database.commit()
    ledger = opened(path)
    assert (sorted(ledger.answers), ledger.lost) == (["a", "b", "c"], 1)


def test_a_row_that_is_too_old_is_asked_again(path: Path) -> None:
    ledger = opened(path)
    ledger.put("old", dataclasses.replace(answer({}), time=now() - MOST_AGE - timedelta(minutes=1)))
    ledger.put("of tomorrow", dataclasses.replace(answer({}), time=now() + timedelta(days=1)))
    ledger.put("new", answer({}))
    ledger.close(keep=True)
    again = opened(path)
    assert (list(again.answers), again.lost) == (["new"], 2)


@pytest.mark.parametrize("started", ["yesterday", "", "2026-11-30T00:00:00", "2999-01-01T00:00:00+00:00"])
def test_a_beginning_that_cannot_be_read_begins_anew(path: Path, started: str) -> None:
    three(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE scan SET started = ?", (started,))
        database.commit()
    ledger = opened(path)
    assert (ledger.answers, ledger.count()) == ({}, 0)
    assert ledger.lost == 3


def test_a_ledger_of_an_older_form_begins_anew(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "CREATE TABLE scan (started TEXT NOT NULL, identity TEXT NOT NULL);"
            "CREATE TABLE answer (key TEXT PRIMARY KEY, head TEXT NOT NULL, value TEXT) WITHOUT ROWID;"
            "INSERT INTO answer VALUES ('a', '{}', NULL);"
        )
    ledger = opened(path)
    ledger.put("a", answer({}))
    assert (ledger.answers, ledger.count()) == ({}, 1)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("how", ["cut", "overwritten"])
def test_a_file_that_is_damaged_as_a_whole_loses_nothing_in_silence(path: Path, part: float, how: str) -> None:
    ledger = opened(path)
    for number in range(300):
        ledger.put(f"key-{number}", answer({"Keys": [{"KeyId": "k" * 200}]}))
    ledger.close(keep=True)
    whole = path.read_bytes()
    at = max(100, int(len(whole) * part))
    path.write_bytes(whole[:at] if how == "cut" else whole[:at] + b"\xaa" * 8192 + whole[at + 8192 :])
    again = opened(path)
    assert len(again.answers) == 300 or again.lost
    again.put("more", answer({}))
    again.close(keep=True)
    assert "more" in opened(path).answers
