"""The verbs of exceptions, baseline, diff and explain, as people call them: exit codes and files."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from hipaa_guard.clock import VARIABLE
from tests.lifecycle.register_text import ROTATION, VERSIONING, entry, register, tree

CLEAN, GAPS, USAGE = 0, 1, 2

Captured = pytest.CaptureFixture[str]
"""What a verb prints."""

TODAY = date(2026, 11, 22)
BUCKETS = 'resource "aws_s3_bucket" "phi" {}\nresource "aws_s3_bucket" "logs" {}\n'
ONLY = ("-q", "-c", VERSIONING)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a tree to scan below it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, str(int(datetime.combine(TODAY, time(8), UTC).timestamp())))
    tree(tmp_path / "infra", main=BUCKETS)
    (tmp_path / "out").mkdir()
    return tmp_path


def write_register(work: Path, *entries: dict[str, object]) -> Path:
    file = work / ".hipaa-guard" / "exceptions.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(register(*entries))
    return file


def current(**changes: object) -> dict[str, object]:
    return entry(approved_on=TODAY - timedelta(days=10), expires_on=TODAY + timedelta(days=200), **changes)


def scan(*more: str) -> int:
    return run(["scan", "terraform", "infra", *ONLY, *more])


class TestScan:
    def test_takes_the_register_of_the_working_directory(self, work: Path, capsys: Captured) -> None:
        assert scan() == GAPS
        write_register(work, current(), current(id="EX-2", scope={"address": "aws_s3_bucket.logs"}))
        assert scan() == CLEAN
        assert capsys.readouterr().out.splitlines()[-1] == "Gate passed: 2 failing findings covered by exceptions."

    def test_or_another_one(self, work: Path) -> None:
        other = work / "other.yaml"
        other.write_text(register(current()))
        assert scan("--exceptions", "other.yaml") == GAPS
        assert scan("--exceptions", "none.yaml") == USAGE

    def test_a_broken_register_is_an_error_of_configuration(self, work: Path, capsys: Captured) -> None:
        write_register(work, current(approver="storage@example.org"))
        assert scan() == USAGE
        assert "exceptions.yaml:3: EX-1: the approver is the owner" in capsys.readouterr().err

    def test_warnings_stand_on_stderr(self, work: Path, capsys: Captured) -> None:
        write_register(work, current(scope={"address": "aws_s3_bucket.gone"}))
        scan("-o", "json")
        told = capsys.readouterr()
        assert "hipaa-guard: exception EX-1 is not used" in told.err
        assert json.loads(told.out)["exceptions"]["entries"][0]["warnings"]

    def test_at_most_twenty_of_them(self, work: Path, capsys: Captured) -> None:
        many = (current(id=f"EX-{n}", scope={"address": f"aws_s3_bucket.b{n}"}) for n in range(1, 31))
        write_register(work, *many)
        scan("-o", "json=out/scan.json")
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 22
        assert lines[-2].endswith("and 10 more warnings of exceptions; -o json lists them")

    def test_expired_ones_stop_where_asked(self, work: Path) -> None:
        tree(work / "infra", main="# nothing\n")
        write_register(work, entry(approved_on=TODAY - timedelta(days=9), expires_on=TODAY - timedelta(days=1)))
        assert scan("--allow-empty") == CLEAN
        assert scan("--fail-on-expired-exceptions") == GAPS
        assert scan("--fail-on-expired-exceptions", "--warn-only") == CLEAN

    def test_new_gaps_only(self, work: Path, capsys: Captured) -> None:
        assert run(["baseline", "write", "infra"]) == CLEAN
        gate = ("--baseline", ".hipaa-guard/baseline.json", "--fail-on-new")
        assert scan(*gate) == CLEAN
        assert "2 failing findings in the baseline." in capsys.readouterr().out
        tree(work / "infra", more='resource "aws_s3_bucket" "more" {}')
        assert scan(*gate) == GAPS
        assert "1 new finding fails" in capsys.readouterr().out.splitlines()[-1]
        assert scan(*gate, "--fail-on", "critical") == CLEAN
        assert scan(*gate[:2]) == GAPS, "a baseline alone marks, and lets nothing through"

    def test_what_does_not_go_together(self, work: Path, capsys: Captured) -> None:
        assert scan("--fail-on-new") == USAGE
        assert "--baseline or --baseline-ref" in capsys.readouterr().err
        assert scan("--baseline", "a.json", "--baseline-ref", "HEAD") == USAGE
        assert scan("--baseline", "none.json") == USAGE
        assert scan("--baseline-ref", "HEAD", "--fail-on-new") == USAGE, "no repository"


class TestBaseline:
    def test_from_a_tree_and_from_a_saved_result(self, work: Path) -> None:
        assert run(["baseline", "write", "infra", "--output", "out/tree.json"]) == CLEAN
        run(["scan", "terraform", "infra", "-q", "-o", "json=out/scan.json"])
        assert run(["baseline", "write", "out/scan.json", "--output", "out/saved.json"]) == CLEAN
        assert (work / "out" / "tree.json").read_text() == (work / "out" / "saved.json").read_text()

    def test_says_how_many_and_where(self, work: Path, capsys: Captured) -> None:
        (work / ".git").mkdir()
        assert run(["baseline", "write", "infra"]) == CLEAN
        number = len(json.loads((work / ".hipaa-guard" / "baseline.json").read_text())["findings"])
        assert capsys.readouterr().err == f"hipaa-guard: {number} known findings in .hipaa-guard/baseline.json\n"

    def test_what_cannot_be_done(self, work: Path) -> None:
        assert run(["baseline", "write", "nowhere"]) == USAGE
        assert run(["baseline", "write", "infra", "--output", "infra/main.tf/where.json"]) == USAGE
        (work / "out" / "bad.json").write_text('{"schema_version": "9.0"}')
        assert run(["baseline", "write", "out/bad.json"]) == USAGE


class TestExceptions:
    def test_lint(self, work: Path, capsys: Captured) -> None:
        write_register(work, current())
        assert run(["exceptions", "lint"]) == CLEAN
        told = capsys.readouterr().out
        assert told.splitlines()[-1] == "1 exception, all sound."
        assert (
            "note: EX-1: s3_bucket_versioning_enabled supports 164.308(a)(7)(ii)(A), 164.308(a)(7)(ii)(B), which are required"
            in told
        )

    @pytest.mark.parametrize(
        "changes, words",
        [
            ({"scope": {"address": "aws_s3_bucket.*"}}, "names no resource"),
            ({"control": "no_such_control"}, "there is no control no_such_control"),
            ({"control": ROTATION}, "164.306(d)(3)"),
        ],
    )
    def test_lint_refuses_what_would_cover_nothing(
        self, work: Path, capsys: Captured, changes: dict[str, object], words: str
    ) -> None:
        write_register(work, current(**changes))
        assert run(["exceptions", "lint"]) == USAGE
        told = capsys.readouterr().out
        assert "exceptions.yaml:3: error: EX-1: " in told
        assert words in told

    def test_lint_of_what_is_no_register(self, work: Path, capsys: Captured) -> None:
        assert run(["exceptions", "lint"]) == USAGE
        (work / "bad.yaml").write_text("version: 1\nexceptions: [{}]\n")
        assert run(["exceptions", "lint", "--exceptions", "bad.yaml"]) == USAGE
        assert "bad.yaml:2: id: is missing" in capsys.readouterr().err

    def test_list(self, work: Path, capsys: Captured) -> None:
        write_register(work, current(ticket="SEC-1"), current(id="EX-2", scope="inline"))
        assert run(["exceptions", "list"]) == CLEAN
        text = capsys.readouterr().out
        assert "EX-1" in text
        assert "SEC-1" in text
        assert "where source refers to it" in text
        assert run(["exceptions", "list", "--json"]) == CLEAN
        rows = json.loads(capsys.readouterr().out)
        assert [(row["id"], row["state"], row["days_left"]) for row in rows] == [
            ("EX-1", "active", 200),
            ("EX-2", "active", 200),
        ]
        later = (TODAY + timedelta(days=201)).isoformat()
        run(["exceptions", "list", "--json", "--on", later])
        assert {row["state"] for row in json.loads(capsys.readouterr().out)} == {"expired"}

    @pytest.mark.parametrize("days, code", [(-5, GAPS), (0, GAPS), (30, GAPS), (31, CLEAN)])
    def test_expiring(self, work: Path, days: int, code: int, capsys: Captured) -> None:
        write_register(work, entry(approved_on=TODAY - timedelta(days=9), expires_on=TODAY + timedelta(days=days)))
        assert run(["exceptions", "expiring"]) == code
        assert ("EX-1" in capsys.readouterr().out) == bool(code)

    def test_expiring_within(self, work: Path) -> None:
        write_register(work, entry(approved_on=TODAY, expires_on=TODAY + timedelta(days=40)))
        assert run(["exceptions", "expiring"]) == CLEAN
        assert run(["exceptions", "expiring", "--within", "60"]) == GAPS

    def added(self, *more: str) -> int:
        given = {
            "--owner": "storage@example.org",
            "--approver": "security@example.org",
            "--justification": "The objects are written once and kept elsewhere.",
            "--expires-on": (TODAY + timedelta(days=90)).isoformat(),
        }
        others = [word for pair in given.items() if pair[0] not in more for word in pair]
        return run(["exceptions", "add", *others, *more])

    def test_add_makes_the_register(self, work: Path, capsys: Captured) -> None:
        assert self.added("--control", VERSIONING, "--address", "aws_s3_bucket.phi", "--root", "infra") == CLEAN
        assert "EX-1 added" in capsys.readouterr().out
        assert self.added("--control", VERSIONING, "--inline", "--ticket", "SEC-2") == CLEAN
        assert self.added("--control", VERSIONING, "--tag", "Data=none", "--allow-broad", "--id", "EX-40") == CLEAN
        assert run(["exceptions", "lint"]) == CLEAN
        run(["exceptions", "list", "--json"])
        rows = json.loads(capsys.readouterr().out.rpartition("all sound.\n")[2])
        assert [row["id"] for row in rows] == ["EX-1", "EX-2", "EX-40"]
        assert rows[2]["scope"] == "tag Data=none"

    def test_add_takes_a_finding(self, work: Path) -> None:
        run(["scan", "terraform", "infra", *ONLY, "-o", "json=out/scan.json"])
        (one, _) = json.loads((work / "out" / "scan.json").read_text())["findings"]
        assert self.added("--finding", one["fingerprint"][:8]) == CLEAN
        run(["scan", "terraform", "infra", *ONLY, "-o", "json=out/scan.json"])
        found = json.loads((work / "out" / "scan.json").read_text())["findings"]
        assert {f["fingerprint"]: f["exception"] for f in found}[one["fingerprint"]] == "EX-1"
        assert sum(f["exception"] is not None for f in found) == 1

    @pytest.mark.parametrize(
        "more, words",
        [
            (("--address", "aws_s3_bucket.phi"), "give --control"),
            (("--control", VERSIONING), "is empty"),
            (("--control", VERSIONING, "--address", "aws_s3_bucket.*"), "it would cover nothing"),
            (("--control", ROTATION, "--address", "aws_kms_key.phi", "--root", "."), "164.306(d)(3)"),
            (("--control", VERSIONING, "--address", "a.b", "--owner", "security@example.org"), "approver is the owner"),
            (("--control", VERSIONING, "--address", "a.b", "--expires-on", "2099-01-01"), "more than 365 days"),
            (("--control", VERSIONING, "--address", "a.b", "--tag", "x"), "NAME=VALUE"),
            (("--control", VERSIONING, "--address", "aws_s3_bucket.phi"), "the entry names none: add `root:`"),
            (
                ("--finding", "0123456789"),
                "the working directory has no finding whose fingerprint begins with 0123456789",
            ),
        ],
    )
    def test_add_refuses_what_would_not_hold(
        self, work: Path, capsys: Captured, more: tuple[str, ...], words: str
    ) -> None:
        file = write_register(work, current(id="EX-7"))
        before = file.read_text()
        assert self.added(*more) == USAGE
        assert words in capsys.readouterr().err
        assert file.read_text() == before

    def test_schema(self, capsys: Captured) -> None:
        assert run(["exceptions", "schema"]) == CLEAN
        assert json.loads(capsys.readouterr().out)["$id"] == "urn:hipaa-guard:exceptions:1"


class TestDiff:
    def test_exit_codes(self, work: Path, capsys: Captured) -> None:
        scan("-o", "json=out/a.json")
        tree(work / "infra", more='resource "aws_s3_bucket" "more" {}')
        scan("-o", "json=out/b.json")
        capsys.readouterr()
        assert run(["diff", "out/a.json", "out/b.json"]) == CLEAN
        assert capsys.readouterr().out.splitlines()[-1] == "1 new failure; 0 findings were fixed."
        assert run(["diff", "out/a.json", "out/b.json", "--fail-on-new"]) == GAPS
        assert run(["diff", "out/b.json", "out/a.json", "--fail-on-new"]) == CLEAN
        capsys.readouterr()
        assert run(["diff", "out/a.json", "out/b.json", "-o", "json"]) == CLEAN
        told = capsys.readouterr()
        assert json.loads(told.out)["summary"]["new"] == 1
        assert told.err == "hipaa-guard: 1 new failure; 0 findings were fixed.\n"

    def test_what_cannot_be_compared(self, work: Path, capsys: Captured) -> None:
        scan("-o", "json=out/a.json")
        (work / "out" / "no.json").write_text("{}")
        assert run(["diff", "out/a.json", "out/none.json"]) == USAGE
        assert run(["diff", "out/no.json", "out/a.json"]) == USAGE
        assert run(["diff", "out/a.json", "out/a.json", "-o", "html"]) == USAGE
        assert "give -o terminal or -o json" in capsys.readouterr().err


class TestExplain:
    def test_a_finding_by_the_beginning_of_its_fingerprint(self, work: Path, capsys: Captured) -> None:
        scan("-o", "json=out/scan.json")
        name = json.loads((work / "out" / "scan.json").read_text())["findings"][0]["fingerprint"]
        for digits in (name, name[:8], name[:12].upper()):
            assert run(["explain", digits]) == CLEAN
            assert name in capsys.readouterr().out
        (work / "out" / "scan.json").rename(work / "other.json")
        assert run(["explain", name[:8], "--scan", "other.json"]) == CLEAN
        capsys.readouterr()
        assert run(["explain", name[:8]]) == CLEAN, "the working directory is scanned, and knows its former name"
        assert "Root         infra\n" in capsys.readouterr().out

    def test_what_it_does_not_know(self, work: Path, capsys: Captured) -> None:
        scan("-o", "json=out/scan.json")
        assert run(["explain", "00000000"]) == USAGE
        assert "no finding whose fingerprint begins with 00000000" in capsys.readouterr().err
        assert run(["explain", "0000000"]) == USAGE
        assert "there is no control" in capsys.readouterr().err

    def test_a_control(self, capsys: Captured) -> None:
        assert run(["explain", VERSIONING]) == CLEAN
        assert "164.312(c)(1)" in capsys.readouterr().out
