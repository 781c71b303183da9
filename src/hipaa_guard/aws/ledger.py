"""What a scan was answered so far, written down as it comes: an interrupted scan goes on from there.

One SQLite file for an account, its regions and a plan. A row is written before the next answer is looked at, so that
the end of the process at any moment loses at most what was under way. Only kept fields are in it (`fields`), nobody
else may read it, and it is deleted when a scan has ended with nothing left to ask.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hipaa_guard.aws.calls import Answer
from hipaa_guard.aws.stored import answer_from, digest, head_of, lasts, text_of
from hipaa_guard.clock import now

MOST_AGE = timedelta(hours=24)
"""An older ledger is not continued: its facts are no longer those of the account."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS scan (started TEXT NOT NULL, identity TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, head TEXT NOT NULL, value TEXT) WITHOUT ROWID;
"""


class LedgerError(Exception):
    """The ledger cannot be kept. The message says why."""


def place(identity: Mapping[str, Any]) -> Path:
    """Where the ledger of a scan is kept: by what it would ask, of which account, as whom and with which version."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    name = f"{identity['account']}-{digest(text_of(identity))[:16]}.sqlite"
    return Path(state) / "hipaa-guard" / "scans" / name


class Ledger:
    """The ledger of one scan. Only the thread that opened it may use it."""

    def __init__(self, path: Path, identity: Mapping[str, Any], *, resume: bool) -> None:
        """Open the ledger, going on from what it holds where `resume` says so and it is not too old.

        Raises:
            LedgerError: it cannot be written, or another scan is writing it.

        """
        self.path = path
        self.answers: dict[str, Answer] = {}
        self.started: datetime = now()
        self._identity = text_of(identity)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._database = sqlite3.connect(path, timeout=0, isolation_level=None)
            self._database.executescript("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;")
            self._database.executescript("PRAGMA synchronous = NORMAL; BEGIN EXCLUSIVE;" + _SCHEMA + "COMMIT;")
            if not (resume and self._found()):
                self._begun()
        except (OSError, sqlite3.Error) as error:
            raise LedgerError(f"{path} cannot be written ({error})") from error

    def put(self, key: str, answer: Answer) -> None:
        """Write down an answer.

        Raises:
            LedgerError: it cannot be written.

        """
        value = None if answer.value is None else text_of(answer.value)
        try:
            self._database.execute(
                "INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", (key, text_of(head_of(answer)), value)
            )
        except sqlite3.Error as error:
            raise LedgerError(f"{self.path} cannot be written ({error})") from error

    def count(self) -> int:
        """How many answers are written down."""
        return int(self._database.execute("SELECT count(*) FROM answer").fetchone()[0])

    def close(self, *, keep: bool) -> None:
        """Close the ledger, and delete it unless there is something to go on from."""
        self._database.close()
        if not keep:
            self.path.unlink(missing_ok=True)

    def _found(self) -> bool:
        """Take what the file holds; whether it is of the same scan, and young enough."""
        row = self._database.execute("SELECT started, identity FROM scan").fetchone()
        if row is None or row[1] != self._identity or now() - datetime.fromisoformat(row[0]) > MOST_AGE:
            return False
        self.started = datetime.fromisoformat(row[0])
        for key, head, value in self._database.execute("SELECT key, head, value FROM answer"):
            answer = answer_from(json.loads(head), None if value is None else json.loads(value))
            if lasts(answer):
                self.answers[key] = answer
        return True

    def _begun(self) -> None:
        self._database.execute("DELETE FROM answer")
        self._database.execute("DELETE FROM scan")
        self._database.execute("INSERT INTO scan VALUES (?, ?)", (self.started.isoformat(), self._identity))
