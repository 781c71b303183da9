"""Repairing a directory of source: planned, tried on texts in memory, and only then shown or written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.fixing.steps import MARK, Planner, Step
from hipaa_guard.scan import InputError, Options, given_of, scan_terraform
from hipaa_guard.terraform.editing import CannotEdit
from hipaa_guard.terraform.files import read_instead
from hipaa_guard.terraform.read import TerraformInputError, read
from hipaa_guard.terraform.repository import top_of

_RANKS = {Status.FAIL: 2, Status.UNKNOWN: 1}
"""How bad a verdict is; the others are all equally good."""


@dataclass(slots=True)
class Fixed:
    """What a repair of a directory comes to."""

    base: Path
    before: dict[Path, bytes] = field(default_factory=dict)
    """The files that change, as they are."""
    after: dict[Path, bytes] = field(default_factory=dict)
    repaired: list[Finding] = field(default_factory=list)
    left: list[tuple[Finding, str]] = field(default_factory=list)
    """What fails further, and why it is not repaired."""
    excepted: list[Finding] = field(default_factory=list)
    revealed: list[Finding] = field(default_factory=list)
    """What did not concern a resource before it was repaired, and fails or is unknown then."""
    wanted: frozenset[str] = frozenset()
    """The controls whose gaps were to be closed."""
    complete: bool = True
    """Whether all of the directory could be read."""

    @property
    def remains(self) -> bool:
        """Whether gaps are left once the files are changed."""
        return bool(self.left) or any(
            finding.status is Status.FAIL and finding.control_id in self.wanted for finding in self.revealed
        )


def fix_terraform(
    path: Path,
    *,
    only: Sequence[str] = (),
    policies: Sequence[Path] = (),
    exceptions: Path | None = None,
    var_files: Sequence[Path] = (),
    variables: Mapping[str, str] | None = None,
    workspace: str | None = None,
    repository_root: Path | None = None,
) -> Fixed:
    """Repair what fails in a directory of source, as far as that is certain. Nothing is written.

    ``only`` are the controls whose gaps are to be closed; all have a say in whether something else got worse.
    ``policies`` are directories with controls of one's own. For ``repository_root`` see `scan_terraform`.

    Raises:
        InputError: the path cannot be scanned or holds no source, or the options name something that does not exist.

    """
    if not path.is_dir():
        raise InputError(f"{path} is no directory: only source can be repaired, so give a directory of .tf files")
    given = given_of(Options(only=only, policies=policies, exceptions=exceptions))

    def scan() -> Assessment:
        options = Options(policies=policies, exceptions=exceptions)
        return scan_terraform(path, options, var_files=var_files, variables=variables, workspace=workspace, top=top)

    try:
        top = top_of(path, given=repository_root)
        before = scan()
        configurations = read(path, var_files=var_files, variables=variables, workspace=workspace, top=top)
    except TerraformInputError as error:
        raise InputError(str(error)) from None
    planner = Planner(path.resolve(), configurations, given.all, before.findings)
    fixed = Fixed(path.resolve(), complete=before.coverage.complete)
    fixed.wanted = frozenset(control.id for control in given.controls)
    failing = [each for each in before.findings if each.status is Status.FAIL and each.control_id in fixed.wanted]
    fixed.excepted = [finding for finding in failing if finding.exception is not None]
    steps, fixed.left = planner.plan([finding for finding in failing if finding.exception is None])
    trial = _Trial(planner, before, scan)
    kept = trial.sound([], trial.enough([step for step in steps if trial.is_possible(step)]))
    fixed.after = trial.texts(kept)
    fixed.before = {file: planner.original(file) for file in fixed.after}
    fixed.repaired = [finding for step in kept for finding in step.findings]
    fixed.left += [(finding, trial.reasons[step]) for step in steps if step not in kept for finding in step.findings]
    fixed.revealed = trial.revealed(kept)
    return fixed


class _Trial:
    """Tries steps on texts in memory: what they repair must pass, and nothing else may get worse."""

    def __init__(self, planner: Planner, before: Assessment, scan: Callable[[], Assessment]) -> None:
        self.reasons: dict[Step, str] = {}
        """Why a step is not made."""
        self._planner = planner
        self._scan = scan
        self._before = _verdicts(before)
        self._unread = _unread(before)
        self._last: tuple[list[Step], Assessment] | None = None

    def is_possible(self, step: Step) -> bool:
        """Whether the text can be changed so at all."""
        try:
            if step.change(_view(self._planner.original(step.file))) != _view(self._planner.original(step.file)):
                return True
            self.reasons[step] = "what would be set is set already"
        except CannotEdit as error:
            self.reasons[step] = str(error)
        return False

    def sound(self, base: Sequence[Step], steps: Sequence[Step]) -> list[Step]:
        """Those of some steps that hold together, and with others that do."""
        if not steps:
            return []
        reason = self._fault([*base, *steps], steps)
        if not reason:
            return list(steps)
        if len(steps) == 1:
            self.reasons[steps[0]] = reason
            return []
        middle = len(steps) // 2
        first = self.sound(base, steps[:middle])
        return first + self.sound([*base, *first], steps[middle:])

    def texts(self, steps: Sequence[Step]) -> dict[Path, bytes]:
        """The files that steps change, as they are then.

        Raises:
            CannotEdit: one step leaves a text in which another is not possible.

        """
        views: dict[Path, str] = {}
        for step in steps:
            before = views.get(step.file)
            views[step.file] = step.change(_view(self._planner.original(step.file)) if before is None else before)
        marks = {file: MARK if self._planner.original(file).startswith(MARK) else b"" for file in views}
        return {file: marks[file] + view.encode("latin-1") for file, view in sorted(views.items())}

    def enough(self, steps: list[Step]) -> list[Step]:
        """Those of some steps that close their gaps when all are made."""
        try:
            verdicts = _verdicts(self._after(steps))
        except CannotEdit:
            return steps  # one stands in the way of another: `sound` finds out which
        short = {step: reason for step in steps if (reason := _shortfall(step, verdicts))}
        self.reasons.update(short)
        return [step for step in steps if step not in short]

    def revealed(self, steps: Sequence[Step]) -> list[Finding]:
        """What concerns the repaired resources only now, and does not pass."""
        after = _verdicts(self._after(steps))
        return [now for name, (rank, now) in after.items() if rank and self._is_new_to(name)]

    def _is_new_to(self, name: str) -> bool:
        before = self._before.get(name)
        return before is not None and before[1].status is Status.NOT_APPLICABLE

    def _after(self, steps: Sequence[Step]) -> Assessment:
        """What a scan says once some steps are made; the last answer is kept."""
        if self._last is None or self._last[0] != list(steps):
            with read_instead(self.texts(steps)):
                self._last = (list(steps), self._scan())
        return self._last[1]

    def _fault(self, steps: Sequence[Step], tried: Sequence[Step]) -> str:
        """What speaks against the last of some steps; empty where nothing does."""
        try:
            after = self._after(steps)
        except CannotEdit as error:
            return str(error)
        new = _unread(after) - self._unread
        if new:
            return f"with the change, something could not be read any more: {min(new)[1]}"
        verdicts = _verdicts(after)
        repaired = {_resource_of(finding) for step in steps for finding in step.findings}
        short = next((reason for step in tried if (reason := _shortfall(step, verdicts))), "")
        return short or self._worsening(verdicts, repaired)

    def _worsening(self, verdicts: Mapping[str, tuple[int, Finding]], repaired: set[tuple[str, str]]) -> str:
        """Which verdict is worse than before. What did not concern a repaired resource is none that was good."""
        for name, (rank, now) in verdicts.items():
            before = self._before.get(name, (0, None))[0]
            if rank > before and not (self._is_new_to(name) and _resource_of(now) in repaired):
                return f"with the change, {now.control_id} would be worse of {now.resource.label}"
        lost = next((name for name in self._before if name not in verdicts), None)
        return "" if lost is None else f"with the change, {self._before[lost][1].resource.label} would not be judged"


def _shortfall(step: Step, verdicts: Mapping[str, tuple[int, Finding]]) -> str:
    """Why a step does not close its gaps; empty where it does."""
    for finding in step.findings:
        now = verdicts.get(finding.fingerprint)
        if now is None or now[1].status is not Status.PASS:
            return f"the change would not be enough: it {now[1].message if now else 'would not be judged'}"
    return ""


def _resource_of(finding: Finding) -> tuple[str, str]:
    return finding.resource.root, finding.resource.label


def _verdicts(assessment: Assessment) -> dict[str, tuple[int, Finding]]:
    """How bad the verdicts are, by fingerprints; of several so named the worst."""
    found: dict[str, tuple[int, Finding]] = {}
    for finding in assessment.findings:
        rank = _RANKS.get(finding.status, 0)
        if finding.fingerprint not in found or rank > found[finding.fingerprint][0]:
            found[finding.fingerprint] = (rank, finding)
    return found


def _unread(assessment: Assessment) -> Counter[tuple[str, str]]:
    """What was not read; without the reasons, which name lines that move."""
    return Counter((gap.kind.value, gap.subject) for gap in assessment.coverage.gaps if gap.incomplete)


def _view(data: bytes) -> str:
    return data.removeprefix(MARK).decode("latin-1")
