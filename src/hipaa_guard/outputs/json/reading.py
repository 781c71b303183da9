"""Reading a result back from JSON. The file may come from anywhere: every value is checked for its type."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import get_args

from hipaa_guard.assessment.model import (
    Assessment,
    BaselineEntry,
    BaselineUse,
    Changed,
    ControlSummary,
    Coverage,
    Exceptions,
    ExceptionState,
    ExceptionUse,
    FileSource,
    Gate,
    NotJudged,
    Preset,
    RequirementSummary,
    Scan,
    SettingsChange,
    UsedFile,
    Why,
)
from hipaa_guard.assessment.rollup import worst_of
from hipaa_guard.controls.control import PEERS, Severity, Status
from hipaa_guard.controls.exception import ExceptionEntry
from hipaa_guard.controls.findings import Finding
from hipaa_guard.controls.fix import FixTexts
from hipaa_guard.facts.locations import Asked, Gap, GapKind, Location, RootsFrom
from hipaa_guard.facts.origin import Evidence, Origin
from hipaa_guard.facts.values import Cause
from hipaa_guard.law import Law, RequirementType
from hipaa_guard.outputs.json import peers
from hipaa_guard.outputs.json.node import JsonNode, ReportError
from hipaa_guard.outputs.json.places import read_place

SCHEMA_VERSION = "1.0"


def parse(text: str) -> Assessment:
    """The assessment that `writing.render` wrote. Names that a later minor version added are ignored.

    Raises:
        ReportError: the text is not such a document, or has another major version.

    """
    with _no_collection():
        return _parsed(text)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Turn the garbage collector off: reading makes millions of objects without cycles, and the search for cycles would
    double the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _parsed(text: str) -> Assessment:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReportError(f"not a hipaa-guard result: not JSON ({error})") from error
    if not isinstance(document, dict) or "schema_version" not in document:
        raise ReportError("not a hipaa-guard result: no schema_version. Give a file that `-o json=FILE` wrote")
    _check_version(document["schema_version"])
    return _assessment(JsonNode(document, None, ""))


def _check_version(version: object) -> None:
    ours = SCHEMA_VERSION.partition(".")[0]
    major = version.partition(".")[0] if isinstance(version, str) else ""
    if not major.isdigit():
        raise ReportError(f"not a hipaa-guard result: schema_version is {version!r}")
    if major != ours:
        raise ReportError(
            f"the file has schema version {version} and this hipaa-guard reads {ours}.x: "
            "read it with the version that wrote it, or scan again"
        )


def _assessment(node: JsonNode) -> Assessment:
    gate, law = node.of("gate"), node.of("law")
    exceptions = _exceptions(node.of("exceptions"))
    version = node.of("tool").of("version").text()
    controls = node.of("controls").each(_control)
    by_id = {control.id: control for control in controls}
    entries = {use.entry.id: use.entry for use in exceptions.entries}
    return Assessment(
        version=version,
        scan=_scan(node.of("scan")),
        coverage=_coverage(node.of("coverage")),
        controls=controls,
        requirements=node.of("requirements").each(partial(_requirement, by_id)),
        findings=node.of("findings").each(partial(_finding, entries)),
        gate=_gate(gate),
        law=Law(law.of("text").text(), law.of("compiled").text(), law.of("eligible_services").text()),
        exceptions=exceptions,
        baseline=_baseline(node.of("baseline")),
        settings=_used(node.of("settings")),
        register=_used(node.of("register")),
        settings_changes=_changes(node.of("settings_changes")),
        peers=peers.read(node.of("peers")),
    )


def _gate(node: JsonNode) -> Gate:
    preset, fail_on = node.of("preset"), node.of("fail_on")
    return Gate(
        node.of("passed").flag(),
        node.of("exit_code").number(),
        node.of("reasons").texts(),
        # Later names: older documents do not have them.
        None if preset.value is None else preset.word(get_args(Preset)),
        None if fail_on.value is None else fail_on.one_of(Severity),
    )


def _used(node: JsonNode) -> UsedFile:
    if node.value is None or node.of("source").value is None:  # an older document, without the source
        return UsedFile()
    file, digest, ref, commit = (node.of(name).maybe_text() or "" for name in ("file", "digest", "ref", "commit"))
    return UsedFile(file, digest, node.of("source").word(get_args(FileSource)), ref, commit)


def _changes(node: JsonNode) -> tuple[SettingsChange, ...]:
    return () if node.value is None else node.each(_change)


def _change(node: JsonNode) -> SettingsChange:
    return SettingsChange(
        what=node.of("what").word(get_args(Changed)),
        file=node.of("file").text(),
        added=node.of("added").number(),
        removed=node.of("removed").number(),
        changed=node.of("changed").number(),
        note=node.of("note").text(),
    )


def _baseline(node: JsonNode) -> BaselineUse | None:
    if node.value is None:
        return None
    return BaselineUse(
        file=node.of("file").text(),
        roots_from=node.of("roots_from").maybe_word(get_args(RootsFrom)),
        findings=node.of("findings").number(),
        ambiguous=node.of("ambiguous").each(_baseline_entry),
        warnings=node.of("warnings").texts(),
        used=_used(node),
    )


def _baseline_entry(node: JsonNode) -> BaselineEntry:
    fingerprint, control, root, resource = (node.of(name).text() for name in BaselineEntry._fields[:4])
    return BaselineEntry(fingerprint, control, root, resource, node.of("meant").texts())


def _exceptions(node: JsonNode) -> Exceptions:
    if node.value is None:  # an older document, without exceptions
        return Exceptions()
    return Exceptions(node.of("file").text(), node.of("entries").each(_exception), node.of("references").texts())


def _exception(node: JsonNode) -> ExceptionUse:
    entry = ExceptionEntry(
        id=node.of("id").text(),
        justification=node.of("justification").text(),
        compensating_control=node.of("compensating_control").text(),
        owner=node.of("owner").text(),
        approver=node.of("approver").text(),
        approved_on=node.of("approved_on").day(),
        expires_on=node.of("expires_on").day(),
        ticket=node.of("ticket").text(),
        control=node.of("control").text(),
        scope=node.of("scope").text(),
        risk=node.of("risk").text(),
    )
    return ExceptionUse(
        entry=entry,
        state=node.of("state").one_of(ExceptionState),
        days_left=node.of("days_left").number(),
        findings=node.of("findings").number(),
        warnings=node.of("warnings").texts(),
    )


def _scan(node: JsonNode) -> Scan:
    return Scan(
        source=node.of("source").word(("terraform", "aws", "both")),
        target=node.of("target").text(),
        started=node.of("started").time(),
        finished=node.of("finished").time(),
        format=node.of("format").word(("hcl", "plan", "state", "live", "mixed")),
        account=node.of("account").maybe_text(),
        caller=node.of("caller").maybe_text(),
        partition=node.of("partition").maybe_text(),
        regions=node.of("regions").texts(),
        commit=node.of("commit").maybe_text(),
        base=node.of("base").maybe_text() or ".",
        roots_from=node.of("roots_from").maybe_word(get_args(RootsFrom)),
        roots_base=node.of("roots_base").maybe_text() or ".",
        paths=() if node.of("paths").value is None else node.of("paths").texts(),
    )


def _coverage(node: JsonNode) -> Coverage:
    return Coverage(
        files=node.of("files").number(),
        roots=node.of("roots").texts(),
        resources=node.of("resources").numbers(),
        unjudged_types=node.of("unjudged_types").numbers(),
        regions=node.of("regions").texts(),
        calls=node.of("calls").numbers(),
        facts=node.of("facts").numbers(),
        # Later names: older documents do not have them.
        unjudged_kinds={} if node.of("unjudged_kinds").value is None else node.of("unjudged_kinds").numbers(),
        elsewhere={} if node.of("declared_elsewhere").value is None else node.of("declared_elsewhere").numbers(),
        unjudged_counted=True if node.of("unjudged_counted").value is None else node.of("unjudged_counted").flag(),
        discovered_by=_lists_by_name(node.of("discovered_by")),
        discovery_unknown=_texts_by_name(node.of("discovery_unknown")),
        skipped=_texts_by_name(node.of("skipped")),
        denied=node.of("denied").texts() if node.of("denied").value is not None else (),
        unread_services=node.of("unread_services").texts() if node.of("unread_services").value is not None else (),
        gaps=node.of("gaps").each(_gap),
    )


def _texts_by_name(node: JsonNode) -> dict[str, str]:
    return {} if node.value is None else {name: node.of(name).text() for name in node.as_a(dict)}


def _lists_by_name(node: JsonNode) -> dict[str, tuple[str, ...]]:
    return {} if node.value is None else {name: node.of(name).texts() for name in node.as_a(dict)}


def _gap(node: JsonNode) -> Gap:
    return Gap(
        kind=node.of("kind").one_of(GapKind),
        subject=node.of("subject").text(),
        reason=node.of("reason").text(),
        hint=node.of("hint").text(),
        incomplete=node.of("incomplete").flag(),
        location=read_place(node.of("location")),
        region=node.of("region").maybe_text(),
        action=node.of("action").maybe_text(),
    )


def _control(node: JsonNode) -> ControlSummary:
    peers, worst = node.of("equivalents"), node.of("worst_severity")
    severity, counts = node.of("severity").one_of(Severity), node.of("counts").by_status()
    return ControlSummary(
        id=node.of("id").text(),
        title=node.of("title").text(),
        severity=severity,
        hipaa=node.of("hipaa").texts(),
        why=node.of("why").text(),
        fix=_fix(node.of("fix")),
        kind=node.of("kind").text(),
        safeguard=node.of("safeguard").text(),
        equivalents={peer: peers.of(peer).texts() for peer in PEERS},
        counts=counts,
        # A later name: in older documents every gap has the severity of its control.
        worst=(severity if counts[Status.FAIL] else None) if worst.value is None else worst.one_of(Severity),
        refines=() if node.of("refines").value is None else node.of("refines").texts(),
        advisory=node.of("advisory").maybe_text() or "",
    )


def _fix(node: JsonNode) -> FixTexts:
    return FixTexts(
        terraform=node.of("terraform").text(),
        cli=node.of("cli").text(),
        note=node.of("note").text(),
        # Later names: older documents do not have them.
        by_machine=False if node.of("by_machine").value is None else node.of("by_machine").flag(),
        not_by_machine=node.of("not_by_machine").maybe_text() or "",
        consequences=() if node.of("consequences").value is None else node.of("consequences").texts(),
    )


def _requirement(controls: Mapping[str, ControlSummary], node: JsonNode) -> RequirementSummary:
    its = node.of("controls").texts()
    severity, not_judged = node.of("worst_severity"), node.of("not_judged")
    return RequirementSummary(
        citation=node.of("citation").text(),
        name=node.of("name").text(),
        type=node.of("type").word(get_args(RequirementType)),
        safeguard=node.of("safeguard").text(),
        summary=node.of("summary").text(),
        assessment=node.of("assessment").text(),
        status=node.of("status").one_of(Status),
        controls=its,
        counts=node.of("counts").by_status(),
        parent=node.of("parent").text(),
        evidence=node.of("evidence").text(),
        note=node.of("note").text(),
        # Older documents lack these: the severity follows from the controls; the resources not judged are not known.
        worst=(
            worst_of(controls[id] for id in its if id in controls)
            if severity.value is None
            else severity.one_of(Severity)
        ),
        not_judged=() if not_judged.value is None else not_judged.each(_not_judged),
    )


def _not_judged(node: JsonNode) -> NotJudged:
    number = node.of("number")
    return NotJudged(
        why=node.of("why").one_of(Why),
        what=node.of("what").text(),
        number=None if number.value is None else number.number(),
        safeguard=node.of("safeguard").text(),
        controls=node.of("controls").texts(),
    )


def _finding(entries: Mapping[str, ExceptionEntry], node: JsonNode) -> Finding:
    cause, exception, new, previous = (node.of(name) for name in ("cause", "exception", "new", "previous"))
    if exception.value is not None and exception.text() not in entries:
        raise exception.wrong("an exception of the register")
    return Finding(
        control_id=node.of("control_id").text(),
        status=node.of("status").verdict(),
        severity=node.of("severity").one_of(Severity),
        message=node.of("message").text(),
        fingerprint=node.of("fingerprint").text(),
        resource=_resource(node.of("resource"), read_place(node.of("location"))),
        evidence=node.of("evidence").each(_evidence),
        cause=None if cause.value is None else cause.one_of(Cause),
        action=node.of("action").maybe_text(),
        uncertain=node.of("uncertain").maybe_text(),
        error=node.of("error").maybe_text(),
        exception=None if exception.value is None else entries[exception.text()],
        new=None if new.value is None else new.flag(),
        previous=() if previous.value is None else previous.texts(),
        follows_from=node.of("follows_from").maybe_text(),
        advisory=node.of("advisory").value is not None and node.of("advisory").flag(),
        references=() if node.of("references").value is None else node.of("references").texts(),
    )


def _resource(node: JsonNode, location: Location | None) -> Origin:
    return Origin(
        kind=node.of("kind").text(),
        type=node.of("type").maybe_text(),
        name=node.of("name").maybe_text(),
        source=node.of("source").word(("terraform", "aws")),
        address=node.of("address").maybe_text(),
        arn=node.of("arn").maybe_text(),
        region=node.of("region").maybe_text(),
        account=node.of("account").maybe_text(),
        root=node.of("root").text(),
        location=location,
        part_of=node.of("part_of").maybe_text(),
        inside=node.of("inside").maybe_text(),
    )


def _evidence(node: JsonNode) -> Evidence:
    return Evidence(
        fact=node.of("fact").text(),
        value=node.of("value").text(),
        source=node.of("source").text(),
        location=read_place(node.of("location")),
        calls=() if node.of("calls").value is None else tuple(node.of("calls").each(_asked)),
    )


def _asked(node: JsonNode) -> Asked:
    return Asked(
        operation=node.of("operation").text(),
        params=node.of("parameters").as_a(dict),
        region=node.of("region").text(),
        time=node.of("time").time(),
    )
