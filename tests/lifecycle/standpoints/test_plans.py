"""The root of a plan or state: where its source lies, else where its file lies."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.lifecycle.baseline.repositories import PHI
from tests.lifecycle.register_text import tree
from tests.lifecycle.standpoints.repositories import fingerprints, old, scan, with_git
from tests.lifecycle.test_previous_names import plan


def test_a_plan_lies_where_its_source_does_else_where_its_file_does(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = top / "terraform" / "aws"
    (aws / "plan.json").write_text(plan("aws_s3_bucket.phi", None, "phi"))
    shutil.copy(aws / "plan.json", tmp_path / "elsewhere.json")
    source = fingerprints(scan(aws))
    assert fingerprints(scan(aws / "plan.json")) == source
    assert fingerprints(scan(tmp_path / "elsewhere.json", source=aws)) == source
    assert fingerprints(scan(tmp_path / "elsewhere.json", source=top)) == source, "the module is found below --source"
    monkeypatch.chdir(aws)
    assert fingerprints(scan("plan.json")) == source
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [STATED]}}}
    (aws / "state.json").write_text(json.dumps(state))
    assert fingerprints(scan("state.json")) == source


STATED = {
    "address": "aws_s3_bucket.phi",
    "mode": "managed",
    "type": "aws_s3_bucket",
    "name": "phi",
    "values": {"bucket": "phi"},
}


def test_a_plan_outside_of_every_tree_has_the_name_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plan.json").write_text(plan("aws_s3_bucket.phi", None, "phi"))
    repository = with_git(tree(tmp_path / "repository", main=PHI))
    for here in (tmp_path, repository):  # where one stands has no say
        monkeypatch.chdir(here)
        found = scan(tmp_path / "plan.json")
        assert fingerprints(found) == {"plan.json: aws_s3_bucket.phi": old("plan.json")}
        assert found.scan.roots_from == "scanned path"
