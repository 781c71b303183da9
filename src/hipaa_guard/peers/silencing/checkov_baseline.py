"""Checkov's baseline, ``.checkov.baseline``: the failing checks of each resource when it was written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hipaa_guard.controls.control import Status
from hipaa_guard.peers.checkov import TOOL, type_of
from hipaa_guard.peers.results import PeerError, Result, each, part, text
from hipaa_guard.peers.silencing.silenced import Named, Silenced, Silencing
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.repository.top import top_of


def matches(document: Any) -> bool:
    """Whether it is a baseline: Checkov's results have their failing checks one level deeper."""
    found = part(document, "failed_checks")
    return isinstance(found, list) and set(document) == {"failed_checks"}


def read(document: Any, file: Path) -> Silencing:
    """The checks of a baseline, each with its resource.

    Raises:
        PeerError: it is not in the form of a baseline.

    """
    return Silencing(tuple(_silenced(document, file)))


def _silenced(document: Any, file: Path) -> Iterator[Silenced]:
    for source in each(document, "failed_checks"):
        place = _from_top(file, text(source, "file").lstrip("/"))
        for finding in each(source, "findings"):
            address = text(finding, "resource")
            checks = part(finding, "check_ids")
            if not isinstance(checks, list) or not all(isinstance(check, str) for check in checks):
                raise PeerError(f"{file}: check_ids of {address or 'a finding'} is no list of texts")
            unclear = "" if address else "it names no resource"
            for check in checks:
                result = Result(TOOL, "checkov", check, "", Status.FAIL, address=address, file=place)
                result_type = type_of(address)
                at = f"{file}: {address} in {place}" if result_type else f"{file}: {place}"
                yield Silenced(TOOL, "checkov", check, "", at, Named(result), unclear)


def _from_top(baseline: Path, file: str) -> str:
    """The path of a file from the top of the repository, if it lies beside the baseline as Checkov writes them."""
    beside = baseline.parent / file
    if not file or not beside.is_file():
        return file
    try:
        return (Path(top_of(beside).file_base) / beside.name).as_posix()
    except TerraformInputError:
        return file
