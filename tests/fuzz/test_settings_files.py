"""A short run of the fuzz target of settings and registers, and what has to be among its cases."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hipaa_guard.cli.main import run
from tests.fuzz.settings_files import FILES, PYPROJECT, REGISTER, SETTINGS, bomb, check, make, merges

USAGE = 2


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text('resource "aws_s3_bucket" "phi" {}\n')
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("HIPAA_GUARD_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.mark.parametrize("seed", range(40))
def test_a_short_run_keeps_all_promises(seed: int, project: Path) -> None:
    check(*make(Random(seed)), project)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_any_case(project: Path, random: Random) -> None:
    """``test_any_case.hypothesis.fuzz_one_input`` is the same for a fuzzer that makes bytes."""
    check(*make(random), project)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(FILES), st.binary(max_size=300))
def test_any_bytes(project: Path, name: str, content: bytes) -> None:
    check(name, content, project)


FORMS = {"lists": "[{0}, {0}]", "maps": "{{a: {0}, b: {0}}}"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [SETTINGS, REGISTER])
def test_aliases_that_stand_for_more_than_a_memory_holds_are_refused(
    name: str, form: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "exceptions" if name == REGISTER else "control"
    text = bomb(60, FORMS[form], key)
    check(name, text.encode(), project)
    (project / name).write_text(text)
    assert run(["scan", "terraform", "infra", "-q"]) == USAGE
    assert "with its aliases it has more than" in capsys.readouterr().err
    (project / name).write_text(merges(60))
    assert run(["scan", "terraform", "infra", "-q"]) == USAGE
    assert "with its aliases it has more than" in capsys.readouterr().err


def test_aliases_that_stand_for_little_are_taken(project: Path) -> None:
    (project / SETTINGS).write_text("control: &c [s3_bucket_versioning_enabled]\nskip-control: *c\n")
    assert run(["scan", "terraform", "infra", "-q", "--allow-empty"]) != 4
    (project / SETTINGS).write_text(
        "aws: {fail-on: &f high}\nterraform: {fail-on: *f, control: [&v s3_bucket_versioning_enabled]}\n"
    )
    assert run(["scan", "terraform", "infra", "-q"]) == 0


@pytest.mark.parametrize("name", FILES)
def test_nesting_without_an_end_is_refused(name: str, project: Path) -> None:
    head = "[tool.hipaa-guard]\na = " if name == PYPROJECT else ""
    (project / name).parent.mkdir(exist_ok=True)
    for sign in ("[", "{a: ", "- ", "{a = "):
        (project / name).write_text(head + sign * 20_000)
        assert run(["scan", "terraform", "infra", "-q"]) == USAGE
