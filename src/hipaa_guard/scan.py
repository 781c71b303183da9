"""A scan: a source, the controls and the assessment put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hipaa_guard.assessment.baseline import Baseline, baseline_of, compared, use_of
from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.exceptions import cover
from hipaa_guard.assessment.former import Former
from hipaa_guard.assessment.known import Known, KnownError, read_known
from hipaa_guard.assessment.marks import marks_of
from hipaa_guard.assessment.model import Assessment, Coverage, Scan, SettingsChange, UsedFile
from hipaa_guard.clock import now
from hipaa_guard.controls.broken import Broken, row
from hipaa_guard.controls.catalogue import imported_for, listed_types
from hipaa_guard.controls.control import Control, Severity
from hipaa_guard.controls.loading import ControlError, chosen, list_all
from hipaa_guard.facts.places import Gap, GapKind
from hipaa_guard.facts.resource import all_kinds
from hipaa_guard.judged import Judged
from hipaa_guard.lean import dataclass
from hipaa_guard.version import VERSION

if TYPE_CHECKING:
    from hipaa_guard.assessment.marks_at import MarksAt
    from hipaa_guard.terraform.blocks import Configuration
    from hipaa_guard.terraform.git import Commit
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
    settings: UsedFile = field(default_factory=UsedFile)
    """The file that the other options were taken from, as reports name it."""
    at: Commit | None = None
    """The commit that the register and the baseline are read from, and whose comments alone may refer to exceptions."""
    settings_changes: Sequence[SettingsChange] = ()
    """How the settings of the tree differ from those of that commit."""
    fail_on_settings_change: bool = False
    """The gate fails where the tree has other settings, exceptions, baseline or references than that commit."""
    today: date | None = None
    """The day by which exceptions are judged. [default: today]"""
    progress: Progress | None = None
    warn: Callable[[str], None] | None = None
    """Called with what should be known while a long scan goes on."""

    def tell(self, text: str) -> None:
        """Say what should be known while a scan goes on."""
        if self.warn is not None:
            self.warn(text)


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
    started = now()
    given = given_of(options)
    if options.at is not None:
        given.marks = _marks_at(options.at, source or path)
    return _scanned(
        path,
        options,
        given,
        started,
        source=source,
        baseline_ref=baseline_ref,
        var_files=var_files,
        variables=variables,
        environment=environment,
        workspace=workspace,
        changed_only=changed_only,
        changed=changed,
        repository_root=repository_root,
        top=top,
    )


def _scanned(
    path: Path,
    options: Options,
    given: Given,
    started: datetime,
    *,
    source: Path | None = None,
    baseline_ref: str | None = None,
    changed_only: bool = False,
    changed: Sequence[Path] | None = None,
    repository_root: Path | None = None,
    top: Top | None = None,
    **values: Any,
) -> Assessment:
    """As `scan_terraform`, with what the options name; ``values`` are the variables and the workspace."""
    from hipaa_guard.terraform.inventory import build_inventory
    from hipaa_guard.terraform.read import TerraformInputError, read
    from hipaa_guard.terraform.repository import top_of

    try:
        top = top or top_of(path, source=source, given=repository_root)
    except TerraformInputError as error:
        raise InputError(str(error)) from None
    if baseline_ref is not None:
        given.known.baseline = _baseline_at(path, baseline_ref, options, given, top=top, **values)
    if changed is not None and not path.is_dir() and path.exists():
        raise InputError(f"{path} is no directory: changed files tell which roots of a directory to scan")
    judged = Judged()
    unjudged: Counter[str] = Counter()
    try:
        configurations = read(
            path,
            source=source,
            changed=None if changed is None or _concern_all(changed, options) else changed,
            top=top,
            **values,
        )
    except TerraformInputError as error:
        raise InputError(str(error)) from None
    met = {instance.type for configuration in configurations for instance in configuration.instances}
    controls = imported_for(given.controls, met)
    # Every kind, not only those that the controls name: what is not read costs nothing here.
    kinds = sorted(all_kinds(), key=lambda kind: kind.kind)
    covered = listed_types().union(*(kind.terraform_types() for kind in kinds))
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
    marks: MarksAt | None = None
    """The comments of the commit that exceptions are read from; None where the tree's own count."""


