"""A ledger, and an answer to write into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.aws.keeping.ledger import Ledger
from hipaa_guard.aws.planning.error_codes import Meaning, Refusal

WHO = {"account": "123456789012", "plan": "of one control"}


def opened(path: Path, who: dict[str, Any] = WHO, *, resume: bool = True) -> Ledger:
    return Ledger(path, who, resume=resume)


def answer(value: Any = None, meaning: Meaning | None = None) -> Answer:
    operation, region = "kms.list_keys", "eu-west-1"
    refusal = Refusal(meaning, "Code", "words", operation, region, "kms:ListKeys", 2) if meaning else None
    return Answer(operation, region, value, refusal, {"KeyId": "k"}, requests={operation: 2})


def three(path: Path) -> None:
    ledger = opened(path)
    for key in ("a", "b", "c"):
        ledger.put(key, answer({"Keys": [{"KeyId": key}]}))
    ledger.close(keep=True)
