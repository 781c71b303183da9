"""Terraform found and run for real, and the texts that it is asked with: see `tests.terraform.real`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.testing import all_controls
from tests.terraform.real import tools as real
from tests.terraform.real.batches import checked, owner, root_files, written
from tests.terraform.real.completing import BLOCKS, COMBINED, GIVEN, TOGETHER, VALUES, completed, for_aws
from tests.terraform.real.estates import shipped
from tests.terraform.real.guessing import guessed
from tests.terraform.real.running import _not_made, _touched
from tests.terraform.real.snippets import Snippet, snippets, with_phi
from tests.terraform.real.tools import OVERRIDE, PLUGINS, Root, TerraformError, in_words, tools

PLUGIN = "registry.terraform.io/hashicorp/aws/5.100.0/{}/terraform-provider-aws_v5.100.0_x5"
needs_terraform = pytest.mark.skipif(tools() is None, reason="no Terraform with the AWS provider to ask")


def error(text: str, at: str, detail: str, context: str = 'resource "aws_db_instance" "phi"') -> dict[str, Any]:
    """An error at the brace that follows some words of a text."""
    byte = text.encode().index(at.encode()) + len(at)
    place = {"filename": "m_1/main.tf", "start": {"line": 1}, "end": {"byte": byte}}
    return {"severity": "error", "summary": "", "detail": detail, "range": place, "snippet": {"context": context}}


def test_the_provider_is_found_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = tmp_path / "plugins" / PLUGIN.format(real._machine())
    plugin.parent.mkdir(parents=True)
    plugin.touch()
    program = tmp_path / "terraform"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(PLUGINS, str(tmp_path / "plugins"))
    found = tools.__wrapped__()
    assert found == real.Tools(program, tmp_path / "plugins", "5.100.0")
    monkeypatch.setenv("PATH", str(tmp_path / "plugins"))
    assert tools.__wrapped__() is None


def test_an_argument_that_is_missing_is_added_where_it_is_missed() -> None:
    text = 'resource "aws_db_instance" "phi" {\n  engine = "mysql"\n}'
    told = completed(text, [error(text, '"phi" {', 'The argument "instance_class" is required')], declare=False)
    assert told is not None
    assert 'instance_class = "db.t4g.medium"' in told
    assert told.count("engine =") == 1
    assert "allocated_storage = 20" in told


def test_a_copy_is_given_nothing_of_its_own() -> None:
    text = 'resource "aws_db_instance" "phi" {\n  replicate_source_db = "x"\n}'
    told = completed(text, [error(text, '"phi" {', 'The argument "instance_class" is required')], declare=False)
    assert told is not None
    assert "password" not in told


def test_what_aws_asks_for_is_added_once_and_to_no_copy() -> None:
    own = 'resource "aws_rds_cluster" "phi" {\n  engine = "aurora-mysql"\n  master_username = "me"\n}\n'
    told = for_aws(own)
    assert told.count("master_username") == 1
    assert "master_password" in told
    assert for_aws(told) == told
    copy = own.replace("master_username", "snapshot_identifier")
    assert for_aws(copy) == copy


def test_a_block_of_one_line_is_completed_and_what_it_refers_to_is_declared() -> None:
    text = 'resource "aws_lb" "phi" { internal = true }'
    detail = '"subnets": one of `subnet_mapping,subnets` must be specified'
    told = completed(text, [error(text, '"phi" {', detail, 'resource "aws_lb" "phi"')], declare=False)
    assert told is not None
    assert "\ninternal = true\n}" in told
    assert {'resource "aws_subnet" "given_a"', 'resource "aws_vpc" "given"'} <= {
        line.partition(" {")[0] for line in told.splitlines()
    }


def test_another_error_is_not_papered_over() -> None:
    text = 'resource "aws_db_instance" "phi" {}'
    assert completed(text, [error(text, '"phi" {', "An argument named x is not expected")], declare=True) is None
    undeclared = error(text, '"phi" {', 'A managed resource "aws_s3_bucket" "a" has not been declared in module.m_1.')
    assert completed(text, [undeclared], declare=False) is None
    assert 'resource "aws_s3_bucket" "a" {}' in (completed(text, [undeclared], declare=True) or "")


def test_what_a_resource_certainly_lacks_is_guessed() -> None:
    text = guessed(
        'resource "aws_lambda_permission" "a" {\n  function_name = aws_lambda_function.b.arn\n}\n', declare=True
    )
    assert re.findall(r'resource "(\w+)"', text) == ["aws_lambda_permission", "aws_lambda_function", "aws_iam_role"]
    assert all(f"{name} = " in text for name in ("function_name", "role", "s3_bucket", "s3_key", "handler"))
    assert guessed(text, declare=True) == text
    assert (
        guessed('resource "aws_lambda_function" "b" {\n  x = aws_kms_key.c.arn\n}\n', declare=False).count("resource")
        == 2
    )


def test_everything_that_values_refer_to_is_given() -> None:
    lines = [*VALUES.values(), *BLOCKS.values(), *GIVEN.values()]
    lines += [line for table in (TOGETHER, COMBINED) for its in table.values() for line in its.values()]
    referred = {found for line in lines for found in re.findall(r"aws_\w+\.given\w*", line)}
    assert referred == set(GIVEN)


def test_each_snippet_is_a_module_and_an_error_finds_its_own(tmp_path: Path) -> None:
    told = [Snippet("m_1", 'variable "x" {}\n', "a"), Snippet("m_2", 'variable "y" {\n  default = 1\n}\n', "b")]
    files = root_files(told)
    assert "x = var.unset" in files["main.tf"]
    assert "y = var.unset" not in files["main.tf"]
    written(told, tmp_path)
    line = files["main.tf"].splitlines().index('module "m_2" {') + 2
    called = {"range": {"filename": "main.tf", "start": {"line": line}}}
    assert owner(called, tmp_path, {"m_1", "m_2"}) == "m_2"
    assert owner({"range": {"filename": "m_1/main.tf"}}, tmp_path, {"m_1", "m_2"}) == "m_1"
    assert owner({"address": "module.m_2.aws_x.y"}, tmp_path, {"m_1", "m_2"}) == "m_2"
    assert owner({"detail": "of nothing here"}, tmp_path, {"m_1", "m_2"}) == ""
    written(told[:1], tmp_path)
    assert not (tmp_path / "m_2").exists()


def test_all_texts_of_this_project_are_asked_about() -> None:
    found = snippets()
    told_in = {one.told_in for one in found}
    fixes = {f"fix of {control.id}" for control in all_controls().values() if control.fix.terraform}
    assert fixes <= told_in
    assert {"docs/fix.md", "docs/exceptions.md", "docs/own-policies.md"} <= told_in
    assert len({one.name for one in found}) == len(found)
    assert {one.other_provider for one in found} == {"", "awscc", "cloudinit", "random", "template", "tls"}


def test_a_fix_stands_on_the_resource_that_it_mends() -> None:
    control = all_controls()["s3_bucket_versioning_enabled"]
    assert with_phi(control).startswith('resource "aws_s3_bucket" "phi" {}\n')


def test_what_moto_did_not_make_leaves_out_what_it_is_a_part_of() -> None:
    def block(address: str, *names: str) -> dict[str, Any]:
        return {"address": address, "expressions": {"bucket": {"references": [f"{name}.id" for name in names]}}}

    blocks = [block("aws_s3_bucket.a"), block("aws_s3_bucket.b"), block("aws_s3_bucket_policy.p", "aws_s3_bucket.a")]
    calls = {"m": {"module": {"resources": blocks}}}
    addresses = [f'module.m["x.y"].{one["address"]}' for one in blocks]
    changes = [{"address": address, "mode": "managed"} for address in addresses]
    plan = {"resource_changes": changes, "configuration": {"root_module": {"module_calls": calls}}}
    made = {"values": {"root_module": {"child_modules": [{"resources": [{"address": one} for one in addresses[:2]]}]}}}
    lost = _not_made(plan, made, [{"address": addresses[2], "summary": "500", "detail": ""}])
    assert list(lost) == [addresses[2]]
    assert set(_touched(plan, lost, whole_modules=False)) == {addresses[0], addresses[2]}
    assert set(_touched(plan, lost, whole_modules=True)) == set(addresses)


@needs_terraform
def test_terraform_takes_and_refuses(tmp_path: Path) -> None:
    found = tools()
    assert found is not None
    told = [
        Snippet("good_1", 'resource "aws_db_instance" "phi" {\n  storage_encrypted = true\n}\n', "a"),
        Snippet("bad_1", 'resource "aws_s3_bucket" "phi" {\n  nonsense = 1\n}\n', "b"),
    ]
    result = checked(told, Root(tmp_path / "root", found))
    assert [one.name for one in result.taken] == ["good_1"]
    assert "nonsense" in result.refused["bad_1"][0]


@needs_terraform
@pytest.mark.parametrize("name", ["telehealth", "patient-records"])
def test_terraform_plans_the_examples(name: str, tmp_path: Path) -> None:
    found = tools()
    assert found is not None
    (estate,) = [one for one in shipped() if one.name == name]
    given = {"certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}
    given |= {"database_key_arn": "arn:aws:kms:us-east-1:123456789012:key/1"}
    root = Root(estate.write(tmp_path / "root"), found, variables=given if name == "telehealth" else {})
    root.init()
    assert root.validate() == []
    assert len(root.plan()["resource_changes"]) > 30
    assert (tmp_path / "root" / OVERRIDE).exists()


@needs_terraform
def test_an_error_of_terraform_says_where_and_why(tmp_path: Path) -> None:
    found = tools()
    assert found is not None
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "phi" {\n')
    with pytest.raises(TerraformError, match=r"terraform init: main.tf:1: Unclosed"):
        Root(tmp_path, found).init()
    assert in_words({"summary": "No", "detail": "because\n  of it"}) == "No: because of it"
