"""Interrupted scans go on where they stopped, and say the same in the end."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest

from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.aws.keeping.ledger import MOST_AGE, Ledger, LedgerError, place
from hipaa_guard.aws.planning.error_codes import Meaning, Refusal
from hipaa_guard.clock import VARIABLE, now

WHO = {"account": "123456789012", "plan": "of one control"}
CONTROLS = ("s3_bucket_versioning_enabled", "s3_bucket_tls_required", "kms_key_rotation_enabled")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scans" / "ledger.sqlite"


def opened(path: Path, who: dict[str, Any] = WHO, *, resume: bool = True) -> Ledger:
    return Ledger(path, who, resume=resume)


def answer(value: Any = None, meaning: Meaning | None = None) -> Answer:
    operation, region = "kms.list_keys", "eu-west-1"
    refusal = Refusal(meaning, "Code", "words", operation, region, "kms:ListKeys", 2) if meaning else None
    return Answer(operation, region, value, refusal, {"KeyId": "k"}, requests={operation: 2})


# --- the file ---


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


def three(path: Path) -> None:
    ledger = opened(path)
    for key in ("a", "b", "c"):
        ledger.put(key, answer({"Keys": [{"KeyId": key}]}))
    ledger.close(keep=True)


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


def test_each_scan_has_its_own_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert place(WHO).parent == Path("/state/hipaa-guard/scans")
    assert place(WHO) != place({**WHO, "plan": "of two"})


def test_the_time_is_given_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1790000000")
    assert now() == datetime.fromtimestamp(1_790_000_000, UTC)


# --- whole scans, stopped at any moment ---

# Ends the process, as if by `kill -9` or Ctrl-C, when so many answers are written down. The thread that writes is the one
# that takes signals, so nothing more is written after it. A shell starts what runs in the background with SIGINT ignored,
# and whatever that starts inherits it: the process takes it again, as one in the foreground does.
STOPPING = """
import os, signal, sys, threading
from hipaa_guard.aws.keeping.ledger import Ledger
from hipaa_guard.cli.main import run
from hipaa_guard.stopping import stoppable
signal.signal(signal.SIGINT, signal.default_int_handler)
put, left = Ledger.put, [int(sys.argv[1])]
def stopping(self, key, answer):
    if left[0] == 0:
        os.kill(os.getpid(), int(sys.argv[2]))
    put(self, key, answer)
    left[0] -= 1
    if left[0] == 0:
        assert threading.current_thread() is threading.main_thread()
        os.kill(os.getpid(), int(sys.argv[2]))
Ledger.put = stopping
with stoppable():
    code = run(sys.argv[3:])
sys.exit(code)
"""


def scan(*more: str, stop: tuple[int, int] | None = None) -> subprocess.CompletedProcess[str]:
    chosen = [part for control in CONTROLS for part in ("-c", control)]
    arguments = ["scan", "aws", "--regions", "us-east-1,eu-west-1", "-q", *chosen, *more]
    script = ["-m", "hipaa_guard"] if stop is None else ["-c", STOPPING, *map(str, stop)]
    return subprocess.run([sys.executable, *script, *arguments], text=True, capture_output=True, check=False)


@pytest.fixture
def clinic(_server: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    s3 = boto3.client("s3")
    for name in ("records", "images", "letters", "scans"):
        s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket="records", VersioningConfiguration={"Status": "Enabled"})
    for region in ("us-east-1", "eu-west-1"):
        boto3.client("kms", region_name=region).create_key()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv(VARIABLE, "1790000000")  # reports of two runs may then be compared
    return tmp_path


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_scan_that_was_killed_goes_on_and_says_the_same_byte_for_byte(clinic: Path) -> None:
    whole, resumed = clinic / "whole.json", clinic / "resumed.json"
    assert scan("-o", f"json={whole}").returncode == 1
    assert list((clinic / "state").rglob("*.sqlite")) == [], "a scan that ended leaves nothing behind"
    for count in (1, 6, 13):
        killed = scan("-o", f"json={resumed}", stop=(count, signal.SIGKILL))
        assert killed.returncode == -signal.SIGKILL
        assert not resumed.exists()
        again = scan("-o", f"json={resumed}", "--resume")
        assert f": {count} answers are known" in again.stderr
        assert resumed.read_bytes() == whole.read_bytes()
        resumed.unlink()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_was_answered_before_is_not_asked_again(clinic: Path) -> None:
    whole = _requests(scan)
    scan(stop=(9, signal.SIGKILL))
    (ledger,) = (clinic / "state").rglob("*.sqlite")
    with closing(sqlite3.connect(ledger)) as database:
        heads = [json.loads(head) for (head,) in database.execute("SELECT head FROM answer")]
    assert len(heads) == 9
    known = sum(sum(head["requests"].values()) for head in heads)
    looked_at_its_own_policies = 1
    assert _requests(lambda: scan("--resume")) == whole - known - looked_at_its_own_policies


def _requests(act: Callable[[], object]) -> int:
    """How many requests the simulated cloud got."""
    base = f"{os.environ['AWS_ENDPOINT_URL']}/moto-api/recorder"

    def tell(what: str) -> bytes:
        request = Request(f"{base}/{what}", method="GET" if what.startswith("download") else "POST")
        with urlopen(request) as answer:
            return bytes(answer.read())

    tell("reset-recording")
    tell("start-recording")
    act()
    tell("stop-recording")
    return len(tell("download-recording").splitlines())


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_scan_that_was_interrupted_says_how_to_go_on(clinic: Path, number: signal.Signals, code: int) -> None:
    inherited = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as by `make test &` in a script
    try:
        stopped = scan("-o", f"json={clinic / 'x.json'}", stop=(5, number))
    finally:
        signal.signal(signal.SIGINT, inherited)
    assert stopped.returncode == code
    assert "answers are kept: run the same command with --resume to continue." in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert [each.suffix for each in (clinic / "state").rglob("*") if each.is_file()] == [".sqlite"]
    assert "answers are known" in scan("--resume").stderr
    assert "no interrupted scan like this one" in scan("--resume").stderr


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_scan_that_was_stopped_before_anything_was_answered_leaves_no_ledger(clinic: Path) -> None:
    stopped = scan(stop=(0, signal.SIGTERM))
    assert stopped.returncode == 143
    assert "nothing of it was kept" in stopped.stderr
    assert [each for each in (clinic / "state").rglob("*") if each.is_file()] == []


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_ledger_that_cannot_be_written_stops_no_scan(clinic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clinic / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(clinic / "file"))
    scanned = scan()
    assert scanned.returncode == 1
    assert "this scan cannot be resumed if it is interrupted" in scanned.stderr
