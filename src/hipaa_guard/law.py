"""The Security Rule as data: its standards and implementation specifications, and the dates of the data.

The files are in ``policies/law``. Parsing YAML would take longer than judging 64 resources, so ``parsed.json`` holds
the parts that scans need (`python -m docs.generate` writes it), with a checksum of each file. A file with another
checksum is parsed anew.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from hipaa_guard.lean import dataclass

PARSED = "parsed.json"
YAML_FILES = ("security_rule.yaml", "eligible_services.yaml")
"""The files that ``parsed.json`` has parts of."""
_NEEDED = ("text_version", "compiled", "list_date", "requirements", "services")
RequirementType = Literal["standard", "required", "addressable"]
Decidable = Literal["automated", "partial", "manual", "aws-inherited"]


class LawError(Exception):
    """The law data that ship with the program cannot be used: the installation is damaged."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One standard or implementation specification. ``name`` is the regulation's heading, ``summary`` our own text."""

    citation: str
    parent: str
    """The paragraph that it is in; for a specification, the citation of its standard."""
    name: str
    type: RequirementType
    safeguard: str
    """administrative, physical, technical, organizational, documentation."""
    summary: str
    evidence: str
    """The evidence that AWS and Terraform can show."""
    assessment: Decidable
    note: str = ""
    judged_by: tuple[str, ...] = ()
    """The folders of policies whose controls judge the resources that belong to it. ``folder/content`` means only the
    resources that hold this content (`hipaa_guard.assessment.relevant_types`)."""


@dataclass(frozen=True, slots=True)
class Law:
    """The text of the law that an assessment used. Dates are ISO 8601."""

    text: str = ""
    """The edition of the Security Rule, in words."""
    compiled: str = ""
    """The day on which the text was last compared with its sources."""
    eligible_services: str = ""
    """The day of the AWS list of HIPAA eligible services."""


@cache
def citations() -> Mapping[str, Requirement]:
    """All standards and specifications by citation, in the order of the rule.

    Raises:
        LawError: the file is missing or damaged.

    """
    entries = document("security_rule.yaml").get("requirements")
    if not isinstance(entries, list) or not entries:
        raise LawError("security_rule.yaml has no requirements: install hipaa-guard-cloud again")
    found = [_requirement(entry) for entry in entries]
    by_citation = {requirement.citation: requirement for requirement in found}
    if len(by_citation) != len(found):
        raise LawError("security_rule.yaml holds a citation twice: install hipaa-guard-cloud again")
    return MappingProxyType(by_citation)


@cache
def dates() -> Law:
    """The edition and the dates of the law data.

    Raises:
        LawError: a file is missing or damaged.

    """
    rule, services = document("security_rule.yaml"), document("eligible_services.yaml")
    return Law(
        text=str(rule.get("text_version", "")),
        compiled=str(rule.get("compiled", "")),
        eligible_services=str(services.get("list_date", "")),
    )


@cache
def eligible_services() -> Mapping[str, frozenset[str]]:
    """The services of AWS that may hold PHI under its agreement: name -> boto3's names. Ended services are left out.

    Raises:
        LawError: the file is missing or damaged.

    """
    listed = document("eligible_services.yaml").get("services")
    try:
        current = [entry for entry in listed or () if entry["status"].startswith("eligible")]
        return MappingProxyType({entry["name"]: frozenset(entry["boto3"]) for entry in current})
    except (KeyError, TypeError, AttributeError) as error:
        raise LawError(
            f"eligible_services.yaml has an entry without {error}: install hipaa-guard-cloud again"
        ) from error


def _requirement(entry: Any) -> Requirement:
    try:
        requirement = Requirement(
            citation=entry["citation"],
            parent=entry["parent"],
            name=entry["name"],
            type=entry["type"],
            safeguard=entry["safeguard"],
            summary=entry["summary"],
            evidence=entry["aws_evidence"],
            assessment=entry["assessment"],
            note=entry.get("note", ""),
            judged_by=tuple(entry.get("judged_by", ())),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise LawError(f"security_rule.yaml has an entry without {error}: install hipaa-guard-cloud again") from error
    if requirement.type not in get_args(RequirementType) or requirement.assessment not in get_args(Decidable):
        raise LawError(f"security_rule.yaml: {requirement.citation} has a type or assessment that does not exist")
    return requirement


def text_of(name: str) -> str:
    """The text of one of the files.

    Raises:
        LawError: it cannot be read.

    """
    try:
        return (directory() / name).read_text(encoding="utf-8")
    except OSError as error:
        raise LawError(f"cannot read the law data {name}: {error}") from error


def directory() -> Path:
    """The directory of the files."""
    return Path(import_module("hipaa_guard.policies").__path__[0], "law")


def document(name: str) -> Mapping[str, Any]:
    """The parts of one of the YAML files that scans need.

    Raises:
        LawError: the file is missing or damaged.

    """
    text = text_of(name)
    known = _parsed().get(name)
    if isinstance(known, dict) and known.get("checksum") == checksum(text) and isinstance(known.get("document"), dict):
        found: dict[str, Any] = known["document"]
        return found
    return parsed(text)


def checksum(text: str) -> int:
    """The checksum of the text of a file."""
    return zlib.crc32(text.encode())


@cache
def _parsed() -> Mapping[str, Any]:
    """The content of ``parsed.json``, by file name; empty if it is missing or damaged."""
    try:
        found = json.loads((directory() / PARSED).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def parsed(text: str) -> dict[str, Any]:
    """The parts of a YAML text that scans need, as data for JSON.

    Raises:
        LawError: the text is damaged.

    """
    import yaml  # 25 ms that most commands need not pay

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are safe ones
    except yaml.YAMLError as error:
        raise LawError(f"the law data are damaged: {error}") from error
    if not isinstance(found, dict):
        raise LawError("the law data are damaged: not a mapping")
    if isinstance(found.get("services"), list):
        names = ("name", "status", "boto3")
        found["services"] = [{name: each[name] for name in names if name in each} for each in found["services"]]
    needed = {name: found[name] for name in _NEEDED if name in found}
    plain: dict[str, Any] = json.loads(json.dumps(needed, default=str))
    return plain
