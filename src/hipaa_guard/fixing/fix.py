"""Repairing a directory of source: changes are planned, tested on texts in memory, and only then shown or written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.fixing.steps import BYTE_ORDER_MARK, Planner, Step
from hipaa_guard.scanning.options import InputError, Options, TerraformTarget, selected
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.files import read_instead
from hipaa_guard.terraform.hcl.alignment import Draft, tidied
from hipaa_guard.terraform.hcl.editing import CannotEdit
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from hipaa_guard.terraform.read import read
from hipaa_guard.terraform.repository.top import top_of

_RANKS = {Status.FAIL: 2, Status.UNKNOWN: 1}
"""How bad a verdict is; all others are equally good."""


@dataclass(slots=True)
class Fixed:
    """The result of repairing a directory."""

    base: Path
    before: dict[Path, bytes] = field(default_factory=dict)
    """The files that change, with their present contents."""
    after: dict[Path, bytes] = field(default_factory=dict)
    repaired: list[Finding] = field(default_factory=list)
    left: list[tuple[Finding, str]] = field(default_factory=list)
    """The remaining failures, each with the reason why it is not repaired."""
    excepted: list[Finding] = field(default_factory=list)
    revealed: list[Finding] = field(default_factory=list)
    """Controls that apply to a resource only after its repair, and fail or are unknown then."""
    also: dict[str, str] = field(default_factory=dict)
    """By control, a sentence on what its repairs do besides closing gaps, where they do."""
    wanted: frozenset[str] = frozenset()
    """The controls whose gaps should be closed."""
    complete: bool = True
    """Whether the whole directory could be read."""

    @property
    def remains(self) -> bool:
        """Whether gaps remain after the files are changed."""
        return bool(self.left) or any(
            finding.status is Status.FAIL and finding.control_id in self.wanted for finding in self.revealed
        )


class Repair(NamedTuple):
    """A change of one file, offered to somebody who chooses. ``before`` has the repairs that were chosen already."""

    number: int
    """Which of the repairs it is, from 1."""
    total: int
    findings: tuple[Finding, ...]
    title: str
    """Of the control whose gaps it closes."""
    also: str
    """What it does besides closing them, in a sentence; empty where it does nothing else."""
    file: Path
    before: bytes
    after: bytes


Choose = Callable[[Repair], str]
"""Why a repair is not made, as a clause; empty where it is made."""


def fix_terraform(
    path: Path,
    *,
    only: Sequence[str] = (),
    policies: Sequence[Path] = (),
    exceptions: Path | None = None,
    inputs: PlanInputs | None = None,
    repository_root: Path | None = None,
    choose: Choose | None = None,
    findings: Sequence[str] = (),
) -> Fixed:
    """Repair failures in a directory of source, as far as the repair is certain. Nothing is written.

    ``only`` are the controls whose gaps should be closed; all controls check that nothing gets worse. ``policies`` are
    directories with controls of the user. ``findings`` are first digits of fingerprints: only these gaps should be
    closed. For ``repository_root`` see `scan_terraform`. ``choose`` is asked about each repair that is possible, in the
    order of the repairs; without it all are made.

    Raises:
        InputError: the path cannot be scanned or holds no source, or the options name something that does not exist.

    """
    if not path.is_dir():
        raise InputError(f"{path} is no directory: only source can be repaired, so give a directory of .tf files")
    inputs = inputs or PlanInputs()
    given = selected(Options(only=only, policies=policies, exceptions=exceptions))

    def scan() -> Assessment:
        options = Options(policies=policies, exceptions=exceptions)
        return scan_terraform(TerraformTarget(path, inputs, top=top), options)

    try:
        top = top_of(path, given=repository_root)
        before = scan()
        configurations = read(path, inputs, top=top)
    except TerraformInputError as error:
        raise InputError(str(error)) from None
    planner = Planner(path.resolve(), configurations, given.all, before.findings)
    fixed = Fixed(path.resolve(), complete=before.coverage.complete)
    fixed.wanted = frozenset(control.id for control in given.controls)
    failing = [each for each in before.findings if each.status is Status.FAIL and each.control_id in fixed.wanted]
    failing = _named(failing, findings)
    fixed.excepted = [finding for finding in failing if finding.exception is not None]
    steps, fixed.left = planner.plan([finding for finding in failing if finding.exception is None])
    trial = _Trial(planner, before, scan)
    kept = trial.sound([], trial.enough([step for step in steps if trial.is_possible(step)]))
    controls = {control.id: control for control in given.all}
    if choose is not None:
        # Repairs that hold together may not hold without those that were left out.
        kept = trial.sound([], trial.chosen(kept, choose, controls))
    fixed.after = trial.texts(kept)
    fixed.before = {file: planner.original(file) for file in fixed.after}
    fixed.repaired = [finding for step in kept for finding in step.findings]
    texts = {finding.control_id: controls[finding.control_id].fix_texts().also() for finding in fixed.repaired}
    fixed.also = {id: text for id, text in texts.items() if text}
    fixed.left += [(finding, trial.reasons[step]) for step in steps if step not in kept for finding in step.findings]
    fixed.revealed = trial.revealed(kept)
    return fixed


def _named(failing: list[Finding], digits: Sequence[str]) -> list[Finding]:
    """The failures whose fingerprints begin with these digits; all where there are none.

    Raises:
        InputError: no failure has such a fingerprint.

    """
    for each in digits:
        if not any(finding.fingerprint.startswith(each) for finding in failing):
            raise InputError(
                f"no gap here has a fingerprint that begins with {each[:64]!r}: scan again and take its digits"
            )
    return [each for each in failing if not digits or each.fingerprint.startswith(tuple(digits))]


class _Trial:
    """Tests steps on texts in memory: the repaired resources must pass, and nothing else may get worse."""

    def __init__(self, planner: Planner, before: Assessment, scan: Callable[[], Assessment]) -> None:
        self.reasons: dict[Step, str] = {}
        """Steps that are not made -> the reason."""
        self._planner = planner
        self._scan = scan
        self._before = _verdicts(before)
        self._unread = _unread(before)
        self._last: tuple[list[Step], Assessment] | None = None

    def is_possible(self, step: Step) -> bool:
        """Whether the change of the text is possible at all."""
        try:
            before = Draft(_view(self._planner.original(step.file)))
            if step.change(before).text != before.text:
                return True
            self.reasons[step] = "what would be set is set already"
        except CannotEdit as error:
            self.reasons[step] = str(error)
        return False

    def sound(self, base: Sequence[Step], steps: Sequence[Step]) -> list[Step]:
        """Those of the steps that are sound together, and with the steps of `base`, which are."""
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
        """The files that steps change, with their new contents.

        Raises:
            CannotEdit: after one step, another one is not possible.

        """
        drafts: dict[Path, Draft] = {}
        for step in steps:
            before = drafts.get(step.file) or Draft(_view(self._planner.original(step.file)))
            drafts[step.file] = step.change(before)
        return {file: self._bytes(file, draft) for file, draft in sorted(drafts.items())}

    def _bytes(self, file: Path, draft: Draft) -> bytes:
        mark = BYTE_ORDER_MARK if self._planner.original(file).startswith(BYTE_ORDER_MARK) else b""
        return mark + tidied(draft).encode("latin-1")

    def chosen(self, steps: Sequence[Step], choose: Choose, controls: Mapping[str, Control]) -> list[Step]:
        """Those of the steps that somebody chooses, one after another. The other ones get the reason that is given."""
        kept: list[Step] = []
        for number, step in enumerate(steps, 1):
            control, file = controls[step.findings[0].control_id], step.file
            before = self.texts(kept).get(file) or self._planner.original(file)
            try:
                after = self.texts([*kept, step])[file]
            except CannotEdit as error:
                self.reasons[step] = str(error)
                continue
            also = control.fix_texts().also()
            reason = choose(Repair(number, len(steps), step.findings, control.title, also, file, before, after))
            if reason:
                self.reasons[step] = reason
            else:
                kept.append(step)
        return kept

    def enough(self, steps: list[Step]) -> list[Step]:
        """Those of the steps that close their gaps when all are made."""
        try:
            verdicts = _verdicts(self._after(steps))
        except CannotEdit:
            return steps  # one prevents another: `sound` finds out which
        short = {step: reason for step in steps if (reason := _shortfall(step, verdicts))}
        self.reasons.update(short)
        return [step for step in steps if step not in short]

    def revealed(self, steps: Sequence[Step]) -> list[Finding]:
        """Findings that apply to the repaired resources only now, and do not pass."""
        after = _verdicts(self._after(steps))
        return [now for name, (rank, now) in after.items() if rank and self._is_new_to(name)]

    def _is_new_to(self, name: str) -> bool:
        before = self._before.get(name)
        return before is not None and before[1].status is Status.NOT_APPLICABLE

    def _after(self, steps: Sequence[Step]) -> Assessment:
        """The scan after some steps. The last result is cached."""
        if self._last is None or self._last[0] != list(steps):
            with read_instead(self.texts(steps)):
                self._last = (list(steps), self._scan())
        return self._last[1]

    def _fault(self, steps: Sequence[Step], tried: Sequence[Step]) -> str:
        """The reason against the last steps; empty if there is none."""
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
        """A worse verdict than before, in words; empty if there is none. One that did not apply before was not good."""
        for name, (rank, now) in verdicts.items():
            before = self._before.get(name, (0, None))[0]
            if rank > before and not (self._is_new_to(name) and _resource_of(now) in repaired):
                return f"with the change, {now.control_id} would be worse of {now.resource.label}"
        lost = next((name for name in self._before if name not in verdicts), None)
        return "" if lost is None else f"with the change, {self._before[lost][1].resource.label} would not be judged"


def _shortfall(step: Step, verdicts: Mapping[str, tuple[int, Finding]]) -> str:
    """Why a step does not close its gaps; empty if it does."""
    for finding in step.findings:
        now = verdicts.get(finding.fingerprint)
        if now is None or now[1].status is not Status.PASS:
            return f"the change would not be enough: it {now[1].message if now else 'would not be judged'}"
    return ""


def _resource_of(finding: Finding) -> tuple[str, str]:
    return finding.resource.root, finding.resource.label


def _verdicts(assessment: Assessment) -> dict[str, tuple[int, Finding]]:
    """The rank of each verdict and its finding, by fingerprint; the worst if several have the same."""
    found: dict[str, tuple[int, Finding]] = {}
    for finding in assessment.findings:
        rank = _RANKS.get(finding.status, 0)
        if finding.fingerprint not in found or rank > found[finding.fingerprint][0]:
            found[finding.fingerprint] = (rank, finding)
    return found


def _unread(assessment: Assessment) -> Counter[tuple[str, str]]:
    """The gaps, without their reasons, as these name lines that move."""
    return Counter((gap.kind.value, gap.subject) for gap in assessment.coverage.gaps if gap.incomplete)


def _view(data: bytes) -> str:
    return data.removeprefix(BYTE_ORDER_MARK).decode("latin-1")
