"""A scan of a live account, or of its stored answers: reading, judging, and making the assessment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from hipaa_guard.assessment.discovered import more_than_listed, not_discovered, unjudged_types
from hipaa_guard.assessment.model import Assessment, Coverage, Scan
from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.aws.collecting.collect import Collected, collect_prepared
from hipaa_guard.aws.collecting.discovery import QUESTIONS
from hipaa_guard.aws.collecting.prepared_plan import Prepared, prepared
from hipaa_guard.aws.keeping import evidence as stored
from hipaa_guard.aws.keeping.ledger import Ledger, LedgerError, place
from hipaa_guard.aws.keeping.stored_answers import StoredError, digest, lasts, text_of
from hipaa_guard.aws.planning.call_forecast import ForecastCall
from hipaa_guard.aws.planning.plan import Plan, Question
from hipaa_guard.aws.preflight import Preflight, glance, preflight, warnings
from hipaa_guard.aws.sessions.accounts import AwsAccount, AwsSetupError, open_account
from hipaa_guard.clock import now
from hipaa_guard.controls.catalogue import imported
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.facts.locations import Gap
from hipaa_guard.law import eligible_services
from hipaa_guard.scanning.judged import Judged
from hipaa_guard.scanning.options import InputError, Options, Selection, selected
from hipaa_guard.scanning.result import result_of
from hipaa_guard.version import VERSION


@dataclass(frozen=True, slots=True)
class AwsTarget:
    """The account to read, the credentials and the regions; see `open_account`."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    regions: str | None = None

    def opened(self) -> AwsAccount:
        """Open the account.

        Raises:
            InputError: there are no usable credentials, or a region does not exist.

        """
        try:
            return open_account(**asdict(self))
        except AwsSetupError as error:
            raise InputError(str(error)) from None


class InterruptedScanError(Exception):
    """The scan was stopped before its end. The message says how many answers are kept and how to continue."""


def scan_aws(
    options: Options, at: AwsTarget | None = None, *, evidence: Path | None = None, resume: bool = False
) -> Assessment:
    """Judge a live account, with the credentials of the standard AWS environment.

    The kept fields of the answers are stored in the directory `evidence`, if there is one. `resume` continues an
    interrupted scan.

    Raises:
        InputError: the account cannot be opened, the options name something that does not exist, or the evidence
            cannot be written.
        InterruptedScanError: the user stopped it.

    """
    began = now()
    selection = _selection(options)
    plan = _plan(selection.controls, options)
    account = (at or AwsTarget()).opened()
    options.did(f"opened account {account.id}: {len(account.regions):,} regions")
    keeping = _Keeping(account, plan, options, resume=resume)
    try:
        known = _initial_answers(account, plan, options, keeping)
        collected = collect_prepared(account, plan, progress=options.progress, known=known, note=keeping.note)
    except KeyboardInterrupt:
        raise InterruptedScanError(keeping.interrupted()) from None
    keeping.ended(collected.answers)
    options.did(f"read the account: {sum(collected.calls.values()):,} calls of {len(collected.calls):,} operations")
    started = keeping.started or began
    if evidence is not None:
        _store(
            evidence,
            stored.StoredEvidence(account, plan.fields_as_data, collected.answers, started, collected.finished),
        )
    return _assessed(collected, selection, options, started, now())


def rejudge(options: Options, evidence: Path) -> Assessment:
    """Judge an account again from the stored answers of a scan, without any call.

    Raises:
        InputError: the evidence cannot be read or was changed, or the options name something that does not exist.

    """
    selection = _selection(options)
    try:
        found = stored.read(evidence)
    except StoredError as error:
        raise InputError(str(error)) from None
    plan = _plan(selection.controls, options)
    collected = collect_prepared(found.account, plan, progress=options.progress, known=found.for_plan(plan))
    return _assessed(collected, selection, options, found.started, found.finished)


def dry_run_aws(options: Options) -> list[ForecastCall]:
    """The calls that a scan of a live account would make. None is made.

    Raises:
        InputError: the options name something that does not exist.

    """
    return list(_plan(_selection(options).controls, options).calls)


def preflight_aws(options: Options, at: AwsTarget | None = None) -> Preflight:
    """The caller for a scan of a live account, and the IAM actions that it lacks.

    Raises:
        InputError: as `scan_aws`.

    """
    plan = _plan(_selection(options).controls, options)
    return preflight((at or AwsTarget()).opened(), plan)


def _selection(options: Options) -> Selection:
    """The controls, exceptions and baseline that the options name; the selected controls are imported.

    All controls are imported if the scan also counts other resources, as every kind has the AWS types that are judged.
    """
    selection = selected(options)
    if _questions(options):
        selection.all = imported(selection.all)
    selection.controls = imported(selection.controls)
    return selection


def _plan(controls: Sequence[Control], options: Options) -> Prepared:
    return prepared(kinds_of(controls), wanted_facts(controls), _questions(options))


def _questions(options: Options) -> Sequence[Question]:
    """The calls beside those for facts: a scan by selected controls does not count other resources."""
    return () if options.only else QUESTIONS


