"""What holds for every format: made from a saved result, the same each time, and no two disagree."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.cli.main import run
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs import FORMATS, OutputError, parsed
from hipaa_guard.outputs.formats.markdown import STEP_SUMMARY, document
from hipaa_guard.outputs.json.writing import parse, render
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.writing import renderer
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform


def _in_markdown(text: str) -> int:
    """The gaps that have a line, those told in the line of another, and those of which only the number is told."""
    lists = [
        text.split("<details>", maxsplit=1)[0],
        text.partition("Advisory gaps, which")[2].partition("</details>")[0],
    ]
    lines = [line for each in lists for line in each.splitlines() if line.startswith("- ")]
    following = [re.search(r"Also fails (.*?) \(", line) for line in lines]
    told_with = sum(found[1].count(", ") + 1 for found in following if found)
    more = map(int, re.findall(r"(?m)^\*and (\d+) more", "".join(lists)))
    return len(lines) + told_with + sum(more)


FAILS: dict[str, Callable[[str], int]] = {
    "json": lambda text: sum(each["status"] == "fail" for each in json.loads(text)["findings"]),
    "sarif": lambda text: len(json.loads(text)["runs"][0]["results"]),
    "junit": lambda text: text.count("<failure ") + text.count('<skipped type="advisory"'),
    "gitlab": lambda text: sum(each["severity"] != "info" for each in json.loads(text)),
    "lines": lambda text: len(re.findall(r"^\S+:\d+:1: (?:error|warning): .*\]$", text, re.MULTILINE)),
    "markdown": _in_markdown,
    "ocsf": lambda text: sum(each["compliance"]["status"] == "Fail" for each in json.loads(text)),
    "csv": lambda text: sum(row[0] == "fail" for row in csv.reader(io.StringIO(text.removeprefix("\ufeff")))),
}
"""How many failing findings a format shows."""


def test_the_names_are_a_contract() -> None:
    names = "terminal json html sarif junit gitlab github lines markdown ocsf asff csv"
    assert list(FORMATS) == names.split()


@pytest.mark.parametrize("format", FAILS)
def test_every_format_shows_the_same_failures(format: str, telehealth: Assessment) -> None:
    text = document(telehealth, STEP_SUMMARY) if format == "markdown" else renderer(format).render(telehealth, Page())
    assert FAILS[format](text) == telehealth.counts()[Status.FAIL]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("which", ["golden", "nasty", "clinic"])
def test_is_the_same_each_time_and_from_a_saved_result(format: str, which: str, request: pytest.FixtureRequest) -> None:
    assessment = parse(render(request.getfixturevalue(which)))
    once = renderer(format).render(assessment, Page())
    assert renderer(format).render(assessment, Page()) == once
    assert renderer(format).render(parse(render(assessment)), Page()) == once
    once.encode("utf-8")


@pytest.mark.parametrize("format", sorted(FORMATS.keys() - {"terminal", "json", "html"}))
def test_what_is_sent_elsewhere_names_no_path_of_the_machine(format: str, telehealth: Assessment) -> None:
    """The others tell the path that was scanned as it was given."""
    assert Path(telehealth.scan.target).is_absolute()
    assert str(Path(telehealth.scan.target).parent) not in renderer(format).render(telehealth, Page())


def test_several_in_one_run_and_again_from_the_saved_one(tmp_path: Path) -> None:
    source = tmp_path / "infra"
    source.mkdir()
    (source / "main.tf").write_text('resource "aws_s3_bucket" "phi" {}\n')
    names = ("json", "html", "sarif", "junit", "gitlab", "github", "lines", "markdown", "ocsf", "csv")
    arguments = [part for name in names for part in ("-o", f"{name}={tmp_path / name}")]
    assert run(["scan", "terraform", str(source), "-q", *arguments]) == 1
    for name in names[1:]:
        again = tmp_path / f"{name}-again"
        assert run(["render", str(tmp_path / "json"), "-o", f"{name}={again}"]) == 0
        assert again.read_bytes() == (tmp_path / name).read_bytes()


def test_csv_for_programs_and_all_of_an_account(clinic: Assessment, tmp_path: Path) -> None:
    saved, csv_file, asff = tmp_path / "scan.json", tmp_path / "csv", tmp_path / "asff"
    saved.write_text(render(clinic))
    assert run(["render", str(saved), "-o", f"csv={csv_file}", "-o", f"asff={asff}", "--csv-raw", "--all"]) == 0
    assert ",123456789012," in csv_file.read_text()
    statuses = {each["Compliance"]["Status"] for each in json.loads(asff.read_text())}
    assert {"FAILED", "PASSED"} <= statuses


def test_a_format_that_cannot_show_the_source_is_refused_before_the_scan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", "terraform", str(tmp_path / "nowhere"), "-o", "asff"]) == 2
    assert "asff is for findings of an AWS account and region" in capsys.readouterr().err
    assert run(["scan", "aws", "--profile", "nobody", "-o", f"gitlab={tmp_path / 'x'}"]) == 2
    assert "gitlab shows findings in files" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
    with pytest.raises(OutputError, match="did you mean sarif"):
        parsed("sarf")


def test_no_format_loads_what_another_needs() -> None:
    light = [name for format, name in FORMATS.items() if format != "html"]
    code = (
        f"import sys, importlib; [importlib.import_module(name) for name in {light}];"
        "print([m for m in ('rich', 'jinja2', 'pydantic', 'boto3', 'yaml', 'lxml') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


class TestPaths:
    """Files are named as a repository names them, wherever the scan was started."""

    TEXT = 'resource "aws_s3_bucket" "phi" {}\n'

    def base(self, path: Path) -> str:
        return scan_terraform(TerraformTarget(path), Options(only=["s3_bucket_tls_required"])).scan.base

    def test_from_the_root_of_the_work_tree(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        root = tmp_path / "repository"
        (root / ".git").mkdir(parents=True)
        (root / "infra" / "live").mkdir(parents=True)
        file = root / "infra" / "live" / "main.tf"
        file.write_text(self.TEXT)
        assert self.base(file.parent) == "infra/live"
        assert self.base(file) == "infra/live"
        monkeypatch.chdir(file.parent)
        assert self.base(Path()) == "infra/live"

    def test_else_from_the_working_directory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "infra").mkdir()
        (tmp_path / "infra" / "main.tf").write_text(self.TEXT)
        monkeypatch.chdir(tmp_path)
        assert self.base(Path("infra")) == "infra"
        monkeypatch.chdir(tmp_path / "infra")
        assert self.base(Path()) == "."

    def test_else_as_they_were_scanned(self, tmp_path: Path) -> None:
        (tmp_path / "main.tf").write_text(self.TEXT)
        assert self.base(tmp_path) == "."
