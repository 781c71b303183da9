"""What `make release-check` builds is compared with the changelog, the locks and the tag."""

from __future__ import annotations

import io
import json
import re
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

from hipaa_guard.version import VERSION
from tests.pipelines.locks import pins
from tests.pipelines.test_make import MAKEFILE, recipe
from tests.pipelines.tools import ROOT
from tests.release import ALWAYS, NAME, faults

CHANGELOG = f"# Changelog\n\n## [Unreleased]\n\n## [{VERSION}] - 2026-12-01\n\n## [0.0.1] - 2026-01-01\n"
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text())


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    folder.mkdir()
    with zipfile.ZipFile(folder / f"{NAME}-{VERSION}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{NAME}-{VERSION}.dist-info/METADATA", f"Metadata-Version: 2.4\nVersion: {VERSION}\n\nText\n")
        for name in ALWAYS:
            wheel.writestr(name, "")
    with tarfile.open(folder / f"{NAME}-{VERSION}.tar.gz", "w:gz") as source:
        for name in ("LICENSE", "pyproject.toml"):
            source.addfile(tarfile.TarInfo(f"{NAME}-{VERSION}/{name}"), io.BytesIO())
    return folder


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    return write_bill(tmp_path, [(name, str(each[0].version)) for name, each in pins("runtime.txt").items()])


def write_bill(directory: Path, listed: list[tuple[str, str]], ours: str = VERSION) -> Path:
    path = directory / "sbom.json"
    components = [{"name": name, "version": version} for name, version in [*listed, ("hipaa-guard-cloud", ours)]]
    path.write_text(json.dumps({"components": components}))
    return path


def test_a_release_that_agrees_has_no_fault(built: Path, bill: Path) -> None:
    assert list(faults(built, bill, CHANGELOG, f"v{VERSION}")) == []


def test_the_changelog_and_the_tag_are_of_the_version(built: Path, bill: Path) -> None:
    other = CHANGELOG.replace(f"[{VERSION}]", "[7.0.0]")
    assert list(faults(built, bill, other, "v7.0.0")) == [
        f"the tag v7.0.0 is not of version {VERSION}",
        f"the newest release of CHANGELOG.md is 7.0.0, not {VERSION}",
    ]


def test_what_is_missing_or_too_much_is_named(built: Path, bill: Path) -> None:
    (built / f"{NAME}-0.0.1.tar.gz").write_text("")
    (told,) = faults(built, bill, CHANGELOG)
    assert f"{NAME}-0.0.1.tar.gz" in told


def test_a_wheel_without_its_data_is_refused(built: Path, bill: Path) -> None:
    with zipfile.ZipFile(built / f"{NAME}-{VERSION}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{NAME}-{VERSION}.dist-info/METADATA", "Metadata-Version: 2.4\nVersion: 7\n\n")
    told = list(faults(built, bill, CHANGELOG))
    assert told == ["the wheel says that it is version 7", *(f"the wheel lacks {name}" for name in ALWAYS)]


def test_the_bill_lists_what_the_lock_holds(built: Path, tmp_path: Path) -> None:
    bill = write_bill(tmp_path, [("boto3", "0.0.1"), ("left-pad", "1.0")], ours="7")
    told = list(faults(built, bill, CHANGELOG))
    assert told[0] == f"the bill of materials does not list hipaa-guard-cloud {VERSION}"
    assert told[1].endswith("does not hold: boto3, hipaa-guard-cloud, left-pad")


def test_the_newest_release_of_the_changelog_is_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^## \[(\S+)\] - \d{4}-\d\d-\d\d$", text)[0] == VERSION


def test_each_step_of_the_release_is_one_of_make() -> None:
    made = recipe("release-check")
    for words in ("-m build", "-m twine check --strict", "check-wheel-contents", "cyclonedx-py", "-m tests.release"):
        assert words in made
    steps = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    assert [step["run"] for step in steps if "run" in step] == ['make release-check "TAG=$TAG"']
    assert "$(TAG)" in MAKEFILE


def test_a_release_is_attested_and_published_without_a_token() -> None:
    job = WORKFLOW["jobs"]["publish"]
    assert job["permissions"] == {"attestations": "write", "contents": "read", "id-token": "write"}
    assert job["environment"] == "release"
    used = [step["uses"].partition("@")[0] for step in job["steps"]]
    assert used.index("actions/attest-build-provenance") < used.index("pypa/gh-action-pypi-publish")
    assert "actions/attest-sbom" in used
    assert "secrets." not in (ROOT / ".github/workflows/publish.yml").read_text()
