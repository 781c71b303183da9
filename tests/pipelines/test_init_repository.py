"""`hipaa-guard init` in repositories of many shapes: what it scans, where it writes, what it refuses."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from hipaa_guard.cli.initial.found_roots import find_roots_of_aws, skip_patterns
from hipaa_guard.cli.main import run as main
from tests.cli.command_line.running import run
from tests.pipelines.tools import GIT, git

SETTINGS, HOOKS = ".hipaa-guard.yaml", ".pre-commit-config.yaml"
WORKFLOW = ".github/workflows/hipaa-guard.yml"
BAD = 'resource "aws_s3_bucket" "phi" {}\n'
AWSCC = 'resource "awscc_s3_bucket" "phi" {}\n'
GOOGLE = 'resource "google_storage_bucket" "phi" {}\n'
RANDOM = 'resource "random_id" "phi" { byte_length = 8 }\n'
DATA = 'data "aws_caller_identity" "me" {}\n'
JSON = '{"resource": {"aws_s3_bucket": {"phi": {}}}}\n'
BROKEN = 'resource "google_storage_bucket" "phi" {\n'


def call(source: str) -> str:
    return f'module "m" {{\n  source = "{source}"\n}}\n'


Init = Callable[..., tuple[int, str, str]]


@pytest.fixture
def init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Init:
    """Runs `init` without a process of its own: exit code, stdout and stderr."""

    def done(*arguments: str, at: Path = tmp_path) -> tuple[int, str, str]:
        monkeypatch.chdir(at)
        code = main(["init", "--install", "hipaa-guard-cloud==0.1.0", *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return done


def tree(at: Path, files: dict[str, str], *, repository: bool = True) -> Path:
    for name, text in files.items():
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        (at / name).write_text(text)
    if repository:
        git(at, "init", "-q", "-b", "main")
    return at


def written(at: Path) -> dict[str, bytes]:
    """All files but those of git, with their content and times."""
    return {
        str(path.relative_to(at)): path.read_bytes() + str(path.stat().st_mtime_ns).encode()
        for path in sorted(at.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(at).parts
    }


def scanned_path(at: Path) -> object:
    return yaml.safe_load((at / SETTINGS).read_text())["terraform"]["path"]


SHAPES: dict[str, tuple[dict[str, str], str, str, str]] = {
    # the tree: files, the roots that are told, the path that is scanned, what is told to be left out
    "one at the top": ({"main.tf": BAD}, ".", ".", ""),
    "one below": ({"infra/main.tf": BAD}, "infra", "infra", ""),
    "JSON only": ({"infra/main.tf.json": JSON, "README.md": ""}, "infra", "infra", ""),
    "awscc": ({"infra/main.tf": AWSCC}, "infra", "infra", ""),
    "beside another provider": (
        {"tf/aws/main.tf": BAD, "tf/gcp/main.tf": GOOGLE, "tf/names/main.tf": RANDOM},
        "tf/aws",
        "tf/aws",
        "tf/gcp (google), tf/names (random)",
    ),
    "several with room for more": (
        {"tf/aws/a/main.tf": BAD, "tf/aws/b/main.tf": BAD, "tf/gcp/main.tf": GOOGLE},
        "tf/aws/a, tf/aws/b",
        "tf/aws",
        "tf/gcp (google)",
    ),
    "a module that is only called": (
        {"tf/live/main.tf": call("../modules/s3"), "tf/modules/s3/main.tf": BAD},
        "tf/live",
        "tf",
        "",
    ),
    "a module of a module": (
        {"live/main.tf": call("./a"), "live/a/main.tf": call("./b"), "live/a/b/main.tf": BAD, "gcp/m.tf": GOOGLE},
        "live",
        "live",
        "gcp (google)",
    ),
    "called by a root of another provider": (
        {"live/main.tf": BAD, "gcp/main.tf": call("./bucket"), "gcp/bucket/main.tf": GOOGLE},
        "live",
        "live",
        "gcp (google)",
    ),
    "of a registry": (
        {
            "a/main.tf": call("terraform-aws-modules/vpc/aws"),
            "b/main.tf": call("terraform-google-modules/network/google"),
        },
        "a",
        "a",
        "b (google)",
    ),
    "of a place that is not there": (
        {"a/main.tf": call("git::https://git.example.org/x.git"), "b/main.tf": GOOGLE},
        "a",
        "a",
        "b (google)",
    ),
    "a file that is broken": ({"a/main.tf": BAD, "b/main.tf": BROKEN}, "a, b", ".", ""),
    "no resources": ({"a/main.tf": BAD, "b/main.tf": DATA}, "a", "a", "b (no resources)"),
    "another provider below": ({"main.tf": BAD, "examples/gcp/main.tf": GOOGLE}, ".", ".", ""),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_only_roots_of_aws_are_scanned(tmp_path: Path, init: Init, shape: str) -> None:
    files, roots, path, left_out = SHAPES[shape]
    tree(tmp_path, files)
    code, out, err = init("--ci", "github")
    assert (code, err) == (0, "")
    assert f"Terraform: {roots}\n" in out
    assert out.partition("Left out, without resources of AWS: ")[2].partition("\n")[0] == left_out
    assert scanned_path(tmp_path) == path
    (hook,) = yaml.safe_load((tmp_path / HOOKS).read_text())["repos"][0]["hooks"]
    assert hook["args"] == [path, "--changed"]
    before = written(tmp_path)
    code, out, err = init("--ci", "github")
    assert (code, err) == (0, "")
    assert "Nothing changed: all files were there." in out
    assert all(f"unchanged  {name}" in out for name in (SETTINGS, WORKFLOW, HOOKS))
    assert written(tmp_path) == before


def test_roots_of_other_providers_between_those_of_aws_are_skipped(tmp_path: Path, init: Init) -> None:
    names = ("a/aws", "b/gcp", "c/aws", "gcp", "c/odd[1]", "c/empty")
    tree(tmp_path, {f"tf/{name}/main.tf": BAD if "aws" in name else GOOGLE for name in names})
    (tmp_path / "tf/c/empty/main.tf").write_text(DATA)
    found = find_roots_of_aws(tmp_path, [], ["old"])
    assert skip_patterns(found, "tf") == ["tf/b/gcp", "tf/gcp"]
    assert skip_patterns(found, "tf/c") == []
    assert find_roots_of_aws(tmp_path, [], ["t*/aws"]).of_aws == found.of_aws  # * stays within a name, as in a scan
    _, out, _ = init("--skip-path", "old")
    assert "tf/b/gcp (google), tf/c/empty (no resources), tf/c/odd[1] (google), tf/gcp (google)" in out
    settings = yaml.safe_load((tmp_path / SETTINGS).read_text())["terraform"]
    assert settings["path"] == "tf"
    can_skip = '"skip-path"' in run("config", "schema").stdout
    assert settings.get("skip-path", []) == (["old", "tf/b/gcp", "tf/gcp"] if can_skip else [])
    assert run("config", "show", cwd=tmp_path).returncode == 0


def test_what_makes_a_scan_incomplete_is_told(tmp_path: Path, init: Init) -> None:
    at = tree(tmp_path, {"a/main.tf": BAD + call("../gone"), "b/main.tf": BAD + 'resource "aws_kms_key" "k" {\n'})
    _, out, _ = init("--dry-run")
    told = out.partition("Not there or with errors: ")[2].partition("\n+++")[0]
    assert told.startswith("module.m of a, a file of b.\n  Without this a scan is incomplete (exit code 3).")
    assert "terraform get" not in told
    (at / "b/main.tf").write_text(call("terraform-aws-modules/vpc/aws"))
    assert "`terraform get` brings modules from elsewhere" in init("--dry-run")[1]
    assert "The scan is incomplete: 2 modules were not available" in run("scan", "terraform", ".", cwd=at).stdout
    (at / "a/main.tf").write_text(BAD)
    (at / "b/main.tf").write_text(BAD)
    assert "Not there" not in init("--dry-run")[1]


def test_a_scan_by_the_settings_judges_the_roots_of_aws(tmp_path: Path, init: Init) -> None:
    tree(tmp_path, {"tf/aws/main.tf": BAD, "tf/gcp/main.tf": GOOGLE})
    code, out, _ = init()
    assert code == 0
    (command,) = [line.partition("#")[0].split() for line in out.splitlines() if line.startswith("  hipaa-guard")]
    assert command == ["hipaa-guard", "scan", "terraform"]
    result = run(*command[1:], "-o", "json", cwd=tmp_path)
    assert '"aws_s3_bucket.phi"' in result.stdout
    assert "google" not in result.stdout
    assert run("config", "show", cwd=tmp_path).returncode == 0


def test_the_second_command_adds_what_was_written(tmp_path: Path, init: Init) -> None:
    at = tree(tmp_path / "a b", {"infra/main.tf": BAD, ".gitignore": ".*\n!.gitignore\n"})
    _, out, _ = init("--ci", "github", at=at / "infra")
    (command,) = [line.partition("    #")[0] for line in out.splitlines() if " git add " in line]
    subprocess.run(["sh", "-ec", command], cwd=at / "infra", check=True)
    assert git(at, "diff", "--cached", "--name-only").split() == [WORKFLOW, SETTINGS, HOOKS]


def test_below_the_top_the_files_go_to_the_top(tmp_path: Path, init: Init) -> None:
    tree(tmp_path, {"team/infra/main.tf": BAD, "other/main.tf": BAD, ".github/CODEOWNERS": ""})
    code, out, _ = init(at=tmp_path / "team")
    assert code == 0
    assert set(written(tmp_path)) == {
        *(SETTINGS, WORKFLOW, HOOKS),
        *("team/infra/main.tf", "other/main.tf", ".github/CODEOWNERS"),
    }
    assert scanned_path(tmp_path) == "team"
    assert "  (cd .. && hipaa-guard scan terraform)" in out


def test_in_a_linked_work_tree(tmp_path: Path, init: Init) -> None:
    """Its `.git` is a file, and the branch and remotes are those of the repository."""
    one = tree(tmp_path / "one", {"main.tf": BAD})
    git(one, "add", "-A")
    git(one, "commit", "-qm", "first")
    git(one, "remote", "add", "origin", "https://github.com/clinic/infra")
    git(one, "worktree", "add", "-q", "-b", "side", str(tmp_path / "two"))
    assert init(at=tmp_path / "two")[0] == 0
    workflow = yaml.safe_load((tmp_path / "two" / WORKFLOW).read_text())
    assert workflow[True]["push"]["branches"] == ["side"]  # YAML 1.1 reads `on` as true
    assert sorted(written(one)) == ["main.tf"]


def test_without_git(tmp_path: Path, init: Init) -> None:
    tree(tmp_path, {"infra/main.tf": BAD}, repository=False)
    code, out, _ = init("--ci", "github")
    assert code == 0
    assert set(written(tmp_path)) == {"infra/main.tf", SETTINGS, WORKFLOW}
    (command,) = [line.partition("    #")[0].split() for line in out.splitlines() if "baseline" in line]
    assert run(*command[1:], cwd=tmp_path).returncode == 0


def test_directories_can_be_named_and_skipped(tmp_path: Path, init: Init) -> None:
    files = {f"live/{name}/main.tf": BAD for name in ("prod", "test", "old")}
    tree(tmp_path, files | {"gcp/main.tf": GOOGLE})
    code, out, _ = init("live/prod", "live/prod", "--dry-run")
    assert code == 0
    assert "Terraform: live/prod\n" in out
    assert '+  path: "live/prod"' in out
    _, out, _ = init("live", "gcp", "--skip-path", "o*d", "--skip-path", "live/test", "--dry-run")
    assert "Terraform: live/prod\n" in out
    assert "Left out, without resources of AWS: gcp (google), live/old (skipped), live/test (skipped)" in out
    assert '+  path: "live/prod"' in out
    code, _, err = init("..")
    assert code == 2
    assert "lies outside of" in err
    assert init("nowhere")[0] == 2
    assert init("gcp/main.tf")[0] == 2
    assert set(written(tmp_path)) == {*files, "gcp/main.tf"}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "there is no Terraform below this directory; for an account, see `scan aws`"),
        (
            {"a/main.tf": GOOGLE, "b/main.tf": RANDOM},
            "there is no Terraform of AWS below this directory: a (google), b (random); nothing was written.",
        ),
    ],
    ids=["empty", "other providers"],
)
def test_nothing_to_scan(tmp_path: Path, init: Init, files: dict[str, str], told: str) -> None:
    tree(tmp_path, files)
    code, out, err = init("--ci", "github")
    assert (code, out) == (2, "")
    assert told in err
    assert set(written(tmp_path)) == set(files)


def test_a_dry_run_shows_a_patch_that_git_applies(tmp_path: Path, init: Init) -> None:
    hooks = "repos:\n- repo: meta\n  hooks: [{id: identity}] # \x1b[2J\n"
    tree(tmp_path, {"main.tf": BAD, HOOKS: hooks.replace("\x1b[2J", "ours")})
    before = written(tmp_path)
    code, out, _ = init("--ci", "github", "--dry-run")
    assert code == 0
    assert written(tmp_path) == before
    assert f"would write  {SETTINGS}" in out
    assert f"would change  {HOOKS}" in out
    subprocess.run([*GIT, "apply", "-"], cwd=tmp_path, input=out, text=True, check=True)
    assert "Nothing changed" in init("--ci", "github")[1]
    (tmp_path / HOOKS).write_text("# \u009b2J\n")
    assert "\u009b" not in init("--ci", "github", "--dry-run")[1]


def test_files_that_say_the_same_elsewhere_are_kept(tmp_path: Path, init: Init) -> None:
    """Settings in pyproject.toml, and a workflow of another name."""
    files = {
        "main.tf": BAD,
        "pyproject.toml": '[tool.hipaa-guard]\nfail-on = "high"\n',
        ".github/workflows/scan.yaml": "jobs: {a: {steps: [{uses: clinic/hipaa-guard@v1}]}}\n",
        ".github/workflows/other.yaml": "# hipaa-guard runs elsewhere\n",
    }
    tree(tmp_path, files)
    code, out, _ = init()
    assert code == 0
    assert set(written(tmp_path)) == {*files, HOOKS}
    assert "kept       pyproject.toml: it has [tool.hipaa-guard]" in out
    assert "kept       .github/workflows/scan.yaml: it runs hipaa-guard" in out


LINKS = {
    "settings": (SETTINGS, "outside.yaml"),
    "hook": (HOOKS, "outside.yaml"),
    "workflow": (WORKFLOW, "outside.yaml"),
    "directory of workflows": (".github/workflows", "outside"),
    "directory": (".github", "outside"),
    "to nothing": (SETTINGS, "nothing.yaml"),
    "into git": (".github/workflows", "tree/.git/hooks"),
}


@pytest.mark.parametrize("link", LINKS)
def test_links_that_lead_out_are_refused_before_anything_is_written(tmp_path: Path, init: Init, link: str) -> None:
    name, target = LINKS[link]
    at = tree(tmp_path / "tree", {"main.tf": BAD})
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside.yaml").write_text("theirs: 1\n")
    (at / name).parent.mkdir(parents=True, exist_ok=True)
    (at / name).symlink_to(os.path.relpath(tmp_path / target, (at / name).parent))
    before = written(tmp_path)
    for more in ((), ("--force",), ("--dry-run",)):
        code, _, err = init("--ci", "github", *more, at=at)
        assert code == 2
        assert "nothing was written" in err
        assert written(tmp_path) == before
    assert list((tmp_path / "outside").iterdir()) == []
    assert list((at / ".git/hooks").glob("hipaa*")) == []


def test_what_cannot_be_written_is_said(tmp_path: Path, init: Init) -> None:
    tree(tmp_path, {"main.tf": BAD, ".github": "a file\n"})
    code, _, err = init("--ci", "github")
    assert code == 2
    assert f"Error: {WORKFLOW} is no path that can be followed: Not a directory: nothing was written" in err
    (tmp_path / SETTINGS).mkdir()
    assert init()[0] == 2
    os.mkfifo(tmp_path / HOOKS)
    (tmp_path / SETTINGS).rmdir()
    code, _, err = init("--ci", "none")
    assert code == 2
    assert "is no regular file" in err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_may_not_be_written(tmp_path: Path, init: Init) -> None:
    tree(tmp_path, {"main.tf": BAD})
    tmp_path.chmod(0o555)
    try:
        code, _, err = init()
    finally:
        tmp_path.chmod(0o755)
    assert code == 2
    assert f"Error: cannot write {SETTINGS}: Permission denied" in err
    assert not (tmp_path / SETTINGS).exists()