def _initial_answers(account: AwsAccount, plan: Prepared, options: Options, keeping: _Keeping) -> Mapping[str, Answer]:
    """The answers that the scan starts with: those of an interrupted scan, else of one call per service, made now."""
    if keeping.answers:
        return keeping.answers
    before = glance(account, plan)
    for warning in warnings(before):
        options.tell(warning)
    return before.answers


def _store(directory: Path, evidence: stored.StoredEvidence) -> None:
    try:
        stored.write(directory, evidence)
    except OSError as error:
        raise InputError(f"The evidence cannot be written to {directory} ({error}). Give another directory.") from None


def _assessed(
    collected: Collected, selection: Selection, options: Options, started: datetime, finished: datetime
) -> Assessment:
    judged = Judged()
    judged.add(selection.controls, collected.inventory)
    options.did(f"judged {sum(judged.resources.values()):,} resources: {len(judged.findings):,} verdicts")
    scan = Scan(
        source="aws",
        target=collected.account,
        started=started,
        finished=finished,
        format="live",
        account=collected.account,
        caller=collected.caller_arn,
        partition=collected.partition,
        regions=tuple(collected.regions),
    )
    discovered = collected.discovered
    coverage = Coverage(
        unjudged_types=unjudged_types(discovered.counts),
        discovered_by=discovered.by,
        discovery_unknown=dict(sorted(discovered.unknown.items())),
        resources=dict(sorted(judged.resources.items())),
        unjudged_kinds=judged.left_out(selection.all),
        unjudged_counted=bool(discovered.by) and not discovered.unknown,
        regions=tuple(collected.regions),
        calls=collected.calls,
        facts=asdict(collected.facts),
        skipped=dict(sorted(collected.skipped.items())),
        denied=collected.denied,
        unread_services=_unread(collected.plan),
        gaps=(*collected.gaps, *_not_judged(collected)),
    )
    return result_of(scan, coverage, selection, judged, options, internal_errors=collected.faults)


def _not_judged(collected: Collected) -> Iterator[Gap]:
    """Gaps for other existing resources; none if the scan did not count them."""
    if collected.plan.questions:
        yield from more_than_listed(collected.discovered.counts, collected.inventory)
        yield from not_discovered(collected.discovered.unknown)


def _unread(plan: Plan) -> tuple[str, ...]:
    asked = {operation.partition(".")[0] for operation in plan.operations}
    return tuple(sorted(name for name, clients in eligible_services().items() if not clients & asked))


class _Keeping:
    """The ledger of a scan. If it cannot be written, the scan says so and runs without it."""

    def __init__(self, account: AwsAccount, plan: Prepared, options: Options, *, resume: bool) -> None:
        self._options = options
        self._ledger: Ledger | None = None
        identity = {
            "account": account.id,
            "caller": _principal(account.arn),
            "regions": account.regions,
            "home": (account.home, account.clients.home),
            "version": VERSION,
            "plan": digest(text_of([plan.fields_as_data, [(call.operation, call.params) for call in plan.calls]])),
        }
        try:
            self._ledger = Ledger(place(identity), identity, resume=resume)
        except (LedgerError, StoredError, RuntimeError) as error:  # RuntimeError: there is no home directory
            options.tell(f"this scan cannot be resumed if it is interrupted: {error}")
        if resume:
            self._announce_resumption()

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The answers of the interrupted scan."""
        return self._ledger.answers if self._ledger else {}

    @property
    def started(self) -> datetime | None:
        """When the continued scan began."""
        return self._ledger.started if self._ledger else None

    def note(self, key: str, answer: Answer) -> None:
        """Write an answer."""
        if self._ledger is None:
            return
        try:
            self._ledger.put(key, answer)
        except LedgerError as error:
            self._options.tell(f"this scan cannot be resumed if it is interrupted: {error}")
            self._ledger = None

    def interrupted(self) -> str:
        """The message after an interruption."""
        kept = 0 if self._ledger is None else self._ledger.count()
        if self._ledger is not None:
            self._ledger.close(keep=kept > 0)
        if not kept:
            return "The scan was interrupted, and nothing of it was kept."
        return f"The scan was interrupted. {kept:,} answers are kept: run the same command with --resume to continue."

    def ended(self, answers: Mapping[str, Answer]) -> None:
        """Delete the ledger, unless a resumed scan can use it."""
        if self._ledger is None:
            return
        unanswered = sum(1 for answer in answers.values() if not lasts(answer))
        self._ledger.close(keep=bool(unanswered))
        if unanswered:
            self._options.tell(
                f"{unanswered:,} calls were not answered for a reason that may pass: run the same command with "
                "--resume to ask only these."
            )

    def _announce_resumption(self) -> None:
        if self._ledger is not None and self._ledger.answers:
            began, known = f"{self._ledger.started:%Y-%m-%d %H:%M:%S} UTC", len(self._ledger.answers)
            self._options.tell(f"continuing the scan that began {began}: {known:,} answers are known.")
        else:
            self._options.tell("there is no interrupted scan like this one to resume: it begins anew.")
        if self._ledger is not None and self._ledger.lost:
            self._options.tell(
                f"{self._ledger.lost:,} answers of the interrupted scan are damaged, too old or not its own: they are "
                "asked again."
            )


def _principal(arn: str) -> str:
    """The caller, without the name of the session."""
    return arn.rpartition("/")[0] if ":assumed-role/" in arn else arn
