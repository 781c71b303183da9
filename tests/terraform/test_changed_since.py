"""`--changed` without files asks git what differs, and reports only the resources that this concerns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hipaa_guard.cli.main import run
from tests.cli.hostile import commit, git, program, ran
from tests.terraform.test_changed import BUCKET, VERSIONED, call, write

CLEAN, GAPS, USAGE = 0, 1, 2

QUEUE = 'resource "aws_sqs_queue" "QUEUE" {\n  sqs_managed_sse_enabled = VALUE\n}\n'


def queue(name: str, value: str = "true") -> str:
    return QUEUE.replace("QUEUE", name).replace("VALUE", value)


def local(name: str, value: str) -> str:
    return f"locals {{\n  {name} = {value}\n}}\n"


def variable(name: str, default: str) -> str:
    return f'variable "{name}" {{\n  default = {default}\n}}\n'


def output(name: str, value: str) -> str:
    return f'output "{name}" {{\n  value = {value}\n}}\n'


ESTATE = {
    "root/a.tf": queue("plain") + queue("by_local", "local.b"),
    "root/locals.tf": local("b", "local.a") + local("c", "true"),
    "root/more.tf": local("a", "var.x"),
    "root/variables.tf": variable("x", "true") + variable("y", "true"),
    "root/buckets.tf": BUCKET,
    "root/versions.tf": VERSIONED,
    "root/calls.tf": call("../modules/m", "first") + call("../modules/m", "second"),
    "root/given.tf": call("../modules/n", "given").replace("\n}", "\n  on = local.b\n}"),
    "root/uses.tf": queue("of_output", "module.first.on"),
    "root/providers.tf": 'provider "aws" {\n  region = "eu-west-1"\n}\n',
    "root/text.tf": queue("of_file", 'file("${path.module}/on.txt")'),
    "root/on.txt": "true",
    "modules/m/main.tf": queue("m") + call("../n", "n"),
    "modules/m/outputs.tf": output("on", "true"),
    "modules/n/main.tf": queue("n", "var.on") + variable("on", "true"),
    "other/main.tf": queue("other"),
}
OF_FIRST = {"module.first.aws_sqs_queue.m", "module.first.module.n.aws_sqs_queue.n"}
OF_SECOND = {"module.second.aws_sqs_queue.m", "module.second.module.n.aws_sqs_queue.n"}
OF_GIVEN = {"module.given.aws_sqs_queue.n"}
PLAIN = {"aws_sqs_queue.plain", "aws_sqs_queue.of_file", "aws_s3_bucket.phi"}
ALL = PLAIN | {"aws_sqs_queue.by_local", "aws_sqs_queue.of_output"} | OF_FIRST | OF_SECOND | OF_GIVEN


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tree = write(tmp_path / "project", ESTATE)
    git(tree, "init", "-q")
    commit(tree)
    monkeypatch.chdir(tree)
    return tree


class Told(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


def scan(*arguments: str) -> Told:
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = run(["scan", "terraform", ".", "-o", "json", *arguments])
    return Told(code, out.getvalue(), err.getvalue())


def result(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(scan(*arguments).stdout)
    return found


def verdicts(found: Mapping[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Address, control and status of each finding, by fingerprint."""
    return {
        each["fingerprint"]: (each["resource"]["address"], each["control_id"], each["status"])
        for each in found["findings"]
    }


def addresses(found: Mapping[str, Any]) -> set[str]:
    return {address for address, _, _ in verdicts(found).values()}


