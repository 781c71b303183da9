"""Our controls as checks of Checkov: one scan by hipaa-guard, whose verdicts Checkov's checks look up by address."""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, NoReturn

from checkov.common.bridgecrew.severities import Severities
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

PROGRAM, OPTIONS = "HIPAA_GUARD", "HIPAA_GUARD_SCAN_OPTIONS"
"""Environment variables: the program to call, and more options for its scan (``--var-file prod.tfvars``)."""

_CATEGORIES = {
    "access_control": CheckCategories.IAM,
    "audit_logging": CheckCategories.LOGGING,
    "authentication": CheckCategories.IAM,
    "backup_recovery": CheckCategories.BACKUP_AND_RECOVERY,
    "encryption_at_rest": CheckCategories.ENCRYPTION,
    "encryption_in_transit": CheckCategories.ENCRYPTION,
    "monitoring": CheckCategories.LOGGING,
    "network_exposure": CheckCategories.NETWORKING,
}
_SCANNED = (0, 1, 3)
"""Exit codes of a scan that ended with a result."""

_WORST_FIRST = ("fail", "unknown", "manual", "pass", "not_applicable")
_MOST = 10

_Verdict = dict[str, Any]


class _Scan:
    """The scan of a directory or a plan by hipaa-guard. ``problem`` says why there is no result."""

    def __init__(self, target: str) -> None:
        self.problem = ""
        self._verdicts: dict[tuple[str, str], list[_Verdict]] = defaultdict(list)
        self._controls: set[str] = set()
        self._addresses: set[str] = set()
        ended = _called("scan", "terraform", target, "-q", "-o", "json", *shlex.split(os.environ.get(OPTIONS, "")))
        if isinstance(ended, str):
            self.problem = ended
        elif ended.returncode not in _SCANNED:
            self.problem = ended.stderr.strip() or f"hipaa-guard ended with {ended.returncode}"
        else:
            self._read(json.loads(ended.stdout))
        if self.problem:
            _print(f"nothing of {target} was judged: {self.problem}")

    def _read(self, result: dict[str, Any]) -> None:
        self._controls.update(control["id"] for control in result["controls"])
        for finding in result["findings"]:
            # Checkov knows blocks only: a resource nested in one is judged with it.
            address = finding["resource"].get("inside") or finding["resource"]["address"]
            if address is not None:
                self._verdicts[finding["control_id"], address].append(finding)
                self._addresses.add(address)
        gaps = [gap for gap in result["coverage"]["gaps"] if gap["incomplete"]]
        for gap in gaps[:_MOST]:
            _print(f"not looked at: {gap['subject']}: {gap['reason']}")
        if len(gaps) > _MOST:
            _print(f"and {len(gaps) - _MOST} more gaps in what was looked at; `hipaa-guard scan terraform` lists them")

    def verdict(self, control: str, address: str, file: str) -> _Verdict | None:
        """The verdict of a control on a resource; the worst if one block is judged in several roots."""
        found = self._verdicts.get((control, address)) or self._verdicts.get((control, f"{address}[?]")) or []
        # A plan names no files.
        here = [each for each in found if each["location"] is None or each["location"]["file"] == file.lstrip("/")]
        return min(here or found, key=lambda each: _WORST_FIRST.index(each["status"]), default=None)

    def is_of_no_concern(self, control: str, address: str) -> bool:
        """Whether a control was asked of the scan and judges no such resource, though other controls judge it.

        A type may hold several kinds: the instances that only some clusters bring along are not in every cluster.
        """
        return control in self._controls and bool(self._addresses & {address, f"{address}[?]"})

    def unvisited(self, addresses: set[str]) -> list[str]:
        """The addresses of failing resources that Checkov does not know."""
        return sorted(
            {
                address
                for (_, address), findings in self._verdicts.items()
                if address.removesuffix("[?]") not in addresses
                and any(finding["status"] == "fail" for finding in findings)
            }
        )


_scans: dict[str, _Scan] = {}


def _scan_of(graph: Any, scanned_file: str) -> _Scan:
    """The scan of Checkov's directory or plan, made at its first use."""
    places = _places(graph)
    whole = next((file for file in places.values() if file.endswith(scanned_file)), os.path.abspath(scanned_file))  # noqa: PTH100
    is_document = whole.endswith(".json") and not whole.endswith(".tf.json")
    target = whole if is_document else whole.removesuffix(scanned_file) or str(Path(whole).parent)
    if target not in _scans:
        _scans[target] = _Scan(target)
        unvisited = _scans[target].unvisited(set(places)) if places else []
        for address in unvisited[:_MOST]:
            _print(
                f"{address} fails, but Checkov has no such resource; `hipaa-guard scan terraform {target}` shows why"
            )
        if len(unvisited) > _MOST:
            _print(f"and {len(unvisited) - _MOST} more failing resources that Checkov does not have")
    return _scans[target]