def _marks_at(commit: Commit, place: Path) -> MarksAt:
    """The comments that may refer to exceptions: none in a tree of which it is no commit."""
    from hipaa_guard.assessment.marks_at import MarksAt, marks_at
    from hipaa_guard.terraform.documents import TerraformInputError
    from hipaa_guard.terraform.repository import work_tree_of

    try:
        tree = work_tree_of((place if place.is_dir() else place.parent).resolve())
        return marks_at(commit) if tree == commit.top else MarksAt(commit, {}, frozenset())
    except OSError as error:
        raise InputError(f"{place} cannot be read: {error.strerror or error}") from None
    except TerraformInputError as error:
        raise InputError(str(error)) from None


def given_of(options: Options) -> Given:
    """What the options name; what of policies cannot be used is said.

    Raises:
        InputError: something of it does not exist or cannot be used.

    """
    try:
        loaded = list_all(options.policies)
        wanted = chosen(loaded, options.only, options.skip)
        known = read_known(options.exceptions, options.baseline, options.at)
        for broken in wanted.broken:
            options.tell(str(broken))
        return Given(loaded.controls, wanted.controls, known, wanted.broken)
    except (ControlError, KnownError) as error:
        raise InputError(str(error)) from None


def _baseline_at(
    path: Path, ref: str, options: Options, given: Given, *, var_files: Sequence[Path] = (), **values: Any
) -> Baseline:
    """What was open in a directory at a commit.

    Files of variables are those of the commit, and variables that were not declared yet are not given.
    """
    from hipaa_guard.terraform.at_ref import directory_at, variables_below
    from hipaa_guard.terraform.git import commit_named
    from hipaa_guard.terraform.read import TerraformInputError

    if not path.is_dir():
        raise InputError(f"{path} is no directory: --baseline-ref goes with a directory of source, --baseline with all")
    try:
        with directory_at(path, ref) as then:
            declared = None if then is None else variables_below(then.directory)
            if then is None or declared is None:
                return Baseline()
            variables = {name: value for name, value in (values.pop("variables") or {}).items() if name in declared}
            # Comments of the commit are all its own.
            alone = replace(given, known=replace(given.known, baseline=None), marks=None)
            silent = replace(options, progress=None, warn=None)
            files = then.files(var_files)
            before = _scanned(then.directory, silent, alone, now(), var_files=files, variables=variables, **values)
    except (TerraformInputError, InputError) as error:
        raise InputError(f"--baseline-ref {ref}: {error}") from None
    if not before.coverage.complete:
        options.tell(f"not all of {path} could be read at {ref}: gaps in what was not read count as new")
    commit = commit_named(path, ref)
    return replace(baseline_of(before), used=UsedFile(source="commit", ref=commit.ref, commit=commit.id))


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
    marks, told = judged.marks, list[str]()
    changes = [*options.settings_changes, *given.known.changes]
    if given.marks is not None:
        marks, told = given.marks.kept(marks, scan.base)
        changes += given.marks.change()
    former = Former(judged.findings, judged.identities, {each.id: each.previous_ids for each in given.controls})
    findings, exceptions = cover(
        former.findings(),
        given.known.entries,
        given.all,
        today=options.today or scan.finished.date(),
        source=scan.source,
        # An entry that meets nothing may be for a root that was not looked at.
        judged_by=[] if any(gap.kind is GapKind.ROOTS for gap in coverage.gaps) else [c.id for c in given.controls],
        marks=marks,
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
        exceptions=replace(exceptions, references=(*exceptions.references, *told)),
        settings=options.settings,
        register=given.known.used,
        settings_changes=changes,
        fail_on_settings_change=options.fail_on_settings_change,
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


def _uncovered(configuration: Configuration, covered: frozenset[str]) -> Iterator[str]:
    return (instance.type for instance in configuration.instances if instance.type not in covered)


def _format(configurations: Sequence[Configuration]) -> Literal["hcl", "plan", "state", "live", "mixed"]:
    sources = {configuration.source for configuration in configurations}
    return sources.pop() if len(sources) == 1 else "mixed"


def _report(options: Options, done: int, total: int, text: str) -> None:
    if options.progress is not None:
        options.progress(done, total, text)