CHANGES: dict[str, tuple[dict[str, str | None], set[str]]] = {
    "a resource": ({"root/a.tf": queue("plain", "false") + queue("by_local", "local.b")}, {"aws_sqs_queue.plain", "aws_sqs_queue.by_local"}),
    "a new file": ({"root/new.tf": queue("new", "false")}, {"aws_sqs_queue.new"}),
    "a local value of a local value": ({"root/more.tf": local("a", "false")}, {"aws_sqs_queue.by_local"} | OF_GIVEN),
    "a variable": ({"root/variables.tf": variable("x", "false") + variable("y", "true")}, {"aws_sqs_queue.by_local"} | OF_GIVEN),
    "a variable that nothing uses": ({"root/variables.tf": variable("x", "true") + variable("y", "false")}, set()),
    "a comment beside local values": ({"root/locals.tf": "# why\n" + ESTATE["root/locals.tf"]}, set()),
    "a file without declarations left": ({"root/more.tf": None, "root/locals.tf": local("b", "false") + local("c", "true")}, {"aws_sqs_queue.by_local"} | OF_GIVEN),
    "a split resource": ({"root/versions.tf": VERSIONED.replace("Enabled", "Suspended")}, {"aws_s3_bucket.phi"}),
    "a deleted split resource": ({"root/versions.tf": None}, {"aws_s3_bucket.phi"}),
    "a split resource that belongs to another one": ({"root/versions.tf": VERSIONED.replace("aws_s3_bucket.phi.id", '"another"')}, {"aws_s3_bucket.phi", "aws_s3_bucket_versioning.phi"}),
    "a file of a module": ({"modules/m/main.tf": queue("m", "false") + call("../n", "n")}, OF_FIRST | OF_SECOND),
    "a module of a module": ({"modules/n/main.tf": queue("n", "var.on") + variable("on", "false")}, OF_GIVEN | {each for each in OF_FIRST | OF_SECOND if each.endswith(".n")}),
    "an output": ({"modules/m/outputs.tf": output("on", "false")}, {"aws_sqs_queue.of_output"}),
    "a call": ({"root/calls.tf": call("../modules/m", "first") + call("../modules/m", "third")}, OF_FIRST | {each.replace("second", "third") for each in OF_SECOND} ),
    "values": ({"root/terraform.tfvars": "x = false\n"}, ALL),
    "a file that a function reads": ({"root/on.txt": "false"}, ALL),
    "a provider": ({"root/providers.tf": 'provider "aws" {\n  region = "eu-west-2"\n}\n'}, ALL),
    "a text that is no Terraform": ({"root/locals.tf": "locals {\n  b = local.a\n"}, ALL),
    "JSON": ({"root/more.tf": None, "root/more.tf.json": '{"locals": {"a": false}}'}, {"aws_sqs_queue.by_local"} | OF_GIVEN),
    "an override file": ({"root/x_override.tf": queue("plain", "false")}, {"aws_sqs_queue.plain"}),
    "another root": ({"other/main.tf": queue("other", "false")}, {"aws_sqs_queue.other"}),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_change_concerns_is_reported_as_by_a_whole_scan(estate: Path, what: str) -> None:
    files, concerned = CHANGES[what]
    before = verdicts(result())
    for name, text in files.items():
        if text is None:
            (estate / name).unlink()
        else:
            write(estate, {name: text})
    found = result("--changed")
    whole, part = verdicts(result()), verdicts(found)
    assert {address for address, _, _ in part.values()} == concerned
    assert part == {name: verdict for name, verdict in whole.items() if verdict[0] in concerned}
    # Nothing that the change makes better or worse is left out.
    assert {name for name, verdict in whole.items() if before.get(name) != verdict} <= part.keys()
    assert not any(gap["incomplete"] for gap in found["coverage"]["gaps"]) or what == "a text that is no Terraform"


def test_what_was_not_judged_is_counted(estate: Path) -> None:
    write(estate, {"root/new.tf": queue("new")})
    reasons = {gap["kind"]: gap["reason"] for gap in result("--changed")["coverage"]["gaps"]}
    assert reasons["not judged"] == "11 resources that the changed files do not concern were not judged"
    assert "not the 1 other" in reasons["roots not looked at"]


def test_nothing_changed_is_said_and_is_no_failure(estate: Path) -> None:
    write(estate, {".gitignore": "ignored.tf\n"})
    commit(estate)
    write(estate, {"root/ignored.tf": queue("ignored", "false")})
    told = scan("--changed")
    assert told.exit_code == CLEAN
    head = git(estate, "rev-parse", "HEAD")[:12]
    assert told.stderr.splitlines()[-1] == f"hipaa-guard: Nothing was judged: no file differs from HEAD ({head})."
    assert json.loads(told.stdout)["findings"] == []
    (estate / "root" / "a.tf").touch()  # git would look at its content again
    assert scan("--changed").exit_code == CLEAN


def test_a_branch_is_compared_with_where_it_began(estate: Path) -> None:
    git(estate, "checkout", "-qb", "mine")
    write(estate, {"root/new.tf": queue("new", "false")})
    commit(estate)
    git(estate, "checkout", "-q", "main")
    write(estate, {"other/main.tf": queue("other", "false")})
    commit(estate)
    git(estate, "checkout", "-q", "mine")
    assert addresses(result("--changed-since", "main")) == {"aws_sqs_queue.new"}
    assert addresses(result("--changed")) == set()
    assert addresses(result("--changed-since", "mine~1", "--changed")) == {"aws_sqs_queue.new"}


def test_a_repository_without_a_commit_is_all_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = write(tmp_path, {"a.tf": queue("a"), "b.tf": queue("b")})
    git(tree, "init", "-q")
    git(tree, "add", "a.tf")
    monkeypatch.chdir(tree)
    assert addresses(result("--changed")) == {"aws_sqs_queue.a", "aws_sqs_queue.b"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--changed-since", "nowhere"), "is no commit that git has here"),
        (("--changed-since", "--output=x"), "is no commit"),
        (("--changed-since", "main", "--changed-files", "root/on.txt"), "leave out the FILEs"),
    ],
)
def test_what_git_cannot_tell_is_a_usage_error(estate: Path, arguments: tuple[str, ...], says: str) -> None:
    told = scan(*arguments)
    assert (told.exit_code, says in told.stderr) == (USAGE, True), told.stderr


