"""One configuration as its sources tell it: source, plan, plan with its source, state, and the account it makes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.scanning.aws import AwsTarget, scan_aws
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs

DECIDED = (Status.PASS, Status.FAIL)
SOURCE, PLAN, PLAN_WITH_SOURCE, STATE, LIVE = "source", "plan", "plan with source", "state", "live"

Key = tuple[str, str]
"""A control, and the address of the resource that it judges."""
Verdicts = dict[Key, Finding]


def of_source(directory: Path, variables: Mapping[str, str]) -> Verdicts:
    """What a scan of the directory says."""
    return _by_address(
        scan_terraform(TerraformTarget(directory, PlanInputs(variables=dict(variables))), Options()).findings
    )


def of_document(document: Mapping[str, Any], path: Path, source: Path | None = None) -> Verdicts:
    """What a scan of a plan or state says, which is written to a path for it."""
    path.write_text(json.dumps(document), encoding="utf-8")
    return _by_address(scan_terraform(TerraformTarget(path, source=source), Options()).findings)


def of_account(state: Verdicts, region: str) -> Verdicts:
    """What a scan of the account says of the resources that a state tells of, by their addresses there."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in scan_aws(Options(), AwsTarget(regions=region)).findings:
        for name in _names(finding):
            found.setdefault((finding.control_id, name), []).append(finding)
    verdicts: Verdicts = {}
    for key, finding in state.items():
        its = {id(one): one for name in _names(finding) for one in found.get((key[0], name), ())}
        if len(its) == 1:
            verdicts[key] = next(iter(its.values()))
    return verdicts


def _by_address(findings: Iterable[Finding]) -> Verdicts:
    return {(one.control_id, one.resource.address): one for one in findings if one.resource.address}


def _names(finding: Finding) -> set[str]:
    """By what a resource is found again: the ARN where it has one, else its names; settings of an account by kind."""
    origin = finding.resource
    if origin.arn:
        return {origin.arn}
    return {name for name in (*origin.keys, origin.name) if name} or {origin.kind}


@dataclass(frozen=True, slots=True)
class Difference:
    """Two sources that do not say the same of one resource."""

    key: Key
    sources: tuple[str, str]
    statuses: tuple[Status, Status]
    messages: tuple[str, str]

    @property
    def contradicts(self) -> bool:
        """Whether one of them must be wrong: both have decided, and differently."""
        return all(status in DECIDED for status in self.statuses)

    def __str__(self) -> str:
        (control, address), (one, other) = self.key, self.sources
        says = " / ".join(
            f"{name}: {status}, {text}"
            for name, status, text in zip(self.sources, self.statuses, self.messages, strict=True)
        )
        return f"{control} {address}: {one} against {other}\n    {says}"


def differences(told: Mapping[str, Verdicts]) -> list[Difference]:
    """All that two sources say differently, of what both speak of."""
    found = []
    names = list(told)
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            for key in told[one].keys() & told[other].keys():
                pair = told[one][key], told[other][key]
                if pair[0].status is not pair[1].status:
                    statuses = pair[0].status, pair[1].status
                    found.append(Difference(key, (one, other), statuses, (pair[0].message, pair[1].message)))
    return sorted(found, key=lambda one: (one.key, one.sources))


def addresses(verdicts: Verdicts) -> set[str]:
    """The resources that are judged."""
    return {address for _, address in verdicts}
