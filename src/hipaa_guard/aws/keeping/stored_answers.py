"""Answers as text, to be stored and read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hipaa_guard.aws.calling.calls import Answer, Caller
from hipaa_guard.aws.calling.clients import Clients
from hipaa_guard.aws.calling.request_queue import Job
from hipaa_guard.aws.planning.error_codes import Meaning, Refusal


class StoredError(Exception):
    """Stored answers cannot be used. The message says why and what to do."""


def text_of(document: Any) -> str:
    """A document as text, the same for equal documents."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    # Half of a surrogate pair, which JSON can escape but nothing can encode, stays escaped.
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def digest(text: str) -> str:
    """The SHA-256 of a text (64 hexadecimal digits)."""
    return hashlib.sha256(text.encode()).hexdigest()


def head_of(answer: Answer) -> dict[str, Any]:
    """All of an answer but its value."""
    refusal = answer.refusal
    return {
        "operation": answer.operation,
        "region": answer.region,
        "parameters": answer.params,
        "time": answer.time.isoformat(),
        "requests": dict(answer.requests),
        "refusal": None
        if refusal is None
        else {
            "meaning": refusal.meaning.name,
            "code": refusal.code,
            "message": refusal.message,
            "action": refusal.action,
            "tries": refusal.tries,
        },
    }


def answer_from(head: Mapping[str, Any], value: Any) -> Answer:
    """The answer, from the result of `head_of` and its value.

    Raises:
        StoredError: the head has another form.

    """
    try:
        operation, region, refused = head["operation"], head["region"], head["refusal"]
        refusal = None
        if refused is not None:
            fields = (refused["code"], refused["message"], operation, region, refused["action"], refused["tries"])
            refusal = Refusal(Meaning[refused["meaning"]], *fields)
        time = datetime.fromisoformat(head["time"]).astimezone(UTC)
        return Answer(operation, region, value, refusal, head["parameters"], time, head["requests"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoredError(f"a stored answer has not the form that is expected ({error!r})") from None


def lasts(answer: Answer) -> bool:
    """Whether a repetition would give the same: the answer is complete, or was refused for a lasting reason."""
    return answer.refusal is None or answer.refusal.meaning in _STAYS


_STAYS = frozenset(
    {Meaning.DENIED, Meaning.NOT_ENABLED, Meaning.NOT_OFFERED, Meaning.VANISHED, Meaning.OURS, Meaning.OTHER}
)


@dataclass(frozen=True, slots=True)
class _Unmade:
    """A call that is not made, with the answer in its place."""

    answer: Answer

    def attempt(self) -> Answer:
        return self.answer

    def overdue(self) -> None:
        return None


class StoredCaller(Caller):
    """The caller for judging an account again from stored answers: it makes no call."""

    def begin(self, operation: str, params: Mapping[str, Any], region: str) -> Job[Answer]:
        """A call that is not made. Its answer is the refusal "not in the evidence"."""
        refusal = Refusal(Meaning.NOT_STORED, "NotStored", "", operation, region, self.action(operation))
        return _Unmade(Answer(operation, region, refusal=refusal, params=params))


def stored_caller(home: str, partition: str) -> StoredCaller:
    """A caller of an account that cannot be called."""
    return StoredCaller(Clients(None, home, partition=partition))