_known_places: tuple[Any, dict[str, str]] = (None, {})


def _places(graph: Any) -> dict[str, str]:
    """The full path of the file of each resource, by address."""
    global _known_places  # noqa: PLW0603 - one graph at a time
    if graph is None:
        return {}
    if _known_places[0] is not graph:
        nodes = (attributes for _, attributes in graph.nodes())
        found = {str(each["__address__"]): str(each["file_path_"]) for each in nodes if each.get("__address__")}
        _known_places = graph, found
    return _known_places[1]


class _Check(BaseResourceCheck):  # type: ignore[misc] # Checkov is not installed when types are checked
    """One control."""

    def __init__(self, control: dict[str, Any]) -> None:
        super().__init__(
            name=control["title"],
            id=control["id"],
            categories=[_CATEGORIES.get(control["safeguard"], CheckCategories.GENERAL_SECURITY)],
            supported_resources=control["terraform_types"],
            guideline=f"45 CFR {', '.join(control['hipaa'])}: {control['why']}",
        )
        self.severity = Severities[control["severity"].upper()]

    def scan_resource_conf(self, conf: dict[str, Any]) -> Any:
        """Required by Checkov's base class, but never called, as `run` is overridden."""
        raise NotImplementedError(conf)

    def run(
        self,
        scanned_file: str,
        entity_configuration: dict[str, Any],
        entity_name: str,
        entity_type: str,
        skip_info: Any,
    ) -> Any:
        """The verdict on one resource as Checkov's result; resources that Checkov's comments skip stay skipped."""
        if skip_info:
            return super().run(scanned_file, entity_configuration, entity_name, entity_type, skip_info)
        address = entity_configuration.get("__address__") or f"{entity_type}.{entity_name}"
        scan = _scan_of(self.graph, scanned_file)
        if scan.problem:
            return _skipped(f"not known: hipaa-guard could not scan: {scan.problem}")
        verdict = scan.verdict(self.id, address, scanned_file)
        if verdict is None and scan.is_of_no_concern(self.id, address):
            return _left_out()
        if verdict is None:
            return _skipped("not known: hipaa-guard has no such resource")
        inside = f"{verdict['resource']['address']} " if "inside" in verdict["resource"] else ""
        self.details = [f"{inside}{verdict['message']}"]
        return _check_result(verdict)


def _check_result(verdict: _Verdict) -> dict[str, Any]:
    status, exception = verdict["status"], verdict["exception"]
    if exception is not None and status in ("fail", "unknown"):
        name = exception["id"] if isinstance(exception, dict) else exception
        return _skipped(f"accepted risk {name}: it {verdict['message']}")
    if status == "unknown":
        return _skipped(f"not known: it {verdict['message']}")
    if status in ("pass", "fail"):
        result = CheckResult.PASSED if status == "pass" else CheckResult.FAILED
        return {"result": result, "evaluated_keys": []}
    return _left_out()


def _left_out() -> dict[str, Any]:
    """Not applicable: Checkov leaves such results out of its report."""
    return {"result": CheckResult.UNKNOWN, "evaluated_keys": []}


def _skipped(reason: str) -> dict[str, Any]:
    return {"result": CheckResult.SKIPPED, "evaluated_keys": [], "suppress_comment": " ".join(reason.split())}


def _called(*arguments: str) -> subprocess.CompletedProcess[str] | str:
    """The finished process of hipaa-guard, or why there is none."""
    program = _program()
    if not program:
        return f"hipaa-guard is not installed here: put it on PATH, or name the program in {PROGRAM}"
    try:
        return subprocess.run([*program, *arguments], capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603 - our own program
    except OSError as error:
        return f"{program[0]} cannot be run: {error.strerror}"


def _program() -> list[str]:
    """The hipaa-guard that this file belongs to, else the one on PATH; empty if there is neither."""
    named = os.environ.get(PROGRAM)
    if named:
        return [named]
    beside = (directory / "bin" / "hipaa-guard" for directory in Path(__file__).resolve().parents)
    own = next((str(file) for file in beside if file.is_file()), None)
    if own is None and importlib.util.find_spec("hipaa_guard") is not None:
        return [sys.executable, "-m", "hipaa_guard"]
    found = own or shutil.which("hipaa-guard")
    return [found] if found else []


def _print(text: str) -> None:
    sys.stderr.write(f"hipaa-guard: {text}\n")


def _stop(text: str) -> NoReturn:
    """End Checkov. After an exception it would silently continue without the controls."""
    _print(text)
    raise SystemExit(2)


def _register() -> None:
    ended = _called("controls", "list", "--json")
    if isinstance(ended, str):
        _stop(ended)
    if ended.returncode:
        _stop(ended.stderr.strip() or "the controls could not be listed")
    for control in json.loads(ended.stdout):
        if control["terraform_types"]:
            _Check(control)


_register()
