"""The regions of SARIF, by columns in UTF-16 code units: each is read back from the file that it names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.cli.main import run

KEY = "kms_key_rotation_enabled"
BUCKET = "s3_bucket_versioning_enabled"
TABLE = "dynamodb_table_pitr_enabled"
OFF = "enable_key_rotation = false"


def scanned(directory: Path, target: str, *words: str) -> list[dict[str, Any]]:
    """The results of a scan through the command line, as SARIF and again from the saved JSON: both are the same."""
    out = directory.parent / "out"
    out.mkdir(exist_ok=True)
    files = [f"-osarif={out}/a.sarif", f"-ojson={out}/a.json"]
    run(["scan", "terraform", target, "-q", *files, "-c", KEY, "-c", BUCKET, "-c", TABLE, *words])
    assert run(["render", f"{out}/a.json", f"-osarif={out}/b.sarif"]) == 0
    assert (out / "a.sarif").read_text() == (out / "b.sarif").read_text()
    (log,) = json.loads((out / "a.sarif").read_text())["runs"]
    assert log["columnKind"] == "utf16CodeUnits"
    found: list[dict[str, Any]] = log["results"]
    return found


def marked(directory: Path, place: dict[str, Any]) -> str:
    """The text of a region, by lines and UTF-16 code units."""
    region = place["physicalLocation"]["region"]
    file = directory / place["physicalLocation"]["artifactLocation"]["uri"]
    lines = file.read_bytes().decode("utf-8-sig", "replace").split("\n")[region["startLine"] - 1 : region["endLine"]]
    units = [line.encode("utf-16-le") for line in lines]
    units[-1] = units[-1][: 2 * (region["endColumn"] - 1)]
    units[0] = units[0][2 * (region["startColumn"] - 1) :]
    return "\n".join(each.decode("utf-16-le") for each in units)


def of_main(directory: Path, results: list[dict[str, Any]]) -> list[str]:
    return [marked(directory, result["locations"][0]) for result in results]


@pytest.fixture
def infra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    return tmp_path


def write(directory: Path, text: str, name: str = "main.tf") -> None:
    (directory / "infra" / name).write_bytes(text.encode())


TEXTS = {
    "an argument that decides": (f'resource "aws_kms_key" "k" {{\n  {OFF} # off\n}}\n', OFF),
    "what is left out": (
        'resource "aws_kms_key" "k" { # a { brace\n  description = 1\n}\n',
        'resource "aws_kms_key" "k" {',
    ),
    "one line": ('/* 🧬 */ resource "aws_kms_key" "k" {}\n', 'resource "aws_kms_key" "k" {'),
    "letters of two units": (f'/* 🧬é */ resource "aws_kms_key" "k" {{\n  /* 🧬 */ {OFF}\n}}\n', OFF),
    "tabs": (f'resource "aws_kms_key" "k" {{\n\t\t{OFF}\t# 🧬\n}}\n', OFF),
    "line ends of Windows": (f'resource "aws_kms_key" "k" {{\r\n  {OFF}\r\n}}\r\n', OFF),
    "a byte order mark": ('\ufeffresource "aws_kms_key" "k" {}\n', 'resource "aws_kms_key" "k" {'),
    "no last line end": ('locals {}\nresource "aws_kms_key" "k" {}', 'resource "aws_kms_key" "k" {'),
    "labels without quotes": ("resource aws_kms_key k {}\n", "resource aws_kms_key k {"),
    "a comment in the first line": (
        'resource /* { */ "aws_kms_key" /* 🧬 */ "k" {\n}\n',
        'resource /* { */ "aws_kms_key" /* 🧬 */ "k" {',
    ),
    "a nested argument": (
        'resource "aws_dynamodb_table" "t" {\n  point_in_time_recovery {\n    enabled = false\n  }\n}\n',
        "enabled = false",
    ),
    "a value of several lines": (
        'resource "aws_kms_key" "k" {\n  enable_key_rotation = (\n    false\n  )\n}\n',
        "enable_key_rotation = (\n    false\n  )",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_the_region_is_what_decides(case: str, infra: Path) -> None:
    text, decides = TEXTS[case]
    write(infra, text)
    results = scanned(infra / "infra", "infra")
    assert of_main(infra, results) == [decides]


def test_the_lines_of_the_block_stand_around_it(infra: Path) -> None:
    write(infra, f'\nresource "aws_kms_key" "k" {{\n  description = 1\n  {OFF}\n}}\n')
    ((place,),) = (result["locations"] for result in scanned(infra / "infra", "infra"))
    physical = place["physicalLocation"]
    assert physical["region"] == {"startLine": 4, "startColumn": 3, "endLine": 4, "endColumn": 3 + len(OFF)}
    assert physical["contextRegion"] == {"startLine": 2, "startColumn": 1, "endLine": 5}


def test_what_decides_elsewhere_is_related(infra: Path) -> None:
    """A split resource decides of the bucket: the alert stands at the bucket and leads to the argument."""
    split = 'resource "aws_s3_bucket_versioning" "v" {\n  bucket = aws_s3_bucket.b.id\n  versioning_configuration {\n'
    write(infra, f'resource "aws_s3_bucket" "b" {{\n}}\n{split}    status = "Suspended"\n  }}\n}}\n')
    (result,) = scanned(infra / "infra", "infra")
    assert of_main(infra, [result]) == ['resource "aws_s3_bucket" "b" {']
    assert 'status = "Suspended"' in [marked(infra, place) for place in result["relatedLocations"]]


def test_a_finding_in_a_downloaded_module_stands_at_its_call(infra: Path) -> None:
    write(infra, 'module "é" {\n  source = "./.terraform/modules/m"\n}\n')
    module = infra / "infra" / ".terraform" / "modules" / "m"
    module.mkdir(parents=True)
    (module / "main.tf").write_text(f'resource "aws_kms_key" "k" {{\n  {OFF}\n}}\n')
    (result,) = scanned(infra / "infra", "infra")
    assert of_main(infra, [result]) == ['module "é" {']
    assert OFF in [marked(infra, place) for place in result["relatedLocations"]]


def test_json_syntax_has_columns_too(infra: Path) -> None:
    text = '{"resource": {"aws_kms_key": {\n  "日本🧬": {"description": "🧬", "enable_key_rotation": false},\n  "b": {}\n}}}\n'
    write(infra, text, "main.tf.json")
    assert sorted(of_main(infra, scanned(infra / "infra", "infra"))) == ['"b": {', '"enable_key_rotation": false']


def test_a_plan_has_the_columns_of_its_source(infra: Path) -> None:
    write(infra, f'resource "aws_kms_key" "k" {{\n  {OFF}\n}}\n')
    values = {"enable_key_rotation": False}
    provider = "registry.terraform.io/hashicorp/aws"
    resource = {"address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k"}
    change = {"actions": ["create"], "before": None, "after": values, "after_unknown": {}}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [{**resource, "provider_name": provider, "values": values}]}},
        "resource_changes": [{**resource, "provider_name": provider, "change": change}],
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": provider}},
            "root_module": {
                "resources": [
                    {
                        **resource,
                        "provider_config_key": "aws",
                        "expressions": {"enable_key_rotation": {"constant_value": False}},
                    }
                ]
            },
        },
    }
    (infra / "plan.json").write_text(json.dumps(plan))
    (result,) = scanned(infra / "infra", "plan.json", "--source", "infra")
    assert of_main(infra, [result]) == [OFF]


def test_a_saved_result_without_columns_has_whole_lines(infra: Path) -> None:
    """Results that an earlier version saved know lines only."""
    write(infra, f'resource "aws_kms_key" "k" {{\n  {OFF}\n}}\n')
    scanned(infra / "infra", "infra")
    saved = infra / "out" / "a.json"
    lines = json.loads(saved.read_text(), object_hook=lambda each: {k: v for k, v in each.items() if k != "span"})
    saved.write_text(json.dumps(lines))
    assert run(["render", str(saved), f"-osarif={infra}/out/c.sarif"]) == 0
    (log,) = json.loads((infra / "out" / "c.sarif").read_text())["runs"]
    ((place,),) = (result["locations"] for result in log["results"])
    assert place["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 1, "endLine": 3}
