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
    from hipaa_guard.terraform.modules.path_patterns import PathPatterns
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
    top = _top(target)
    if target.baseline_ref is not None:
        selection.known.baseline = _baseline_at(replace(target, top=top), target.baseline_ref, options, selection)
    skipped = _skipped(target)
    configurations = _read(target, top, options, skipped)
    options.did(_read_in_words(configurations))
    judged = Judged()
    judged.comments = target.source is not None or any(each.source == "hcl" for each in configurations)
    unjudged = _judge(judged, configurations, target, options, selection)
    _refuse_without_use(skipped, target)
    options.did(f"judged {sum(judged.resources.values()):,} resources: {len(judged.findings):,} verdicts")
    scan = Scan(
        source="terraform",
        target=_named(target.paths),
        started=started,
        finished=now(),
        format=_format(configurations),
        base=top.file_base,
        roots_from=top.roots_from,
        roots_base=top.inside,
        paths=_paths(target),
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
    from hipaa_guard.terraform.read import check_paths
    from hipaa_guard.terraform.repository.top import top_of, top_of_all

    try:
        if target.top is None and target.others:
            check_paths(target.paths, target.source)  # of a path that is missing, its repository says nothing
            return top_of_all(target.paths, given=target.repository_root)
        return target.top or top_of(target.path, source=target.source, given=target.repository_root)
    except TerraformInputError as error:
        raise InputError(str(error)) from None


def _named(paths: Sequence[Path]) -> str:
    """The scanned paths as they were given."""
    from hipaa_guard.terraform.files import STREAM, is_stream

    return " and ".join(STREAM if is_stream(path) else str(path) for path in paths)


def _paths(target: TerraformTarget) -> tuple[str, ...]:
    """See `Scan.paths`."""
    from hipaa_guard.terraform.read import is_source_file
    from hipaa_guard.terraform.repository.top import base_of, place_of

    if not target.others and not is_source_file(target.path):
        return ()
    base = base_of(target.paths)
    names = (place_of(path).resolve() / ("" if path.is_dir() else path.name) for path in target.paths)
    return tuple(sorted(name.relative_to(base).as_posix() for name in names))


def _skipped(target: TerraformTarget) -> PathPatterns | None:
    """The patterns of ``--skip-path``: paths from the working directory, the scanned one or the top of a repository."""
    if not target.skip_paths:
        return None
    from hipaa_guard.terraform.modules.path_patterns import PathPatterns
    from hipaa_guard.terraform.read import is_source_file
    from hipaa_guard.terraform.repository.top import base_of, work_tree_of

    if not any(path.is_dir() or is_source_file(path) for path in target.paths):
        if target.may_skip_nothing:
            return None
        raise InputError(f"--skip-path leaves out files of source, and {_named(target.paths)} is a plan or state")
    base = base_of(target.paths)
    top = work_tree_of(base)
    return PathPatterns(target.skip_paths, [Path.cwd().resolve(), base, *([] if top is None else [top])])


def _refuse_without_use(skipped: PathPatterns | None, target: TerraformTarget) -> None:
    """Refuse a pattern that fitted nothing: it is misspelt, and what it means is judged or was moved."""
    if skipped is None or target.may_skip_nothing or target.changed is not None or target.changed_since is not None:
        return
    from hipaa_guard.nearest import did_you_mean

    for pattern in skipped.without_use():
        near = did_you_mean(pattern, skipped.tried(), "a pattern without a slash means that name at any depth", most=1)
        raise InputError(f"--skip-path {pattern} fits no file or directory in {_named(target.paths)}: {near}")


def _read_in_words(configurations: Sequence[Configuration]) -> str:
    files = sum(each.files for each in configurations)
    instances = sum(len(each.instances) for each in configurations)
    return f"read {files:,} files: {len(configurations):,} root modules, plans or states with {instances:,} resources"


def _read(target: TerraformTarget, top: Top, options: Options, skipped: PathPatterns | None) -> list[Configuration]:
    from hipaa_guard.terraform.read import Paths, read

    path = target.path
    try:
        changed = _changes(target)
        if changed is not None and _concern_all(changed.files, options):
            changed = None
        found = read(
            path, target.inputs, source=target.source, changed=changed, top=top, more=Paths(target.others, skipped)
        )
    except TerraformInputError as error:
        raise InputError(str(error)) from None
    for configuration in found:
        configuration.account = target.account or configuration.account
    return found


def _changes(target: TerraformTarget) -> Changes | None:
    """The changes that a scan was asked to look at; None for a scan of everything."""
    from hipaa_guard.terraform.files import is_stream
    from hipaa_guard.terraform.modules.module import ENDINGS
    from hipaa_guard.terraform.repository.changes import Changes, GitError, changes_since

    path = target.path
    if target.changed is None and target.changed_since is None:
        return None
    odd = next((each for each in target.paths if is_stream(each) or (each.exists() and not each.is_dir())), None)
    if odd is not None:
        raise InputError(
            f"{_named([odd])} is no directory: changed files select the roots of a directory to scan. The directory "
            f"comes first: hipaa-guard scan terraform . --changed"
        )
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
        not_asked_for = _not_asked_for(configuration)
        left_out = configuration.unconcerned or _unchanged(configuration, target.changed_only)
        left_out |= not_asked_for
        inventory = build_inventory(configuration, kinds)
        left_out = judged.add(
            controls,
            inventory,
            left_out,
            configuration.previous,
            configuration.former_roots,
            unless_in=configuration.changed_files,
        )
        _note_left_out(configuration, left_out - not_asked_for)
        comments = comments_of(configuration, tags=any(entry.scope.tags for entry in selection.known.entries))
        judged.source_comments.update((place, each) for place, each in comments.items() if place[1] not in left_out)
        options.did(f"judged {configuration.source} {configuration.root}: {len(configuration.instances):,} resources")
        unjudged.update(_uncovered(configuration, covered | configuration.types_looked_for, not_asked_for))
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
    from hipaa_guard.terraform.repository.top import base_of

    inputs = target.inputs
    for each in target.paths:
        if not each.is_dir():
            raise InputError(
                f"{each} is no directory: --baseline-ref goes with a directory of source, --baseline with all"
            )
    try:
        path = base_of(target.paths) if target.others else target.path
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
            places = _same_places(target, then.directory)
            if not places:
                return Baseline()
            there = TerraformTarget(places[0], inputs, others=places[1:], top=target.top)
            before = _scanned(there, silent, alone, now())
    except (TerraformInputError, InputError) as error:
        raise InputError(f"--baseline-ref {ref}: {error}") from None
    if not before.coverage.complete:
        options.tell(f"not all of {path} could be read at {ref}: gaps in what was not read count as new")
    commit = commit_named(path, ref)
    return replace(baseline_of(before), used=UsedFile(source="commit", ref=commit.ref, commit=commit.id))


def _same_places(target: TerraformTarget, base: Path) -> list[Path]:
    """The scanned directories below another base, as far as they are there and hold Terraform."""
    from hipaa_guard.terraform.modules.roots import directories
    from hipaa_guard.terraform.repository.top import base_of

    if not target.others:
        return [base]
    here = base_of(target.paths)
    then = [base / path.resolve().relative_to(here) for path in target.paths]
    return [each for each in then if each.is_dir() and directories(each, [])]


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


def _not_asked_for(configuration: Configuration) -> frozenset[str]:
    """The addresses of instances in files that are left out; a row for each reason gives their number."""
    for reason, addresses in configuration.left_out.items():
        number = len(addresses)
        others = "1 resource was" if number == 1 else f"{number:,} resources were"
        said = f"{reason}: {others} read and not judged"
        configuration.gaps.append(Gap(GapKind.LEFT_OUT, configuration.root, said, incomplete=False))
    return frozenset().union(*configuration.left_out.values())


def _uncovered(
    configuration: Configuration, covered: frozenset[str] | set[str], left_out: frozenset[str]
) -> Iterator[str]:
    return (
        instance.type
        for instance in configuration.instances
        if instance.type not in covered and instance.address not in left_out
    )


def _format(configurations: Sequence[Configuration]) -> Literal["hcl", "plan", "state", "live", "mixed"]:
    sources = {configuration.source for configuration in configurations}
    return sources.pop() if len(sources) == 1 else "mixed"
