"""A scanner that cannot run, or gives nothing to read: named with what to do next, and never a pass."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from tests.patience import HANGS
from tests.peers.beside.conftest import Scan
from tests.peers.beside.programs import PRINTS, on_path, program
from tests.peers.samples import checkov, misconfiguration, prowler, record, trivy

CLEAN, USAGE, INCOMPLETE = 0, 2, 3
GOOD = trivy(misconfiguration("AWS-0090", "PASS", "aws_s3_bucket.notes", (4, 8)))
PASSING = ("--fail-on", "critical")
"""Our own findings do not stop, so that the exit code is that of the other scanner."""


@pytest.mark.parametrize(
    ("peers", "says"),
    [
        ("snyk", "no scanner 'snyk' can run beside: there are checkov, trivy, prowler"),
        ("chekov", "did you mean checkov?"),
        ("prowler", "Prowler reads accounts: give it to `scan aws`. Here checkov, trivy can run"),
        ("checkov,checkov", "checkov is named twice"),
        ("trivy=", "names no program"),
        ("trivy=/nowhere/trivy", "/nowhere/trivy is no program that can be run: name that of Trivy"),
        ("trivy=.", "is no program that can be run"),
        ("trivy", "trivy is not installed: no directory of PATH has it"),
    ],
)
def test_one_that_cannot_be_found_stops_the_scan_before_it_begins(
    peers: str, says: str, scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = program(tmp_path / "bin", "checkov", checkov())
    monkeypatch.setenv("PATH", str(there.path.parent))
    found = scan("--peers", peers)
    assert (found.code, found.result, there.has_run) == (USAGE, {}, False)
    assert says in found.said


@pytest.mark.parametrize("how", ["path", "named", "linked into", "linked out of"])
def test_a_program_of_the_tree_is_never_run(
    how: str, scan: Scan, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, outer = program(tree / "bin", "trivy", trivy()), program(tmp_path / "outer", "trivy", trivy())
    if how == "path":
        monkeypatch.setenv("PATH", on_path(inner))
        named = "trivy"
    elif how == "named":
        named = f"trivy={os.path.relpath(inner.path)}"
    elif how == "linked into":
        (tmp_path / "link").symlink_to(inner.path)
        named = f"trivy={tmp_path / 'link'}"
    else:
        (tree / "link").symlink_to(outer.path)
        named = f"trivy={tree / 'link'}"
    found = scan("--peers", named)
    assert (found.code, inner.has_run, outer.has_run) == (USAGE, False, False)
    assert "lies in the tree that is scanned" in found.said


def test_a_program_of_the_repository_is_never_run_either(
    scan: Scan, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / ".git").mkdir()
    (tree / "infra").mkdir()
    (tree / "infra" / "main.tf").write_text('resource "aws_s3_bucket" "phi" {\n}\n')
    inner = program(tree / ".venv" / "bin", "trivy", trivy())
    monkeypatch.chdir(tree)
    monkeypatch.setenv("PATH", on_path(inner))
    found = scan("--peers", "trivy", source=("terraform", "infra"))
    assert (found.code, inner.has_run) == (USAGE, False)


@pytest.mark.parametrize("entry", [".", "", "bin"])
def test_the_working_directory_is_no_place_for_programs(
    entry: str, scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = program(Path.cwd() / entry, "trivy", trivy())
    monkeypatch.setenv("PATH", f"{entry}:/usr/bin")
    found = scan("--peers", "trivy")
    assert (found.code, near.has_run) == (USAGE, False)


@pytest.mark.parametrize(
    ("output", "body", "reason"),
    [
        ("", "sys.stderr.write('first\\nunknown flag: --skip-check-update\\n'); sys.exit(1)",
         "it ended with exit code 1: unknown flag: --skip-check-update"),
        ("", "os.kill(os.getpid(), 11)", "it ended with signal 11"),
        ("{not json", PRINTS, "it wrote what is no result of Trivy: its output is not JSON"),
        ("", PRINTS, "it wrote what is no result of Trivy"),
        (trivy(), PRINTS, "it gave no result at all, neither good nor bad, where we judged resources"),
        ({"hello": 1}, PRINTS, "it wrote what is no result of Trivy: no known tool wrote this"),
        ("[" * 100_000, PRINTS, "it wrote what is no result of Trivy"),
        (checkov(record("CKV_AWS_21", "FAILED", "aws_s3_bucket.phi", (1, 2))), PRINTS, "it wrote a result of Checkov"),
        (trivy() | {"Trivy": {"Version": "0.38.1"}}, PRINTS, "it is too old: it is release 0.38.1"),
        ("x" * 1024**2, "\nwhile True: print(output)", "it was ended: it wrote more than 256 MiB"),
        ("", "os.execv('/nowhere', ['x'])", "it ended with exit code 1: FileNotFoundError"),
    ],
    ids=["refuses", "crashes", "rubbish", "silent", "blind", "foreign", "deep", "another", "old", "huge", "broken"],
)  # fmt: skip
def test_one_that_gives_nothing_is_a_row_and_exit_code_3(
    output: object, body: str, reason: str, scan: Scan, tmp_path: Path
) -> None:
    made = program(tmp_path / "bin", "trivy", output, body)
    found = scan("--peers", f"trivy={made.path}", *PASSING)
    assert (found.code, made.has_run) == (INCOMPLETE, True), found.said
    (row,) = [each for each in found.result["coverage"]["gaps"] if each["kind"] == "other scanner"]
    assert row["reason"].startswith(reason)
    assert (row["subject"], row["incomplete"], row["hint"] != "") == ("Trivy", True, True)
    assert "hipaa-guard-" not in row["reason"]  # no temporary file
    assert (found.peer["failure"], found.peer["results"]) == (row["reason"].removeprefix("it "), [])
    assert "other scanner gave no result" in found.result["gate"]["reasons"][0]
    assert found.result["findings"]  # ours stand
    # What the other did not look at says nothing of our own lines of the rule.
    assert not any(entry["why"] == "not read" for line in found.result["requirements"] for entry in line["not_judged"])


def test_one_that_cannot_be_started(scan: Scan, tmp_path: Path) -> None:
    file = tmp_path / "trivy"
    file.write_text("#!/nowhere/python\n")
    file.chmod(0o755)
    found = scan("--peers", f"trivy={file}", *PASSING)
    assert (found.code, found.missing) == (INCOMPLETE, ["it could not be started: No such file or directory"])


def test_one_that_takes_too_long_ends_with_all_its_processes(scan: Scan, tmp_path: Path) -> None:
    born = tmp_path / "child"
    child = f"import os, pathlib, time; pathlib.Path({str(born)!r}).write_text(str(os.getpid())); time.sleep(3600)"
    body = f"import subprocess\nsubprocess.Popen([sys.executable, '-c', {child!r}])\ntime.sleep(3600)"
    made = program(tmp_path / "bin", "trivy", "", body)
    found = scan("--peers", f"trivy={made.path}", "--peers-timeout", "5", *PASSING)
    assert (found.code, found.missing) == (INCOMPLETE, ["it was ended: it took longer than 5 seconds"])
    started = made.started()
    assert started["group"] != os.getpgrp()
    assert _ends(started["group"])
    if born.exists() and born.read_text():
        assert _ends(int(born.read_text()))


def _ends(process: int) -> bool:
    """Whether a process comes to its end. One that has ended and waits for its parent counts."""
    end = time.monotonic() + HANGS
    while time.monotonic() < end:
        status = Path(f"/proc/{process}/status")
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if status.exists() and "State:\tZ" in status.read_text():
            return True
        time.sleep(0.01)
    return False


def test_what_it_leaves_behind_is_ended_too(scan: Scan, tmp_path: Path) -> None:
    born = tmp_path / "child"
    child = "import time; time.sleep(3600)"
    body = (
        f"import subprocess\nleft = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"pathlib.Path({str(born)!r}).write_text(str(left.pid))\nprint(output)"
    )
    made = program(tmp_path / "bin", "trivy", GOOD, body)
    found = scan("--peers", f"trivy={made.path}", *PASSING)
    assert (found.code, found.missing) == (CLEAN, [])
    assert _ends(int(born.read_text()))


def test_a_failure_of_one_leaves_the_other(scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = program(tmp_path / "bin", "trivy", "", "sys.exit(7)")
    good = program(tmp_path / "bin", "checkov", checkov(record("CKV_AWS_21", "FAILED", "aws_s3_bucket.phi", (1, 2))))
    monkeypatch.setenv("PATH", on_path(bad, good))
    found = scan("--peers", "trivy,checkov", *PASSING)
    assert (found.code, found.missing) == (INCOMPLETE, ["it ended with exit code 7"])
    assert [(each["name"], bool(each["failure"])) for each in found.result["peers"]] == [
        ("trivy", True),
        ("checkov", False),
    ]


def test_a_state_is_read_by_none(scan: Scan, tmp_path: Path) -> None:
    made = program(tmp_path / "bin", "trivy", trivy())
    state = tmp_path / "terraform.tfstate"
    state.write_text('{"version": 4, "terraform_version": "1.9.0", "resources": []}')
    found = scan("--peers", f"trivy={made.path}", "--allow-empty", source=("terraform", str(state)))
    assert (found.code, found.missing, made.has_run) == (INCOMPLETE, ["it was not run: it reads no state"], False)


def test_files_that_it_could_not_parse_are_told(scan: Scan, tmp_path: Path) -> None:
    made = program(
        tmp_path / "bin",
        "checkov",
        checkov(record("CKV_AWS_21", "FAILED", "aws_s3_bucket.phi", (1, 2)), errors=("/broken.tf",)),
    )
    found = scan("--peers", f"checkov={made.path}", *PASSING)
    assert (found.code, found.missing) == (CLEAN, ["Checkov could not parse /broken.tf"])


@pytest.mark.parametrize(("severity", "count"), [("medium", 1), ("critical", 0)])
def test_results_of_severities_that_nobody_asked_for_are_left_out(
    severity: str, count: int, scan: Scan, tmp_path: Path
) -> None:
    """What a control judges that --severity leaves out is no failure "without a verdict of ours"."""
    made = program(tmp_path / "bin", "checkov", checkov(record("CKV_AWS_21", "FAILED", "aws_s3_bucket.phi", (1, 2))))
    found = scan("--peers", f"checkov={made.path}", "--severity", severity, "--allow-empty")
    assert len(found.peer["results"]) == count


@pytest.mark.parametrize("paths", [(".", "other"), ("main.tf",), ("-",)])
def test_what_they_would_not_read_as_the_scan_does_is_refused(
    paths: tuple[str, ...], scan: Scan, tmp_path: Path
) -> None:
    made = program(tmp_path / "bin", "trivy", trivy())
    found = scan("--peers", f"trivy={made.path}", source=("terraform", *paths))
    assert (found.code, made.has_run) == (USAGE, False)
    assert "--peers goes with one directory" in found.said


@pytest.mark.parametrize("options", [("--changed", "main.tf"), ("--changed-since", "HEAD"), ("--changed-only",)])
def test_a_part_of_a_tree_is_nothing_for_them(options: tuple[str, ...], scan: Scan, tmp_path: Path) -> None:
    made = program(tmp_path / "bin", "trivy", trivy())
    found = scan("--peers", f"trivy={made.path}", *options)
    assert (found.code, made.has_run) == (USAGE, False)
    assert "whole tree" in found.said


@pytest.mark.parametrize("option", ["--dry-run", "--preflight"])
def test_without_a_scan_none_runs(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = program(tmp_path / "bin", "prowler", [prowler("x", "PASS", "arn:aws:s3:::phi")])
    assert run(["scan", "aws", option, "--peers", f"prowler={made.path}"]) == USAGE
    assert not made.has_run
    assert "leave out --peers" in capsys.readouterr().err


def test_ctrl_c_ends_it(scan: Scan, tmp_path: Path) -> None:
    body = f"os.kill({os.getpid()}, {int(signal.SIGINT)})\ntime.sleep(3600)"
    made = program(tmp_path / "bin", "trivy", "", body)
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background job ignores it
    try:
        found = scan("--peers", f"trivy={made.path}")
    finally:
        signal.signal(signal.SIGINT, inherited)
    assert found.code == 130
    assert _ends(made.started()["group"])
