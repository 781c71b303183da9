"""What a person sees: colours, the pager, what a scan does while it runs, the manual page, and completion."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_guard.assessment.gate import CLEAN, FAILURES
from hipaa_guard.cli.main import run
from hipaa_guard.cli.manual_page import manual_page
from hipaa_guard.controls.loading import load
from tests.patience import HANGS

ROOT = Path(__file__).parents[2]
ESCAPE = "\x1b["
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "phi" { bucket = "phi" }\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    for name in ("NO_COLOR", "FORCE_COLOR", "PAGER", "HIPAA_GUARD_PAGER", "LESS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def on_terminal(*words: str, **variables: str) -> tuple[int, str]:
    """The exit code, and what is shown on a terminal that the standard output is."""
    ours, theirs = pty.openpty()
    started = subprocess.Popen(
        [sys.executable, "-m", "hipaa_guard", *words],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", **variables},
    )
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], HANGS)[0]:
        try:
            data = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not data:
            break
        shown += data
    os.close(ours)
    return started.wait(HANGS), shown.decode()


class TestColours:
    @pytest.mark.parametrize(
        "words, variables, coloured",
        [
            ([], {}, False),
            ([], {"FORCE_COLOR": "1"}, True),
            ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
            (["--color", "always"], {}, True),
            (["--color", "ALWAYS"], {"NO_COLOR": "1"}, True),
            (["--color", "never"], {"FORCE_COLOR": "1"}, False),
            (["--color", "auto"], {"FORCE_COLOR": "1"}, True),
            (["--color", "auto"], {}, False),
        ],
    )
    def test_where_the_output_is_no_terminal(
        self,
        words: list[str],
        variables: dict[str, str],
        coloured: bool,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Captured,
    ) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        before = dict(os.environ)
        for line in (["scan", *words], [*words, "scan"]):
            assert run(line) == FAILURES
            assert (ESCAPE in capsys.readouterr().out) is coloured
        assert dict(os.environ) == before

    def test_formats_for_machines_have_none(self, capfd: Captured) -> None:
        assert run(["scan", "--color", "always", "-o", "json"]) == FAILURES
        assert ESCAPE not in capfd.readouterr().out


class TestThePager:
    def test_shows_what_a_terminal_would(self, tree: Path) -> None:
        pager = f"{sys.executable} -c \"import os,sys; print('PAGED', os.environ['LESS']); print(sys.stdin.read())\""
        plain = on_terminal("scan", "--no-pager", HIPAA_GUARD_PAGER=pager)
        paged = on_terminal("scan", HIPAA_GUARD_PAGER=pager, PAGER="false")
        assert plain[0] == paged[0] == FAILURES
        assert "PAGED" not in plain[1]
        assert paged[1].startswith("PAGED FRX")
        assert ESCAPE in plain[1]
        assert paged[1].replace("PAGED FRX\r\n", "").rstrip() == plain[1].rstrip()
        assert "PAGED" in on_terminal("ls", PAGER=pager)[1]
        assert "PAGED" not in on_terminal("--no-pager", "ls", PAGER=pager)[1]
        assert "PAGED" in on_terminal("explain", "s3_bucket_tls_required", PAGER=pager)[1]

    @pytest.mark.parametrize("pager", ["", "cat", "no-such-program-anywhere"])
    def test_is_none_where_it_is_empty_or_cannot_be_started(self, pager: str) -> None:
        code, shown = on_terminal("scan", PAGER=pager)
        assert code == FAILURES
        assert "1 high, 3 medium (besides 5 advisory)." in shown.rstrip().splitlines()[-1]

    def test_that_ends_early_changes_no_exit_code(self) -> None:
        assert on_terminal("scan", PAGER="true")[0] == FAILURES

    def test_is_not_started_for_machines_or_without_a_terminal(self, tree: Path) -> None:
        pager = f"touch {tree}/started"
        assert on_terminal("scan", "-o", "json", PAGER=pager)[0] == FAILURES
        assert on_terminal("scan", "-o", "html=r.html", PAGER=pager)[0] == FAILURES
        words = [sys.executable, "-m", "hipaa_guard", "scan"]
        subprocess.run(words, capture_output=True, env={**os.environ, "PAGER": pager}, check=False, timeout=HANGS)
        assert not (tree / "started").exists()

    def test_cannot_be_named_by_the_settings(self, tree: Path, capsys: Captured) -> None:
        (tree / ".hipaa-guard.yaml").write_text("pager: touch started\n")
        assert run(["scan"]) == 2
        assert "'pager' is not a setting" in capsys.readouterr().err


def test_a_scan_says_what_it_reads_and_how_long_it_takes(tree: Path, capsys: Captured) -> None:
    (tree / ".hipaa-guard.yaml").write_text("control: s3_*\n")
    assert run(["scan", "-v", "-o", "json=r.json"]) == FAILURES
    said = capsys.readouterr()
    assert said.out == ""
    lines = [line.removeprefix("hipaa-guard: ").split(" s  ") for line in said.err.splitlines() if " s  " in line]
    assert all(float(seconds) >= 0 for seconds, _ in lines)
    texts = [text for _, text in lines]
    assert texts[0] == "took settings from .hipaa-guard.yaml"
    assert texts[1].startswith("listed ")
    assert texts[2] == "read 1 files: 1 root modules, plans or states with 1 resources"
    assert texts[-1] == "wrote json=r.json"
    assert run(["scan", "-o", "json=r.json"]) == FAILURES
    assert " s  " not in capsys.readouterr().err


class TestTheManualPage:
    def test_has_every_verb_and_option_and_is_in_date(self, capsys: Captured) -> None:
        assert run(["man"]) == CLEAN
        page = capsys.readouterr().out
        assert page == manual_page() == (ROOT / "docs" / "hipaa-guard.1").read_text()
        for words in ("scan terraform", "scan aws", "exceptions add", "controls list"):
            assert f".SS hipaa\\-guard {words}\n" in page
        assert "\\-\\-skip\\-path" in page
        assert not [line for line in page.splitlines() if line.startswith("'")]

    def test_is_one_that_man_reads(self) -> None:
        groff = shutil.which("groff")
        if groff is None:
            pytest.skip("there is no groff on this machine")
        words = [groff, "-man", "-Tascii", "-ww"]
        made = subprocess.run(words, input=manual_page(), capture_output=True, text=True, check=True, timeout=HANGS)
        assert made.stderr == ""
        assert "exceptions.yaml" in made.stdout


def completed(*words: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a shell is told to complete the last word to."""
    monkeypatch.setenv("_HIPAA_GUARD_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", " ".join(("hipaa-guard", *words)))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    with pytest.raises(SystemExit):
        run([])
    return [line.partition(",")[2] for line in capsys.readouterr().out.splitlines()]


def test_a_shell_completes_words(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def to(*words: str) -> list[str]:
        return completed(*words, capsys=capsys, monkeypatch=monkeypatch)

    s3 = [control.id for control in load() if control.id.startswith("s3_")]
    assert to("scan", "--control", "s3_") == to("explain", "s3_") == to("scan", "aws", "-c", "s3_") == s3
    assert to("controls", "list", "--service", "dyn") == ["dynamodb"]
    assert to("controls", "list", "--safeguard", "encryption_") == ["encryption_at_rest", "encryption_in_transit"]
    assert to("scan", "aws", "--regions", "eu-west-1,eu-west-") == [
        f"eu-west-1,{name}" for name in ("eu-west-1", "eu-west-2", "eu-west-3")
    ]
    assert to("scan", "--severity", "cri") == to("scan", "terraform", "--fail-on", "cri") == ["critical"]
    assert to("scan", "-o", "sar") == ["sarif"]
    assert to("scan", "--skip-p") == ["--skip-path"]
    assert to("scan", "terr")[0] == "terraform"
