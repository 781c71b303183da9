"""A scan: a source, the controls and the assessment put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hipaa_guard.assessment.baseline import Baseline, baseline_of, compared, use_of
from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.exceptions import cover
from hipaa_guard.assessment.former import Former, Identities, identities_of
from hipaa_guard.assessment.known import Known, KnownError, read_known
from hipaa_guard.assessment.marks import marks_of
from hipaa_guard.assessment.model import Assessment, Coverage, Scan
from hipaa_guard.clock import now
from hipaa_guard.controls.broken import Broken, row
from hipaa_guard.controls.control import Control, Severity
from hipaa_guard.controls.exception import Marks
from hipaa_guard.controls.findings import Finding, judge, with_previous
from hipaa_guard.controls.loading import ControlError, chosen, load_all
from hipaa_guard.controls.parts import judge_parts, stand_ins
from hipaa_guard.facts.places import Gap, GapKind
from hipaa_guard.facts.resource import Origin, all_kinds
from hipaa_guard.version import VERSION

if TYPE_CHECKING:
    from hipaa_guard.facts.inventory import Inventory
    from hipaa_guard.terraform.blocks import Configuration
    from hipaa_guard.terraform.repository import Top


class InputError(Exception):
    """What was asked for cannot be scanned. The text is one clear sentence and what to do next."""


Progress = Callable[[int, int, str], None]
"""Called with how much is done, how much there is and what is being done."""


@dataclass(frozen=True, slots=True)
class Options:
    """What both scans can be told."""

    only: Sequence[str] = ()
    skip: Sequence[str] = ()
    policies: Sequence[Path] = ()
    fail_on: Severity = Severity.LOW
    max_unknown: int | None = None
    max_unjudged: int | None = None
    """How many resources may have no control that judges them."""
    allow_empty: bool = False
    """A scan that judges nothing does not stop."""
    warn_only: bool = False
    fail_on_new: bool = False
    """Only failures stop that the baseline does not have."""
    fail_on_expired: bool = False
    """Exceptions stop whose time is over."""
    exceptions: Path | None = None
    """The register of accepted risks. [default: `.hipaa-guard/exceptions.yaml` below the working directory]"""
    baseline: Path | None = None
    today: date | None = None
    """The day by which exceptions are judged. [default: today]"""
    progress: Progress | None = None
    warn: Callable[[str], None] | None = None
    """Called with what should be known while a long scan goes on."""

    def tell(self, text: str) -> None:
        """Say what should be known while a scan goes on."""
        if self.warn is not None:
            self.warn(text)


@dataclass(slots=True)
class Judged:
    """What judging one or more inventories gave."""

    findings: list[Finding] = field(default_factory=list)
    resources: Counter[str] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)
    """Rows of resources that are declared elsewhere."""
    elsewhere: Counter[str] = field(default_factory=Counter)
    """How many of these a control could not judge, by its id."""
    others: Counter[str] = field(default_factory=Counter)
    """Resources of kinds that none of the controls judges, by kind."""
    marks: dict[tuple[str, str], Marks] = field(default_factory=dict)
    comments: bool = True
    """Whether comments were read: a plan or state has none."""
    identities: list[Identities | None] = field(default_factory=list)
    """Of the resource of each finding, where roots are named from the repository."""

    def add(
        self,
        controls: Sequence[Control],
        inventory: Inventory,
        without: frozenset[str] = frozenset(),
        previous: Mapping[str, Sequence[str]] = {},
        former_roots: Sequence[str] | None = None,
    ) -> None:
        """Judge an inventory; resources at the addresses `without` are there for the others only.

        ``previous`` are the addresses that resources had before they were moved, ``former_roots`` the names that their
        root had.
        """
        parts = judge_parts(controls, inventory, without)
        judged_here = chain(judge(controls, inventory), parts.findings)
        found = (finding for finding in judged_here if finding.resource.block not in without)
        ids = {control.id: control.previous_ids for control in controls if control.previous_ids}
        if ids or previous:
            found = (
                with_previous(each, ids.get(each.control_id, ()), _former(each.resource, previous)) for each in found
            )
        start = len(self.findings)
        self.findings.extend(found)
        self.identities.extend(_identities(self.findings[start:], previous, former_roots))
        self.gaps.extend(parts.gaps)
        self.elsewhere.update(parts.undecided)
        self.resources.update(parts.resources)
        judged = {kind.kind for control in controls for kind in control.kind.narrower()}
        present = (resource for resource in inventory if resource.origin.block not in without)
        for resource in present:
            (self.resources if resource.kind in judged else self.others)[resource.kind] += 1
        elsewhere = (each.resource.kind for each in stand_ins(inventory, None, without))
        self.others.update(kind for kind in elsewhere if kind not in judged)

    def left_out(self, every: Sequence[Control]) -> dict[str, int]:
        """The resources that were met and that only controls judge which were not asked for, by kind."""
        judged = {kind.kind for control in every for kind in control.kind.narrower()}
        return {kind: number for kind, number in sorted(self.others.items()) if kind in judged}


def _former(origin: Origin, previous: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The addresses that a resource had before it, or the resource that it stands in, was moved."""
    around = origin.block or ""
    rest = (origin.address or "")[len(around) :]
    return [former + rest for former in previous.get(around, ())]


