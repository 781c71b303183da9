"""Variables, the workspace and the environment, and values that nobody gave."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line.running import CLEAN, GAPS, INCOMPLETE, UNSET, USAGE, VERSIONING, one_sentence, run

TOLD = """
variable "status" {
  sensitive = true
}
resource "aws_s3_bucket" "phi" {}
resource "aws_s3_bucket_versioning" "v" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration {
    status = terraform.workspace == "prod" && nonsensitive(var.status) == "on" ? "Enabled" : "Suspended"
  }
}
"""


def test_workspace_and_environment_count_when_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TOLD)
    scan = ("scan", "terraform", tmp_path, "-c", VERSIONING, "--max-unknown", "0")
    assert run(*scan, TF_VAR_status="on", TF_WORKSPACE="prod").returncode == INCOMPLETE
    assert run(*scan, "--workspace", "prod", "--tf-var-env", TF_VAR_status="on").returncode == CLEAN
    assert run(*scan, "--workspace", "test", "--tf-var-env", TF_VAR_status="on").returncode == GAPS
    assert (
        run(*scan, "--workspace", "prod", "--tf-var-env", "--var", "status=off", TF_VAR_status="on").returncode == GAPS
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--workspace", "a b"), "workspace"),
        (("--var", "nmae=hunter2"), "nmae"),
        (("--var", "hunter2"), "NAME=VALUE"),
        (("--var", "list=[hunter2"), "--var list"),
        (("--var-file", "x.tfvars"), "quotes"),
        (("--tf-var-env",), "TF_VAR_list"),
    ],
)
def test_values_that_cannot_be_used_are_a_usage_error_that_does_not_repeat_them(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    (tmp_path / "main.tf").write_text('variable "list" {\n  type = list(string)\n}\n')
    (tmp_path / "x.tfvars").write_text("list = hunter2\n")
    result = run("scan", "terraform", tmp_path, *options, cwd=tmp_path, TF_VAR_list="[hunter2")
    assert result.returncode == USAGE
    assert said in result.stderr
    assert "hunter2" not in result.stderr


@pytest.mark.parametrize("options", [("--workspace", "prod"), ("--tf-var-env",), ("--var", "a=b")])
def test_values_are_for_source_only(tmp_path: Path, options: tuple[str, ...]) -> None:
    state = tmp_path / "state.json"
    state.write_text('{"format_version": "1.0", "values": {"root_module": {}}}')
    result = run("scan", "terraform", state, *options)
    assert result.returncode == USAGE
    assert "directory" in one_sentence(result)


def test_undecided_in_source_is_no_incompleteness_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(UNSET)
    assert run("scan", "terraform", tmp_path, "-c", VERSIONING).returncode == CLEAN
    assert run("scan", "terraform", tmp_path, "-c", VERSIONING, "--max-unknown", "0").returncode == INCOMPLETE
    assert run("scan", "terraform", tmp_path, "-c", VERSIONING, "--var", "status=Enabled").returncode == CLEAN
    assert run("scan", "terraform", tmp_path, "-c", VERSIONING, "--var", "status=Suspended").returncode == GAPS
    file = tmp_path / "stage.tfvars"
    file.write_text('status = "Suspended"\n')
    assert run("scan", "terraform", tmp_path, "-c", VERSIONING, "--var-file", file).returncode == GAPS
