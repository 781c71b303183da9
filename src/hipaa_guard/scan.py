"""A scan: a source, the controls and the assessment put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.model import Assessment, Coverage, Scan
from hipaa_guard.clock import now
from hipaa_guard.controls.control import Control, Severity
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.controls.loading import ControlError, load, select
from hipaa_guard.facts.places import Gap, GapKind
from hipaa_guard.facts.resource import Resource
from hipaa_guard.version import VERSION

if TYPE_CHECKING:
    from hipaa_guard.facts.inventory import Inventory
    from hipaa_guard.terraform.blocks import Configuration


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
    warn_only: bool = False
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

    def add(self, controls: Sequence[Control], inventory: Inventory, without: frozenset[str] = frozenset()) -> None:
        """Judge an inventory; resources at the addresses `without` are there for the others only."""
        found = judge(controls, inventory)
        self.findings.extend(finding for finding in found if finding.resource.address not in without)
        judged = {control.kind.kind for control in controls}
        present = (resource for resource in inventory if resource.origin.address not in without)
        self.resources.update(resource.kind for resource in present if resource.kind in judged)


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
) -> Assessment:
    """Judge a directory of Terraform, a plan or a state; ``source`` is the directory that these were made from.

    ``changed_only`` leaves out what a plan does not change.

    Raises:
        InputError: the path cannot be scanned, or the options name something that does not exist.

    """
    from hipaa_guard.terraform.inventory import build_inventory
    from hipaa_guard.terraform.read import TerraformInputError, read

    started = now()
    controls = controls_of(options)
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
        )
    except TerraformInputError as error:
        raise InputError(str(error)) from None
    # Every kind, not only those that the controls name: what is not read costs nothing here.
    kinds = sorted(_all_kinds(), key=lambda kind: kind.kind)
    covered = {type for kind in kinds for type in kind.terraform_types()}
    for number, configuration in enumerate(configurations):
        _report(options, number, len(configurations), configuration.root)
        judged.add(controls, build_inventory(configuration, kinds), _left_out(configuration, changed_only))
        unjudged.update(_uncovered(configuration, covered | configuration.asked_for))
    scan = Scan(
        source="terraform",
        target=str(path),
        started=started,
        finished=now(),
        format=_format(configurations),
        base=_base(source or path),
    )
    coverage = Coverage(
        files=sum(configuration.files for configuration in configurations),
        roots=tuple(configuration.root for configuration in configurations),
        resources=dict(sorted(judged.resources.items())),
        unjudged_types=dict(sorted(unjudged.items())),
        gaps=tuple(dict.fromkeys(gap for configuration in configurations for gap in configuration.gaps)),
    )
    return assessed(scan, coverage, controls, judged.findings, options)


def controls_of(options: Options) -> list[Control]:
    """The controls that the options choose.

    Raises:
        InputError: they name one that does not exist.

    """
    try:
        return select(load(options.policies), options.only, options.skip)
    except ControlError as error:
        raise InputError(str(error)) from None


def assessed(
    scan: Scan,
    coverage: Coverage,
    controls: Sequence[Control],
    findings: Sequence[Finding],
    options: Options,
    *,
    internal_errors: int = 0,
) -> Assessment:
    """The result of a scan, its gate decided as the options say."""
    return assess(
        scan,
        coverage,
        controls,
        findings,
        version=VERSION,
        fail_on=options.fail_on,
        max_unknown=options.max_unknown,
        warn_only=options.warn_only,
        internal_errors=internal_errors,
    )


def _all_kinds() -> Iterator[type[Resource]]:
    """Every kind that a loaded service module declares."""
    pending = list(Resource.__subclasses__())
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        yield kind


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


def _base(path: Path) -> str:
    """The directory of what was scanned, seen from the root of its repository, else from the working directory."""
    from hipaa_guard.terraform.roots import boundary_of

    directory = (path if path.is_dir() else path.parent).resolve()
    top = boundary_of(directory)
    if not (top / ".git").exists():
        top = Path.cwd()
    return directory.relative_to(top).as_posix() if directory.is_relative_to(top) else "."


def _report(options: Options, done: int, total: int, text: str) -> None:
    if options.progress is not None:
        options.progress(done, total, text)
