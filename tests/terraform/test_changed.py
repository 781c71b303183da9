"""Only the roots that changed files concern are scanned, and of these a scan says what a whole one says."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from hipaa_guard.assessment.diff import Change, compare
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.cli.main import cli
from hipaa_guard.facts.locations import Gap, GapKind
from hipaa_guard.scanning.options import InputError, Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs

BUCKET = 'resource "aws_s3_bucket" "phi" {}\n'
VERSIONED = """
resource "aws_s3_bucket_versioning" "phi" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration { status = "Enabled" }
}
"""
ONLY = ("s3_bucket_versioning_enabled", "s3_bucket_public_access_blocked")


def call(source: str, name: str = "m") -> str:
    return f'module "{name}" {{\n  source = "{source}"\n}}\n'


ESTATE = {
    "prod/main.tf": call("../modules/records"),
    "prod/buckets.tf": BUCKET,
    "stage/main.tf.json": '{"module": {"m": {"source": "../modules/records"}}}',
    "alone/main.tf": BUCKET + VERSIONED,
    "alone/terraform.tfvars": "",
    "modules/records/main.tf": call("../bucket"),
    "modules/bucket/main.tf": BUCKET,
    "reads/main.tf": 'resource "aws_s3_bucket" "phi" {\n  bucket = file("${path.module}/../texts/name.txt")\n}\n',
    "computes/main.tf": 'resource "aws_s3_bucket" "phi" {\n  bucket = file("${path.module}/${var.x}")\n}\n',
    "texts/name.txt": "records",
    "texts/other.txt": "records",
    # Texts that look like calls and are none.
    "says/main.tf": BUCKET + '# module "m" { source = "../alone" }\nlocals {\n  a = "../alone"\n}\n',
    "says/more.tf": 'locals {\n  b = <<E\nmodule "m" {\n  source = "../modules/bucket"\n}\nE\n}\n',
    "escaped/main.tf": call("../\\u006dodules/bucket"),
}
ROOTS = {"prod", "stage", "alone", "reads", "computes", "says", "escaped"}


def write(directory: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    return directory


def scan(directory: Path, *changed: str, only: tuple[str, ...] = ONLY) -> Assessment:
    return scan_terraform(
        TerraformTarget(directory, changed=[directory / name for name in changed]), Options(only=only)
    )


def row(assessment: Assessment) -> Gap:
    (found,) = [gap for gap in assessment.coverage.gaps if gap.kind is GapKind.ROOTS]
    return found


def roots(assessment: Assessment) -> set[str]:
    return set(assessment.coverage.roots)


@pytest.mark.parametrize(
    ("changed", "concerned"),
    [
        ("prod/buckets.tf", {"prod"}),
        ("prod/deleted.tf", {"prod"}),
        ("alone/terraform.tfvars", {"alone"}),
        ("alone/x.auto.tfvars.json", {"alone"}),
        ("modules/records/main.tf", {"prod", "stage"}),
        ("modules/bucket/main.tf", {"prod", "stage", "escaped"}),
        ("texts/name.txt", {"reads", "computes"}),
        ("texts/other.txt", {"computes"}),
        ("modules", {"prod", "stage", "escaped"}),
        ("stage/.terraform/modules/modules.json", {"stage"}),
    ],
)
def test_the_roots_that_a_file_belongs_to_are_scanned(tmp_path: Path, changed: str, concerned: set[str]) -> None:
    write(tmp_path, ESTATE)
    assert roots(scan_terraform(TerraformTarget(tmp_path), Options(only=ONLY))) == ROOTS
    assert roots(scan(tmp_path, changed)) == concerned


def test_what_is_not_looked_at_is_counted_and_makes_nothing_incomplete(tmp_path: Path) -> None:
    assessment = scan(write(tmp_path, ESTATE), "alone/main.tf", only=("s3_bucket_versioning_enabled",))
    assert not row(assessment).incomplete
    assert row(assessment).reason == (
        "only the 1 root module that the changed files concern was looked at, not the 6 others"
    )
    assert assessment.gate.exit_code == 0


def test_nothing_changed_is_nothing_judged(tmp_path: Path) -> None:
    assessment = scan(write(tmp_path, ESTATE))
    assert not assessment.findings
    assert "Nothing was judged" in assessment.gate.reasons[0]
    assert "the 0 root modules" in row(assessment).reason


def test_links_are_followed_to_what_changed(tmp_path: Path) -> None:
    write(tmp_path, {"shared.txt": BUCKET, "other/main.tf": BUCKET, "linked/main.tf": ""})
    (tmp_path / "linked" / "shared.tf").symlink_to(tmp_path / "shared.txt")
    (tmp_path / "door").symlink_to(tmp_path / "linked")
    write(tmp_path, {"through/main.tf": call("../door")})
    assert roots(scan(tmp_path, "shared.txt")) == {"through"}


def test_modules_beside_what_is_scanned_lead_on(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, {"infra/a/main.tf": call("../../modules/m"), "infra/b/main.tf": BUCKET})
    write(tmp_path, {"modules/m/main.tf": call("../n"), "modules/n/main.tf": BUCKET})
    changed = [tmp_path / "modules" / "n" / "main.tf"]
    assert roots(scan_terraform(TerraformTarget(tmp_path / "infra", changed=changed), Options(only=ONLY))) == {
        "infra/a"
    }


def test_files_by_which_every_root_is_judged_concern_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    estate = write(tmp_path / "estate", ESTATE)
    values = write(tmp_path, {"all.tfvars": 'x = "texts/name.txt"\n'}) / "all.tfvars"
    assert (
        roots(
            scan_terraform(
                TerraformTarget(estate, PlanInputs(var_files=[values]), changed=[values]), Options(only=ONLY)
            )
        )
        == ROOTS
    )
    monkeypatch.chdir(tmp_path)
    assert (
        roots(
            scan_terraform(TerraformTarget(estate, changed=[Path(".hipaa-guard/exceptions.yaml")]), Options(only=ONLY))
        )
        == ROOTS
    )


def test_a_variable_may_be_of_a_root_that_was_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, ESTATE | {"prod/variables.tf": 'variable "x" {}\n'})
    changed = [tmp_path / "alone" / "main.tf"]
    assert roots(
        scan_terraform(TerraformTarget(tmp_path, PlanInputs(variables={"x": "1"}), changed=changed), Options(only=ONLY))
    ) == {"alone"}


def test_a_plan_has_no_roots_to_choose_from(tmp_path: Path) -> None:
    plan = write(tmp_path, {"plan.json": "{}"}) / "plan.json"
    with pytest.raises(InputError, match="no directory"):
        scan_terraform(TerraformTarget(plan, changed=[plan]), Options())
    with pytest.raises(InputError, match=r"^stdin is no directory: .* scan terraform \. --changed$"):
        scan_terraform(TerraformTarget(Path("-"), changed_since="HEAD"), Options())


def test_what_was_not_looked_at_is_not_gone(tmp_path: Path) -> None:
    whole = scan_terraform(TerraformTarget(write(tmp_path, ESTATE)), Options(only=ONLY))
    changes = {
        (each.before.resource.root == "alone", each.change)
        for each in compare(whole, scan(tmp_path, "alone/main.tf")).differences
        if each.before is not None
    }
    assert changes == {(True, Change.UNCHANGED), (False, Change.NOT_EVALUATED)}


@pytest.mark.parametrize("source", ["./" + "a" * 5000, "./\0", "./loop", "../../../..", "./main.tf", "./", "."])
def test_sources_of_any_kind_stop_nothing(tmp_path: Path, source: str) -> None:
    write(tmp_path, {"a/main.tf": BUCKET + call(source), "b/main.tf": BUCKET})
    (tmp_path / "a" / "loop").symlink_to(tmp_path / "a" / "loop")
    whole = scan_terraform(TerraformTarget(tmp_path), Options(only=ONLY))
    partial = scan(tmp_path, "b/main.tf")
    assert roots(partial) == {"b"}
    assert partial.findings == tuple(finding for finding in whole.findings if finding.resource.root == "b")
    assert roots(scan(tmp_path, "a/main.tf", "x" * 5000)) == {"a"}


@pytest.mark.parametrize("seed", range(8))
def test_verdicts_are_those_of_a_whole_scan(tmp_path: Path, seed: int) -> None:
    """On trees of directories that call each other at random, in circles too."""
    chance = random.Random(seed)
    names = [f"d{number}" for number in range(8)]
    files: dict[str, str] = {}
    for name in names:
        targets = [other for other in names if chance.random() < 0.18]
        calls = "".join(call(f"../{target}", f"m_{target}") for target in targets)
        files[f"{name}/main.tf"] = (BUCKET + VERSIONED if chance.random() < 0.5 else BUCKET) + calls
        if chance.random() < 0.2:
            files[f"{name}/terraform.tfvars"] = ""
    whole = scan_terraform(TerraformTarget(write(tmp_path, files)), Options(only=ONLY)).findings
    for name in names:
        partial = scan(tmp_path, f"{name}/main.tf")
        concerned = roots(partial) - {"."}
        assert partial.findings == tuple(finding for finding in whole if finding.resource.root in concerned)
        write(tmp_path, {f"{name}/new.tf": 'resource "aws_s3_bucket" "phi_new" {}\n'})
        now = scan_terraform(TerraformTarget(tmp_path), Options(only=ONLY)).findings
        (tmp_path / name / "new.tf").unlink()
        before = {finding.fingerprint for finding in whole}
        assert {finding.resource.root for finding in now if finding.fingerprint not in before} == concerned


@pytest.mark.parametrize(
    ("arguments", "listed"),
    [
        (("--changed", "prod/main.tf", "alone/main.tf"), None),  # as pre-commit appends the names
        (("--changed-files", "-"), b"prod/main.tf\nalone/main.tf\n"),
        (("--changed-files", "-"), b"prod/main.tf\0alone/main.tf\0"),
        (("--changed", "prod/main.tf", "--changed-files", "-"), b"alone/main.tf"),
    ],
)
def test_names_are_taken_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], listed: bytes | None
) -> None:
    monkeypatch.chdir(write(tmp_path, ESTATE))
    told = CliRunner().invoke(cli, ["scan", "terraform", ".", *arguments, "-o", "json"], input=listed)
    assert json.loads(told.stdout)["coverage"]["roots"] == ["alone", "prod"]


def test_files_without_the_word_are_further_paths(tmp_path: Path) -> None:
    told = CliRunner().invoke(cli, ["scan", "terraform", str(tmp_path), str(tmp_path / "main.tf")])
    assert told.exit_code != 0
    assert "main.tf does not exist" in told.output
