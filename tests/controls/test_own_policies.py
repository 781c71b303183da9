"""Policies of one's own: the template, `policies test`, installed packages, and the example of the documentation."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hipaa_guard.authoring import LOW
from hipaa_guard.cli import policy_template
from hipaa_guard.cli.main import cli
from hipaa_guard.controls.control import controls_in
from hipaa_guard.controls.facts_read import wanted_facts
from hipaa_guard.controls.loading import load
from hipaa_guard.services import ebs

ROOT = Path(__file__).parents[2]
CLEAN, FAULTS, USAGE, INCOMPLETE = range(4)
ID = "own_volume_encrypted"


def policies(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["policies", *map(str, arguments)], standalone_mode=False, catch_exceptions=True)


def refused(*arguments: str | Path) -> str:
    """What is said of arguments that cannot be used."""
    from hipaa_guard.cli.main import run

    assert run(["policies", *map(str, arguments)]) == USAGE
    return ""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    assert policies("new", ID, "--kind", "ebs.Volume", "--directory", tmp_path).exception is None
    return tmp_path


def edited(directory: Path, name: str, old: str, new: str) -> None:
    file = directory / name
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_what_the_template_writes_runs_and_holds_for_every_kind(tmp_path: Path) -> None:
    kinds = policy_template.kinds()
    assert {"s3.Bucket", "ebs.Volume", "rds.Instance", "kms.Key", "iam.Role"} <= kinds.keys()
    for name, kind in kinds.items():
        id = f"own_{name.lower().replace('.', '_')}"
        (tmp_path / f"{id}.py").write_text(policy_template.policy_text(id, kind))
        (tmp_path / f"test_{id}.py").write_text(policy_template.table_text(id, kind))
    told = policies("test", tmp_path)
    assert told.return_value == CLEAN, told.output
    assert f"{len(kinds)} controls, {3 * len(kinds)} cases hold, 0 faults" in told.output


def test_what_the_template_writes_needs_no_formatting(written: Path) -> None:
    config = ROOT / "pyproject.toml"
    command = [sys.executable, "-m", "ruff", "format", "--check", "--config", str(config), str(written)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("new", "Own", "--directory", "{dir}"), "is not an id"),
        (("new", "own", "--directory", "{dir}"), "is not an id"),
        (("new", "s3_bucket_tls_required", "--directory", "{dir}"), "already"),
        (("new", ID, "--directory", "{dir}"), "already"),
        (("new", "own_other", "--kind", "s3.Buckte", "--directory", "{dir}"), "did you mean s3.Bucket"),
        (("test", "{dir}/nowhere"), "no policies directory"),
    ],
)
def test_what_cannot_be_done_is_said(
    written: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    refused(*(argument.replace("{dir}", str(written)) for argument in arguments))
    assert says in capsys.readouterr().err


def test_files_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / f"test_{ID}.py").write_text("")
    refused("new", ID, "--directory", tmp_path)
    assert "is not overwritten" in capsys.readouterr().err
    assert (tmp_path / f"test_{ID}.py").read_text() == ""
    assert not (tmp_path / f"{ID}.py").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (f"{ID}.py", "if resource.encrypted:", "if not resource.encrypted:", "as it should be: expected pass"),
        (f"{ID}.py", "if resource.encrypted:", "if resource.nothing:", "AttributeError"),
        (f"test_{ID}.py", "        UNKNOWN,", "        PASS,", "has no case that is unknown"),
        (f"test_{ID}.py", "test_verdict = cases(", "(lambda *_, **__: None)(", "it has no cases"),
        (f"test_{ID}.py", 'resource "aws_ebs_volume"', "resource", "cannot be read in full"),
        (f"test_{ID}.py", "        FAIL,", '        FAIL, says="nothing of the kind",', "is not in"),
    ],
)
def test_faults_are_named(written: Path, file: str, old: str, new: str, says: str) -> None:
    edited(written, file, old, new)
    told = policies("test", written)
    assert told.return_value == FAULTS
    assert says in told.output


def test_a_verdict_that_gets_better_by_not_knowing_is_a_fault(written: Path) -> None:
    edited(
        written,
        f"{ID}.py",
        "    if resource.encrypted:\n",
        "    try:\n        known = resource.encrypted\n    except Exception:\n        known = True\n    if known:\n",
    )
    told = policies("test", written)
    assert "fail became pass without encrypted" in told.output
    assert told.return_value == FAULTS


def test_a_table_for_a_control_that_is_not_there(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(written, f"test_{ID}.py", f'ID = "{ID}"', 'ID = "own_volume_encripted"')
    refused("test", written)
    assert f"did you mean {ID}" in capsys.readouterr().err


AWS = """        aws=lambda aws: aws.ec2.create_volume(
            AvailabilityZone="us-east-1a", Size=1, Encrypted=True,
            TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "phi"}]}],
        ),
