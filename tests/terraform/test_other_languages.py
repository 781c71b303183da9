"""Files beside Terraform's that are not read, functions of the AWS provider, and files of values that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import PartialText, Unknown, Value
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.modules.roots import UNREAD
from hipaa_guard.terraform.source import read_directory

MODULE = (
    'variable "name" {}\nresource "aws_sqs_queue" "phi" {\n  name = var.name\n  sqs_managed_sse_enabled = true\n}\n'
)


def read(path: Path, **files: str) -> Configuration:
    for name, text in files.items():
        file = path / name.replace("__", "/").replace("_dot_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return read_directory(path)[0]


@pytest.mark.parametrize("ending", UNREAD)
def test_a_file_that_is_not_read_is_named_and_may_call_a_module(tmp_path: Path, ending: str) -> None:
    name = f"live{ending}" if ending.startswith(".") else ending
    (tmp_path / name).write_text('component "queue" {}\n')
    found = read(tmp_path, modules__queue__main_dot_tf=MODULE)
    (row,) = [gap for gap in found.gaps if gap.subject == name]
    assert row.kind is GapKind.FILE
    assert row.incomplete
    assert "not read; they may call modules" in row.reason
    (told,) = [gap for gap in found.gaps if gap.subject == "modules/queue"]
    assert told.kind is GapKind.EXPRESSION
    assert told.reason == f"{name}, not read, may call it: it was judged with its defaults; without a value: name"
    assert not [
        gap for gap in found.gaps if gap.kind is GapKind.UNCALLED or "nothing in the scanned tree" in gap.reason
    ]


def test_without_such_a_file_nothing_calls_it(tmp_path: Path) -> None:
    found = read(tmp_path, modules__queue__main_dot_tf=MODULE)
    assert [gap.kind for gap in found.gaps] == [GapKind.UNCALLED]


def test_a_tree_of_nothing_but_such_files_is_incomplete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.tfstack.hcl").write_text("")
    (tmp_path / "terragrunt.hcl").write_text("")
    assert run(["scan", "terraform", str(tmp_path), "-q"]) == 3
    told = capsys.readouterr().out
    assert "a.tfstack.hcl" in told
    assert "terragrunt.hcl" in told


@pytest.mark.parametrize("name", ["main.tofu", "main.tofu.json"])
def test_files_of_opentofu_are_read(tmp_path: Path, name: str) -> None:
    text = '{"resource": {"aws_sqs_queue": {"phi": {"name": "n"}}}}' if name.endswith("json") else MODULE
    (tmp_path / name).write_text(text)
    (found,) = read_directory(tmp_path)
    assert [instance.address for instance in found.instances] == ["aws_sqs_queue.phi"]


def value(path: Path, expression: str, before: str = "") -> Value:
    return (
        read(path, main_dot_tf=f'{before}variable "x" {{}}\nresource "test_a" "it" {{\n  v = {expression}\n}}\n')
        .instances[0]
        .get("v")
    )


ROLE = "arn:aws:iam::444455556666:role"


# Answers of Terraform 1.11 with the AWS provider 5.100, by `terraform console`.
@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ('provider::aws::arn_build("aws", "iam", "", "444455556666", "role/example")', f"{ROLE}/example"),
        ('provider::aws::arn_build("", "", "", "", "")', "arn:::::"),
        ('provider::aws::arn_parse("arn:aws:s3:::bucket/a:b/c").resource', "bucket/a:b/c"),
        (
            'jsonencode(provider::aws::arn_parse("arn:aws:s3:::b"))',
            '{"account_id":"","partition":"aws","region":"","resource":"b","service":"s3"}',
        ),
        ('provider::aws::arn_parse("arn:::::").service', ""),
        (f'provider::aws::trim_iam_role_path("{ROLE}/with/path/example")', f"{ROLE}/example"),
        (f'provider::aws::trim_iam_role_path("{ROLE}/example")', f"{ROLE}/example"),
        (f'provider::aws::trim_iam_role_path("{ROLE}/a/b/")', f"{ROLE}/"),
        (f'provider::aws::trim_iam_role_path("{ROLE}/a:b/c")', f"{ROLE}/c"),
        (f'provider::aws::trim_iam_role_path("{ROLE}//c")', f"{ROLE}/c"),
        ('provider::aws::trim_iam_role_path("arn::iam::4:role/a/c")', "arn::iam::4:role/c"),
    ],
)
def test_a_function_of_the_aws_provider_is_evaluated(tmp_path: Path, expression: str, wanted: str) -> None:
    assert value(tmp_path, expression) == wanted


@pytest.mark.parametrize(
    "expression",
    [
        'provider::aws::arn_parse("x")',
        'provider::aws::arn_parse("arn:aws")',
        'provider::aws::arn_parse("arn:a:b:c:d")',
        "provider::aws::arn_parse(5)",
        "provider::aws::arn_parse(null)",
        'provider::aws::arn_parse("arn:aws", "b")',
        'provider::aws::arn_build(null, "", "", "", "")',
        'provider::aws::trim_iam_role_path("arn:aws:iam::4:user/a/b")',
        'provider::aws::trim_iam_role_path("arn:aws:s3:::role/a/b")',
        'provider::aws::trim_iam_role_path("arn:aws:iam:us:4:role/a/b")',
        f'provider::aws::trim_iam_role_path("{ROLE}2/c")',
        f'provider::aws::trim_iam_role_path("{ROLE}")',
    ],
)
def test_a_call_that_the_provider_refuses_is_unknown_and_a_row(tmp_path: Path, expression: str) -> None:
    found = read(tmp_path, main_dot_tf=f'resource "test_a" "it" {{\n  v = {expression}\n}}\n')
    assert isinstance(found.instances[0].get("v"), Unknown)
    assert [gap.kind for gap in found.gaps] == [GapKind.EXPRESSION]


def test_an_arn_with_unknown_sections_is_known_in_part(tmp_path: Path) -> None:
    found = value(tmp_path, 'provider::aws::arn_build("aws", "s3", "", "", "b/${var.x}")')
    assert isinstance(found, PartialText)
    assert found.prefix == "arn:aws:s3:::b/"
    assert isinstance(value(tmp_path, "provider::aws::arn_parse(var.x)"), Unknown)


@pytest.mark.parametrize(
    ("source", "known"),
    [("hashicorp/aws", True), ("registry.opentofu.org/hashicorp/aws", True), ("example/aws", False)],
)
def test_functions_of_another_provider_by_the_same_name_are_not_known(tmp_path: Path, source: str, known: bool) -> None:
    before = f'terraform {{\n  required_providers {{\n    aws = {{ source = "{source}" }}\n  }}\n}}\n'
    found = value(tmp_path, 'provider::aws::arn_build("aws", "s3", "", "", "b")', before)
    assert isinstance(found, Unknown) is not known
    assert isinstance(value(tmp_path, "provider::time::rfc3339_parse(var.x)"), Unknown)


NO_VALUES = {
    "json": '{"name": "n"}\n',
    "json of several lines": '{\n  "name": "n"\n}\n',
    "an empty object": "{}\n",
    "a list": "[1]\n",
    "a text": '"n"\n',
    "a block": 'name = "n"\nx {\n}\n',
}


@pytest.mark.parametrize("name", NO_VALUES)
@pytest.mark.parametrize("file", ["terraform.tfvars", "x.auto.tfvars"])
def test_a_file_of_values_that_is_none_is_a_row_and_exit_3(tmp_path: Path, name: str, file: str) -> None:
    (tmp_path / "main.tf").write_text(MODULE)
    (tmp_path / file).write_text(NO_VALUES[name])
    (row,) = [gap for gap in read_directory(tmp_path)[0].gaps if gap.subject == file]
    assert row.kind is GapKind.FILE
    assert row.incomplete
    assert "syntax error in line" in row.reason
    assert run(["scan", "terraform", str(tmp_path), "-q", "-c", "sqs_queue_encrypted_at_rest"]) == 3


@pytest.mark.parametrize("name", NO_VALUES)
def test_a_file_of_values_that_is_given_and_is_none_is_refused(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text(MODULE)
    (tmp_path / "given.tfvars").write_text(NO_VALUES[name])
    assert run(["scan", "terraform", str(tmp_path), "-q", "--var-file", str(tmp_path / "given.tfvars")]) == 2
    assert "syntax error in line" in capsys.readouterr().err


def test_a_file_of_terraform_that_holds_json_is_not_read(tmp_path: Path) -> None:
    found = read(tmp_path, a_dot_tf=MODULE, b_dot_tf='{"resource": {"aws_sqs_queue": {"b": {}}}}')
    (row,) = [gap for gap in found.gaps if gap.subject == "b.tf"]
    assert row.incomplete
    assert "an argument or block is expected, not JSON" in row.reason
