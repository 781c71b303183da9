"""What is installed, by people and pipelines, is held: by files that agree with each other and with pyproject.toml.

Nothing here asks which releases are installed, or which an index has today.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.pipelines.locks import LOCKS, pins, requirement_lines
from tests.pipelines.tools import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MAKEFILE = (ROOT / "Makefile").read_text()
PYTHONS = tuple(re.findall(r"(?m)^PYTHONS := (.+)$", MAKEFILE)[0].split())
PLATFORMS = ({"sys_platform": "linux", "os_name": "posix"}, {"sys_platform": "darwin", "os_name": "posix"})
WORKFLOWS = [f".github/workflows/{name}.yml" for name in ("releases", "publish")]
WHERE = [{"python_version": each, "python_full_version": f"{each}.1", **on} for each in PYTHONS for on in PLATFORMS]

RUNTIME = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
ASKED = {
    "runtime.txt": RUNTIME,
    "dev.txt": [*RUNTIME, *EXTRAS["demo"], *EXTRAS["dev"]],
    "build.txt": requirement_lines("build.in"),
    "site.txt": EXTRAS["docs"],
    "release.txt": requirement_lines("release.in"),
    "checkov.txt": requirement_lines("checkov.in"),
    "uv.txt": requirement_lines("uv.in"),
}


def test_every_lock_is_known() -> None:
    assert sorted(ASKED) == LOCKS


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_one_release_of_all_that_is_asked_for(lock: str) -> None:
    held = pins(lock)
    for requirement in map(Requirement, ASKED[lock]):
        for where in WHERE:
            if requirement.marker is None or requirement.marker.evaluate({"extra": "", **where}):
                (pin,) = [each for each in held[canonicalize_name(requirement.name)] if each.applies(**where)]
                assert requirement.specifier.contains(pin.version), f"{requirement}: `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_release_is_held_by_its_hashes_and_never_twice(lock: str) -> None:
    for name, several in pins(lock).items():
        for pin in several:
            assert pin.hashes, name
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in pin.hashes)
        for where in WHERE:
            assert len([pin for pin in several if pin.applies(**where)]) <= 1, name


@pytest.mark.parametrize("lock", ["runtime.txt", "build.txt"])
def test_what_is_installed_together_is_held_to_one_release(lock: str) -> None:
    dev = pins("dev.txt")
    for name, held in pins(lock).items():
        if lock == "runtime.txt" or name in dev:
            assert held == dev[name]


def test_the_build_backend_is_held_within_the_range_of_the_build_system() -> None:
    required = [Requirement(text) for text in PROJECT["build-system"]["requires"]]
    assert set(map(str, required)) <= {str(Requirement(line)) for line in ASKED["build.txt"]}
    assert "pip" in pins("build.txt")


def test_the_site_is_made_by_the_extra() -> None:
    assert requirement_lines("site.in") == EXTRAS["docs"]


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").iterdir()), ids=lambda path: path.name)
def test_no_file_says_where_to_download(path: Path) -> None:
    assert re.findall(r"://|index-url|find-links|trusted-host|resolved", path.read_text()) == []


def test_what_npm_installs_is_held() -> None:
    asked = json.loads((ROOT / "requirements/package.json").read_text())["dependencies"]
    packages = json.loads((ROOT / "requirements/package-lock.json").read_text())["packages"]
    assert packages.pop("")["dependencies"] == asked
    assert {name: packages[f"node_modules/{name}"]["version"] for name in asked} == asked
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())


# --- where they are used ---


@pytest.mark.parametrize("name", ["Makefile", "Dockerfile", "action.yml", ".ci/run", *WORKFLOWS])
def test_nothing_is_installed_that_no_file_holds(name: str) -> None:
    text = re.sub(r"(?m)^HELD = (.+)$", "", (ROOT / name).read_text()).replace("\\\n", " ")
    (held,) = re.findall(r"(?m)^HELD = (.+)$", MAKEFILE)
    text = text.replace("$(HELD)", held)
    for line in re.findall(r"[^&;\n]*(?:pip\b|PIP\)|\})\S* .*?(?:install|download|wheel) [^&;\n]*", text):
        by_hash = "--require-hashes" in line and "--only-binary :all:" in line
        only_ours = "--no-deps" in line and ("--no-build-isolation" in line or "--no-index" in line)
        assert by_hash or only_ours, line
    assert not re.search(r"npm (install|i)\b(?!.*--package-lock-only)|npx", text)
    assert not re.search(r"https?://", text)


def test_each_python_of_the_locks_is_tried() -> None:
    (least,) = re.findall(r"--universal --python-version (\S+)", MAKEFILE)
    assert str(SpecifierSet(PROJECT["project"]["requires-python"])) == f">={least}"
    assert PYTHONS[0] == least
    for name in ("check", "releases"):
        jobs = yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text())["jobs"]
        (matrix,) = [job["strategy"]["matrix"] for job in jobs.values() if "strategy" in job]
        assert tuple(matrix["python"]) == PYTHONS


def test_the_oldest_and_the_newest_allowed_releases_are_tried_by_a_schedule() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/releases.yml").read_text())
    assert workflow[True]["schedule"]  # YAML 1.1 reads `on` as true
    (job,) = [job for job in workflow["jobs"].values() if "strategy" in job]
    assert job["strategy"]["matrix"]["resolution"] == ["lowest-direct", "highest"]
    assert any("make test-allowed" in step.get("run", "") for step in job["steps"])
