"""Reading the results in a file of another tool."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from hipaa_guard.peers import checkov, prowler, security_hub, trivy
from hipaa_guard.peers.results import Document, PeerError, part

_READERS: tuple[ModuleType, ...] = (checkov, trivy, prowler, security_hub)
_EXPECTED = "JSON of Checkov, JSON of Trivy, OCSF of Prowler or ASFF of Security Hub"


def read(file: Path) -> Document:
    """The results in a file of any known tool.

    Raises:
        PeerError: the file cannot be read, or no known tool wrote it.

    """
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PeerError(f"cannot read {file}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise PeerError(f"{file} is not JSON ({error}): give {_EXPECTED}") from None
    try:
        return replace(_read(document), file=str(file))
    except PeerError as error:
        raise PeerError(f"{file}: {error}") from None


def _read(document: Any) -> Document:
    if part(document, "schema_version") and part(document, "findings") is not None:
        raise PeerError("this is a result of hipaa-guard: give it with --with")
    if document == []:  # written by Prowler and Security Hub without findings, by Checkov without a framework
        return Document("", ())
    for reader in _READERS:
        if reader.matches(document):
            return cast("Document", reader.read(document))
    raise PeerError(f"no known tool wrote this: give {_EXPECTED}")
