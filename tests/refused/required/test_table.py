"""The table of what the providers require is theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.terraform.binding.required_arguments import TABLE
from tests import required_arguments
from tests.provider_schema.asking import has_oldest
from tests.terraform.real.tools import Root, tools


def lines() -> dict[str, set[str]]:
    text = TABLE.read_text(encoding="utf-8").splitlines()
    return {type_: set(paths) for type_, *paths in (line.split() for line in text if not line.startswith("#"))}


def test_the_table_holds_what_the_newest_release_requires() -> None:
    for type_, paths in lines().items():
        today = required_arguments.required_today().get(type_, {})
        expected = {path + mark for path, mark in today.items()} | set(required_arguments._as_blocks(type_))
        assert paths <= expected, type_
        if type_.startswith("awscc_"):
            assert paths == expected, type_


def test_the_table_has_all_types_that_are_read() -> None:
    required = {type_ for type_ in required_arguments.types_read() if required_arguments.required_today().get(type_)}
    assert required <= set(lines()), "run `make docs`"


def test_the_table_is_that_of_the_schemas() -> None:
    assert TABLE.read_text(encoding="utf-8") == required_arguments.text(), "run `make docs`"


@pytest.mark.skipif(not has_oldest(), reason="terraform or the oldest AWS provider is not there")
def test_lists_that_people_write_as_blocks_require_what_terraform_asks_for(tmp_path: Path) -> None:
    types = required_arguments.WRITTEN_AS_BLOCKS
    blocks = "  ingress {\n  }\n  egress {\n  }\n"
    rest = {"aws_network_acl": '  vpc_id = "vpc-1"\n'}
    text = "".join(f'resource "{type_}" "phi" {{\n{rest.get(type_, "")}{blocks}}}\n' for type_ in types)
    (tmp_path / "main.tf").write_text(text)
    found = tools()
    assert found is not None
    root = Root(tmp_path, found)
    root.init()
    said = " ".join(one["detail"] for one in root.validate())
    for type_ in types:
        for path in required_arguments._as_blocks(type_):
            block, _, argument = path.partition(".")
            assert f'argument "{block}.0.{argument}" is required' in said, (type_, path)
