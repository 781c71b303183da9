"""A finding whose resource was moved or whose control was renamed is known under its previous names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment.baseline import baseline_of, compared
from hipaa_guard.assessment.diff import Change, compare
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding, fingerprint, with_previous
from hipaa_guard.facts.origin import Origin
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.register_text import VERSIONING, tree

PHI = 'resource "aws_s3_bucket" "phi" {}\n'
MODULE = 'module "m" {\n  source = "./m"\n}\n'


def moved(before: str, after: str) -> str:
    return f"moved {{\n  from = {before}\n  to   = {after}\n}}\n"


SUSPENDED = """resource "aws_s3_bucket_versioning" "phi" {
  bucket = "records"
  versioning_configuration {
    status = "Suspended"
  }
}
"""
MOVES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "another name": (
        {"main": PHI},
        {"main": PHI.replace("phi", "records") + moved("aws_s3_bucket.phi", "aws_s3_bucket.records")},
    ),
    "twice": (
        {"main": PHI},
        {
            "main": PHI.replace("phi", "c")
            + moved("aws_s3_bucket.phi", "aws_s3_bucket.b")
            + moved("aws_s3_bucket.b", "aws_s3_bucket.c")
        },
    ),
    "all instances": (
        {"main": 'resource "aws_s3_bucket" "phi" {\n  for_each = toset(["a.b", "c"])\n}\n'},
        {
            "main": 'resource "aws_s3_bucket" "x" {\n  for_each = toset(["a.b", "c"])\n}\n'
            + moved("aws_s3_bucket.phi", "aws_s3_bucket.x")
        },
    ),
    "one instance": (
        {"main": PHI},
        {
            "main": 'resource "aws_s3_bucket" "phi" {\n  for_each = toset(["a.b"])\n}\n'
            + moved("aws_s3_bucket.phi", 'aws_s3_bucket.phi["a.b"]')
        },
    ),
    "into a module": (
        {"main": PHI},
        {"main": MODULE + moved("aws_s3_bucket.phi", "module.m.aws_s3_bucket.phi"), "m__main": PHI},
    ),
    "a module call": (
        {"main": MODULE, "m__main": PHI},
        {"main": MODULE.replace('"m"', '"n"') + moved("module.m", "module.n"), "m__main": PHI},
    ),
    "a module call, to a key": (
        {"main": MODULE, "m__main": PHI},
        {"main": MODULE.replace("}", "  count = 1\n}") + moved("module.m", "module.m[0]"), "m__main": PHI},
    ),
    "inside a module that is called twice": (
        {"main": MODULE.replace("}", "  count = 2\n}"), "m__main": PHI},
        {
            "main": MODULE.replace("}", "  count = 2\n}"),
            "m__main": PHI.replace("phi", "x") + moved("aws_s3_bucket.phi", "aws_s3_bucket.x"),
        },
    ),
    "a part of something that is declared elsewhere": (
        {"main": SUSPENDED},
        {
            "main": SUSPENDED.replace("phi", "other")
            + moved("aws_s3_bucket_versioning.phi", "aws_s3_bucket_versioning.other")
        },
    ),
    "count is added, of which Terraform knows by itself": (
        {"main": PHI},
        {"main": 'resource "aws_s3_bucket" "phi" {\n  count = 1\n}\n'},
    ),
    "count is taken away": (
        {"main": 'resource "aws_s3_bucket" "phi" {\n  count = 1\n}\n'},
        {"main": PHI},
    ),
}


@pytest.mark.parametrize("case", MOVES)
def test_a_moved_resource_is_known_under_its_old_name(case: str, tmp_path: Path) -> None:
    was, is_now = (
        scan_terraform(TerraformTarget(tree(tmp_path / place, **files)), Options(only=(VERSIONING,)))
        for place, files in zip(("was", "now"), MOVES[case], strict=True)
    )
    assert {f.fingerprint for f in was.findings}.isdisjoint(f.fingerprint for f in is_now.findings)
    assert [f.new for f in compared(is_now.findings, baseline_of(was))] == [False] * len(is_now.findings)
    assert {d.change for d in compare(was, is_now).differences} == {Change.UNCHANGED}


@pytest.mark.parametrize(
    "text",
    [
        PHI.replace("phi", "records"),
        PHI.replace("phi", "records") + moved("aws_s3_bucket.other", "aws_s3_bucket.records"),
        PHI.replace("phi", "records") + moved("aws_s3_bucket.phi", "aws_s3_bucket.else"),
        PHI.replace("phi", "records") + moved("aws_s3_bucket.phi[0]", "aws_s3_bucket.records"),
        PHI.replace("phi", "records") + "moved {\n  from = aws_s3_bucket.phi\n}\n",
        PHI.replace("phi", "records") + moved("var.x ? 1 : 2", "aws_s3_bucket.records"),
        PHI.replace("phi", "records") + moved("aws_s3_bucket.phi[var.i]", "aws_s3_bucket.records"),
        'resource "aws_s3_bucket" "phi" {\n  count = 2\n}\n',
    ],
)
def test_what_was_not_moved_is_new(text: str, tmp_path: Path) -> None:
    was = scan_terraform(TerraformTarget(tree(tmp_path / "was", main=PHI)), Options(only=(VERSIONING,)))
    is_now = scan_terraform(TerraformTarget(tree(tmp_path / "now", main=text)), Options(only=(VERSIONING,)))
    assert any(f.new for f in compared(is_now.findings, baseline_of(was)))


def test_in_json_too(tmp_path: Path) -> None:
    was = scan_terraform(TerraformTarget(tree(tmp_path / "was", main=PHI)), Options(only=(VERSIONING,)))
    directory = tmp_path / "now"
    directory.mkdir()
    told = {
        "resource": {"aws_s3_bucket": {"x": {"for_each": '${toset(["k"])}'}}},
        "moved": [{"from": "aws_s3_bucket.phi", "to": 'aws_s3_bucket.x["k"]'}],
    }
    (directory / "main.tf.json").write_text(json.dumps(told))
    is_now = scan_terraform(TerraformTarget(directory), Options(only=(VERSIONING,)))
    assert [f.new for f in compared(is_now.findings, baseline_of(was))] == [False]


def plan(address: str, previous: str | None, name: str) -> str:
    change = {"actions": ["no-op"], "before": {}, "after": {"bucket": "phi"}, "after_unknown": {}}
    entry: dict[str, Any] = {
        "address": address,
        "mode": "managed",
        "type": "aws_s3_bucket",
        "name": name,
        "change": change,
    }
    if previous is not None:
        entry["previous_address"] = previous
    return json.dumps({"format_version": "1.2", "resource_changes": [entry], "configuration": {"root_module": {}}})


def test_a_plan_tells_the_previous_address(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(plan("aws_s3_bucket.phi", None, "phi"))
    was = scan_terraform(TerraformTarget(file), Options(only=(VERSIONING,)))
    file.write_text(plan("aws_s3_bucket.records", "aws_s3_bucket.phi", "records"))
    is_now = scan_terraform(TerraformTarget(file), Options(only=(VERSIONING,)))
    assert [f.new for f in compared(is_now.findings, baseline_of(was))] == [False]
    source = tree(
        tmp_path / "source", main=PHI.replace("phi", "records") + moved("aws_s3_bucket.old", "aws_s3_bucket.records")
    )
    (finding,) = scan_terraform(TerraformTarget(file, source=source), Options(only=(VERSIONING,))).findings
    origin = finding.resource
    expected = {
        fingerprint(
            VERSIONING, Origin(origin.kind, None, None, "terraform", address=f"aws_s3_bucket.{name}", root=origin.root)
        )
        for name in ("phi", "old")
    }
    assert set(finding.previous) == expected


def test_a_renamed_control_is_known_under_its_old_ids(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    policies.mkdir()
    text = """
