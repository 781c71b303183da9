"""A scan of Terraform: judges a directory, a plan or a state, and compares it with earlier gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hipaa_guard.assessment.baseline import Baseline, baseline_of
from hipaa_guard.assessment.model import Assessment, Coverage, Scan, UsedFile
from hipaa_guard.clock import now
from hipaa_guard.controls.catalogue import imported_for, listed_types
from hipaa_guard.facts.locations import Gap, GapKind
from hipaa_guard.facts.resource import Resource, all_kinds
from hipaa_guard.scanning.judged import Judged
from hipaa_guard.scanning.options import InputError, Options, Selection, TerraformTarget, selected
from hipaa_guard.scanning.result import result_of
from hipaa_guard.scanning.source_comments import comments_of
from hipaa_guard.terraform.input_error import TerraformInputError

if TYPE_CHECKING:
    from hipaa_guard.scanning.committed_comments import CommittedComments
    from hipaa_guard.terraform.blocks import Configuration
    from hipaa_guard.terraform.repository.changes import Changes
    from hipaa_guard.terraform.repository.git import Commit
    from hipaa_guard.terraform.repository.top import Top


def scan_terraform(target: TerraformTarget, options: Options) -> Assessment:
    """Judge a directory of Terraform, a plan or a state.

    Raises:
        InputError: the target cannot be scanned, or the options name something that does not exist.

    """
    started = now()
    selection = selected(options)
    if options.at is not None:
        selection.committed_comments = _comments_at(options.at, target.source or target.path)
    return _scanned(target, options, selection, started)


def _scanned(target: TerraformTarget, options: Options, selection: Selection, started: datetime) -> Assessment:
    path = target.path
    top = _top(target)
    if target.baseline_ref is not None:
        selection.known.baseline = _baseline_at(replace(target, top=top), target.baseline_ref, options, selection)
    configurations = _read(target, top, options)
    judged = Judged()
    judged.comments = target.source is not None or any(each.source == "hcl" for each in configurations)
    unjudged = _judge(judged, configurations, target, options, selection)
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
        unjudged_kinds=judged.left_out(selection.all),
        elsewhere=dict(sorted(judged.elsewhere.items())),
        gaps=tuple(dict.fromkeys([*(gap for each in configurations for gap in each.gaps), *judged.gaps])),
    )
    return result_of(scan, coverage, selection, judged, options)


def _top(target: TerraformTarget) -> Top:
    """The directory that roots are named from."""
    from hipaa_guard.terraform.repository.top import top_of

    try:
        return target.top or top_of(target.path, source=target.source, given=target.repository_root)
    except TerraformInputError as error:
        raise InputError(str(error)) from None


def _read(target: TerraformTarget, top: Top, options: Options) -> list[Configuration]:
    from hipaa_guard.terraform.read import read

    path = target.path
    try:
        changed = _changes(target)
        if changed is not None and _concern_all(changed.files, options):
            changed = None
        found = read(path, target.inputs, source=target.source, changed=changed, top=top)
    except TerraformInputError as error:
        raise InputError(str(error)) from None
    for configuration in found:
        configuration.account = target.account or configuration.account
    return found


def _changes(target: TerraformTarget) -> Changes | None:
    """The changes that a scan was asked to look at; None for a scan of everything."""
    from hipaa_guard.terraform.modules.module import ENDINGS
    from hipaa_guard.terraform.repository.changes import Changes, GitError, changes_since

    path = target.path
    if target.changed is None and target.changed_since is None:
        return None
    if not path.is_dir() and path.exists():
        raise InputError(f"{path} is no directory: changed files select the roots of a directory to scan")
    if target.changed_since is None:
        return Changes(tuple(target.changed or ()))
    try:
        return changes_since(path, target.changed_since, ENDINGS)
    except GitError as error:
        raise InputError(
            f"git cannot tell what changed: {error}; or name the changed FILEs: --changed FILE..."
        ) from None


def _judge(
    judged: Judged,
    configurations: Sequence[Configuration],
    target: TerraformTarget,
    options: Options,
    selection: Selection,
) -> Counter[str]:
    """Judge configurations. Returns the numbers of resources whose types are of no kind, by type."""
    from hipaa_guard.terraform.binding.inventory import build_inventory

    met = {instance.type for configuration in configurations for instance in configuration.instances}
    controls = imported_for(selection.controls, met)
    # Every kind, not only those of the controls: facts that are not read cost nothing here.
    kinds = sorted(all_kinds(), key=lambda kind: kind.kind)
    covered = _covered(kinds)
    unjudged: Counter[str] = Counter()
    for number, configuration in enumerate(configurations):
        if options.progress is not None:
            options.progress(number, len(configurations), configuration.root)
        left_out = configuration.unconcerned or _unchanged(configuration, target.changed_only)
        inventory = build_inventory(configuration, kinds)
        left_out = judged.add(
            controls,
            inventory,
            left_out,
            configuration.previous,
            configuration.former_roots,
            unless_in=configuration.changed_files,
        )
        _note_left_out(configuration, left_out)
        comments = comments_of(configuration, tags=any(entry.scope.tags for entry in selection.known.entries))
        judged.source_comments.update((place, each) for place, each in comments.items() if place[1] not in left_out)
        unjudged.update(_uncovered(configuration, covered | configuration.types_looked_for))
    return unjudged


def _covered(kinds: Sequence[type[Resource]]) -> frozenset[str]:
    """The types that some kind is read from for its own sake, imported or not."""
    helping = {type for kind in kinds if kind.tells_of_others for type in kind.terraform_types()}
    judged = {type for kind in kinds if not kind.tells_of_others for type in kind.terraform_types()}
    return (listed_types() - helping) | judged


def _comments_at(commit: Commit, place: Path) -> CommittedComments:
    """The comments that may refer to exceptions; none if the commit is not of the tree's repository."""
    from hipaa_guard.scanning.committed_comments import CommittedComments, comments_at
    from hipaa_guard.terraform.repository.top import work_tree_of

    try:
        tree = work_tree_of((place if place.is_dir() else place.parent).resolve())
        return comments_at(commit) if tree == commit.top else CommittedComments(commit, {}, frozenset())
    except OSError as error:
        raise InputError(f"{place} cannot be read: {error.strerror or error}") from None
    except TerraformInputError as error:
        raise InputError(str(error)) from None


