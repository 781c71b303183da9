"""The comment of the action: written once, then changed; the summary of the job where it may not be written."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.pipelines.github import BOT, TOKEN, GitHub, serving
from tests.pipelines.job import BAD, Job
from tests.pipelines.tools import ROOT


@pytest.fixture
def github() -> Iterator[GitHub]:
    with serving() as server:
        yield server


def comment(job: Job, github: GitHub, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the step of the action that comments."""
    run = {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_RUN_ID": "99", "GITHUB_API_URL": github.url}
    its = {"ACTION_PATH": str(ROOT), "TOKEN": TOKEN, "NUMBER": "7", "AUTHOR": BOT}
    return job.run("Comment", **{**run, **its, **env})


def test_the_comment_is_written_once_and_then_changed(job: Job, github: GitHub) -> None:
    job.scan()
    first = comment(job, github)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    (written,) = github.comments
    assert written["body"].startswith("<!-- hipaa-guard:")
    assert "aws_s3_bucket.phi" in written["body"]
    assert "(https://github.example/clinic/infra/actions/runs/99)" in written["body"]
    (job.repository / "infra" / "more.tf").write_text(BAD.replace("phi", "scans"))
    job.scan()
    assert comment(job, github).returncode == 0
    (changed,) = github.comments
    assert changed is written
    assert "aws_s3_bucket.scans" in changed["body"]
    assert [asked.partition(" ")[0] for asked in github.asked] == ["GET", "POST", "GET", "PATCH"]


def test_the_comment_is_found_on_any_page_and_only_the_own_one(job: Job, github: GitHub) -> None:
    job.scan()
    mark = job.told("hipaa-guard.md").splitlines()[0]
    others = [github.add(f"{mark}\nby somebody else", "mallory"), github.add(f"{mark}\nan echo", "echo[bot]")]
    others += [github.add(f"a remark with {mark}") for _ in range(200)]
    others.append(github.add("<!-- hipaa-guard:000000000000 -->\nof another directory"))
    own = github.add(f"{mark}\nof the run before")
    later = github.add("another remark", "mallory")
    before = [each["body"] for each in (*others, later)]
    assert comment(job, github).returncode == 0
    assert "aws_s3_bucket.phi" in own["body"]
    assert [each["body"] for each in (*others, later)] == before
    assert [asked.partition("?")[0].partition(" ")[0] for asked in github.asked] == ["GET", "GET", "GET", "PATCH"]


def test_each_scanned_directory_has_a_comment(job: Job, github: GitHub) -> None:
    for directory in ("infra", "other"):
        (job.repository / directory).mkdir(exist_ok=True)
        (job.repository / directory / "main.tf").write_text(BAD)
        job.scan(SCANNED=directory)
        comment(job, github)
    assert len(github.comments) == 2


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_fork_gets_the_summary_of_the_job(status: int, method: str, job: Job, github: GitHub) -> None:
    assert job.scan().returncode == 1
    scanned = job.told("github_step_summary")
    github.refuses = {method: status}
    refused = comment(job, github)
    assert refused.returncode == 0, refused.stderr
    assert refused.stdout.startswith("::notice title=hipaa-guard::the comment was not written (HTTP ")
    assert "one of a pull request from a fork never has it. The summary of the job has the result" in refused.stdout
    added = job.told("github_step_summary").removeprefix(scanned)
    assert "hipaa-guard could not comment on the pull request" in added
    assert "aws_s3_bucket.phi" in added
    assert added.count("<details>") == added.count("</details>")
    assert github.comments == []


def test_the_exit_code_of_the_scan_stays_that_of_the_job(job: Job, github: GitHub) -> None:
    assert job.scan().returncode == 1
    assert comment(job, github).returncode == 0
    assert "exit-code=1" in job.told("github_output")


def test_a_failure_of_github_fails_nothing(job: Job, github: GitHub) -> None:
    job.scan()
    github.refuses = {"PATCH": 500, "POST": 502}
    assert "::warning" in comment(job, github).stdout
    github.add(f"{job.told('hipaa-guard.md').splitlines()[0]}\n")
    assert "HTTP 500" in comment(job, github).stdout
    gone = comment(job, github, GITHUB_API_URL="http://127.0.0.1:9")
    assert (gone.returncode, gone.stderr) == (0, "")
    assert "::warning title=hipaa-guard::the comment was not written (GET failed" in gone.stdout
    assert "hipaa-guard could not comment" in job.told("github_step_summary")


def test_a_comment_that_was_deleted_meanwhile_is_added_again(job: Job, github: GitHub) -> None:
    job.scan()
    github.add(f"{job.told('hipaa-guard.md').splitlines()[0]}\n")
    github.refuses = {"PATCH": 404}
    assert comment(job, github).stdout == ""
    assert len(github.comments) == 2


def test_the_token_follows_no_redirect(job: Job, github: GitHub) -> None:
    job.scan()
    github.refuses = {"GET": 302}
    assert "HTTP 302" in comment(job, github).stdout
    assert len(github.asked) == 1


def test_another_author_is_named(job: Job, github: GitHub) -> None:
    job.scan()
    github.writes_as = "clinic-bot"
    assert "without `comment-author: clinic-bot` each run adds one more" in comment(job, github).stdout
    assert comment(job, github, AUTHOR="clinic-bot").stdout == ""
    assert len(github.comments) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("NUMBER", "7/../8"), ("NUMBER", ""), ("GITHUB_REPOSITORY", "a/b/c?x"), ("GITHUB_API_URL", "file:///etc/passwd")],
)
def test_what_names_no_pull_request_calls_nothing(name: str, value: str, job: Job, github: GitHub) -> None:
    job.scan()
    done = comment(job, github, **{name: value})
    assert (done.returncode, github.asked) == (0, [])
    assert "::warning" in done.stdout


def test_a_missing_or_foreign_file_is_no_comment(job: Job, github: GitHub) -> None:
    done = comment(job, github)
    assert (done.returncode, done.stderr) == (0, "")
    assert "there is no result to comment with" in done.stdout
    (job.temp / "hipaa-guard.md").write_text("# anything else\n")
    assert "no result of `hipaa-guard scan" in comment(job, github).stdout
    assert github.asked == []


def test_what_github_says_is_no_command(job: Job, github: GitHub) -> None:
    job.scan()
    github.refuses = {"GET": 403}
    github.answer = lambda *_: (403, {"message": "x\n::error::stolen\r\n%0A::warning::y <b> @octocat"})  # type: ignore[method-assign]
    done = comment(job, github)
    assert len(done.stdout.splitlines()) == 1
    assert "%250A" in done.stdout
    assert not re.search(r"<b>|@\w", job.told("github_step_summary").partition("<details>")[0].rpartition("## ")[2])


def test_a_full_summary_is_not_made_too_long(job: Job, github: GitHub) -> None:
    job.scan()
    full = job.temp / "github_step_summary"
    full.write_text("x" * (1024 * 1024 - 600))
    github.refuses = {"GET": 403}
    assert comment(job, github).returncode == 0
    assert "could not comment" in full.read_text()[-600:]
    assert full.stat().st_size <= 1024 * 1024
