"""Interrupted scans go on where they stopped, and say the same in the end."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.request import Request, urlopen

import boto3
import pytest

from hipaa_guard.clock import VARIABLE

CONTROLS = ("s3_bucket_versioning_enabled", "s3_bucket_tls_required", "kms_key_rotation_enabled")


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