def _identities(
    findings: Iterable[Finding], previous: Mapping[str, Sequence[str]], former_roots: Sequence[str] | None
) -> Iterator[Identities | None]:
    of: Origin | None = None
    found: Identities | None = None
    for finding in findings:
        origin = finding.resource
        if origin is not of:  # the findings of one resource follow each other
            of, found = origin, None
            if former_roots is not None and origin.root:
                found = identities_of(origin, _former(origin, previous), former_roots)
        yield found


def scan_terraform(
    path: Path,
    options: Options,
    *,
    source: Path | None = None,
    var_files: Sequence[Path] = (),
    variables: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    workspace: str | None = None,
    changed_only: bool = False,
    changed: Sequence[Path] | None = None,
    baseline_ref: str | None = None,
    repository_root: Path | None = None,
    top: Top | None = None,
) -> Assessment:
    """Judge a directory of Terraform, a plan or a state; ``source`` is the directory that these were made from.

    ``changed_only`` leaves out what a plan does not change. ``baseline_ref`` is a commit of git: what was open there,
    by the same controls and variables, is not new. Where ``changed`` files are given, only those roots of a directory
    are judged that they concern: all where a file is among them by which every root is judged.

    Roots are named from the directory ``repository_root``, else from the top that is found (`repository.top_of`); from
    ``top`` where that is known already.

    Raises:
        InputError: the path cannot be scanned, or the options name something that does not exist.

    """
    from hipaa_guard.terraform.inventory import build_inventory
    from hipaa_guard.terraform.read import TerraformInputError, read
    from hipaa_guard.terraform.repository import top_of

    started = now()
    given = given_of(options)
    try:
        top = top or top_of(path, source=source, given=repository_root)
    except TerraformInputError as error:
        raise InputError(str(error)) from None
    if baseline_ref is not None:
        given.known.baseline = _baseline_at(
            path,
            baseline_ref,
            options,
            var_files=var_files,
            variables=variables,
            environment=environment,
            workspace=workspace,
            top=top,
        )
    controls = given.controls
    if changed is not None and not path.is_dir() and path.exists():
        raise InputError(f"{path} is no directory: changed files tell which roots of a directory to scan")
    judged = Judged()
    unjudged: Counter[str] = Counter()
    try:
        configurations = read(
            path,
            source=source,
            var_files=var_files,
            variables=variables,
            environment=environment,
            workspace=workspace,
            changed=None if changed is None or _concern_all(changed, options) else changed,
            top=top,
        )
    except TerraformInputError as error:
        raise InputError(str(error)) from None
    # Every kind, not only those that the controls name: what is not read costs nothing here.
    kinds = sorted(all_kinds(), key=lambda kind: kind.kind)
    covered = {type for kind in kinds for type in kind.terraform_types()}
    judged.comments = source is not None or any(each.source == "hcl" for each in configurations)
    for number, configuration in enumerate(configurations):
        _report(options, number, len(configurations), configuration.root)
        left_out = _left_out(configuration, changed_only)
        inventory = build_inventory(configuration, kinds)
        judged.add(controls, inventory, left_out, configuration.previous, configuration.former_roots)
        marks = marks_of(configuration, tags=any(entry.scope.tags for entry in given.known.entries))
        judged.marks.update((place, each) for place, each in marks.items() if place[1] not in left_out)
        unjudged.update(_uncovered(configuration, covered | configuration.asked_for))
    scan = Scan(
        source="terraform",
        target=str(path),
        started=started,
        finished=now(),
        format=_format(configurations),
        base=top.file_base,
        roots_from=top.roots_from,
        roots_base=top.inside,
    )
    coverage = Coverage(
        files=sum(configuration.files for configuration in configurations),
        roots=tuple(configuration.root for configuration in configurations),
        resources=dict(sorted(judged.resources.items())),
        unjudged_types=dict(sorted(unjudged.items())),
        unjudged_kinds=judged.left_out(given.all),
        elsewhere=dict(sorted(judged.elsewhere.items())),
        gaps=tuple(dict.fromkeys([*(gap for each in configurations for gap in each.gaps), *judged.gaps])),
    )
    return assessed(scan, coverage, given, judged, options)


@dataclass(slots=True)
class Given:
    """What the options name, read before a scan begins."""

    all: list[Control]
    controls: list[Control]
    """Those that are asked for."""
    known: Known
    broken: Sequence[Broken] = ()
    """What was asked for of policies and cannot be used."""


