"""The result of a scan from its findings: applies exceptions and baseline, and decides the gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from hipaa_guard.assessment.baseline import compared, use_of
from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.exceptions import cover
from hipaa_guard.assessment.former_fingerprints import FormerFingerprints
from hipaa_guard.assessment.model import Assessment, Coverage, Scan
from hipaa_guard.assessment.peer_results import PeerUse
from hipaa_guard.controls.broken import row
from hipaa_guard.controls.catalogue import imported
from hipaa_guard.controls.control import Control, Severity
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import SOME_ROOTS, Gap, GapKind
from hipaa_guard.scanning.judged import Judged
from hipaa_guard.scanning.options import Options, Selection
from hipaa_guard.version import VERSION

_CHANGES = frozenset({GapKind.ROOTS, GapKind.UNCHANGED})
"""Kinds of rows of a scan that was asked for changes only: it may well find nothing to judge."""


def _must_judge(options: Options, coverage: Coverage, controls: Sequence[Control]) -> bool:
    """Whether a scan that judged nothing is incomplete although it was asked for a part: that part was left out."""
    kinds = {gap.kind for gap in coverage.gaps}
    leaves_out = bool(options.skip or options.severities) or GapKind.LEFT_OUT in kinds
    return not controls or (leaves_out and kinds.isdisjoint(_CHANGES))


class _Kept(NamedTuple):
    """The controls and findings that were asked for."""

    controls: Sequence[Control]
    findings: list[Finding]


def _of_severities(controls: Sequence[Control], findings: Iterable[Finding], severities: Sequence[Severity]) -> _Kept:
    """The controls of some severities with all their findings, and gaps that have one of these by themselves."""
    if not severities:
        return _Kept(controls, list(findings))
    asked = {control.id for control in controls if control.severity in severities}
    kept = [each for each in findings if each.control_id in asked or each.severity in severities]
    asked.update(each.control_id for each in kept)
    return _Kept([control for control in controls if control.id in asked], kept)


def _without_unasked(coverage: Coverage, controls: Sequence[Control], kept: Sequence[Control]) -> Coverage:
    """The coverage in which resources that only other controls judged are not judged."""
    if len(kept) == len(controls):
        return coverage
    judged = {kind.kind for control in kept for kind in control.kinds()}
    others = {kind: number for kind, number in coverage.resources.items() if kind not in judged}
    resources = {kind: number for kind, number in coverage.resources.items() if kind in judged}
    unjudged = dict(sorted({**coverage.unjudged_kinds, **others}.items()))
    return replace(coverage, resources=resources, unjudged_kinds=unjudged)


def result_of(
    scan: Scan,
    coverage: Coverage,
    selection: Selection,
    judged: Judged,
    options: Options,
    *,
    internal_errors: int = 0,
) -> Assessment:
    """The result of a scan, with exceptions and baseline applied, and its gate decided by the options."""
    coverage = replace(coverage, gaps=(*coverage.gaps, *dict.fromkeys(map(row, selection.broken))))
    source_comments, messages = judged.source_comments, list[str]()
    changes = [*options.settings_changes, *selection.known.changes]
    if selection.committed_comments is not None:
        source_comments, messages = selection.committed_comments.kept(source_comments, scan.base)
        changes += selection.committed_comments.change()
    former = FormerFingerprints(
        judged.findings, judged.identities, {each.id: each.previous_ids for each in selection.controls}
    )
    kept = _of_severities(selection.controls, former.findings(), options.severities)
    coverage = _without_unasked(coverage, selection.controls, kept.controls)
    findings, exceptions = cover(
        kept.findings,
        selection.known.entries,
        selection.all,
        today=options.today or scan.finished.date(),
        source=scan.source,
        # An entry without a finding may be for a root that was not scanned.
        judged_by=[] if any(gap.kind in SOME_ROOTS for gap in coverage.gaps) else [c.id for c in kept.controls],
        comments_at=source_comments,
        comments=judged.comments,
        file=selection.known.register,
    )
    baseline = selection.known.baseline
    shared = former.shared() if baseline is not None and not baseline.names_repository else {}
    marked = findings if baseline is None else compared(findings, baseline, shared)
    peers, missing = _peers(scan, selection, kept.controls, marked, options)
    return assess(
        scan,
        replace(coverage, gaps=(*coverage.gaps, *dict.fromkeys(missing))),
        kept.controls,
        marked,
        version=VERSION,
        every=selection.all,
        preset=options.preset,
        fail_on=options.fail_on,
        max_unknown=options.max_unknown,
        max_unjudged=options.max_unjudged,
        allow_empty=options.allow_empty,
        must_judge=_must_judge(options, coverage, kept.controls),
        warn_only=options.warn_only,
        internal_errors=internal_errors,
        new_only=options.fail_on_new,
        fail_on_expired=options.fail_on_expired,
        exceptions=replace(exceptions, references=(*exceptions.references, *messages)),
        settings=options.settings,
        register=selection.known.used,
        settings_changes=changes,
        fail_on_settings_change=options.fail_on_settings_change,
        baseline=None if baseline is None else use_of(baseline, findings, shared, scan.roots_from),
        peers=peers,
    )


def _peers(
    scan: Scan, selection: Selection, controls: Sequence[Control], findings: Sequence[Finding], options: Options
) -> tuple[Sequence[PeerUse], Sequence[Gap]]:
    """The results of other scanners, if any are to run beside ours, and what they did not look at.

    ``controls`` are those that were asked for: on what others judge, of another severity, we have no finding here.
    """
    if options.peers is None:
        return (), ()
    from hipaa_guard.peers.beside import Ours, beside

    known = None if selection.known.baseline is None else selection.known.baseline.peers
    chosen = frozenset(control.id for control in controls)
    ours = Ours(scan, findings, imported(selection.all), chosen, bool(options.only), known)
    return beside(options.peers, ours, options.progress or (lambda *_: None))
