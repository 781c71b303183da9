"""Plans and states that Terraform wrote for our configurations, kept for tests on machines without it."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).with_name("recorded")
_NOT_KEPT = ("planned_values", "timestamp", "relevant_attributes", "applyable", "output_changes")
_OF_THE_HARNESS = re.compile("access_key|secret_key|skip_|s3_use_path_style|max_retries|endpoints")
"""Arguments of the provider that only the override has."""
_RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # keys, certificates
    r"|(?<![\w-])[a-z]{1,8}-[0-9a-f]{8,17}(?![\w-])"  # groups, subnets, file systems
    r"|(?<![\w])20\d\d-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)?"  # times
    r"|(?<!\d)20\d{12,}[0-9a-f]*"  # names by which the provider makes unique ones
)


@dataclass(frozen=True, slots=True)
class Record:
    """What Terraform wrote for one configuration, and the configuration that it was asked with.

    ``state`` is as ``terraform show -json`` writes it, ``raw_state`` the file.
    """

    name: str
    files: Mapping[str, str]
    variables: Mapping[str, Any]
    plan: Mapping[str, Any]
    state: Mapping[str, Any]
    raw_state: Mapping[str, Any]
    left_out: Mapping[str, str]
    """Addresses whose state does not tell what the configuration says, with the reason: moto made only a part of it."""

    def write(self) -> None:
        """Keep it."""
        RECORDED.mkdir(exist_ok=True)
        told = {name: getattr(self, name) for name in self.__slots__}
        text = json.dumps(told, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        _path(self.name).write_bytes(gzip.compress(text.encode(), mtime=0))


def _path(name: str) -> Path:
    return RECORDED / f"{name}.json.gz"


def recorded(name: str) -> Record:
    """What was kept of one configuration."""
    return Record(**json.loads(gzip.decompress(_path(name).read_bytes())))


def names() -> list[str]:
    """Of all that is kept."""
    return sorted(path.name.removesuffix(".json.gz") for path in RECORDED.glob("*.json.gz"))


def trimmed(record: Record) -> Record:
    """The same without what changes from run to run, and without what no reader looks at."""
    plan = {key: value for key, value in record.plan.items() if key not in _NOT_KEPT}
    for provider in plan.get("configuration", {}).get("provider_config", {}).values():
        written = provider.get("expressions", {})
        provider["expressions"] = {name: told for name, told in written.items() if not _OF_THE_HARNESS.match(name)}
    for change in plan.get("resource_changes", ()):
        for key in ("before", "before_sensitive", "before_identity", "after_identity"):
            change["change"].pop(key, None)
    raw = {key: value for key, value in record.raw_state.items() if key not in ("lineage", "check_results")}
    for resource in raw.get("resources", ()):
        for instance in resource["instances"]:
            instance.pop("private", None)
            instance.pop("dependencies", None)
    told = {"variables": record.variables, "plan": plan, "state": record.state, "raw_state": raw}
    stable: dict[str, Any] = json.loads(_stable(json.dumps(told, sort_keys=True), _written(record)))
    return Record(name=record.name, files=record.files, left_out=record.left_out, **stable)


def _written(record: Record) -> set[str]:
    """What looks random and stands in the configuration itself."""
    return {found for text in record.files.values() for found in _RANDOM.findall(text)}


def _stable(text: str, kept: set[str]) -> str:
    """A text whose random parts, but for those kept, are replaced by others that depend on their order only."""
    known = {one: one for one in kept}

    def instead(found: re.Match[str]) -> str:
        random = found[0]
        if random.startswith("20") and random not in known:
            return "2026-11-30T00:00:00Z" if "T" in random else "20261130000000000000000001"
        if random not in known:
            digits = iter(hashlib.sha256(str(len(known)).encode()).hexdigest())
            head, _, tail = random.partition("-")
            rest = "".join(next(digits) if character != "-" else "-" for character in tail)
            own = head if re.search("[g-z]", head) or "-" not in rest else "".join(next(digits) for _ in head)
            known[random] = f"{own}-{rest}"
        return known[random]

    return _RANDOM.sub(instead, text)