from hipaa_guard.authoring import HIGH, Fix, Verdict, control, failed
from hipaa_guard.services import s3

@control(title="Buckets are good", severity=HIGH, hipaa=("164.312(b)",), why="w", fix=Fix(note="n"), previous_ids=PREVIOUS)
def NAME(bucket: s3.Bucket) -> Verdict:
    return failed("is not")
"""
    directory = tree(tmp_path / "infra", main=PHI)

    def scan_as(name: str, previous: tuple[str, ...]) -> Assessment:
        (policies / "own.py").write_text(text.replace("PREVIOUS", repr(previous)).replace("NAME", name))
        return scan_terraform(TerraformTarget(directory), Options(only=(name,), policies=(policies,)))

    was, is_now = scan_as("bucket_is_good", ()), scan_as("bucket_is_very_good", ("bucket_is_good",))
    assert [f.new for f in compared(is_now.findings, baseline_of(was))] == [False]
    assert [f.previous for f in is_now.findings] == [(was.findings[0].fingerprint,)]


def test_previous_names_of_control_and_address_are_combined() -> None:
    origin = Origin("s3.Bucket", "aws_s3_bucket", "b", "terraform", address="aws_s3_bucket.b", root=".")
    finding = Finding("now", Status.PASS, Severity.LOW, "is so", fingerprint("now", origin), origin)
    found = with_previous(finding, ("old",), ("aws_s3_bucket.a",)).previous
    assert len(set(found)) == 3
    assert finding.fingerprint not in found
