"""One configuration planned, applied to the simulated account and scanned, source by source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.terraform.real.cloud import emptied
from tests.terraform.real.estates import Estate
from tests.terraform.real.recording import Record
from tests.terraform.real.sources import (
    LIVE,
    PLAN,
    PLAN_WITH_SOURCE,
    SOURCE,
    STATE,
    Difference,
    Verdicts,
    addresses,
    differences,
    of_account,
    of_document,
    of_source,
)
from tests.terraform.real.tools import Root, Tools, in_words

MADE = (STATE, LIVE)
"""The sources that tell what moto made of a configuration."""


@dataclass(slots=True)
class Run:
    """What came of one configuration."""

    record: Record
    told: Mapping[str, Verdicts]
    not_made: dict[str, str] = field(default_factory=dict)
    """Addresses that were planned and could not be applied, with the reason."""

    def differences(self) -> list[Difference]:
        """All differences but those of what moto made only in part."""
        left_out = self.record.left_out
        return [one for one in differences(self.told) if not (one.key[1] in left_out and {*one.sources} & {*MADE})]

    def missing(self) -> dict[str, set[str]]:
        """The resources that a source does not tell of although another does and moto has made them, by source."""
        judged = {name: addresses(verdicts) for name, verdicts in self.told.items()}
        every = set().union(*judged.values())
        left_out = set(self.record.left_out)
        lacking = {name: every - its - (left_out if name in MADE else set()) for name, its in judged.items()}
        return {name: its for name, its in lacking.items() if its}


def planned_only(estate: Estate, directory: Path, tools: Tools, address: str) -> Run:
    """Plan it for an empty account, and scan what there is without applying.

    Raises:
        TerraformError: the configuration cannot be planned.

    """
    _, record = _planned(estate, directory, tools, address)
    told = scanned(record, directory)
    del told[STATE]
    return Run(record, told)


def _planned(estate: Estate, directory: Path, tools: Tools, address: str) -> tuple[Root, Record]:
    emptied(address)
    variables = dict(estate.before())
    root = Root(estate.write(directory / "work"), tools, address, variables)
    root.init()
    return root, Record(estate.name, estate.files, variables, root.plan(), {}, {}, {})


def planned_and_applied(estate: Estate, directory: Path, tools: Tools, address: str) -> Run:
    """Run all of it in an empty account.

    Raises:
        TerraformError: the configuration cannot be planned.

    """
    root, record = _planned(estate, directory, tools, address)
    errors = root.apply()
    state = root.state()
    not_made = _not_made(record.plan, state, errors)
    left_out = _touched(record.plan, not_made, whole_modules=estate.apart)
    record = replace(record, state=state, raw_state=root.raw_state(), left_out=left_out)
    told = scanned(record, directory)
    return Run(record, {**told, LIVE: of_account(told[STATE], estate.region)}, not_made)


def scanned(record: Record, directory: Path) -> dict[str, Verdicts]:
    """What the sources say that are files."""
    source = Estate(record.name, record.files).write(directory / "source")
    given = {name: value for name, value in record.variables.items() if isinstance(value, str)}
    plan, state = directory / "plan.json", directory / "state.json"
    return {
        SOURCE: of_source(source, given),
        PLAN: of_document(record.plan, plan),
        PLAN_WITH_SOURCE: of_document(record.plan, plan, source),
        STATE: of_document(record.state or {"format_version": "1.0"}, state),
    }


def _not_made(plan: Mapping[str, Any], state: Mapping[str, Any], errors: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    resources = _resources(state.get("values", {}).get("root_module", {}))
    made = {address for address, resource in resources if not resource.get("tainted")}
    reasons = {one.get("address", ""): _reason(one) for one in errors}
    planned = [one["address"] for one in plan["resource_changes"] if one["mode"] == "managed"]
    tainted = {address for address in reasons if address}
    return {
        address: reasons.get(address, "it needs what could not be made, or was not reached in time")
        for address in planned
        if address not in made or address in tainted
    }


def _resources(module: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for resource in module.get("resources", ()):
        yield resource["address"], resource
    for child in module.get("child_modules", ()):
        yield from _resources(child)


_NOISE = re.compile(
    r"(?:, )?(?:https response error |RequestID: [^,]*|HostID: [^,]*|exceeded maximum number of attempts, 1)"
)


def _reason(error: Mapping[str, Any]) -> str:
    told = in_words({**error, "range": {}, "address": ""}).strip()
    return _NOISE.sub("", told)[:160]


def _touched(plan: Mapping[str, Any], not_made: Mapping[str, str], *, whole_modules: bool) -> dict[str, str]:
    """What moto made only in part: what could not be made, and what that is a part of, by the references in it."""
    found = dict(not_made)
    for address, reason in not_made.items():
        module, own = _split(address)
        text = f"{address} could not be made: {reason}"
        names = _references(plan, module, re.sub(r"\[.*", "", own))
        for other in (one["address"] for one in plan["resource_changes"]):
            its_module, its_own = _split(other)
            same = its_module == module
            if same and (whole_modules or re.sub(r"\[.*", "", its_own) in names):
                found.setdefault(other, text)
    return found


def _split(address: str) -> tuple[str, str]:
    """The module and what follows; a key may hold dots."""
    found = re.match(r'((?:module\.\w+(?:\[(?:"[^"]*"|\d+)\])?\.)*)(.*)', address)
    assert found is not None
    return found[1], found[2]


def _references(plan: Mapping[str, Any], module: str, name: str) -> set[str]:
    """The resources that a block refers to, in its own module."""
    at = plan["configuration"]["root_module"]
    for step in re.findall(r"module\.(\w+)", module):
        at = at["module_calls"][step]["module"]
    blocks = [one for one in at.get("resources", ()) if one["address"] == name]
    texts = {text for block in blocks for text in _texts(block.get("expressions", {}))}
    return {".".join(text.split(".")[:2]).partition("[")[0] for text in texts if text.startswith("aws_")}


def _texts(expressions: Any) -> Iterator[str]:
    if isinstance(expressions, dict):
        yield from expressions.get("references", ())
        for value in expressions.values():
            yield from _texts(value)
    elif isinstance(expressions, list):
        for value in expressions:
            yield from _texts(value)