def _baseline_at(target: TerraformTarget, ref: str, options: Options, selection: Selection) -> Baseline:
    """The gaps in a directory at a commit.

    Variable files are read from the commit, and variables that it does not declare are left out.
    """
    from hipaa_guard.terraform.modules.git_checkout import directory_at, variables_below
    from hipaa_guard.terraform.repository.git import commit_named

    path, inputs = target.path, target.inputs
    if not path.is_dir():
        raise InputError(f"{path} is no directory: --baseline-ref goes with a directory of source, --baseline with all")
    try:
        with directory_at(path, ref) as then:
            declared = None if then is None else variables_below(then.directory)
            if then is None or declared is None:
                return Baseline()
            variables = {name: value for name, value in inputs.variables.items() if name in declared}
            inputs = replace(inputs, var_files=then.files(inputs.var_files), variables=variables)
            # All comments in the commit count.
            alone = replace(selection, known=replace(selection.known, baseline=None), committed_comments=None)
            peers = None if options.peers is None else options.peers.at(then.directory, inputs.var_files)
            silent = replace(options, progress=None, warn=None, peers=peers)
            there = TerraformTarget(then.directory, inputs, top=target.top)
            before = _scanned(there, silent, alone, now())
    except (TerraformInputError, InputError) as error:
        raise InputError(f"--baseline-ref {ref}: {error}") from None
    if not before.coverage.complete:
        options.tell(f"not all of {path} could be read at {ref}: gaps in what was not read count as new")
    commit = commit_named(path, ref)
    return replace(baseline_of(before), used=UsedFile(source="commit", ref=commit.ref, commit=commit.id))


def _concern_all(changed: Sequence[Path], options: Options) -> bool:
    """Whether a policy of the user, the register of exceptions or the baseline was changed."""
    from hipaa_guard.assessment.exceptions import REGISTER
    from hipaa_guard.terraform.modules.affected_roots import Changed

    used = (*options.policies, options.exceptions or Path(REGISTER), options.baseline)
    return Changed(changed).holds(file for file in used if file is not None)


def _unchanged(configuration: Configuration, changed_only: bool) -> frozenset[str]:
    """The addresses that are not judged because a plan does not change them."""
    if not changed_only:
        return frozenset()
    if configuration.source != "plan":
        raise InputError(f"{configuration.root} is no plan: only a plan says what changes")
    return configuration.unchanged


def _note_left_out(configuration: Configuration, left_out: frozenset[str]) -> None:
    """Add the row with the number of resources that are not judged because nothing of them changes."""
    if not left_out:
        return
    what = "the plan does not change" if configuration.source == "plan" else "the changed files do not concern"
    resources = "1 resource" if len(left_out) == 1 else f"{len(left_out):,} resources"
    reason = f"{resources} that {what} {'was' if len(left_out) == 1 else 'were'} not judged"
    hint = "" if configuration.source == "plan" else "scan without --changed to judge all"
    configuration.gaps.append(Gap(GapKind.UNCHANGED, configuration.root, reason, hint, incomplete=False))


def _uncovered(configuration: Configuration, covered: frozenset[str]) -> Iterator[str]:
    return (instance.type for instance in configuration.instances if instance.type not in covered)


def _format(configurations: Sequence[Configuration]) -> Literal["hcl", "plan", "state", "live", "mixed"]:
    sources = {configuration.source for configuration in configurations}
    return sources.pop() if len(sources) == 1 else "mixed"
