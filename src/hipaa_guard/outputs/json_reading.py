"""Reading a result back from JSON. The file may come from anywhere: every value is checked for its type."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar, get_args

from hipaa_guard.assessment.law import Law, RequirementType
from hipaa_guard.assessment.model import (
    Assessment,
    BaselineEntry,
    BaselineUse,
    ControlSummary,
    Coverage,
    Exceptions,
    ExceptionState,
    ExceptionUse,
    Gate,
    RequirementSummary,
    Scan,
)
from hipaa_guard.controls.control import PEERS, Fix, Severity, Status
from hipaa_guard.controls.exception import ExceptionEntry
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.places import Asked, Gap, GapKind, Location, RootsFrom
from hipaa_guard.facts.resource import Evidence, Origin
from hipaa_guard.facts.values import Cause

SCHEMA_VERSION = "1.0"

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class ReportError(Exception):
    """A file is not a result of ours, or one that this version cannot read. The text says what to do."""


def parse(text: str) -> Assessment:
    """The assessment that `json_format.render` wrote. Names that a later minor version added are ignored.

    Raises:
        ReportError: the text is not such a document, or of another major version.

    """
    with _no_collection():
        return _parsed(text)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Reading makes objects by the million and frees none in a cycle: looking for cycles would double the time."""
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
    return _assessment(_Node(document, None, ""))


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


class _Node:
    """A JSON value and its place, for messages that say where something is wrong."""

    __slots__ = ("inside", "step", "value")

    def __init__(self, value: Any, inside: _Node | None, step: str | int) -> None:
        self.value = value
        self.inside = inside
        self.step = step

    def path(self) -> str:
        """As in ``findings[3].resource.name``; put together only when it is needed."""
        if self.inside is None:
            return ""
        before = self.inside.path()
        if isinstance(self.step, int):
            return f"{before}[{self.step}]"
        return f"{before}.{self.step}" if before else self.step

    def of(self, name: str) -> _Node:
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return _Node(self.value.get(name), self, name)

    def as_a(self, *types: type[T]) -> T:
        # bool is an int to Python and not to JSON
        if isinstance(self.value, types) and (bool in types or not isinstance(self.value, bool)):
            return self.value
        raise self.wrong(_TYPE_NAMES[types[0]])

    def text(self) -> str:
        return self.value if isinstance(self.value, str) else self.as_a(str)

    def maybe_text(self) -> str | None:
        return None if self.value is None else self.text()

    def number(self) -> int:
        return self.as_a(int)

    def flag(self) -> bool:
        return self.as_a(bool)

    def time(self) -> datetime:
        try:
            return datetime.fromisoformat(self.text())
        except ValueError as error:
            raise self.wrong("a time") from error

    def day(self) -> date:
        try:
            return date.fromisoformat(self.text())
        except ValueError as error:
            raise self.wrong("a day") from error

    def one_of(self, kind: type[E]) -> E:
        try:
            return kind(self.text())
        except ValueError as error:
            raise self.wrong(f"one of {', '.join(kind)}") from error

    def word(self, words: tuple[str, ...]) -> Any:
        if self.text() not in words:
            raise self.wrong(f"one of {', '.join(words)}")
        return self.value

    def maybe_word(self, words: tuple[str, ...]) -> Any:
        return None if self.value is None else self.word(words)

    def each(self, read: Callable[[_Node], T]) -> tuple[T, ...]:
        items = self.as_a(list)
        return tuple(read(_Node(item, self, place)) for place, item in enumerate(items))

    def texts(self) -> tuple[str, ...]:
        return self.each(_Node.text)

    def numbers(self) -> dict[str, int]:
        return {name: self.of(name).number() for name in self.as_a(dict)}

    def by_status(self) -> dict[Status, int]:
        return {status: self.of(status.value).number() for status in Status}

    def wrong(self, wanted: str) -> ReportError:
        found = "missing" if self.value is None else f"not {wanted}"
        return ReportError(f"not a hipaa-guard result: {self.path() or 'the document'} is {found}")


_TYPE_NAMES: dict[type, str] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


def _assessment(node: _Node) -> Assessment:
    gate, law = node.of("gate"), node.of("law")
    exceptions = _exceptions(node.of("exceptions"))
    entries = {use.entry.id: use.entry for use in exceptions.entries}
    return Assessment(
        version=node.of("tool").of("version").text(),
        scan=_scan(node.of("scan")),
        coverage=_coverage(node.of("coverage")),
        controls=node.of("controls").each(_control),
        requirements=node.of("requirements").each(_requirement),
        findings=node.of("findings").each(lambda each: _finding(entries, each)),
        gate=Gate(gate.of("passed").flag(), gate.of("exit_code").number(), gate.of("reasons").texts()),
        law=Law(law.of("text").text(), law.of("compiled").text(), law.of("eligible_services").text()),
        exceptions=exceptions,
        baseline=_baseline(node.of("baseline")),
    )


def _baseline(node: _Node) -> BaselineUse | None:
    if node.value is None:
        return None
    return BaselineUse(
        file=node.of("file").text(),
        roots_from=node.of("roots_from").maybe_word(get_args(RootsFrom)),
        findings=node.of("findings").number(),
        ambiguous=node.of("ambiguous").each(_baseline_entry),
        warnings=node.of("warnings").texts(),
    )


