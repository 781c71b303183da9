"""``hipaa-guard import --as-exceptions``: exceptions for what other scanners were told to leave out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from hipaa_guard.clock import now

if TYPE_CHECKING:
    from hipaa_guard.assessment.exceptions import RegisterEntry
    from hipaa_guard.controls.control import Control
    from hipaa_guard.peers.silencing.proposing import Proposal, Proposals
    from hipaa_guard.peers.silencing.silenced import Silenced


class Said(NamedTuple):
    """What a person says for all proposals; None where it is left to fill in."""

    owner: str | None = None
    approver: str | None = None
    expires_on: date | None = None
    justification: str | None = None
    compensating_control: str | None = None
    ticket: str | None = None


def read_proposals(files: Sequence[Path], controls: Sequence[Control], scan: Path, register: Path) -> Proposals:
    """The exceptions that the silenced checks of files and directories propose.

    Raises:
        click.ClickException: the scan or the register cannot be read, or the scan does not name roots.
        PeerError: a file cannot be read.

    """
    from hipaa_guard.cli.saved_results import saved
    from hipaa_guard.peers.silencing.proposing import propose
    from hipaa_guard.peers.silencing.reading import read

    if not scan.is_file():
        raise click.ClickException(
            f"there is no {scan}: scan the same first (hipaa-guard scan ... -o json={scan}), or name a saved result "
            "with --with FILE. Exceptions are proposed for gaps that a scan has found"
        )
    result = saved(scan)
    if result.scan.source != "aws" and result.scan.roots_from is None:
        raise click.ClickException(f"{scan} is from before roots were named from the repository: scan again")
    found = [read(file, controls) for file in files]
    silenced = [each for one in found for each in one.silenced]
    gaps = [gap for one in found for gap in one.gaps]
    return propose(silenced, controls, result, _entries(register), gaps)


def write_register(proposals: Proposals, file: Path, said: Said) -> str:
    """Write the proposals into a new register, or add them to one that exists. The result is a sentence.

    Raises:
        click.ClickException: the register exists and something is left to fill in, or an entry is not valid.
        OutputError: the file cannot be written.

    """
    from hipaa_guard.assessment.exceptions import REGISTER
    from hipaa_guard.assessment.register import RegisterError
    from hipaa_guard.assessment.register_writing import appended, next_id, to_fill_in
    from hipaa_guard.cli.configuration.settings_paths import refuse_default
    from hipaa_guard.outputs import write_text

    if not proposals.proposed:
        return f"{file} is not written: nothing is proposed"
    entries = _entries(file)
    first = int(next_id(entries)[3:])
    rows = [_row(first + number, each, said) for number, each in enumerate(proposals.proposed)]
    missing = sorted({name for row in rows for name, value in row.items() if value is None})
    text = _text(file)
    if missing and file.exists():
        raise click.ClickException(
            f"{file} exists, and entries that are not filled in would spoil it: give {_options(missing)}, or name a "
            "new file, fill it in and move its entries"
        )
    try:
        if missing:
            text = to_fill_in((row, _remarks(each)) for row, each in zip(rows, proposals.proposed, strict=True))
        for row in () if missing else rows:
            text, _ = appended(text, str(file), row)
    except RegisterError as error:
        raise click.ClickException(f"{error}\nNothing was written") from None
    if file == Path(REGISTER):
        refuse_default(file)
        file.parent.mkdir(exist_ok=True)
    write_text(text, "yaml", file)
    if missing:
        todo = ", ".join(missing)
        return f"{file}: a person fills in {todo}; `hipaa-guard exceptions lint --exceptions {file}` says where"
    return f"{file}: review the entries, and let the approver approve the change"


def _row(number: int, proposal: Proposal, said: Said) -> dict[str, Any]:
    """An entry, without the fields that are not needed. None is left to a person."""
    from hipaa_guard.assessment.exceptions import asks_for_measure

    origin = proposal.finding.resource
    scope = {"arn": origin.arn} if origin.source == "aws" else {"address": origin.address, "root": origin.root}
    measure = said.compensating_control or (None if asks_for_measure(proposal.control) else "")
    row = {
        "id": f"EX-{number}",
        "control": proposal.control.id,
        "scope": scope,
        "justification": _justification(proposal.silenced, said.justification),
        "compensating_control": measure,
        "owner": said.owner,
        "approver": said.approver,
        "approved_on": now().date() if said.approver else None,
        "expires_on": said.expires_on,
        "ticket": said.ticket or "",
    }
    return {name: value for name, value in row.items() if value != ""}


def _remarks(proposal: Proposal) -> list[str]:
    """What the other scanners were told, for the person who fills in the entry."""
    from hipaa_guard.outputs.wording.harmless_text import shortened, visible

    said = [
        f"{each.tool} {each.check} at {each.place}: {each.reason or 'no reason given'}" for each in proposal.silenced
    ]
    if proposal.also_asks:
        said.append(f"The control also asks what was not silenced: {', '.join(proposal.also_asks)}")
    return [visible(shortened(line, 1000)) for line in said]


def _justification(silenced: Sequence[Silenced], given: str | None) -> str | None:
    """The reasons that people gave the other scanner, with the place of each. None where they say too little."""
    from hipaa_guard.assessment.register import SHORTEST_REASON
    from hipaa_guard.outputs.wording.harmless_text import shortened, visible

    reasons = [visible(each.reason) for each in silenced if each.reason]
    if not given and not any(len(reason) >= SHORTEST_REASON for reason in reasons):
        return None
    places = [f"{each.tool} {each.check} at {each.place}" for each in silenced]
    said = [given or "", *dict.fromkeys(reasons), f"(From {'; '.join(dict.fromkeys(places))}.)"]
    return shortened(visible(" ".join(filter(None, said))), 4000)


def _options(missing: Sequence[str]) -> str:
    options = {name: f"--{name.replace('_', '-')}" for name in missing if name != "approved_on"}
    return ", ".join(options.values())


def _entries(register: Path) -> list[RegisterEntry]:
    from hipaa_guard.assessment.register import RegisterError, read

    if not register.exists():
        return []
    try:
        return read(register)
    except RegisterError as error:
        raise click.ClickException(str(error)) from None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") if file.exists() else ""
    except OSError as error:
        raise click.ClickException(f"cannot read {file}: {error.strerror}") from None
