"""An address may exist in several roots: an exception says in which, or covers nothing and is told what to add."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from hipaa_guard.assessment.model import Assessment, ExceptionState
from hipaa_guard.assessment.register import parse
from hipaa_guard.cli.main import run
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.baseline.repositories import PHI
from tests.lifecycle.register_text import ENTRY, TODAY, VERSIONING, register, tree

GOOD = 'resource "aws_s3_bucket" "phi" {\n  versioning {\n    enabled = true\n  }\n}\n'
ADDRESS = {"address": "aws_s3_bucket.phi"}


def meant(scope: Any, **changes: Any) -> dict[str, Any]:
    return {**ENTRY, "scope": scope, **changes}


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository whose roots share an address; in one of them it passes."""
    made = tree(tmp_path / "repository", infra__prod__main=PHI, infra__test__main=PHI, infra__good__main=GOOD)
    (made / ".git").mkdir()
    return made


def scan(path: Path, *entries: dict[str, Any]) -> Assessment:
    file = path.parent / "ex.yaml"
    file.write_text(register(*entries))
    return scan_terraform(TerraformTarget(path), Options(only=(VERSIONING,), exceptions=file, today=TODAY))


def covered_roots(found: Assessment) -> set[str]:
    return {f.resource.root for f in found.findings if f.exception is not None}


def lines_to_add(text: str) -> list[str]:
    return re.findall(r"`(root: [^`]+)`", text)


def test_without_a_root_it_covers_nothing_and_the_line_is_told(top: Path) -> None:
    found = scan(top / "infra" / "prod", meant(ADDRESS))
    assert covered_roots(found) == set()
    (use,) = found.exceptions.entries
    assert (use.state, use.findings) == (ExceptionState.VOID, 1)
    (warning,) = use.warnings
    assert warning == (
        "covers nothing: the address aws_s3_bucket.phi may exist in several roots, and the entry names none: "
        'add `root: infra/prod`, or `root: "**"` for every root'
    )
    assert found.gate.exit_code == 1


def test_the_line_that_is_told_is_the_one_that_helps(top: Path) -> None:
    for path in (top, top / "infra" / "prod"):
        (warning,) = scan(path, meant(ADDRESS)).exceptions.warnings
        for line in lines_to_add(warning):
            added = yaml.safe_load(line)
            found = scan(top, meant({**ADDRESS, **added}))
            assert covered_roots(found) == ({"infra/prod", "infra/test"} if added["root"] == "**" else {added["root"]})
            assert found.exceptions.warnings == ()


def test_only_roots_with_an_open_finding_are_told_and_of_many_a_few(top: Path) -> None:
    (warning,) = scan(top, meant(ADDRESS)).exceptions.warnings
    assert lines_to_add(warning) == ["root: infra/prod", "root: infra/test", 'root: "**"']
    tree(top, **{f"more__r{number}__main": PHI for number in range(5)})
    (warning,) = scan(top, meant(ADDRESS)).exceptions.warnings
    assert "`root: more/r0` (and 4 more)" in warning
    (warning,) = scan(top / "infra" / "good", meant(ADDRESS)).exceptions.warnings
    assert "add `root:` with the directory that a scan names" in warning


@pytest.mark.parametrize("name", ["yes", "007", "a: b", "a b", "ü", "#x", "'", "- x"])
def test_the_line_is_yaml_whatever_the_directory_is_called(name: str, tmp_path: Path) -> None:
    top = tree(tmp_path / "repository", **{f"{name}__main": PHI})
    (top / ".git").mkdir()
    (warning,) = scan(top, meant(ADDRESS)).exceptions.warnings
    assert yaml.safe_load(lines_to_add(warning)[0]) == {"root": name}


def test_a_root_that_would_be_a_pattern_is_not_told(tmp_path: Path) -> None:
    top = tree(tmp_path / "repository", **{"**__main": PHI, "b__main": PHI})
    (top / ".git").mkdir()
    (warning,) = scan(top, meant(ADDRESS)).exceptions.warnings
    assert lines_to_add(warning) == ["root: b", 'root: "**"']


def test_every_root_can_be_meant(top: Path) -> None:
    tree(top, main=PHI)
    assert covered_roots(scan(top, meant({**ADDRESS, "root": "**"}))) == {".", "infra/prod", "infra/test"}
    assert covered_roots(scan(top, meant({**ADDRESS, "root": "infra/*"}))) == {"infra/prod", "infra/test"}
    assert covered_roots(scan(top, meant({**ADDRESS, "root": "."}))) == {"."}


def test_a_broad_address_needs_a_root_as_well(top: Path) -> None:
    broad = meant({"address": "aws_s3_bucket.*"}, allow_broad=True)
    assert covered_roots(scan(top, broad)) == set()
    assert covered_roots(scan(top, meant({**broad["scope"], "root": "infra/prod"}, allow_broad=True))) == {"infra/prod"}


