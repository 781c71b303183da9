"""The answers of a scan so far, written as they arrive, so that an interrupted scan can be resumed.

The ledger is one SQLite file for an account, its regions and a plan. A row is written before the next answer is used:
if the process ends at any moment, only the calls in progress are lost. The file holds only kept fields (`kept_fields`),
and only its owner may read it. It is deleted when a scan ends with no call left to make. The checksum of each row
includes the identity of its scan: the call of a row that is damaged, or of another scan, is made again.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.aws.keeping.stored_answers import StoredError, answer_from, digest, head_of, lasts, text_of
from hipaa_guard.clock import now

MOST_AGE = timedelta(hours=24)
"""An older ledger is not continued: its facts are no longer those of the account."""

_FORMAT = 2
_SCHEMA = f"""
DROP TABLE IF EXISTS scan;
DROP TABLE IF EXISTS answer;
CREATE TABLE scan (started TEXT NOT NULL, identity TEXT NOT NULL);
CREATE TABLE answer (key TEXT PRIMARY KEY, head TEXT NOT NULL, value TEXT, checksum TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {_FORMAT};
"""


class LedgerError(Exception):
    """The ledger cannot be kept. The message says why."""


def place(identity: Mapping[str, Any]) -> Path:
    """The path of the ledger of a scan, named by its calls, account, caller and version of the program."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    name = f"{identity['account']}-{digest(text_of(identity))[:16]}.sqlite"
    return Path(state) / "hipaa-guard" / "scans" / name


class Ledger:
    """The ledger of one scan. Only the thread that opened it may use it."""

    def __init__(self, path: Path, identity: Mapping[str, Any], *, resume: bool) -> None:
        """Open the ledger. With `resume`, its answers are used if it is not too old.

        Raises:
            LedgerError: it cannot be written, or another scan is writing it.

        """
        self.path = path
        self.answers: dict[str, Answer] = {}
        self.lost = 0
        """Number of rows that are damaged, of another scan or too old. Their calls are made again."""
        self.started: datetime = now()
        self._identity = text_of(identity)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._begin(resume=resume)
        except (OSError, sqlite3.Error, UnicodeDecodeError) as error:
            raise LedgerError(f"{path} cannot be written ({error})") from error

    def put(self, key: str, answer: Answer) -> None:
        """Write an answer.

        Raises:
            LedgerError: it cannot be written.

        """
        row = key, text_of(head_of(answer)), None if answer.value is None else text_of(answer.value)
        try:
            self._database.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", (*row, self._checksum(*row)))
        except sqlite3.Error as error:
            raise LedgerError(f"{self.path} cannot be written ({error})") from error

    def count(self) -> int:
        """Number of written answers."""
        return int(self._database.execute("SELECT count(*) FROM answer").fetchone()[0])

    def close(self, *, keep: bool) -> None:
        """Close the ledger, and delete it unless `keep` is True."""
        self._database.close()
        if not keep:
            self.path.unlink(missing_ok=True)

    def _open(self) -> None:
        database = self._database = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        database.text_factory = lambda text: text.decode("utf-8", "replace")  # damaged text is no reason to stop
        database.executescript("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;")
        database.executescript("PRAGMA synchronous = NORMAL; BEGIN EXCLUSIVE; COMMIT;")

    def _begin(self, *, resume: bool) -> None:
        """Take the answers of the file, or empty it and note that a scan begins."""
        try:
            self._open()
            if not (resume and self._of_this_scan() and self._taken()):
                self._empty()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # words of SQLite's that quote damaged bytes
            if not self._is_damaged(error):
                raise
            # Rows that could be read are not trusted either.
            self.answers.clear()
            self.lost += 1
            self._database.close()
            self.path.unlink()
            self._open()
            self._empty()

    def _is_damaged(self, error: sqlite3.DatabaseError | UnicodeDecodeError) -> bool:
        """Whether the file is a damaged ledger, and not another file of the user."""
        if isinstance(error, sqlite3.DatabaseError) and error.sqlite_errorcode & 0xFF not in (
            sqlite3.SQLITE_CORRUPT,
            sqlite3.SQLITE_NOTADB,
        ):
            return False
        return self.path.read_bytes()[:15] == b"SQLite format 3"

    def _of_this_scan(self) -> bool:
        """Whether the file is of the same scan, and young enough."""
        if self._database.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
            return False
        row = self._database.execute("SELECT started, identity FROM scan").fetchone()
        if row is None or row[1] != self._identity:
            return False
        try:
            started = datetime.fromisoformat(row[0])
            young = now() - started <= MOST_AGE
            began = started <= now()
        except (TypeError, ValueError):
            began = young = False
        if not began:  # a start that is missing or in the future
            self.lost += self.count()
            return False
        if young:
            self.started = started
        return young

    def _taken(self) -> bool:
        for key, head, value, checksum in self._database.execute("SELECT key, head, value, checksum FROM answer"):
            answer = _answer(head, value) if checksum == self._checksum(key, head, value) else None
            if answer is None or not timedelta() <= now() - answer.time <= MOST_AGE:
                self.lost += 1
            elif lasts(answer):
                self.answers[key] = answer
        return True

    def _checksum(self, *row: Any) -> str:
        return digest(text_of([self._identity, *row]))

    def _empty(self) -> None:
        self._database.executescript("BEGIN EXCLUSIVE;" + _SCHEMA + "COMMIT;")
        self._database.execute("INSERT INTO scan VALUES (?, ?)", (self.started.isoformat(), self._identity))


def _answer(head: str, value: str | None) -> Answer | None:
    """The answer of a row; None if it has another form than this version writes."""
    try:
        return answer_from(json.loads(head), None if value is None else json.loads(value))
    except (StoredError, ValueError, TypeError):
        return None
