"""Exceptions and baseline of a commit, those in comments included."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from hipaa_guard.cli.main import run
from tests.cli.hostile import BUCKET, REGISTER, SETTINGS, commit, git
from tests.cli.settings_ref.scans import (
    CLEAN,
    GAPS,
    MARK,
    STRICT,
    USAGE,
    Captured,
    accepted,
    changes,
    result,
    scan,
    write,
)
from tests.lifecycle.register_text import entry


def test_exceptions_are_those_of_the_commit(tree: Path, capsys: Captured) -> None:
    write(tree / REGISTER, accepted())
    assert scan() == CLEAN
    assert scan("--settings-ref", "main") == GAPS
    assert changes(result(capsys, "--settings-ref", "main")) == {"exceptions": (1, 0, 0)}
    base = commit(tree)
    write(tree / REGISTER, accepted(entry(owner="other@example.org"), entry(id="EX-2")))
    told = result(capsys, "--settings-ref", base)
    assert told["gate"]["exit_code"] == CLEAN
    assert [each["owner"] for each in told["exceptions"]["entries"]] == ["storage@example.org"]
    assert changes(told) == {"exceptions": (1, 0, 1)}
    assert told["register"]["digest"] == hashlib.sha256(accepted().encode()).hexdigest()
    assert (told["register"]["source"], told["register"]["commit"]) == ("commit", base)
    (tree / REGISTER).unlink()
    assert changes(result(capsys, "--settings-ref", base)) == {"exceptions": (0, 1, 0)}
    (tree / REGISTER).symlink_to("/dev/zero")
    told = result(capsys, "--settings-ref", base)
    assert told["gate"]["exit_code"] == CLEAN
    assert "outside of the working tree" in told["settings_changes"][0]["note"]


def test_a_register_that_an_option_names_is_the_commits_too(tree: Path) -> None:
    write(tree / "risks.yaml", accepted())
    base = commit(tree)
    assert scan("--exceptions", "risks.yaml", "--settings-ref", "main") == GAPS
    assert scan("--exceptions", "risks.yaml", "--settings-ref", base) == CLEAN
    write(tree / "risks.yaml", accepted(entry(control="kms_key_rotation_enabled", compensating_control="x" * 20)))
    assert scan("--exceptions", "risks.yaml", "--settings-ref", base) == CLEAN
    assert scan("--exceptions", "nowhere.yaml", "--settings-ref", base) == USAGE


def test_the_baseline_is_that_of_the_commit(tree: Path, capsys: Captured) -> None:
    write(tree / SETTINGS, STRICT + "baseline: .hipaa-guard/baseline.json\nfail-on-new: true\n")
    (tree / "infra" / "main.tf").write_text("# nothing yet\n")
    assert run(["baseline", "write", "infra"]) == CLEAN
    base = commit(tree)
    (tree / "infra" / "main.tf").write_text(BUCKET)
    assert run(["baseline", "write", "infra"]) == CLEAN
    assert scan() == CLEAN
    assert scan("--settings-ref", base) == GAPS
    told = result(capsys, "--settings-ref", base)
    assert (told["baseline"]["source"], told["baseline"]["commit"]) == ("commit", base)
    assert changes(told)["baseline"][0] > 0
    assert scan("--baseline", ".hipaa-guard/baseline.json", "--settings-ref", "main", "--fail-on-new") == GAPS


def test_a_baseline_is_written_with_the_exceptions_of_the_commit(tree: Path) -> None:
    write(tree / REGISTER, accepted())
    assert run(["baseline", "write", "infra", "--settings-ref", "main"]) == CLEAN
    assert "EX-1" not in (tree / ".hipaa-guard" / "baseline.json").read_text()
    assert run(["baseline", "write", "infra"]) == CLEAN
    assert "EX-1" in (tree / ".hipaa-guard" / "baseline.json").read_text()


def test_a_comment_that_the_commit_lacks_widens_no_exception(tree: Path, capsys: Captured) -> None:
    write(tree / REGISTER, accepted(entry(scope="inline")))
    base = commit(tree)
    (tree / "infra" / "main.tf").write_text(MARK + BUCKET)
    assert scan() == CLEAN
    assert scan("--settings-ref", base) == GAPS
    told = result(capsys, "--settings-ref", base)
    assert changes(told) == {"marks": (1, 0, 0)}
    assert any("main.tf:1: the reference to EX-1 is not in" in each for each in told["exceptions"]["references"])
    with_mark = commit(tree)
    (tree / "infra" / "main.tf").write_text("\n\n# moved down\n" + MARK + BUCKET)
    assert scan("--settings-ref", with_mark) == CLEAN, "where its block stands is no matter"
    assert not result(capsys, "--settings-ref", with_mark)["settings_changes"]
    (tree / "infra" / "main.tf").write_text(MARK + BUCKET.replace("phi", "other"))
    assert scan("--settings-ref", with_mark) == GAPS, "another resource"
    assert changes(result(capsys, "--settings-ref", with_mark)) == {"marks": (1, 1, 0)}
    (tree / "infra" / "main.tf").write_text(BUCKET)
    assert changes(result(capsys, "--settings-ref", with_mark)) == {"marks": (0, 1, 0)}


def test_comments_in_json_and_at_module_calls_are_compared_too(tree: Path, capsys: Captured) -> None:
    write(tree / REGISTER, accepted(entry(scope="inline")))
    (tree / "infra" / "main.tf").write_text('module "m" {\n  source = "../modules/m"\n}\n')
    (tree / "modules" / "m").mkdir(parents=True)
    (tree / "modules" / "m" / "x.tf.json").write_text(
        json.dumps({"resource": {"aws_s3_bucket": {"phi": {"bucket": "phi"}}}})
    )
    base = commit(tree)
    (tree / "infra" / "main.tf").write_text(MARK + 'module "m" {\n  source = "../modules/m"\n}\n')
    assert (scan(), scan("--settings-ref", base)) == (CLEAN, GAPS)
    git(tree, "checkout", "-q", "--", "infra")
    block = {"//": "hipaa-guard: exception EX-1", "bucket": "phi"}
    (tree / "modules" / "m" / "x.tf.json").write_text(json.dumps({"resource": {"aws_s3_bucket": {"phi": block}}}))
    assert (scan(), scan("--settings-ref", base)) == (CLEAN, GAPS)
    assert changes(result(capsys, "--settings-ref", base)) == {"marks": (1, 0, 0)}
    assert scan("--settings-ref", commit(tree)) == CLEAN
