"""The result of a scan, from which every output is made: one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

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
    """Number of findings by status; all zero where no resource of the kind was met."""


class Why(StrEnum):
    """Why something that belongs to a line of the rule was not judged for it."""

    NO_CONTROL = "no control"
    """No control judges resources of the type."""
    NOT_FOR_THIS = "no control of this kind"
    """Controls judge the resource, but none of the folder of policies that the line asks for."""
    LEFT_OUT = "left out"
    """The controls were not asked for."""
    NOT_READ = "not read"
    """It exists and could not be read."""
    NOT_LOOKED_AT = "not looked at"
    """It was left out on request: other regions, other roots, resources that a plan does not change."""
    ELSEWHERE = "declared elsewhere"
    """Only parts of it are declared, and these do not decide it."""
    NOT_COUNTED = "not counted"
    """Whether there are resources that no control covers was not asked."""


class NotJudged(NamedTuple):
    """Something that belongs to a line of the rule and was not judged for it."""

    why: Why
    what: str
    """A type of Terraform or CloudFormation, a kind of ours, or words where neither fits."""
    number: int | None = None
    """How many resources (rows of the coverage, where they were not read); None where that is not known."""
    safeguard: str = ""
    """The folder of policies in which a control is missing, where one is."""
    controls: tuple[str, ...] = ()
    """The controls that were left out."""


@dataclass(frozen=True, slots=True)
class RequirementSummary:
    """One standard or specification of the Security Rule with what the scan says of it.

    ``status`` is ``fail`` where a finding of one of its controls is, else ``unknown`` where one is, or where nothing
    was judged of what belongs to it; ``partial`` where there is evidence and something that belongs to it was not
    judged; ``pass`` only where the law data say that it can be decided automatically and all that belongs to it passes;
    otherwise ``manual``, ``inherited`` or ``not_applicable`` (no resource met its controls). ``assessment`` is how much
    of it a scanner can decide at all: automated, partial, manual, aws-inherited.
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
    """The paragraph it stands in; for a specification, the citation of its standard."""
    evidence: str = ""
    """What AWS and Terraform can show of it, in words."""
    note: str = ""
    worst: Severity | None = None
    """The worst severity of its gaps; None where it has none."""
    not_judged: tuple[NotJudged, ...] = ()
    """What belongs to it and was not judged for it."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What was scanned, when and as whom."""

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
    """The directory that files of findings are relative to, seen from the work tree of git, else from where roots are
    named from, else from the working directory; ``.`` where none of them holds it."""
    roots_from: RootsFrom | None = None
    """What the names of roots begin at. None where no Terraform was scanned, and in results from before roots were
    named from the repository: these name them as seen from what was scanned."""
    roots_base: str = "."
    """What was scanned as names of roots begin: ``.`` where they begin there."""

    @property
    def names_repository(self) -> bool:
        """Whether roots are named from the repository, so that they mean the same in every scan of it."""
        return self.roots_from not in (None, "scanned path")


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at and what was not: without it no verdict means anything."""

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
    """Whether resources that no kind covers were looked for. What is declared is always there to count; an account has
    to be asked."""
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """Number of resources declared elsewhere that a control could not judge by their parts, by its id."""
    discovered_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Region of an account -> who told what exists there: AWS Config, Resource Explorer, tags."""
    discovery_unknown: Mapping[str, str] = field(default_factory=dict)
    """Region of an account -> why it is not known what exists there besides what was judged."""
    regions: tuple[str, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    """Number of AWS calls, by operation."""
    facts: Mapping[str, int] = field(default_factory=dict)
    """``planned``, ``known``, ``absent``, ``unknown`` of a live scan."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Regions that were not read -> why."""
    denied: tuple[str, ...] = ()
    """The IAM actions whose lack left something unknown."""
    unread_services: tuple[str, ...] = ()
    """HIPAA eligible services of AWS that a live scan has no question to."""
    gaps: tuple[Gap, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that the scan meant to read was read."""
        return not any(gap.incomplete for gap in self.gaps)

    @property
    def judged(self) -> int:
        """Number of resources judged."""
        return sum(self.resources.values())

    @property
    def not_judged(self) -> int:
        """Number of resources that were met and that no control judged."""
        return sum(self.unjudged_types.values()) + sum(self.unjudged_kinds.values())


class ExceptionState(StrEnum):
    """What an entry of the register of exceptions is worth on the day of the scan."""

    ACTIVE = "active"
    EXPIRING = "expires soon"
    EXPIRED = "expired"
    PENDING = "not yet approved"
    VOID = "covers nothing"
    """Whatever the day: its scope is too broad, its control does not exist, an equivalent measure is missing."""


@dataclass(frozen=True, slots=True)
class ExceptionUse:
    """An entry of the register and what it met in a scan."""

    entry: ExceptionEntry
    state: ExceptionState
    days_left: int
    """Negative once it has expired."""
    findings: int
    """Gaps and unknown verdicts that it covers; that it would cover, where it is not in force."""
    warnings: tuple[str, ...] = ()
    """Predicates whose subject is the entry."""


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The register of accepted risks, as a scan used it."""

    file: str = ""
    """Where it stands; empty where there is none."""
    entries: tuple[ExceptionUse, ...] = ()
    references: tuple[str, ...] = ()
    """Sentences on comments in source that refer to an entry and cover nothing."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that is wrong with the register, in sentences."""
        told = [f"exception {use.entry.id} {warning}" for use in self.entries for warning in use.warnings]
        return (*told, *self.references)


FileSource = Literal["none", "found", "named", "commit"]
"""Where a file of settings or of accepted risks was taken from: it was found in the working directory, the user named
it, or a commit of git has it; ``none`` where there is none."""


@dataclass(frozen=True, slots=True)
class UsedFile:
    """A file that decides what a scan says: the settings, the register of exceptions, the baseline."""

    file: str = ""
    """As it was named; empty where there is none."""
    digest: str = ""
    """SHA-256 of its bytes, 64 hexadecimal digits; empty where there is none."""
    source: FileSource = "none"
    ref: str = ""
    """The commit as the user named it; empty where none was asked."""
    commit: str = ""
    """Its id."""


Changed = Literal["settings", "exceptions", "baseline", "marks"]


class SettingsChange(NamedTuple):
    """In which way the tree has other settings than the commit that they were taken from."""

    what: Changed
    file: str = ""
    """Empty for marks, which stand in many."""
    added: int = 0
    removed: int = 0
    changed: int = 0
    """Numbers of settings, entries of the register or the baseline, or marks."""
    note: str = ""
    """Why they were not counted; empty where they were."""


class BaselineEntry(NamedTuple):
    """One finding of a baseline as it is written there, and the roots whose findings it may be meant for."""

    fingerprint: str
    control_id: str
    root: str
    resource: str
    meant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BaselineUse:
    """The baseline as a scan used it."""

    file: str = ""
    """Where it stands; empty where it is that of a commit."""
    roots_from: RootsFrom | None = None
    """As in `Scan`, when it was made."""
    findings: int = 0
    """How many it holds."""
    ambiguous: tuple[BaselineEntry, ...] = ()
    """Those that cover nothing because findings of several roots may be meant."""
    warnings: tuple[str, ...] = ()
    """Predicates whose subject is the baseline."""
    used: UsedFile = field(default_factory=UsedFile)
    """The file that it was read from; source ``commit`` without a file where it is what was open at a commit."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a pipeline may go on. ``reasons`` are sentences, the deciding one first."""

    passed: bool
    exit_code: int
    reasons: tuple[str, ...]


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
    """Where the tree differs from the commit that the settings were taken from; empty where there is none."""

    def counts(self) -> dict[Status, int]:
        """Number of findings by status, every one present that a finding can have."""
        counts = dict.fromkeys(VERDICTS, 0)
        for finding in self.findings:
            counts[finding.status] += 1
        return counts