def given_of(options: Options) -> Given:
    """What the options name; what of policies cannot be used is said.

    Raises:
        InputError: something of it does not exist or cannot be used.

    """
    try:
        loaded = load_all(options.policies)
        wanted = chosen(loaded, options.only, options.skip)
        known = read_known(options.exceptions, options.baseline)
        for broken in wanted.broken:
            options.tell(str(broken))
        return Given(loaded.controls, wanted.controls, known, wanted.broken)
    except (ControlError, KnownError) as error:
        raise InputError(str(error)) from None


def _baseline_at(path: Path, ref: str, options: Options, **given: Any) -> Baseline:
    """What was open in a directory at a commit. Variables that were not declared yet are not given."""
    from hipaa_guard.terraform.at_ref import directory_at, variables_below
    from hipaa_guard.terraform.read import TerraformInputError

    if not path.is_dir():
        raise InputError(f"{path} is no directory: --baseline-ref goes with a directory of source, --baseline with all")
    try:
        with directory_at(path, ref) as directory:
            declared = None if directory is None else variables_below(directory)
            if directory is None or declared is None:
                return Baseline()
            variables = {name: value for name, value in (given.pop("variables") or {}).items() if name in declared}
            alone = replace(options, baseline=None, progress=None, warn=None)
            before = scan_terraform(directory, alone, variables=variables, **given)
    except (TerraformInputError, InputError) as error:
        raise InputError(f"--baseline-ref {ref}: {error}") from None
    if not before.coverage.complete:
        options.tell(f"not all of {path} could be read at {ref}: gaps in what was not read count as new")
    return baseline_of(before)


def assessed(
    scan: Scan,
    coverage: Coverage,
    given: Given,
    judged: Judged,
    options: Options,
    *,
    internal_errors: int = 0,
) -> Assessment:
    """The result of a scan: exceptions and baseline laid over it, its gate decided as the options say."""
    coverage = replace(coverage, gaps=(*coverage.gaps, *dict.fromkeys(map(row, given.broken))))
    former = Former(judged.findings, judged.identities, {each.id: each.previous_ids for each in given.controls})
    findings, exceptions = cover(
        former.findings(),
        given.known.entries,
        given.all,
        today=options.today or scan.finished.date(),
        source=scan.source,
        # An entry that meets nothing may be for a root that was not looked at.
        judged_by=[] if any(gap.kind is GapKind.ROOTS for gap in coverage.gaps) else [c.id for c in given.controls],
        marks=judged.marks,
        comments=judged.comments,
        file=given.known.register,
    )
    baseline = given.known.baseline
    shared = former.shared() if baseline is not None and not baseline.names_repository else {}
    return assess(
        scan,
        coverage,
        given.controls,
        findings if baseline is None else compared(findings, baseline, shared),
        version=VERSION,
        every=given.all,
        fail_on=options.fail_on,
        max_unknown=options.max_unknown,
        max_unjudged=options.max_unjudged,
        allow_empty=options.allow_empty,
        warn_only=options.warn_only,
        internal_errors=internal_errors,
        new_only=options.fail_on_new,
        fail_on_expired=options.fail_on_expired,
        exceptions=exceptions,
        baseline=None if baseline is None else use_of(baseline, findings, shared, scan.roots_from),
    )


def _concern_all(changed: Sequence[Path], options: Options) -> bool:
    """Whether a policy of one's own, the register of exceptions or the baseline was changed."""
    from hipaa_guard.assessment.exceptions import REGISTER
    from hipaa_guard.terraform.changed import Changed

    used = (*options.policies, options.exceptions or Path(REGISTER), options.baseline)
    return Changed(changed).holds(file for file in used if file is not None)


def _left_out(configuration: Configuration, changed_only: bool) -> frozenset[str]:
    """The addresses that are not judged, which is said."""
    if not changed_only:
        return frozenset()
    if configuration.source != "plan":
        raise InputError(f"{configuration.root} is no plan: only of a plan it is known what changes")
    left_out = configuration.unchanged
    if left_out:
        reason = f"{len(left_out):,} resources that the plan does not change were not judged"
        configuration.gaps.append(Gap(GapKind.UNCHANGED, configuration.root, reason, incomplete=False))
    return left_out


def _uncovered(configuration: Configuration, covered: set[str]) -> Iterator[str]:
    return (instance.type for instance in configuration.instances if instance.type not in covered)


def _format(configurations: Sequence[Configuration]) -> Literal["hcl", "plan", "state", "live", "mixed"]:
    sources = {configuration.source for configuration in configurations}
    return sources.pop() if len(sources) == 1 else "mixed"


def _report(options: Options, done: int, total: int, text: str) -> None:
    if options.progress is not None:
        options.progress(done, total, text)
