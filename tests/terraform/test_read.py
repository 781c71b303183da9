"""What a path may be, and what is said of one that cannot be scanned."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from hipaa_guard.terraform.read import read
from tests.terraform.plans import block, change, plan

PLAN = json.dumps(plan([change("aws_s3_bucket.ä", {"bucket": "records"})], [block("aws_s3_bucket.ä", {})]))


def test_a_directory_is_source(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "b" {}')
    (configuration,) = read(tmp_path)
    assert (configuration.source, configuration.root) == ("hcl", ".")
    assert [one.address for one in configuration.instances] == ["aws_s3_bucket.b"]


def test_a_file_of_source_is_read_with_its_module(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "b" { bucket = var.name }')
    (tmp_path / "more.tf").write_text('variable "name" { default = "records" }')
    (configuration,) = read(tmp_path / "main.tf")
    assert [one.get("bucket") for one in configuration.instances] == ["records"]
    assert configuration.gaps == []
    assert not any(configuration.left_out.values())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_plans_come_in_many_encodings(tmp_path: Path, encoding: str, newline: str) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes((PLAN + newline).encode(encoding))
    (configuration,) = read(path)
    assert [one.address for one in configuration.instances] == ["aws_s3_bucket.ä"]


def test_lines_of_a_wrapper_around_the_document_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("[command]/usr/bin/terraform show -json tfplan\n{not this}\n" + PLAN + "\n::debug::exit code 0\n")
    (configuration,) = read(path)
    assert configuration.source == "plan"


def test_an_indented_document_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("\n\n  " + json.dumps(json.loads(PLAN), indent=2))
    assert len(read(path)[0].instances) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no JSON object"),
        (b"hello\n", "holds no JSON object"),
        (b"[1, 2]", "holds no JSON object"),
        (b"\xff\xfe\x00", "no text"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "no text"),
        (b'{"name": "x", "scripts": {}}', "'name', 'scripts' is there"),
        (b'{"format_version": "1.2", "resource_changes": [', "line 1"),
        (b'{"format_version": "1.2", "resource_changes": []}}\n', "behind its end in line 1"),
        (b'{"a": ' * 100_000, "nested too deep"),
        (b'{"version": ' + b"9" * 5_000 + b"}", "number is too long"),
        (b'{"@level":"info","@message":"Terraform 1.11.4","type":"version"}\n{"@level":"info"}', "-out=tfplan"),
        (b'{"\\u001b[2J": 1, "a\\nb": 2}', "is there"),
        (b'{"format_version": "9.0", "resource_changes": []}', "9.0"),
        (b'{"version": 3, "serial": 1, "modules": []}', "version 3"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "given.json"
    path.write_bytes(content)
    with pytest.raises(TerraformInputError) as caught:
        read(path)
    message = str(caught.value)
    assert said in message
    assert "given.json" in message
    assert message.isprintable()
    assert len(message) < 400 + len(str(tmp_path))


def test_a_binary_plan_names_the_command_that_writes_json(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tfplan", "w") as archive:
        archive.writestr("tfplan", "x")
    with pytest.raises(TerraformInputError, match="terraform show -json tfplan"):
        read(tmp_path / "tfplan")


def test_no_such_path(tmp_path: Path) -> None:
    with pytest.raises(TerraformInputError, match="does not exist"):
        read(tmp_path / "nowhere")


def test_a_name_that_no_system_takes() -> None:
    with pytest.raises(TerraformInputError):
        read(Path("x" * 5_000))


def test_a_directory_without_source(tmp_path: Path) -> None:
    (tmp_path / "readme.md").write_text("nothing")
    with pytest.raises(TerraformInputError, match=r"holds no \.tf files"):
        read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plan.json")
    with pytest.raises(TerraformInputError, match="no regular file"):
        read(tmp_path / "plan.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(PLAN)
    path.chmod(0)
    with pytest.raises(TerraformInputError, match="cannot be read"):
        read(path)


def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(TerraformInputError):
        read(tmp_path / "loop")


def test_variables_are_for_source_only(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(PLAN)
    with pytest.raises(TerraformInputError, match="variables"):
        read(path, PlanInputs(variables={"a": "b"}))


def test_a_file_of_variables_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("")
    with pytest.raises(TerraformInputError, match="nowhere"):
        read(tmp_path, PlanInputs(var_files=[tmp_path / "nowhere.tfvars"]))
