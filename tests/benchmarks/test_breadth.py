"""The services and controls that the benchmark of breadth adds are real ones, and a scan that meets none imports none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.breadth import environment, installed, made, widened
from hipaa_guard.controls.loading import load

_SCAN = """
import json, sys
from pathlib import Path
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
assessment = scan_terraform(TerraformTarget(Path(sys.argv[1]), repository_root=Path(sys.argv[1])), Options())
failing = sorted({each.control_id for each in assessment.findings if each.status == "fail"})
print(json.dumps([len(assessment.controls), failing, [name for name in sys.modules if "dummy" in name]]))
"""


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, int]:
    place = tmp_path_factory.mktemp("wide")
    widened(installed(place), services=3, controls=7)
    return place, *made(place)


def scanned(place: Path, directory: Path, type: str) -> tuple[int, list[str], list[str]]:
    (directory / "main.tf").write_text(f'resource "{type}" "phi" {{}}\n')
    command = [sys.executable, "-S", "-c", _SCAN, str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment(place), cwd=directory)
    controls, failing, modules = json.loads(done.stdout)
    return controls, failing, modules


def test_the_catalogue_has_what_was_added(wide: tuple[Path, int, int], tmp_path: Path) -> None:
    place, controls, _ = wide
    assert controls == len([each for each in load() if each.is_shipped]) + 7
    assert scanned(place, tmp_path, "aws_s3_bucket")[0] == controls


def test_what_concerns_no_type_is_not_imported(wide: tuple[Path, int, int], tmp_path: Path) -> None:
    place, _, _ = wide
    _, failing, modules = scanned(place, tmp_path, "aws_s3_bucket")
    assert "s3_bucket_versioning_enabled" in failing
    assert modules == []


def test_what_was_added_judges_its_own_types(wide: tuple[Path, int, int], tmp_path: Path) -> None:
    place, _, _ = wide
    _, failing, modules = scanned(place, tmp_path, "aws_dummy01_store")
    assert failing == ["dummy01_store_setting_0_enabled", "dummy01_store_setting_1_enabled"]
    assert sorted({name.rpartition(".")[2] for name in modules}) == ["dummy01"]
