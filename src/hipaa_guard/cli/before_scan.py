"""The output of ``scan aws --dry-run`` and ``--preflight``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from hipaa_guard.assessment.gate import BROKEN, CLEAN, INCOMPLETE
from hipaa_guard.aws.planning.actions import ALWAYS, action_of
from hipaa_guard.aws.planning.call_forecast import ForecastCall, Times
from hipaa_guard.aws.planning.templates import fields_in
from hipaa_guard.aws.preflight import ATTACHED, Preflight, Probe, data_warning
from hipaa_guard.outputs import OutputError, parsed, write_text
from hipaa_guard.outputs.wording.harmless_text import visible
from hipaa_guard.outputs.wording.phrases import statement


def print_dry_run(calls: Sequence[ForecastCall], outputs: Sequence[str]) -> int:
    """Print the calls of a scan."""
    _write(outputs, lambda: "\n".join(_dry_run_text(calls)) + "\n", lambda: _dry_run_json(calls))
    return CLEAN


def print_preflight(found: Preflight, outputs: Sequence[str]) -> int:
    """Print the result of the preflight; the exit code says whether anything is missing."""
    _write(outputs, lambda: "\n".join(_preflight_text(found)) + "\n", lambda: _preflight_json(found))
    if found.faults:
        return BROKEN
    return CLEAN if found.complete else INCOMPLETE


def _write(outputs: Sequence[str], text: Callable[[], str], document: Callable[[], dict[str, Any]]) -> None:
    for format, destination in map(parsed, outputs or ("terminal",)):
        if format not in ("terminal", "json"):
            raise OutputError(f"--dry-run and --preflight have no {format} output: give -o terminal or -o json")
        written = text() if format == "terminal" else json.dumps(document(), indent=2) + "\n"
        write_text(written, format, destination)


# --- The calls ---------------------------------------------------------------------------------------------------


def _all_actions(calls: Sequence[ForecastCall]) -> list[str]:
    return sorted({*ALWAYS, *(action for call in calls for action in call.actions)})


def _first(operation: str) -> str:
    return {
        "sts.get_caller_identity": "the identity of the scan; needs no permission",
        "ec2.describe_regions": "the enabled regions",
    }.get(operation, "whether the role can read data; the scan goes on without it")


_FIRST = ("sts.get_caller_identity", "ec2.describe_regions", *(operation for operation, _ in ATTACHED.values()))


def _dry_run_text(calls: Sequence[ForecastCall]) -> Iterator[str]:
    yield "Before the scan"
    for operation in _FIRST:
        yield f"  {action_of(operation):<54} {Times.ACCOUNT}: {_first(operation)}"
    for service, of_service in groupby(calls, key=lambda call: call.service):
        yield f"\n{service}"
        for call in of_service:
            name = " ".join((call.operation.partition(".")[2], *_literals(call, calls)))
            yield f"  {name:<54} {_times(call)}{_note(call)}"
            yield f"    {', '.join(call.actions)}"
    counts = {times: sum(1 for call in calls if call.times is times and not call.note) for times in Times}
    actions = _all_actions(calls)
    yield f"\n{', '.join(f'{count} calls {times}' for times, count in counts.items())}; each page is one request more."
    yield f"{len(actions)} IAM actions. `hipaa-guard iam-policy` prints the policy. No call was made."


def _literals(call: ForecastCall, calls: Sequence[ForecastCall]) -> Iterator[str]:
    """The parameters that distinguish a call from others of its operation."""
    alike = [each.params for each in calls if each.operation == call.operation]
    for name, value in call.params.items():
        if not any(fields_in(value)) and any(each.get(name) != value for each in alike):
            yield f"{name}={json.dumps(value, separators=(',', ':'))}"


def _times(call: ForecastCall) -> str:
    return f"once per {', '.join(call.kinds)}" if call.times is Times.RESOURCE else str(call.times)


def _note(call: ForecastCall) -> str:
    return f"  ({call.note})" if call.note else ""


def _dry_run_json(calls: Sequence[ForecastCall]) -> dict[str, Any]:
    return {
        "before": [{"operation": operation, "purpose": _first(operation)} for operation in _FIRST],
        "calls": [
            {
                "service": call.service,
                "operation": call.operation,
                "parameters": call.params,
                "times": call.times.value,
                "kinds": call.kinds,
                "actions": list(call.actions),
                "note": call.note or None,
            }
            for call in calls
        ],
        "actions": _all_actions(calls),
    }


# --- The preflight -----------------------------------------------------------------------------------------------


def _preflight_text(found: Preflight) -> Iterator[str]:
    account = found.account
    yield f"Account   {account.id} ({account.partition})"
    yield f"Caller    {visible(account.arn)}"
    yield f"Regions   {', '.join(account.regions)}"
    for reason in sorted(set(account.skipped.values())):
        yield f"          {reason}: {', '.join(sorted(name for name, why in account.skipped.items() if why == reason))}"
    yield from (f"          {visible(gap.reason)}" for gap in account.gaps)
    yield f"Data      {_data(found)}"
    yield f"\nTried in {account.home}, the first page of each call that needs no resource:"
    for service, probes in found.services.items():
        yield f"  {service:<20} {_status(probes)}"
        yield from (f"    {visible(line)}" for line in _refusals(probes))
    yield ""
    if found.missing:
        yield f"The role lacks {len(found.missing)} actions. Statement to add:"
        yield json.dumps(statement(found.missing), indent=2)
    if found.complete:
        yield "Nothing is missing among the calls that need no resource. Calls per resource are first made in the scan."
    else:
        yield "In a scan, services that are not ok are unknown. `hipaa-guard iam-policy` prints all that a scan needs."


def _data(found: Preflight) -> str:
    if found.reads_data is None:
        return f"it is not known whether the role can read data: {found.not_covered}"
    if found.reads_data:
        return f"WARNING: {data_warning(found.reads_data)}"
    return f"no AWS managed policy is attached that is known to read data; {found.not_covered}"


def _status(probes: Sequence[Probe]) -> str:
    refused = sorted({str(probe.refusal.meaning) for probe in probes if probe.refusal})
    if refused:
        return ", ".join(refused)
    return "ok" if any(probe.offered for probe in probes) else "not offered in this region"


def _refusals(probes: Sequence[Probe]) -> list[str]:
    return sorted({probe.refusal.reason for probe in probes if probe.refusal})


def _preflight_json(found: Preflight) -> dict[str, Any]:
    account = found.account
    return {
        "account": account.id,
        "partition": account.partition,
        "caller": account.arn,
        "regions": list(account.regions),
        "skipped": dict(sorted(account.skipped.items())),
        "gaps": [gap.reason for gap in account.gaps],
        "reads_data": None if found.reads_data is None else list(found.reads_data),
        "reads_data_note": found.not_covered,
        "services": {
            service: {"status": _status(probes), "refusals": _refusals(probes)}
            for service, probes in found.services.items()
        },
        "missing_actions": found.missing,
        "statement": statement(found.missing) if found.missing else None,
        "complete": found.complete,
    }
