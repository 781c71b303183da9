"""``.tf.json``: the same blocks and arguments as in native syntax."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.hcl.json_maps import is_map
from hipaa_guard.terraform.source import read_directory

REFERENCE = Path(__file__).parents[1] / "reference"


def read(directory: Path, document: object) -> Configuration:
    """The one configuration of a file."""
    (directory / "main.tf.json").write_text(document if isinstance(document, str) else json.dumps(document))
    (found,) = read_directory(directory)
    return found


def bucket(content: object) -> dict[str, object]:
    """A document with one resource."""
    return {"resource": {"aws_s3_bucket": {"phi": content}}}


BLOCK = {"enabled": True}


@pytest.mark.parametrize("versioning", [BLOCK, [BLOCK], [{"//": "a comment", **BLOCK}]])
def test_a_nested_block_is_an_object_or_a_list_of_objects(tmp_path: Path, versioning: object) -> None:
    found = read(tmp_path, bucket({"versioning": versioning, "tags": {"a": "1"}}))
    assert found.instances[0].get("versioning") == [BLOCK]
    assert found.instances[0].get("tags") == {"a": "1"}


def test_several_blocks_keep_their_order(tmp_path: Path) -> None:
    found = read(tmp_path, bucket({"rule": [{"n": 1}, {"n": "${1 + 1}"}]}))
    assert found.instances[0].get("rule") == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("content", [{"n": "${r.value}"}, [{"n": "${r.value}"}]])
@pytest.mark.parametrize("listed", [False, True])
def test_dynamic_blocks(tmp_path: Path, content: object, listed: bool) -> None:
    dynamic: object = {"for_each": [1, 2], "iterator": "r", "content": content}
    found = read(tmp_path, bucket({"dynamic": {"rule": [dynamic] if listed else dynamic}}))
    assert found.instances[0].get("rule") == [{"n": 1}, {"n": 2}]


def test_default_tags_of_a_provider(tmp_path: Path) -> None:
    provider = {"aws": [{"region": "eu-west-1", "default_tags": {"tags": {"a": "1"}}}, {"alias": "w", "region": "x"}]}
    documents = {"provider": provider, **bucket({}), "data": {"aws_region": {"r": {"provider": "aws.w"}}}}
    found = read(tmp_path, documents)
    assert found.instances[0].get("tags_all") == {"a": "1"}
    assert found.instances[0].region == "eu-west-1"


@pytest.mark.parametrize(
    "document",
    [
        [{"resource": {"test_a": {"it": {"v": "${local.x}"}}}}, {"locals": {"x": "a1"}}],
        {"resource": [{"test_a": {"it": {"v": "${local.x}"}}}], "locals": [{"y": 1}, {"x": "a${local.y}"}]},
        {"resource": {"test_a": [{"it": [{"v": "${local.x}"}]}]}, "locals": {"//": "none", "x": "a1"}},
    ],
)
def test_lists_may_stand_at_every_level_of_labels(tmp_path: Path, document: object) -> None:
    found = read(tmp_path, document)
    assert found.instances[0].get("v") == "a1"
    assert not found.gaps


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("${1 + 1}", 2),
        ("a-${1 + 1}", "a-2"),
        ("$${x}", "${x}"),
        ("%{ if true }yes%{ endif }", "yes"),
        ({"k-${1}": ["${true}"], "//": "no comment here"}, {"k-1": [True], "//": "no comment here"}),
        (None, None),
        (["x", 1.5], ["x", 1.5]),
    ],
)
def test_strings_are_templates_in_arguments(tmp_path: Path, given: Value, value: Value) -> None:
    document = {"resource": {"terraform_data": {"it": {"input": given, "depends_on": ["terraform_data.other"]}}}}
    found = read(tmp_path, document)
    assert found.instances[0].get("input") == value
    assert not found.gaps


def test_variables_hold_texts_and_no_templates(tmp_path: Path) -> None:
    variable = {"//": "x", "type": "list(string)", "default": ["${x}", "a-${1}"]}
    found = read(tmp_path, {"variable": {"v": variable}, **bucket({"v": "${var.v}"})})
    assert found.instances[0].get("v") == ["${x}", "a-${1}"]


def test_modules_and_outputs(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    inner = {"variable": {"v": [{}]}, "output": {"o": {"value": "${var.v.a}"}}}
    (tmp_path / "m" / "m.tf.json").write_text(json.dumps(inner))
    found = read(tmp_path, {"module": {"m": {"source": "./m", "v": {"a": 5}}}, **bucket({"v": "${module.m.o}"})})
    assert found.instances[0].get("v") == 5
    assert not found.gaps


def test_an_argument_that_is_given_twice_is_unknown_and_reported(tmp_path: Path) -> None:
    found = read(tmp_path, '{"resource": {"test_a": {"it": {"v": 1, "v": 2}}}}')
    assert isinstance(found.instances[0].get("v"), Unknown)
    assert found.gaps[0].kind is GapKind.DUPLICATE


def test_a_resource_type_may_be_a_key_twice(tmp_path: Path) -> None:
    found = read(tmp_path, '{"resource": {"test_a": {"one": {}}}, "resource": {"test_a": {"two": {}}}}')
    assert [one.address for one in found.instances] == ["test_a.one", "test_a.two"]


def test_what_is_removed_is_told(tmp_path: Path) -> None:
    removed = {"from": "aws_s3_bucket.old", "lifecycle": {"destroy": False}}
    found = read(tmp_path, {"removed": [removed], **bucket({})})
    assert [(gap.kind, gap.subject, gap.incomplete) for gap in found.gaps] == [
        (GapKind.REMOVED, "aws_s3_bucket.old", False)
    ]


def test_maps_and_blocks_are_told_apart_as_the_provider_does() -> None:
    wrong = []
    with gzip.open(REFERENCE / "terraform_aws_schema.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            type, path, kind, _ = line.rstrip("\n").split("\t")
            *parents, name = path.split(".")
            parent = parents[-1] if parents else type
            if kind in ("map", "block", "blocks") and is_map(parent, name) != (kind == "map"):
                wrong.append(f"{type}.{path}")
    assert not wrong
