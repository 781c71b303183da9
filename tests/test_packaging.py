"""What is installed is whole: policies, law, templates and schema are in the wheel and work in an empty environment."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.pipelines.tools import accepts, copied, pip_environment

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    # From a copy: setuptools leaves a build directory behind, whose old files would end up in the next wheel.
    copy = copied(tmp_path_factory.mktemp("source"))
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(copy)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=pip_environment())
    assert result.returncode == 0, result.stdout + result.stderr
    (built,) = out.glob("hipaa_guard_cloud-*.whl")
    return built


def test_the_wheel_holds_every_module_and_data_file(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    places = {"src/hipaa_guard": "hipaa_guard", "policies": "hipaa_guard/policies", "reports": "hipaa_guard/reports"}
    for source, target in places.items():
        for path in (ROOT / source).rglob("*"):
            if path.is_file() and path.suffix in (".py", ".yaml", ".csv", ".json", ".j2", ".css", ".js", ".typed"):
                name = f"{target}/{path.relative_to(ROOT / source).as_posix()}"
                assert name in packed, "name its folder in `packages` of pyproject.toml, a data file in `package-data`"
    assert not [name for name in packed if name.startswith(("tests/", "examples/", "benchmarks/", "docs/"))]


def test_the_wheel_scans_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    accepts(python, "-m", "pip", "install", "--quiet", wheel, environment=pip_environment())
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text('resource "aws_s3_bucket" "phi" {}\n')
    result = subprocess.run(
        [
            environment / "bin" / "hipaa-guard",
            "scan",
            "terraform",
            "infra",
            "-o",
            "json=scan.json",
            "-o",
            "html=r.html",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    told = json.loads((tmp_path / "scan.json").read_text())
    assert any(f["control_id"] == "s3_bucket_versioning_enabled" and f["status"] == "fail" for f in told["findings"])
    assert "Technical safeguards assessment" in (tmp_path / "r.html").read_text()
