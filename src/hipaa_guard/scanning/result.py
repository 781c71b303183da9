"""The result of a scan from its findings: applies exceptions and baseline, and decides the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hipaa_guard.assessment.baseline import compared, use_of
from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.exceptions import cover
from hipaa_guard.assessment.former_fingerprints import FormerFingerprints
from hipaa_guard.assessment.model import Assessment, Coverage, Scan
from hipaa_guard.assessment.peer_results import PeerUse
from hipaa_guard.controls.broken import row
from hipaa_guard.controls.catalogue import imported
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap, GapKind
from hipaa_guard.scanning.judged import Judged
from hipaa_guard.scanning.options import Options, Selection
from hipaa_guard.version import VERSION


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
    findings, exceptions = cover(
        former.findings(),
        selection.known.entries,
        selection.all,
        today=options.today or scan.finished.date(),
        source=scan.source,
        # An entry without a finding may be for a root that was not scanned.
        judged_by=[] if any(gap.kind is GapKind.ROOTS for gap in coverage.gaps) else [c.id for c in selection.controls],
        comments_at=source_comments,
        comments=judged.comments,
        file=selection.known.register,
    )
    baseline = selection.known.baseline
    shared = former.shared() if baseline is not None and not baseline.names_repository else {}
    marked = findings if baseline is None else compared(findings, baseline, shared)
    peers, missing = _peers(scan, selection, marked, options)
    return assess(
        scan,
        replace(coverage, gaps=(*coverage.gaps, *dict.fromkeys(missing))),
        selection.controls,
        marked,
        version=VERSION,
        every=selection.all,
        preset=options.preset,
        fail_on=options.fail_on,
        max_unknown=options.max_unknown,
        max_unjudged=options.max_unjudged,
        allow_empty=options.allow_empty,
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
    scan: Scan, selection: Selection, findings: Sequence[Finding], options: Options
) -> tuple[Sequence[PeerUse], Sequence[Gap]]:
    """The results of other scanners, if any are to run beside ours, and what they did not look at."""
    if options.peers is None:
        return (), ()
    from hipaa_guard.peers.beside import Ours, beside

    known = None if selection.known.baseline is None else selection.known.baseline.peers
    chosen = frozenset(control.id for control in selection.controls)
    ours = Ours(scan, findings, imported(selection.all), chosen, bool(options.only), known)
    return beside(options.peers, ours, options.progress or (lambda *_: None))
