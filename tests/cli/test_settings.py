"""Settings: the project's file, the environment, which goes before which, and what is refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.cli.command_line.running import BAD, CLEAN, GAPS, USAGE, VERSIONING, one_sentence, run

FILE = ".hipaa-guard.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A bucket without versions, which is a gap of medium severity."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(BAD)
    return tmp_path


def scan(project: Path, *flags: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    return run("scan", "terraform", "infra", "-q", "-c", VERSIONING, *flags, cwd=project, **env)


def test_flag_before_variable_before_file_before_default(project: Path) -> None:
    assert scan(project).returncode == GAPS
    (project / FILE).write_text("fail-on: high\n")
    assert scan(project).returncode == CLEAN
    assert scan(project, HIPAA_GUARD_FAIL_ON="medium").returncode == GAPS
    assert scan(project, "--fail-on", "critical", HIPAA_GUARD_FAIL_ON="medium").returncode == CLEAN


def test_what_is_scanned_can_be_a_variable(project: Path) -> None:
    assert run("scan", "terraform", "-q", cwd=project, HIPAA_GUARD_PATH="nowhere").returncode == USAGE
    assert run("scan", "terraform", "-q", cwd=project, HIPAA_GUARD_PATH="infra").returncode == GAPS


def test_a_section_goes_before_what_stands_above(project: Path) -> None:
    (project / FILE).write_text("fail-on: low\nterraform:\n  fail-on: high\n")
    assert scan(project).returncode == CLEAN
    (project / FILE).write_text("fail-on: low\naws:\n  fail-on: high\n")
    assert scan(project).returncode == GAPS


def test_what_is_scanned_and_written_can_stand_in_the_file(project: Path) -> None:
    (project / FILE).write_text(
        "output: [json=scan.json, terminal]\ncontrol: s3_bucket_versioning_enabled\nterraform:\n  path: infra\n"
    )
    result = run("scan", "terraform", cwd=project)
    assert result.returncode == GAPS, result.stderr
    told = json.loads((project / "scan.json").read_text())
    assert {finding["control_id"] for finding in told["findings"]} == {VERSIONING}
    assert "Gate failed" in result.stdout


def test_the_file_of_what_is_scanned_has_no_say(project: Path) -> None:
    (project / "infra" / FILE).write_text("warn-only: true\n")
    assert scan(project).returncode == GAPS


def test_a_file_can_be_named(project: Path) -> None:
    (project / "lenient.yaml").write_text("warn-only: true\n")
    (project / FILE).write_text("no such key: 1\n")
    assert scan(project, "--config", "lenient.yaml").returncode == CLEAN
    assert scan(project, HIPAA_GUARD_CONFIG="lenient.yaml").returncode == CLEAN
    assert "missing.yaml cannot be read" in one_sentence(scan(project, "--config", "missing.yaml"))


def test_a_flag_of_the_file_can_be_undone_by_a_variable(project: Path) -> None:
    (project / FILE).write_text("warn-only: true\n")
    assert scan(project).returncode == CLEAN
    assert scan(project, HIPAA_GUARD_WARN_ONLY="false").returncode == GAPS


def test_pyproject_has_a_table_for_it(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.hipaa-guard]\nfail-on = "low"\n[tool.hipaa-guard.terraform]\nfail-on = "high"\n'
    )
    assert scan(project).returncode == CLEAN
    (project / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.hipaa-guard]\n\nfail_on = "low"\n')
    assert "pyproject.toml:5: 'fail_on' is not a setting. Did you mean 'fail-on'?" in one_sentence(scan(project))
    (project / FILE).write_text("fail-on: low\n")
    assert "are two configurations" in one_sentence(scan(project))
    (project / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert scan(project).returncode == GAPS


WRONG = {
    "fail_on: high": ":1: 'fail_on' is not a setting. Did you mean 'fail-on'?",
    "quiet: true\nregions: all": ":2: 'regions' is not a setting. Put it below `aws:`.",
    "aws:\n  regoins: all": ":2: 'regoins' is not a setting of aws. Did you mean 'regions'?",
    "terraform:\n  resume: true": ":2: 'resume' is not a setting of terraform.",
    "fail-on: hihg": ":1: fail-on: 'hihg' is not one of",
    "max-unknown: -1": ":1: max-unknown: -1 is not in the range",
    "max-unknown: many": ":1: max-unknown: it must be a whole number",
    "warn-only: sure": ":1: warn-only: it must be true or false",
    "control: [1]": ":1: control: it must be text",
    "aws: {profile: [a]}": ":1: profile: it must be text",
    "output: yaml": ":1: output: there is no output format 'yaml'",
    "output: json=/tmp/elsewhere.json": ":1: output: /tmp/elsewhere.json is outside of the working directory",
    "output: [json=../elsewhere.json]": ":1: output: ../elsewhere.json is outside",
    "policies: own": ":1: policies: it runs Python",
    "quiet: true\nquiet: false": ":2: 'quiet' is there twice",
    "- quiet": ":1: it must have lines like",
    "a: [": "it is not YAML",
    "quiet: !!python/object/apply:os.system [ls]": "it is not YAML",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_with_its_line(project: Path, text: str) -> None:
    (project / FILE).write_text(text)
    result = scan(project)
    assert result.returncode == USAGE
    assert f"{FILE}" in one_sentence(result)
    assert WRONG[text] in result.stderr


def test_all_that_is_wrong_is_told_at_once(project: Path) -> None:
    (project / FILE).write_text("quite: true\nfail-on: none\n")
    assert [line.partition(" ")[0] for line in scan(project).stderr.removeprefix("Error: ").splitlines()] == [
        f"{FILE}:1:",
        f"{FILE}:2:",
    ]


def test_a_named_file_may_run_policies_and_write_elsewhere(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("elsewhere") / "scan.json"
    (project / "own").mkdir()
    (project / "own" / "hello.py").write_text('print("policies were run")\n')
    (project / "mine.yaml").write_text(f"policies: own\noutput: json={out}\n")
    result = scan(project, "--config", "mine.yaml")
    assert result.returncode == GAPS
    assert "policies were run" in result.stderr
    assert json.loads(out.read_text())["findings"]


def test_the_stronger_of_two_baselines_holds(project: Path) -> None:
    assert run("baseline", "write", "infra", cwd=project).returncode == CLEAN
    (project / FILE).write_text("baseline: .hipaa-guard/baseline.json\nfail-on-new: true\n")
    assert scan(project).returncode == CLEAN
    result = scan(project, "--baseline-ref", "HEAD")
    assert "two baselines" not in result.stderr
    assert result.returncode == USAGE  # there is no git here, so it was the flag that counted
    assert "two baselines" in scan(project, "--baseline-ref", "HEAD", "--baseline", "x").stderr


def test_a_baseline_is_written_of_what_the_file_says_is_scanned(project: Path) -> None:
    (project / FILE).write_text("output: json=not-here.json\nterraform:\n  path: infra\n")
    assert run("baseline", "write", cwd=project).returncode == CLEAN
    assert VERSIONING in (project / ".hipaa-guard" / "baseline.json").read_text()
    assert not (project / "not-here.json").exists()


def test_dry_run_and_replay_go_before_the_file(project: Path) -> None:
    (project / FILE).write_text("output: sarif=x.sarif\naws:\n  regions: eu-west-1\n  evidence: kept\n")
    assert run("scan", "aws", "--dry-run", cwd=project).returncode == CLEAN
    (project / "stored").mkdir()
    result = run("scan", "aws", "--replay", "stored", cwd=project)
    assert "leave out their options" not in result.stderr
    assert "leave out their options" in run("scan", "aws", "--replay", "stored", "--regions", "all", cwd=project).stderr


def test_show_tells_what_holds_and_where_it_comes_from(project: Path) -> None:
    text = "fail-on: high\ncontrol: [a, b]\nterraform:\n  path: infra\n  var: [token=s3cret]\naws:\n  fail-on: low\n"
    (project / FILE).write_text(text)
    shown = run("config", "show", "--origin", cwd=project, HIPAA_GUARD_MAX_UNKNOWN="3", HIPAA_GUARD_SKIP_CONTROL="c d")
    lines = [line.strip() for line in shown.stdout.partition("aws:")[0].splitlines()]
    for expected in (
        'fail-on: "high"  # .hipaa-guard.yaml:1',
        'path: "infra"  # .hipaa-guard.yaml:4',
        "max-unknown: 3  # HIPAA_GUARD_MAX_UNKNOWN",
        'skip-control: ["c", "d"]  # HIPAA_GUARD_SKIP_CONTROL',
        "warn-only: false  # default",
    ):
        assert expected in lines
    assert "s3cret" not in shown.stdout
    assert 'fail-on: "low"  # .hipaa-guard.yaml:7' in shown.stdout.partition("aws:")[2]
    wrong = run("config", "show", cwd=project, HIPAA_GUARD_FAIL_ON="nothing")
    assert wrong.returncode == USAGE
    assert "HIPAA_GUARD_FAIL_ON: 'nothing' is not one of" in one_sentence(wrong)


def test_what_show_prints_is_a_file_of_settings(project: Path) -> None:
    (project / FILE).write_text("fail-on: high\noutput: json=x.json\nterraform:\n  path: infra\n")
    shown = run("config", "show", cwd=project).stdout
    schema = json.loads(run("config", "schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(shown))
    (project / FILE).write_text(shown)
    assert run("config", "show", cwd=project).stdout == shown


@pytest.mark.parametrize("text", [text for text in WRONG if "elsewhere" not in text and "own" not in text])
def test_the_schema_refuses_what_a_scan_refuses(text: str) -> None:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError:
        return
    if text.count("quiet:") == 2 or "output" in text:
        return  # an editor's schema knows neither keys that stand twice nor formats
    schema = json.loads(run("config", "schema").stdout)
    assert not jsonschema.Draft202012Validator(schema).is_valid(data)


WORDS = {
    "hipaa-guard sc": "plain,scan",
    "hipaa-guard scan terraform --fail-on": "plain,--fail-on-new",
    "hipaa-guard scan terraform --fail-on ": "plain,critical",
}


@pytest.mark.parametrize("words", WORDS)
def test_a_shell_completes_verbs_options_and_values(words: str) -> None:
    number = len(words.split()) - (not words.endswith(" "))
    result = run(COMP_WORDS=words, COMP_CWORD=str(number), _HIPAA_GUARD_COMPLETE="bash_complete")
    assert WORDS[words] in result.stdout.splitlines()


def test_a_shell_that_completes_after_a_wrong_verb_hears_nothing() -> None:
    result = run(COMP_WORDS="hipaa-guard scna --", COMP_CWORD="2", _HIPAA_GUARD_COMPLETE="bash_complete")
    assert result.stderr == ""
    assert "plain,terraform" not in result.stdout


def test_bash_takes_the_completion() -> None:
    script = run("completion", "bash").stdout
    told = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p hipaa-guard"], capture_output=True, text=True, check=True
    )
    assert "_hipaa_guard_completion" in told.stdout
    assert "#compdef hipaa-guard" in run("completion", "zsh").stdout
    assert "complete --no-files --command hipaa-guard" in run("completion", "fish").stdout