def test_without_git_the_files_have_to_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, {"a.tf": queue("a")}))
    told = scan("--changed")
    assert told.exit_code == USAGE
    assert "in no work tree of git" in told.stderr
    assert "name the changed FILEs" in told.stderr


def test_a_changed_register_concerns_all(estate: Path) -> None:
    write(estate, {".hipaa-guard/exceptions.yaml": "version: 1\nexceptions: []\n"})
    assert addresses(result("--changed")) == addresses(result())


@pytest.mark.parametrize("kind", ["clean", "process"])
def test_nothing_of_the_repository_runs(estate: Path, kind: str) -> None:
    evil = program(estate)
    (estate / ".gitattributes").write_text("* filter=evil diff=evil\n")
    inner = estate / "inner"
    write(inner, {"main.tf": queue("inner")})
    git(inner, "init", "-q")
    commit(inner)
    git(estate, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    commit(estate)
    for tree in (estate, estate / "sub"):
        for name in (
            f"filter.evil.{kind}",
            "filter.a=b.c.clean",
            "core.fsmonitor",
            "diff.external",
            "diff.evil.textconv",
            "diff.evil.command",
        ):
            git(tree, "config", name, str(evil))
        git(tree, "config", "filter.evil.required", "true")
        git(tree, "config", "diff.submodule", "log")
        hooks = Path(git(tree, "rev-parse", "--git-path", "hooks"))
        hooks = hooks if hooks.is_absolute() else tree / hooks
        hooks.mkdir(exist_ok=True)
        for name in ("post-index-change", "fsmonitor-watchman"):
            (hooks / name).write_bytes(evil.read_bytes())
            (hooks / name).chmod(0o755)
    (estate / "sub" / "main.tf").write_text(queue("changed"))
    text = (estate / "root" / "a.tf").read_text()
    (estate / "root" / "a.tf").write_text(text.replace("plain", "plaid"))  # of equal length: git has to read it
    (estate / "root" / "locals.tf").touch()
    found = result("--changed")
    assert "aws_sqs_queue.plaid" in addresses(found)
    assert not ran(estate)