def _baseline_entry(node: _Node) -> BaselineEntry:
    fingerprint, control, root, resource = (node.of(name).text() for name in BaselineEntry._fields[:4])
    return BaselineEntry(fingerprint, control, root, resource, node.of("meant").texts())


def _exceptions(node: _Node) -> Exceptions:
    if node.value is None:  # written before there were any
        return Exceptions()
    return Exceptions(node.of("file").text(), node.of("entries").each(_exception), node.of("references").texts())


def _exception(node: _Node) -> ExceptionUse:
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


def _scan(node: _Node) -> Scan:
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
    )


def _coverage(node: _Node) -> Coverage:
    return Coverage(
        files=node.of("files").number(),
        roots=node.of("roots").texts(),
        resources=node.of("resources").numbers(),
        unjudged_types=node.of("unjudged_types").numbers(),
        regions=node.of("regions").texts(),
        calls=node.of("calls").numbers(),
        facts=node.of("facts").numbers(),
        # Names that came later: older documents do not have them.
        skipped=_texts_by_name(node.of("skipped")),
        denied=node.of("denied").texts() if node.of("denied").value is not None else (),
        unread_services=node.of("unread_services").texts() if node.of("unread_services").value is not None else (),
        gaps=node.of("gaps").each(_gap),
    )


def _texts_by_name(node: _Node) -> dict[str, str]:
    return {} if node.value is None else {name: node.of(name).text() for name in node.as_a(dict)}


def _gap(node: _Node) -> Gap:
    return Gap(
        kind=node.of("kind").one_of(GapKind),
        subject=node.of("subject").text(),
        reason=node.of("reason").text(),
        hint=node.of("hint").text(),
        incomplete=node.of("incomplete").flag(),
        location=_location(node.of("location")),
        region=node.of("region").maybe_text(),
        action=node.of("action").maybe_text(),
    )


def _control(node: _Node) -> ControlSummary:
    fix, peers = node.of("fix"), node.of("equivalents")
    return ControlSummary(
        id=node.of("id").text(),
        title=node.of("title").text(),
        severity=node.of("severity").one_of(Severity),
        hipaa=node.of("hipaa").texts(),
        why=node.of("why").text(),
        fix=Fix(fix.of("terraform").text(), fix.of("cli").text(), fix.of("note").text()),
        kind=node.of("kind").text(),
        safeguard=node.of("safeguard").text(),
        equivalents={peer: peers.of(peer).texts() for peer in PEERS},
        counts=node.of("counts").by_status(),
    )


def _requirement(node: _Node) -> RequirementSummary:
    return RequirementSummary(
        citation=node.of("citation").text(),
        name=node.of("name").text(),
        type=node.of("type").word(get_args(RequirementType)),
        safeguard=node.of("safeguard").text(),
        summary=node.of("summary").text(),
        assessment=node.of("assessment").text(),
        status=node.of("status").one_of(Status),
        controls=node.of("controls").texts(),
        counts=node.of("counts").by_status(),
        parent=node.of("parent").text(),
        evidence=node.of("evidence").text(),
        note=node.of("note").text(),
    )


def _finding(entries: Mapping[str, ExceptionEntry], node: _Node) -> Finding:
    cause, exception, new, previous = (node.of(name) for name in ("cause", "exception", "new", "previous"))
    if exception.value is not None and exception.text() not in entries:
        raise exception.wrong("an exception of the register")
    return Finding(
        control_id=node.of("control_id").text(),
        status=node.of("status").one_of(Status),
        severity=node.of("severity").one_of(Severity),
        message=node.of("message").text(),
        fingerprint=node.of("fingerprint").text(),
        resource=_resource(node.of("resource"), _location(node.of("location"))),
        evidence=node.of("evidence").each(_evidence),
        cause=None if cause.value is None else cause.one_of(Cause),
        action=node.of("action").maybe_text(),
        uncertain=node.of("uncertain").maybe_text(),
        error=node.of("error").maybe_text(),
        exception=None if exception.value is None else entries[exception.text()],
        new=None if new.value is None else new.flag(),
        previous=() if previous.value is None else previous.texts(),
    )


def _resource(node: _Node, location: Location | None) -> Origin:
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
    )


def _evidence(node: _Node) -> Evidence:
    return Evidence(
        fact=node.of("fact").text(),
        value=node.of("value").text(),
        source=node.of("source").text(),
        location=_location(node.of("location")),
        calls=() if node.of("calls").value is None else tuple(node.of("calls").each(_asked)),
    )


def _asked(node: _Node) -> Asked:
    return Asked(
        operation=node.of("operation").text(),
        params=node.of("parameters").as_a(dict),
        region=node.of("region").text(),
        time=node.of("time").time(),
    )


def _location(node: _Node) -> Location | None:
    if node.value is None:
        return None
    calls = node.of("calls")
    found = () if calls.value is None else calls.each(_location)
    return Location(
        file=node.of("file").text(),
        line_start=node.of("line_start").number(),
        line_end=node.of("line_end").number(),
        calls=tuple(call for call in found if call is not None),
    )
