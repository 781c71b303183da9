"""Reading what a file or directory silences, of whatever tool it is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hipaa_guard.controls.control import Control
from hipaa_guard.peers.reading import read as read_results
from hipaa_guard.peers.results import PeerError
from hipaa_guard.peers.silencing import checkov_baseline, checkov_comments, prowler_mutelist
from hipaa_guard.peers.silencing.silenced import Silencing, suppressed
from hipaa_guard.terraform.modules.module import is_configuration
from hipaa_guard.terraform.repository.untrusted_paths import RESULT, FoundPathError, content_of_named

EXPECTED = (
    "a directory or file of Terraform with comments of Checkov, a .checkov.baseline, a mutelist of Prowler (YAML), "
    "or a report of a scanner"
)
_YAML = (".yaml", ".yml")


def is_silencing(path: Path) -> bool:
    """Whether a path can only be meant as silenced checks: a directory, source, a baseline or a mutelist."""
    named = is_configuration(path.name) or path.suffix in _YAML or path.name == ".checkov.baseline"
    return path.is_dir() or named


def read(path: Path, controls: Iterable[Control]) -> Silencing:
    """What a file or directory silences.

    Raises:
        PeerError: it cannot be read, or is none of the files that are known.

    """
    if path.is_dir() or is_configuration(path.name):
        return checkov_comments.read(path)
    try:
        return _of_file(path, controls)
    except PeerError as error:
        text = str(error)
        raise PeerError(text if text.startswith((str(path), f"cannot read {path}")) else f"{path}: {text}") from None


def _of_file(path: Path, controls: Iterable[Control]) -> Silencing:
    if path.suffix in _YAML:
        document, twice = prowler_mutelist.document_of(_text(path))
        if not prowler_mutelist.matches(document):
            raise PeerError(f"this YAML is no mutelist: give {EXPECTED}")
        checks = (check for control in controls for check in control.peers.get("prowler", ()))
        found = prowler_mutelist.read(document, path, checks)
        return Silencing(found.silenced, (*found.gaps, *(f"{path}: {each}" for each in twice)))
    document = _json(path)
    if checkov_baseline.matches(document):
        return checkov_baseline.read(document, path)
    results = read_results(path)
    gaps = tuple(f"{path}: {gap}" for gap in results.gaps)
    return Silencing(tuple(suppressed(iter(results.results), str(path))), gaps)


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise PeerError(f"it is not JSON ({error}): give {EXPECTED}") from None


def _text(path: Path) -> str:
    try:
        return content_of_named(path, RESULT.largest).decode("utf-8-sig")
    except FoundPathError as error:
        raise PeerError(f"{path} {error}") from None
    except UnicodeDecodeError:
        raise PeerError("it is not UTF-8 text") from None
