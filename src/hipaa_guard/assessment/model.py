"""The result of a scan, one immutable value: every output is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from hipaa_guard.assessment.peer_results import PeerUse
from hipaa_guard.controls.control import VERDICTS, Severity, Status
from hipaa_guard.controls.exception import ExceptionEntry
from hipaa_guard.controls.findings import Finding
from hipaa_guard.controls.fix import FixTexts
from hipaa_guard.facts.locations import Gap, RootsFrom
from hipaa_guard.law import Law
from hipaa_guard.lean import dataclass


@dataclass(frozen=True, slots=True)
class ControlSummary:
    """A loaded control as reports show it, whether or not it met a resource."""

    id: str
    title: str
    severity: Severity
    hipaa: tuple[str, ...]
    why: str
    fix: FixTexts
    kind: str
    safeguard: str
    equivalents: Mapping[str, tuple[str, ...]]
    """By peer (`hipaa_guard.controls.control.PEERS`), every peer present."""
    counts: Mapping[Status, int]
    """Number of findings by status; all zero where the scan met no resource of the kind."""
    worst: Severity | None = None
    """The worst severity of its gaps, which may have severities of their own; None where it found none."""
    refines: tuple[str, ...] = ()
    """The controls from whose gaps its own follow."""
    advisory: str = ""
    """Why its gaps of severity low stop no pipeline by the preset ``recommended``; empty where they do."""


class Why(StrEnum):
    """Why something that belongs to a line of the rule was not judged for it."""

    NO_CONTROL = "no control"
    """No control judges resources of the type."""
    NOT_FOR_THIS = "no control of this kind"
    """Controls judge the resource, but none from the folder of policies that the line asks for."""
    LEFT_OUT = "left out"
    """The controls were not asked for."""
    NOT_READ = "not read"
    """It exists and could not be read."""
    NOT_LOOKED_AT = "not looked at"
    """It was left out on request: other regions, other roots, resources that a plan does not change."""
    ELSEWHERE = "declared elsewhere"
    """Only parts of it are declared, and these do not decide it."""
    NOT_COUNTED = "not counted"
    """The scan did not look for resources that no control covers."""


class NotJudged(NamedTuple):
    """Something that belongs to a line of the rule and was not judged for it."""

    why: Why
    what: str
    """A type of Terraform or CloudFormation, a kind of ours, or a few words where it is neither."""
    number: int | None = None
    """How many resources (rows of the coverage, where they were not read); None where that is not known."""
    safeguard: str = ""
    """The folder of policies that lacks a control; empty where none does."""
    controls: tuple[str, ...] = ()
    """The controls that were left out."""


@dataclass(frozen=True, slots=True)
class RequirementSummary:
    """One standard or specification of the Security Rule with its result.

    ``status`` is ``fail`` where a finding of one of its controls fails; else ``unknown`` where one is unknown, or where
    none of the resources that belong to it was judged; ``partial`` where there is evidence and a resource that belongs
    to it was not judged; ``pass`` only where the law data say that it can be decided automatically and everything that
    belongs to it passes; otherwise ``manual``, ``inherited`` or ``not_applicable`` (no resource met its controls).
    ``assessment`` says how much of it a scanner can decide: automated, partial, manual, aws-inherited.
    """

    citation: str
    name: str
    type: Literal["standard", "required", "addressable"]
    safeguard: str
    summary: str
    assessment: str
    status: Status
    controls: tuple[str, ...]
    counts: Mapping[Status, int]
    parent: str = ""
    """The paragraph that it is in; for a specification, the citation of its standard."""
    evidence: str = ""
    """The evidence that AWS and Terraform can show, in words."""
    note: str = ""
    worst: Severity | None = None
    """The worst severity of its gaps; None where it has none."""
    not_judged: tuple[NotJudged, ...] = ()
    """Resources that belong to it and were not judged for it."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The subject of a scan, its time, and the identity that read it."""

    source: Literal["terraform", "aws", "both"]
    target: str
    """The path as given, or the account id."""
    started: datetime
    finished: datetime
    format: Literal["hcl", "plan", "state", "live", "mixed"]
    """``mixed`` where several of them were read."""
    account: str | None = None
    caller: str | None = None
    """ARN of the identity that read the account."""
    partition: str | None = None
    regions: tuple[str, ...] = ()
    commit: str | None = None
    base: str = "."
    """The directory that files of findings are relative to. It is written relative to the work tree of git, else to the
    directory that roots are named from, else to the working directory; ``.`` where it is in none of these."""
    roots_from: RootsFrom | None = None
    """The directory that roots are named from. None where no Terraform was scanned, and in results from before roots
    were named from the repository: these name roots from the scanned path."""
    roots_base: str = "."
    """The scanned path, relative to the directory that roots are named from: ``.`` where both are the same."""

    paths: tuple[str, ...] = ()
    """The scanned paths, relative to ``roots_base``, where they are not just that: several, or a single file of source.
    """

    @property
    def names_repository(self) -> bool:
        """Whether roots are named from the repository, so that they mean the same in every scan of it."""
        return self.roots_from not in (None, "scanned path")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The parts that the scan looked at and those that it did not: without them no verdict means anything."""

    files: int = 0
    roots: tuple[str, ...] = ()
    resources: Mapping[str, int] = field(default_factory=dict)
    """Number of resources judged, by kind."""
    unjudged_types: Mapping[str, int] = field(default_factory=dict)
    """Number of resources that no kind covers, by type: Terraform's, CloudFormation's (``AWS::Redshift::Cluster``) in
    an account."""
    unjudged_kinds: Mapping[str, int] = field(default_factory=dict)
    """Number of resources of kinds whose controls were all left out, by kind, as far as they were read."""
    unjudged_counted: bool = True
    """Whether the scan looked for resources that no kind covers. Declared resources can always be counted; an account
    has to be asked."""
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """By id of a control: number of resources declared elsewhere that it could not judge by their parts."""
    discovered_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Region of an account -> the sources that listed the resources there: AWS Config, Resource Explorer, tags."""
    discovery_unknown: Mapping[str, str] = field(default_factory=dict)
    """Region of an account -> why it is not known which other resources exist there besides those judged."""
    regions: tuple[str, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    """Number of AWS calls, by operation."""
    facts: Mapping[str, int] = field(default_factory=dict)
    """``planned``, ``known``, ``absent``, ``unknown`` of a live scan."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Regions that were not read -> why."""
    denied: tuple[str, ...] = ()
    """The denied IAM actions that left something unknown."""
    unread_services: tuple[str, ...] = ()
    """HIPAA eligible services of AWS that a live scan does not ask."""
    gaps: tuple[Gap, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that the scan set out to read was read."""
        return not any(gap.incomplete for gap in self.gaps)

    @property
    def judged(self) -> int:
        """Number of resources judged."""
        return sum(self.resources.values())

    @property
    def not_judged(self) -> int:
        """Number of resources that the scan met and no control judged."""
        return sum(self.unjudged_types.values()) + sum(self.unjudged_kinds.values())


class ExceptionState(StrEnum):
    """The state of an entry of the register of exceptions on the day of the scan."""

    ACTIVE = "active"
    EXPIRING = "expires soon"
    EXPIRED = "expired"
    PENDING = "not yet approved"
    VOID = "covers nothing"
    """On any day: its scope is too broad, its control does not exist, an equivalent measure is missing."""


@dataclass(frozen=True, slots=True)
class ExceptionUse:
    """An entry of the register, and the findings that it covers in a scan."""

    entry: ExceptionEntry
    state: ExceptionState
    days_left: int
    """Negative once it has expired."""
    findings: int
    """Number of gaps and unknown verdicts that it covers, or would cover where it is not in force."""
    warnings: tuple[str, ...] = ()
    """Predicates whose subject is the entry."""


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The register of accepted risks, as a scan used it."""

    file: str = ""
    """Its file; empty where there is none."""
    entries: tuple[ExceptionUse, ...] = ()
    references: tuple[str, ...] = ()
    """Sentences on comments in source that refer to an entry and cover nothing."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """All faults of the register, in sentences."""
        sentences = [f"exception {use.entry.id} {warning}" for use in self.entries for warning in use.warnings]
        return (*sentences, *self.references)


FileSource = Literal["none", "found", "named", "commit"]
"""The source of a file of settings or of accepted risks: ``found`` in the working directory, ``named`` by the user, or
a ``commit`` of git; ``none`` where there is no file."""


@dataclass(frozen=True, slots=True)
class UsedFile:
    """A file that decides what a scan reports: the settings, the register of exceptions, the baseline."""

    file: str = ""
    """Its path as it was named; empty where there is no file."""
    digest: str = ""
    """SHA-256 of its bytes, 64 hexadecimal digits; empty where there is no file."""
    source: FileSource = "none"
    ref: str = ""
    """The commit as the user named it; empty where the user named none."""
    commit: str = ""
    """The id of that commit."""


Changed = Literal["settings", "exceptions", "baseline", "marks"]


class SettingsChange(NamedTuple):
    """A difference between the settings of the tree and those of the commit that they were taken from."""

    what: Changed
    file: str = ""
    """Empty for comments on exceptions (``marks``), which are in many files."""
    added: int = 0
    removed: int = 0
    changed: int = 0
    """Numbers of settings, entries of the register or the baseline, or comments."""
    note: str = ""
    """Why they were not counted; empty where they were."""


class BaselineEntry(NamedTuple):
    """One finding as a baseline holds it, and the roots whose findings it may mean."""

    fingerprint: str
    control_id: str
    root: str
    resource: str
    meant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BaselineUse:
    """The baseline as a scan used it."""

    file: str = ""
    """Its file; empty where it was made from a commit."""
    roots_from: RootsFrom | None = None
    """As in `Scan`, for the scan that made the baseline."""
    findings: int = 0
    """Number of findings that it holds."""
    ambiguous: tuple[BaselineEntry, ...] = ()
    """Entries that cover nothing because they may mean findings of several roots."""
    warnings: tuple[str, ...] = ()
    """Predicates whose subject is the baseline."""
    used: UsedFile = field(default_factory=UsedFile)
    """Its file. Without a file and with source ``commit``, the baseline is the open findings of a commit."""


Preset = Literal["recommended", "strict"]
"""What stops a pipeline: ``strict`` every gap, ``recommended`` every gap but the advisory ones."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a pipeline may go on. ``reasons`` are sentences, the deciding one first."""

    passed: bool
    exit_code: int
    reasons: tuple[str, ...]
    preset: Preset | None = None
    """What stopped it, by the preset; None where a severity was given instead."""
    fail_on: Severity | None = Severity.LOW
    """The lowest severity whose gaps stop it; None lets all pass."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The result of a scan."""

    version: str
    """Of hipaa-guard."""
    scan: Scan
    coverage: Coverage
    controls: tuple[ControlSummary, ...]
    requirements: tuple[RequirementSummary, ...]
    findings: tuple[Finding, ...]
    """Sorted: failures first, worst first, then by control and resource."""
    gate: Gate
    law: Law = field(default_factory=Law)
    exceptions: Exceptions = field(default_factory=Exceptions)
    baseline: BaselineUse | None = None
    """None where none was given."""
    settings: UsedFile = field(default_factory=UsedFile)
    """The file of settings in effect."""
    register: UsedFile = field(default_factory=UsedFile)
    """The register of exceptions in effect."""
    settings_changes: tuple[SettingsChange, ...] = ()
    """Differences of the tree from the commit of the settings; empty where the settings came from no commit."""
    peers: tuple[PeerUse, ...] = ()
    """The other scanners that were to run beside ours."""

    def counts(self) -> dict[Status, int]:
        """Number of findings by status, with every status that a finding can have."""
        counts = dict.fromkeys(VERDICTS, 0)
        for finding in self.findings:
            counts[finding.status] += 1
        return counts
