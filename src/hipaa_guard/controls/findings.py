"""Judging an inventory: one finding for each control and each resource of its kind."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from hipaa_guard.controls.broken import error_text, line_in, place_of
from hipaa_guard.controls.cases import in_every_case
from hipaa_guard.controls.control import Control, Severity, Status, Verdict
from hipaa_guard.controls.exception import ExceptionEntry
from hipaa_guard.controls.policy_files import somebody_elses_code
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.origin import Evidence, Origin
from hipaa_guard.facts.resource import Reads, Resource, recorded
from hipaa_guard.facts.values import Cause, NotVisible, Undecided, Unknown

MOST_EVIDENCE = 20
"""Maximum facts that are kept with a finding; a control that looks at all neighbours reads more than anyone needs."""


class Finding(NamedTuple):
    """The verdict of one control on one resource, with the facts that it rests on.

    ``cause`` groups unknown verdicts; ``action`` is the IAM action that would have answered. ``uncertain`` says why the
    resource may not exist. ``error`` holds the traceback if the control itself failed; ``cause`` then says whether it
    was a policy that is not shipped. ``exception`` is the accepted risk that covers it; ``new`` says whether the
    baseline lacks it, None without a baseline and for verdicts that are no gap. ``previous`` are its fingerprints from
    before the resource was moved or the control was renamed; a gap or unknown verdict also has those from before roots
    were named from the repository. ``follows_from`` is the control whose gap of the same resource brings this one
    along; ``advisory`` says that the gap stops no pipeline by the preset of the scan. ``references`` names the
    addresses that an unknown value was made from (``var.kms_key_arn``).
    """

    control_id: str
    status: Status
    severity: Severity
    message: str
    fingerprint: str
    resource: Origin
    evidence: tuple[Evidence, ...] = ()
    cause: Cause | None = None
    action: str | None = None
    uncertain: str | None = None
    error: str | None = None
    exception: ExceptionEntry | None = None
    new: bool | None = None
    previous: tuple[str, ...] = ()
    follows_from: str | None = None
    advisory: bool = False
    references: tuple[str, ...] = ()

    @property
    def location(self) -> Location | None:
        """The block of the resource in source."""
        return self.resource.location

    @property
    def decided_at(self) -> Location | None:
        """The place in source of the deciding fact, which is the last that was read. None if source leaves it out."""
        return self.evidence[-1].location if self.evidence else None


def judge(controls: Iterable[Control], inventory: Inventory) -> Iterator[Finding]:
    """Judge every resource of an inventory by every control of its kind, in a stable order.

    The controls of a kind also judge the kinds derived from it. If not all resources of a kind could be listed, one
    more finding says that the others are unknown.
    """
    by_kind: dict[type[Resource], list[Control]] = {}
    for control in controls:
        for kind in control.kind.narrower():
            by_kind.setdefault(kind, []).append(control)
    for kind, its_controls in by_kind.items():
        for resource in inventory.seen(kind):
            identity = _identity(resource.origin)
            for control in its_controls:
                yield _finding(control, resource, identity, inventory)
        unknown = inventory.unknown(kind)
        if unknown is not None:
            yield from (
                _unlisted(control, kind, unknown, inventory)
                for control in its_controls
                if kind is control.kind or inventory.unknown(control.kind) is None  # else the wider kind has it
            )


def _unlisted(control: Control, kind: type[Resource], unknown: Unknown, inventory: Inventory) -> Finding:
    types = kind.terraform.types if kind.terraform else (None,)
    origin = Origin(kind.kind, types[0], None, inventory.source, account=inventory.account)
    return Finding(
        control_id=control.id,
        status=Status.UNKNOWN,
        severity=control.severity,
        message=f"cannot all be judged: not every {kind.kind} could be listed: {unknown.reason}",
        fingerprint=fingerprint(control.id, origin),
        resource=origin,
        cause=unknown.cause,
        action=unknown.action,
    )


def judged(control: Control, resource: Resource, inventory: Inventory) -> Finding:
    """The verdict of one control on one resource."""
    return _finding(control, resource, _identity(resource.origin), inventory)


def _finding(control: Control, resource: Resource, identity: str, inventory: Inventory) -> Finding:
    cause = action = error = None
    references: tuple[str, ...] = ()
    with recorded() as reads:
        try:
            verdict = _verdict(control, resource, inventory)
        except Undecided as undecided:
            facts = [fact for of, fact in reads.values() if of is resource]
            decided = in_every_case(partial(_verdict, control), resource, inventory, facts)
            if decided is None:
                decided = Verdict(Status.UNKNOWN, f"cannot be judged: {_reason(undecided, reads)}")
                cause, action = undecided.unknown.cause, undecided.unknown.action
                references = undecided.unknown.references
            verdict = decided
        except NotVisible as hidden:
            verdict = Verdict(Status.NOT_APPLICABLE, f"does not show this: {hidden.reason}")
        except KeyboardInterrupt:  # it stops the scan, also if a control raises it
            raise
        except BaseException as broken:  # noqa: BLE001 - a control that breaks must not hide the others, nor pass
            verdict = Verdict(Status.UNKNOWN, f"cannot be judged: the control {_failed(control, broken)}")
            import traceback

            error = traceback.format_exc()
            cause = None if control.is_shipped else Cause.POLICY
    origin = resource.origin
    return Finding(
        control_id=control.id,
        status=verdict.status,
        severity=verdict.severity or control.severity,
        message=verdict.message,
        fingerprint=_fingerprint(control.id, identity),
        resource=origin,
        evidence=tuple(of.evidence(fact) for of, fact in islice(reads.values(), MOST_EVIDENCE)),
        cause=cause,
        action=action,
        uncertain=origin.uncertain.reason if origin.uncertain is not None else None,
        error=error,
        references=references,
    )


_VERDICTS = frozenset({Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE})
"""The statuses that a control can give to a resource."""


class _NoVerdictError(Exception):
    """A control returned something that is no verdict."""


def _verdict(control: Control, resource: Resource, inventory: Inventory) -> Verdict:
    returned: Any
    if control.is_shipped:
        returned = control(resource, inventory)
    else:
        with somebody_elses_code():
            returned = control(resource, inventory)
            if inspect.iscoroutine(returned):
                returned.close()  # else Python warns that nothing awaited it
    if not isinstance(returned, Verdict):
        what = f"the class {returned.__name__}" if isinstance(returned, type) else _shown(returned)
        raise _NoVerdictError(f"returned {what} and no verdict: return passed(...), failed(...) or not_applicable(...)")
    status: object = returned.status  # a tuple of its kind may hold anything
    if not isinstance(status, Status) or status not in _VERDICTS:
        raise _NoVerdictError(f"returned a verdict whose status is {_shown(status)}: return passed(...)")
    if not isinstance(returned.message, str):
        raise _NoVerdictError(f"returned a verdict whose message is {_shown(returned.message)}: it is a text")
    severity: object = returned.severity
    if severity is not None and not isinstance(severity, Severity):
        raise _NoVerdictError(
            f"returned a verdict whose severity is {_shown(severity)}: name CRITICAL, HIGH, MEDIUM or LOW"
        )
    return returned


def _shown(value: object) -> str:
    return "None" if value is None else f"a value of the type {type(value).__name__}"


def _failed(control: Control, error: BaseException) -> str:
    """The failure of a control in words, with the file and line of a policy that is not shipped."""
    failure = str(error) if isinstance(error, _NoVerdictError) else f"failed with {error_text(error)}"
    if control.is_shipped:
        return failure
    file, line = control.declared_at
    return f"{failure} ({place_of(file, line_in(file, error.__traceback__) or line)})"


def _reason(undecided: Undecided, reads: Reads) -> str:
    """Why a control could not decide. A value that is set but unknown stops it at its use, not at the reading of its
    fact.
    """
    if undecided.fact is None:
        for resource, fact in reads.values():
            if resource.already_read(fact) is undecided.unknown:
                return Undecided(undecided.unknown, fact.name).reason
    return undecided.reason


def fingerprint(control_id: str, origin: Origin) -> str:
    """An id of the finding that survives moved lines, reformatting and renamed files (64 hexadecimal digits)."""
    return _fingerprint(control_id, _identity(origin))


def moved_to(origin: Origin, address: str) -> Origin:
    """The same resource at another address."""
    return replace(origin, address=address)


def with_previous(finding: Finding, ids: Sequence[str], addresses: Sequence[str]) -> Finding:
    """The finding with the fingerprints that it had under other ids of its control and other addresses."""
    origins = [finding.resource, *(moved_to(finding.resource, address) for address in addresses)]
    names = (fingerprint(id, origin) for origin in origins for id in (finding.control_id, *ids))
    return finding._replace(previous=tuple(dict.fromkeys(name for name in names if name != finding.fingerprint)))


def identity(origin: Origin, root: str, address: str) -> str:
    """The part of a resource's fingerprints that all controls share, at another root and address, for `named_so`."""
    return _identity(replace(origin, root=root, address=address))


def named_so(finding: Finding, ids: Sequence[str], identities: Iterable[str]) -> tuple[str, ...]:
    """The fingerprints of a finding for each of these identities and every id of its control."""
    return tuple(_fingerprint(id, identity) for identity in identities for id in (finding.control_id, *ids))


def _fingerprint(control_id: str, identity: str) -> str:
    return hashlib.sha256(f'["{control_id}",{identity}]'.encode()).hexdigest()


def _identity(origin: Origin) -> str:
    """The part of a fingerprint that all controls share."""
    if origin.source == "terraform":
        key = [origin.root, origin.address]
    elif origin.arn is not None:
        key = [origin.arn]
    else:
        key = [origin.account, origin.region, origin.name]
    return json.dumps(["v1", origin.kind, *key], separators=(",", ":"))[1:-1]
