"""The answers of a scan as files, for an auditor to open and for judging again without AWS.

A directory holds any number of scans. ``objects/DIGEST.json`` is the answer of one call, named by its SHA-256, so that
an answer that scans share is stored once. ``ACCOUNT-TIME.json`` is the manifest of one scan: each call with
its parameters, region, time and either the digest of its answer or the reason why there is none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.aws.collecting.kept_fields import covers
from hipaa_guard.aws.collecting.prepared_plan import Prepared
from hipaa_guard.aws.keeping.stored_answers import StoredError, answer_from, digest, head_of, stored_caller, text_of
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.facts.locations import Gap, GapKind
from hipaa_guard.storing import replace
from hipaa_guard.version import VERSION

FORMAT = 1


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """The stored answers of one scan."""

    account: AwsAccount
    fields: Mapping[str, Any]
    """Operation -> the fields that were kept (`Field.as_data`)."""
    answers: Mapping[str, Answer]
    started: datetime
    finished: datetime

    def for_plan(self, plan: Prepared) -> dict[str, Answer]:
        """The answers for the plan, without those that lack a field which it needs."""
        enough = {name for name, needed in plan.fields_as_data.items() if covers(self.fields.get(name), needed)}
        return {key: answer for key, answer in self.answers.items() if answer.operation in enough}


def write(directory: Path, evidence: StoredEvidence) -> Path:
    """Store the answers of a scan and return the path of its manifest. Only the owner may read the files.

    Raises:
        OSError: the directory cannot be written.

    """
    objects = directory / "objects"
    for each in (directory, objects):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    entries = []
    for key, answer in sorted(evidence.answers.items()):
        stored = None if answer.value is None else _put(objects, text_of(answer.value))
        entries.append({"key": key, **head_of(answer), "object": stored})
    account = evidence.account
    manifest = {
        "format": FORMAT,
        "tool": {"name": "hipaa-guard", "version": VERSION},
        "account": account.id,
        "caller": account.arn,
        "partition": account.partition,
        "home": account.home,
        "asked_from": account.clients.home,
        "regions": list(account.regions),
        "enabled": None if account.enabled is None else sorted(account.enabled),
        "skipped": dict(sorted(account.skipped.items())),
        "gaps": [asdict(gap) for gap in account.gaps],
        "started": evidence.started.isoformat(),
        "finished": evidence.finished.isoformat(),
        "fields": evidence.fields,
        "answers": entries,
    }
    path = directory / f"{account.id}-{evidence.started:%Y%m%dT%H%M%SZ}.json"
    _write(path, json.dumps(manifest, indent=1, sort_keys=True, default=str) + "\n")
    return path


def read(path: Path) -> StoredEvidence:
    """Read the evidence of a manifest, or of the newest one in a directory.

    Raises:
        StoredError: it does not exist, has another form, or was changed.

    """
    manifest = _newest(path) if path.is_dir() else path
    try:
        document = json.loads(manifest.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StoredError(f"{manifest} cannot be read as evidence ({error})") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise StoredError(f"{manifest} is not the manifest of a scan that this version can read.")
    objects = manifest.parent / "objects"
    try:
        answers = {entry["key"]: answer_from(entry, _object(objects, entry["object"])) for entry in document["answers"]}
        times = _time(document["started"]), _time(document["finished"])
        return StoredEvidence(_account(document), document["fields"], answers, *times)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoredError(f"{manifest} has not the form of a manifest ({error!r}).") from None


def _account(document: Mapping[str, Any]) -> AwsAccount:
    return AwsAccount(
        id=document["account"],
        arn=document["caller"],
        partition=document["partition"],
        home=document["home"],
        regions=tuple(document["regions"]),
        enabled=None if document["enabled"] is None else frozenset(document["enabled"]),
        skipped=document["skipped"],
        gaps=tuple(Gap(**{**gap, "kind": GapKind(gap["kind"])}) for gap in document["gaps"]),
        caller=stored_caller(document["asked_from"], document["partition"]),
        threads=1,
    )


def _put(objects: Path, text: str) -> str:
    name = digest(text)
    path = objects / f"{name}.json"
    if not path.exists():
        _write(path, text)
    return name


def _write(path: Path, text: str) -> None:
    """Write a file at once: nobody ever sees a part of it."""
    replace(path, (text.encode(),), mode=0o600)


def _object(objects: Path, name: str | None) -> Any:
    if name is None:
        return None
    path = objects / f"{Path(name).name}.json"
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise StoredError(f"{path}, which the manifest names, cannot be read ({error}).") from None
    if digest(text) != name:
        raise StoredError(f"{path} was changed after the scan: its SHA-256 is no longer its name.")
    return json.loads(text)


def _newest(directory: Path) -> Path:
    found = sorted(directory.glob("*-*.json"), key=lambda path: path.stem.rpartition("-")[2])
    if not found:
        raise StoredError(f"{directory} holds no manifest of a scan: give a directory that --evidence has written.")
    return found[-1]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
