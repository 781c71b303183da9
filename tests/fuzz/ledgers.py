"""Ledgers of an interrupted scan that are damaged in any way, and the promises that hold for going on from them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from random import Random

from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.aws.keeping.ledger import Ledger, LedgerError
from tests.fuzz.checking import Broken

_WHO = {"account": "111122223333", "plan": "of one control"}
_COLUMNS = ("key", "head", "value", "checksum")
_VALUES = (
    "NULL",
    "''",
    "'{}'",
    "'[]'",
    "7",
    "1e999",
    "x'00ff'",
    "CAST(x'fffe' AS TEXT)",
    "'null'",
    "'" + "[" * 9000 + "'",
)


def check(random: Random, directory: Path) -> None:
    """Write a ledger, damage it, and go on from it.

    Raises:
        Broken: an answer is taken that was not given, one is lost in silence, or it ends without a sentence.

    """
    path = directory / "ledger.sqlite"
    written = _written(random, path)
    _damage(random, path)
    try:
        again = Ledger(path, _WHO, resume=True)
    except LedgerError:
        return  # said, and the scan begins anew
    except Exception as error:
        raise Broken("a damaged ledger is asked again", repr(error)) from error
    finally:
        for each in directory.iterdir():
            if each != path:
                each.unlink()
    taken = dict(again.answers)
    again.close(keep=False)
    for key, answer in taken.items():
        if key not in written or (answer.value, answer.refusal) != (written[key].value, written[key].refusal):
            raise Broken("an answer is taken only as it was given", key)


def _written(random: Random, path: Path) -> dict[str, Answer]:
    path.unlink(missing_ok=True)
    ledger = Ledger(path, _WHO, resume=False)
    written = {
        f"key-{number}": Answer("kms.list_keys", "us-east-1", {"Keys": [{"KeyId": "k" * random.randrange(300)}]})
        for number in range(random.randrange(1, 60))
    }
    for key, answer in written.items():
        ledger.put(key, answer)
    ledger.close(keep=True)
    return written


def _damage(random: Random, path: Path) -> None:
    if random.random() < 0.5:
        content = bytearray(path.read_bytes())
        for _ in range(random.randrange(1, 8)):
            at = random.randrange(len(content))
            content[at : at + random.randrange(60)] = random.randbytes(random.randrange(60))
        if random.random() < 0.3:
            del content[random.randrange(len(content)) :]
        path.write_bytes(bytes(content))
        return
    database = sqlite3.connect(path)
    try:
        with database:
            for _ in range(random.randrange(1, 5)):
                key = f"key-{random.randrange(60)}"
                database.execute(_statement(random), {"key": key, "other": f"key-{random.randrange(60)}"})
    except sqlite3.Error:
        pass  # what a constraint of the table forbids
    finally:
        database.close()


def _statement(random: Random) -> str:
    column, value = random.choice(_COLUMNS), random.choice(_VALUES)
    return random.choice(
        (
            f"UPDATE answer SET {column} = {value} WHERE key = :key",
            f"UPDATE answer SET {column} = (SELECT {column} FROM answer WHERE key = :other) WHERE key = :key",
            "DELETE FROM answer WHERE key = :key",
            f"UPDATE scan SET {random.choice(('started', 'identity'))} = {value}",
            f"PRAGMA user_version = {random.randrange(4)}",
        )
    )
