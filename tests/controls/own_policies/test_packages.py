"""Policies of one's own in installed packages."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hipaa_guard.cli import policy_template
from hipaa_guard.controls.control import controls_in
from hipaa_guard.controls.facts_read import wanted_facts
from tests.controls.own_policies.running import ID, INCOMPLETE

METADATA = "Metadata-Version: 2.1\nName: clinic-policies\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def package(directory: Path, policy: str, *, names: str = "clinic_policies") -> Path:
    """A wheel with one policy, as any build tool would make it."""
    wheel = directory / "clinic_policies-1.0-py3-none-any.whl"
    files = {
        "clinic_policies/__init__.py": "",
        "clinic_policies/disks.py": policy,
        "clinic_policies-1.0.dist-info/METADATA": METADATA,
        "clinic_policies-1.0.dist-info/WHEEL": WHEEL,
        "clinic_policies-1.0.dist-info/entry_points.txt": f"[hipaa_guard.policies]\nclinic = {names}\n",
    }
    record = "".join(f"{name},,\n" for name in files) + "clinic_policies-1.0.dist-info/RECORD,,\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {**files, "clinic_policies-1.0.dist-info/RECORD": record}.items():
            archive.writestr(name, text)
    return wheel


def install(directory: Path, wheel: Path) -> Path:
    site = directory / "site"
    options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--target", str(site)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True, capture_output=True)
    return site


def listed(site: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hipaa_guard", "controls", "list", "--json"]
    environment = os.environ | {"PYTHONPATH": str(site)}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)


POLICY = policy_template.policy_text(ID, policy_template.kinds()["ebs.Volume"])


def test_installed_packages_bring_their_controls(tmp_path: Path) -> None:
    site = install(tmp_path, package(tmp_path, POLICY))
    told = json.loads(listed(site, tmp_path).stdout)
    assert [control["safeguard"] for control in told if control["id"] == ID] == ["clinic_policies"]
    # Where the package lies in the working directory, it came with what is scanned.
    assert ID not in listed(site, site).stdout


TWO = POLICY.replace("MEDIUM, Fix", "LOW, MEDIUM, Fix") + POLICY.partition("\n\n\n")[2].replace(ID, "own_second")
DISKS, ENTRIES = "site/clinic_policies/disks.py", "site/clinic_policies-1.0.dist-info/entry_points.txt"


@pytest.mark.parametrize(
    ("policy", "names", "place", "says"),
    [
        (TWO.replace("own_second", "s3_bucket_tls_required"), "clinic_policies", DISKS, "two controls have the id"),
        (TWO.replace("severity=MEDIUM", "severity='hihg'", 1).replace(ID, "own_x"), "clinic_policies", DISKS, "HIGH"),
        ("import nothing_of_that_name\n", "clinic_policies", DISKS, "ModuleNotFoundError"),
        ("raise SystemExit(0)\n", "clinic_policies", DISKS, "SystemExit"),
        (POLICY, "clinic_policies.nowhere", ENTRIES, "clinic-policies names 'clinic_policies.nowhere'"),
        (POLICY, f"clinic_policies.disks:{ID}", ENTRIES, "a module or a package"),
        (POLICY, "?", ENTRIES, "the entry points cannot be read"),
    ],
)
def test_what_of_a_package_cannot_be_used_breaks_alone(
    tmp_path: Path, policy: str, names: str, place: str, says: str
) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(package(tmp_path, policy, names=names)) as archive:
        archive.extractall(site)
    told = listed(site, tmp_path)
    assert told.returncode == INCOMPLETE
    assert f"{place}:" in told.stderr
    assert says in told.stderr
    assert "Traceback" not in told.stderr
    ids = {control["id"] for control in json.loads(told.stdout)}
    assert "s3_bucket_tls_required" in ids
    assert (ID in ids, "own_second" in ids) == (
        ID in policy and policy.startswith('"') and names == "clinic_policies" and "own_x" not in policy,
        "own_second" in policy,
    )


def test_a_broken_control_of_a_package_takes_no_module_with_it_that_imports_its_module(tmp_path: Path) -> None:
    site = tmp_path / "site"
    broken = TWO.replace("severity=MEDIUM", "severity='hihg'", 1)
    with zipfile.ZipFile(package(tmp_path, broken)) as archive:
        archive.extractall(site)
    importing = POLICY.replace(ID, "own_third")
    (site / "clinic_policies" / "above.py").write_text(f"from clinic_policies import disks\n{importing}\n_ = disks\n")
    told = listed(site, tmp_path)
    ids = {control["id"] for control in json.loads(told.stdout)}
    assert ids >= {"own_second", "own_third"}
    assert ID not in ids
    assert told.stderr.count("did you mean HIGH") == 1


def test_facts_that_a_helper_of_a_package_reads_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ward_policies").mkdir()
    (tmp_path / "ward_policies" / "__init__.py").write_text("")
    (tmp_path / "ward_policies" / "helpers.py").write_text("def good(disk):\n    return disk.encrypted\n")
    policy = POLICY.replace("resource.encrypted:", "helpers.good(resource):")
    (tmp_path / "ward_policies" / "disks.py").write_text(f"from ward_policies import helpers\n{policy}")
    monkeypatch.syspath_prepend(tmp_path)
    (control,) = controls_in(importlib.import_module("ward_policies.disks"))
    assert wanted_facts([control]) == {control.kind: {"encrypted"}}