"""


def test_cases_are_told_to_aws_where_there_is_moto(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited(written, f"test_{ID}.py", "        PASS,\n", f"        PASS,\n{AWS}")
    told = policies("test", written, "--verbose")
    assert told.return_value == CLEAN, told.output
    assert f"ok      aws - {ID}: as it should be" in told.output
    monkeypatch.setitem(sys.modules, "moto", None)
    told = policies("test", written)
    assert told.return_value == CLEAN, told.output
    assert "1 cases of AWS were not run: they need moto" in told.output


def test_pytest_runs_the_same_tables(written: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(written)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=written)
    assert "3 passed" in told.stdout, told.stdout


# --- packages ------------------------------------------------------------------------------------------------------

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


# --- the documentation ---------------------------------------------------------------------------------------------

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_example_of_the_documentation_is_true(tmp_path: Path) -> None:
    ran = 0
    for language, text in _BLOCK.findall((ROOT / "docs" / "own-policies.md").read_text()):
        first, _, rest = text.partition("\n")
        if language == "sh":
            command = first.removeprefix("$ hipaa-guard ").split()
            told = subprocess.run(
                [sys.executable, "-m", "hipaa_guard", *command, *(["-q"] if command[0] == "scan" else [])],
                capture_output=True,
                text=True,
                check=False,
                cwd=tmp_path,
            )
            assert told.stdout + told.stderr == rest
            ran += 1
        elif first.startswith("# ") and language in ("python", "hcl"):
            (tmp_path / first[2:]).parent.mkdir(exist_ok=True)
            (tmp_path / first[2:]).write_text(text)
    assert ran == 4
    assert "own_ehr_logs_kept_ten_years" in (tmp_path / "comment.md").read_text()


def test_the_judgements_of_the_documentation_declare_controls(tmp_path: Path) -> None:
    blocks = _BLOCK.findall((ROOT / "docs" / "own-policies.md").read_text())
    shared, own = (text for language, text in blocks if language == "python" and "judg" in text)
    (tmp_path / "own_proxies.py").write_text(shared)
    applied = """

@owned(title="Volumes have an owner", fix=Fix(note="Name one."))
def own_volume_owned(volume: ebs.Volume) -> str | None:
    return volume.origin.account
"""
    head = "from hipaa_guard.authoring import Fix\nfrom hipaa_guard.services import ebs\n"
    (tmp_path / "own_owners.py").write_text(f"{head}{own}{applied}")
    controls = {control.id: control for control in load([tmp_path])}
    proxy, volume = controls["own_ehr_proxy_tls"], controls["own_volume_owned"]
    assert proxy.severity is controls["rds_proxy_tls_required"].severity
    assert proxy.why.startswith("The handbook of our hospital")
    assert wanted_facts([proxy]) == {proxy.kind: {"tls_required"}}
    assert (volume.severity, volume.kind) == (LOW, ebs.Volume)