@pytest.mark.parametrize(
    "scope",
    [
        {"arn": "arn:aws:s3:::phi"},
        {"arn": "arn:aws:s3:::phi", **ADDRESS},
        {"account": "111122223333", **ADDRESS},
        {"inline": True, **ADDRESS},
        "inline",
    ],
)
def test_what_an_arn_an_account_or_a_comment_pins_needs_none(scope: Any) -> None:
    (entry,) = parse(register(meant(scope)), "ex.yaml")
    assert not entry.scope.lacks_root


def test_a_comment_in_source_says_where(top: Path) -> None:
    (top / "infra" / "test" / "main.tf").write_text(f"# hipaa-guard: exception EX-1\n{PHI}")
    found = scan(top, meant({**ADDRESS, "inline": True}))
    assert (covered_roots(found), found.exceptions.warnings) == ({"infra/test"}, ())


def test_a_root_of_before_is_told_what_it_is_called_now(top: Path) -> None:
    """Roots were named from what was scanned: an entry for `.` met the one root of a scan of `infra/prod`."""
    found = scan(top, meant({**ADDRESS, "root": "."}))
    assert covered_roots(found) == set()
    (warning,) = found.exceptions.warnings
    assert "is not used" in warning
    assert "it would be used with `root: infra/prod` or `root: infra/test`" in warning
    (warning,) = scan(top, meant({"address": "aws_s3_bucket.gone", "root": "."})).exceptions.warnings
    assert "would be used" not in warning


# --- the verbs -----------------------------------------------------------------------------------------------------


@pytest.fixture
def work(top: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(top)
    (top / "out").mkdir()
    (top / ".hipaa-guard").mkdir()
    return top


def now(scope: Any) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    return meant(scope, approved_on=today, expires_on=today + timedelta(days=200))


def saved(path: str, file: str = "out/scan.json") -> None:
    assert run(["scan", "terraform", path, "-q", "-c", VERSIONING, "-o", f"json={file}"]) == 1


def test_lint_tells_the_line_of_a_saved_result(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / ".hipaa-guard" / "exceptions.yaml").write_text(register(now(ADDRESS)))
    assert run(["exceptions", "lint"]) == 2
    told = capsys.readouterr().out
    assert "exceptions.yaml:3: error: EX-1: the address aws_s3_bucket.phi may exist in several roots" in told
    assert lines_to_add(told) == ['root: "**"']
    saved("infra/prod")
    capsys.readouterr()
    assert run(["exceptions", "lint"]) == 2
    assert lines_to_add(capsys.readouterr().out) == ["root: infra/prod", 'root: "**"']
    saved("infra/test", "other.json")
    capsys.readouterr()
    assert run(["exceptions", "lint", "--scan", "other.json"]) == 2
    assert lines_to_add(capsys.readouterr().out) == ["root: infra/test", 'root: "**"']
    (work / ".hipaa-guard" / "exceptions.yaml").write_text(register(now({**ADDRESS, "root": "infra/prod"})))
    assert run(["exceptions", "lint"]) == 0


@pytest.mark.parametrize("path", [".", "infra", "infra/prod"])
def test_add_writes_the_root_whatever_was_scanned(path: str, work: Path) -> None:
    saved(path)
    findings = json.loads((work / "out" / "scan.json").read_text())["findings"]
    (name,) = (f["fingerprint"] for f in findings if f["resource"]["root"] == "infra/prod")
    people = ["--owner", "storage@example.org", "--approver", "security@example.org"]
    until = (datetime.now(UTC).date() + timedelta(days=90)).isoformat()
    why = ["--justification", "The objects are written once and kept elsewhere.", "--expires-on", until]
    assert run(["exceptions", "add", "--finding", name[:10], *people, *why]) == 0
    (entry,) = yaml.safe_load((work / ".hipaa-guard" / "exceptions.yaml").read_text())["exceptions"]
    assert entry["scope"] == {"address": "aws_s3_bucket.phi", "root": "infra/prod"}
    found = scan_terraform(TerraformTarget(work), Options(only=(VERSIONING,)))
    assert covered_roots(found) == {"infra/prod"}


def test_add_takes_no_root_from_a_result_of_before(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved("infra/prod")
    document = json.loads((work / "out" / "scan.json").read_text())
    del document["scan"]["roots_from"]
    (work / "out" / "scan.json").write_text(json.dumps(document))
    name = document["findings"][0]["fingerprint"]
    given = ["--owner", "a", "--approver", "b", "--justification", "x" * 20, "--expires-on", "2099-01-01"]
    assert run(["exceptions", "add", "--finding", name, *given]) == 2
    assert "scan again, and give that result" in capsys.readouterr().err
