"""Exceptions laid over a scan: what they cover, what they do not, and what is said of the register."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import boto3
import pytest

from hipaa_guard.assessment.exceptions import MOST_REFERENCES
from hipaa_guard.assessment.model import Assessment, ExceptionState
from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.aws import AwsTarget, scan_aws
from hipaa_guard.scanning.options import InputError, Options, TerraformTarget
from hipaa_guard.scanning.source_comments import MOST
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.testing import aws_account
from tests.lifecycle.register_text import ROTATION, TODAY, VERSIONING, covered, entry, failing, register, scan, tree

BUCKETS = """
resource "aws_s3_bucket" "phi" {}
resource "aws_s3_bucket" "logs" {}
"""
QUEUES = "sqs_queue_encrypted_at_rest"
KEEPS = """
resource "aws_s3_bucket_versioning" "phi" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration {
    status = STATUS
  }
}
"""
COMPENSATED = entry(
    control=ROTATION, scope={"address": "aws_kms_key.phi"}, compensating_control="Keys are replaced by hand."
)


@pytest.fixture
def buckets(tmp_path: Path) -> Path:
    return tree(tmp_path / "infra", main=BUCKETS)


def warnings(assessment: Assessment) -> str:
    return "\n".join(assessment.exceptions.warnings)


def state(assessment: Assessment) -> ExceptionState:
    (use,) = assessment.exceptions.entries
    return use.state


def test_the_gap_stays_a_gap_and_does_not_stop(buckets: Path) -> None:
    found = scan(buckets, entry())
    assert covered(found) == {"aws_s3_bucket.phi": "EX-1"}
    assert failing(found) == {"aws_s3_bucket.phi", "aws_s3_bucket.logs"}
    assert found.gate.exit_code == 1
    assert found.gate.reasons == ("1 finding fails: 1 medium (besides 1 covered by exceptions).",)
    requirement = next(each for each in found.requirements if each.citation == "164.312(c)(1)")
    assert requirement.status is Status.FAIL, "an accepted risk is no evidence"


def test_when_all_is_covered_nothing_stops(buckets: Path) -> None:
    found = scan(buckets, entry(), entry(id="EX-2", scope={"address": "aws_s3_bucket.logs"}))
    assert found.gate.exit_code == 0
    assert found.gate.reasons == ("2 failing findings covered by exceptions.",)
    assert warnings(found) == ""


def test_an_unknown_verdict_may_be_covered(tmp_path: Path) -> None:
    text = 'variable "s" {}\nresource "aws_s3_bucket" "phi" {}\n' + KEEPS.replace("STATUS", "var.s")
    directory = tree(tmp_path / "infra", main=text)
    assert scan(directory, max_unknown=0).gate.exit_code == 3
    found = scan(directory, entry(), max_unknown=0)
    (finding,) = found.findings
    assert (finding.status, finding.exception is not None) == (Status.UNKNOWN, True)
    assert found.gate.exit_code == 0


def test_only_its_own_control(buckets: Path) -> None:
    found = scan(buckets, entry(), only=("s3_bucket_access_logging_enabled", VERSIONING))
    assert {f.control_id for f in found.findings if f.exception} == {VERSIONING}


@pytest.mark.parametrize(
    "days, expected, holds",
    [
        (-1, ExceptionState.EXPIRED, False),
        (0, ExceptionState.EXPIRING, True),
        (7, ExceptionState.EXPIRING, True),
        (30, ExceptionState.EXPIRING, True),
        (31, ExceptionState.ACTIVE, True),
    ],
)
def test_time_passes(buckets: Path, days: int, expected: ExceptionState, holds: bool) -> None:
    found = scan(buckets, entry(approved_on=date(2026, 6, 1), expires_on=TODAY + timedelta(days=days)))
    assert state(found) is expected
    assert bool(covered(found)) is holds
    (use,) = found.exceptions.entries
    assert (use.days_left, use.findings) == (days, 1)


@pytest.mark.parametrize(
    "days, words",
    [
        (31, ""),
        (30, "expires in 30 days, on 2026-12-22 (within 30 days)"),
        (15, "(within 30 days)"),
        (14, "(within 14 days)"),
        (8, "(within 14 days)"),
        (7, "(within 7 days)"),
        (1, "expires in 1 day, "),
        (0, "expires today, "),
        (-1, "expired on 2026-11-21: it covers nothing any more, of 1 finding in its scope"),
    ],
)
def test_the_end_is_announced(buckets: Path, days: int, words: str) -> None:
    found = scan(buckets, entry(approved_on=date(2026, 6, 1), expires_on=TODAY + timedelta(days=days)))
    assert words in warnings(found)
    assert bool(words) == bool(warnings(found))


def test_an_approval_that_is_still_to_come_covers_nothing(buckets: Path) -> None:
    found = scan(buckets, entry(approved_on=TODAY + timedelta(days=1)))
    assert state(found) is ExceptionState.PENDING
    assert covered(found) == {}
    assert "covers nothing yet" in warnings(found)


def test_expired_ones_stop_where_that_is_asked_for(tmp_path: Path) -> None:
    directory = tree(tmp_path / "infra", main="")
    ended = entry(approved_on=date(2026, 1, 1), expires_on=date(2026, 2, 1))
    assert scan(directory, ended, allow_empty=True).gate.exit_code == 0
    gate = scan(directory, ended, fail_on_expired=True, allow_empty=True).gate
    assert (gate.exit_code, gate.reasons) == (1, ("1 exception has expired (EX-1).",))


class TestWhatCoversNothing:
    def test_too_broad(self, buckets: Path) -> None:
        broad = entry(scope={"address": "aws_s3_bucket.*"})
        found = scan(buckets, broad)
        assert (covered(found), state(found)) == ({}, ExceptionState.VOID)
        assert "names no resource: narrow it, or say `allow_broad: true`" in warnings(found)
        assert set(covered(scan(buckets, {**broad, "allow_broad": True}))) == {
            "aws_s3_bucket.phi",
            "aws_s3_bucket.logs",
        }

    def test_no_such_control(self, buckets: Path) -> None:
        found = scan(buckets, entry(control="s3_bucket_versioned"))
        assert (covered(found), state(found)) == ({}, ExceptionState.VOID)
        assert "there is no control s3_bucket_versioned" in warnings(found)

    def test_an_addressable_specification_asks_for_an_equivalent(self, tmp_path: Path) -> None:
        directory = tree(tmp_path / "infra", main='resource "aws_kms_key" "phi" {}')
        bare = {name: value for name, value in COMPENSATED.items() if name != "compensating_control"}
        found = scan(directory, bare, only=(ROTATION,))
        assert (covered(found), state(found)) == ({}, ExceptionState.VOID)
        assert "164.306(d)(3)" in warnings(found)
        assert covered(scan(directory, COMPENSATED, only=(ROTATION,))) == {"aws_kms_key.phi": "EX-1"}


class TestWhatIsSaidOfTheRegister:
    def test_unused(self, buckets: Path) -> None:
        found = scan(buckets, entry(scope={"address": "aws_s3_bucket.gone"}))
        assert (
            "EX-1 is not used: no resource that s3_bucket_versioning_enabled judged is address aws_s3_bucket.gone"
            in warnings(found)
        )

    def test_no_longer_needed(self, tmp_path: Path) -> None:
        directory = tree(tmp_path / "infra", main=BUCKETS + KEEPS.replace("STATUS", '"Enabled"'))
        found = scan(directory, entry())
        assert covered(found) == {}
        assert "EX-1 is not needed any more: the resources in its scope pass" in warnings(found)

    def test_what_this_scan_could_not_meet_is_not_unused(self, buckets: Path) -> None:
        assert warnings(scan(buckets, entry(scope={"arn": "arn:aws:s3:::phi"}))) == ""
        assert warnings(scan(buckets, entry(), only=("s3_bucket_access_logging_enabled",))) == ""

    def test_overlapping(self, buckets: Path) -> None:
        found = scan(buckets, entry(), entry(id="EX-2", scope={"address": "**.aws_s3_bucket.phi"}))
        assert covered(found) == {"aws_s3_bucket.phi": "EX-1"}
        assert warnings(found) == "exception EX-2 overlaps with EX-1, which covers 1 finding of its scope"

    def test_an_expired_one_does_not_hide_one_in_force(self, buckets: Path) -> None:
        ended = entry(approved_on=date(2026, 1, 1), expires_on=date(2026, 2, 1))
        found = scan(buckets, ended, entry(id="EX-2"))
        assert covered(found) == {"aws_s3_bucket.phi": "EX-2"}


def test_the_file_of_the_working_directory_and_never_of_the_tree(
    buckets: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for place in (buckets, tmp_path / "work"):
        (place / ".hipaa-guard").mkdir(parents=True)
        (place / ".hipaa-guard" / "exceptions.yaml").write_text(
            register(entry(id="EX-7" if place == buckets else "EX-8"))
        )
    options = Options(only=(VERSIONING,), today=TODAY)
    monkeypatch.chdir(tmp_path)
    alone = scan_terraform(TerraformTarget(buckets), options)
    assert (covered(alone), alone.exceptions.file) == ({}, "")
    monkeypatch.chdir(tmp_path / "work")
    found = scan_terraform(TerraformTarget(buckets), options)
    assert covered(found) == {"aws_s3_bucket.phi": "EX-8"}
    assert found.exceptions.file == ".hipaa-guard/exceptions.yaml"


def test_a_register_that_cannot_be_used_ends_the_scan_before_it_begins(buckets: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml cannot be read"):
        scan_terraform(TerraformTarget(buckets), Options(exceptions=tmp_path / "none.yaml"))
    with pytest.raises(InputError, match="approver is the owner"):
        scan(buckets, entry(approver="storage@example.org"))


class TestInline:
    HERE = entry(scope="inline")

    @pytest.mark.parametrize(
        "text",
        [
            '# hipaa-guard: exception EX-1\nresource "aws_s3_bucket" "phi" {}',
            '// hipaa-guard:exception EX-1 because of the archive\nresource "aws_s3_bucket" "phi" {}',
            '/* hipaa-guard: exception EX-1 */\nresource "aws_s3_bucket" "phi" {}',
            '/*\n * Kept elsewhere.\n * hipaa-guard: exception EX-1\n */\nresource "aws_s3_bucket" "phi" {}',
            'resource "aws_s3_bucket" "phi" {\n  # hipaa-guard: exception EX-1\n}',
            'resource "aws_s3_bucket" "phi" { # hipaa-guard: exception EX-0001\n}',
            'resource "aws_s3_bucket" "phi" {\n  tags = {\n    a = "b" // hipaa-guard: exception EX-2, EX-1\n  }\n}',
            '# owned by storage\n# hipaa-guard: exception EX-1\n# see the wiki\nresource "aws_s3_bucket" "phi" {}',
        ],
    )
    def test_in_or_above_the_block(self, tmp_path: Path, text: str) -> None:
        directory = tree(tmp_path / "infra", main=f'resource "aws_s3_bucket" "other" {{}}\n\n{text}\n')
        assert covered(scan(directory, self.HERE)) == {"aws_s3_bucket.phi": "EX-1"}

    @pytest.mark.parametrize(
        "text",
        [
            '# hipaa-guard: exception EX-1\n\nresource "aws_s3_bucket" "phi" {}',
            'resource "aws_s3_bucket" "phi" {\n  bucket = "# hipaa-guard: exception EX-1"\n}',
            'resource "aws_s3_bucket" "phi" {}\n# hipaa-guard: exception EX-1',
            '# hipaa-guard: exception EX-11\nresource "aws_s3_bucket" "phi" {}',
            '# hipaa-guard: skip EX-1\nresource "aws_s3_bucket" "phi" {}',
            '# exception EX-1\nresource "aws_s3_bucket" "phi" {}',
        ],
    )
    def test_stand_ins_it_covers_nothing(self, tmp_path: Path, text: str) -> None:
        assert covered(scan(tree(tmp_path / "infra", main=text), self.HERE)) == {}

    def test_in_json(self, tmp_path: Path) -> None:
        directory = tmp_path / "infra"
        directory.mkdir()
        (directory / "main.tf.json").write_text(
            '{"resource": {"aws_s3_bucket": {"phi": {"//": "hipaa-guard: exception EX-1"}, "other": {"bucket": "o"}}},'
            ' "module": {"m": {"//": "hipaa-guard: exception EX-1", "source": "./m"}}}'
        )
        tree(directory, m__main='resource "aws_s3_bucket" "inner" {}')
        assert set(covered(scan(directory, self.HERE))) == {"aws_s3_bucket.phi", "module.m.aws_s3_bucket.inner"}

    def test_at_a_module_call_it_covers_all_that_the_call_makes(self, tmp_path: Path) -> None:
        directory = tree(
            tmp_path / "infra",
            main='# hipaa-guard: exception EX-1\nmodule "a" {\n  source = "./m"\n  count = 2\n}\nmodule "b" {\n  source = "./m"\n}\n',
            m__main='resource "aws_s3_bucket" "x" {}\nmodule "deep" {\n  source = "./deep"\n}\n',
            m__deep__main='resource "aws_s3_bucket" "y" {}\n',
        )
        found = scan(directory, self.HERE)
        of_a = {f"module.a[{n}].{name}" for n in (0, 1) for name in ("aws_s3_bucket.x", "module.deep.aws_s3_bucket.y")}
        assert set(covered(found)) == of_a
        assert warnings(found) == ""

    def test_a_reference_alone_covers_nothing_and_is_told(self, tmp_path: Path) -> None:
        directory = tree(tmp_path / "infra", main=f"# hipaa-guard: exception EX-5\n{BUCKETS.strip()}")
        found = scan(directory)
        assert covered(found) == {}
        assert (
            warnings(found)
            == "main.tf:1: it refers to EX-5, which is not in the register: a comment alone covers nothing"
        )
        assert warnings(scan_terraform(TerraformTarget(directory), Options(only=(VERSIONING,)))) == warnings(found), (
            "without a register too"
        )

    def test_of_another_control(self, tmp_path: Path) -> None:
        directory = tree(tmp_path / "infra", main='# hipaa-guard: exception EX-1\nresource "aws_sqs_queue" "phi" {}')
        assert "main.tf:1: it refers to EX-1, but s3_bucket_versioning_enabled judges nothing there" in warnings(
            scan(directory, self.HERE)
        )

    def test_a_comment_does_not_widen_a_scope(self, tmp_path: Path) -> None:
        text = '# hipaa-guard: exception EX-1\nresource "aws_s3_bucket" "logs" {}\nresource "aws_s3_bucket" "phi" {}\n'
        found = scan(tree(tmp_path / "infra", main=text), entry())
        assert covered(found) == {"aws_s3_bucket.phi": "EX-1"}
        assert (
            "main.tf:1: it refers to EX-1, whose scope does not hold this resource: address aws_s3_bucket.phi"
            in warnings(found)
        )

    def test_a_plan_has_comments_only_with_its_source(self, tmp_path: Path) -> None:
        change = {"actions": ["create"], "before": None, "after": {"bucket": "phi"}, "after_unknown": {}}
        told = {
            "address": "aws_s3_bucket.phi",
            "mode": "managed",
            "type": "aws_s3_bucket",
            "name": "phi",
            "change": change,
        }
        plan = {"format_version": "1.2", "resource_changes": [told], "configuration": {"root_module": {}}}
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        (tmp_path / "ex.yaml").write_text(register(self.HERE))
        source = tree(tmp_path / "infra", main='# hipaa-guard: exception EX-1\nresource "aws_s3_bucket" "phi" {}')
        options = Options(only=(VERSIONING,), exceptions=tmp_path / "ex.yaml", today=TODAY)
        alone = scan_terraform(TerraformTarget(tmp_path / "plan.json"), options)
        assert covered(alone) == {}
        assert "none were read: give the source of the plan or state" in warnings(alone)
        beside = scan_terraform(TerraformTarget(tmp_path / "plan.json", source=source), options)
        assert covered(beside) == {"aws_s3_bucket.phi": "EX-1"}
        assert warnings(beside) == ""

    def test_what_cannot_be_understood_is_told(self, tmp_path: Path) -> None:
        text = '# hipaa-guard: ignore everything\nresource "aws_s3_bucket" "phi" {}\n'
        assert "main.tf:1: 'hipaa-guard: ignore everything' is not a reference" in warnings(
            scan(tree(tmp_path / "infra", main=text))
        )

    @pytest.mark.parametrize(
        "name, text",
        [
            ("override.tf", '# hipaa-guard: exception EX-1, EX-2\nresource "aws_s3_bucket" "phi" {}'),
            (
                "a_override.tf.json",
                '{"resource":\n {"aws_s3_bucket": {"phi": {"//": "hipaa-guard: exception EX-1, EX-2"}}}}',
            ),
        ],
    )
    def test_in_an_override_file(self, tmp_path: Path, name: str, text: str) -> None:
        directory = tree(tmp_path / "infra", main='resource "aws_s3_bucket" "phi" {}')
        (directory / name).write_text(text)
        found = scan(directory, self.HERE)
        assert covered(found) == {"aws_s3_bucket.phi": "EX-1"}
        line = 2 if name.endswith("json") else 1
        assert f"{name}:{line}: it refers to EX-2, which is not in the register" in warnings(found)


def test_tags_of_terraform_those_of_the_provider_included(tmp_path: Path) -> None:
    text = """
provider "aws" {
  default_tags {
    tags = { Data = "public" }
  }
}
variable "v" {}
resource "aws_s3_bucket" "site" {}
resource "aws_s3_bucket" "phi" {
  tags = { Data = "phi" }
}
resource "aws_s3_bucket" "perhaps" {
  tags = { Data = var.v }
}
"""
    tagged = entry(scope={"tags": {"Data": "public"}}, allow_broad=True)
    assert covered(scan(tree(tmp_path / "infra", main=text), tagged)) == {"aws_s3_bucket.site": "EX-1"}


def test_same_names_in_two_roots_are_told_apart(tmp_path: Path) -> None:
    directory = tree(tmp_path / "infra", test__main=BUCKETS, prod__main=BUCKETS)
    found = scan(directory, entry(scope={"address": "aws_s3_bucket.phi", "root": "test"}))
    assert {f.resource.root for f in found.findings if f.exception} == {"test"}


def test_an_account(tmp_path: Path) -> None:
    with aws_account():
        queues = boto3.client("sqs", region_name="us-east-1")
        for name in ("phi", "phi-copy"):
            queues.create_queue(QueueName=name, Attributes={"SqsManagedSseEnabled": "false"})
        file = tmp_path / "ex.yaml"
        arn = "arn:aws:sqs:us-east-1:123456789012:phi"
        measure = "Messages are encrypted before they are sent."
        known = entry(control=QUEUES, scope={"arn": arn, "account": "123456789012"}, compensating_control=measure)
        file.write_text(register(known, entry(id="EX-2", control=QUEUES, compensating_control=measure)))
        found = scan_aws(Options(only=(QUEUES,), exceptions=file, today=TODAY), AwsTarget(regions="us-east-1"))
    assert {f.resource.arn: f.exception.id for f in found.findings if f.exception} == {arn: "EX-1"}
    assert len(found.findings) == 2
    assert warnings(found) == "", "what is meant for Terraform is not called unused"


class TestWhatAHostileTreeMayHold:
    def test_very_many_references(self, tmp_path: Path) -> None:
        ids = ", ".join(f"EX-{number}" for number in range(1, 5000))
        text = f'# hipaa-guard: exception {ids}\nresource "aws_s3_bucket" "phi" {{\n  count = 50\n}}\n'
        found = scan(tree(tmp_path / "infra", main=text), entry(scope="inline"))
        assert len(covered(found)) == 50
        assert len(found.exceptions.references) == MOST
        assert "more than 10 references" in warnings(found)

    def test_very_many_comments(self, tmp_path: Path) -> None:
        one = '# hipaa-guard: exception EX-9\nresource "aws_s3_bucket" "b{}" {{}}\n'
        text = "".join(one.format(number) for number in range(1500))
        found = scan(tree(tmp_path / "infra", main=text))
        assert len(found.exceptions.references) == MOST_REFERENCES + 1
        assert found.exceptions.references[-1] == "and 500 references more"

    def test_moves_in_a_circle_and_to_one_place(self, tmp_path: Path) -> None:
        names = [f"aws_s3_bucket.b{number}" for number in range(300)]
        pairs = [*zip(names, names[1:] + names[:1], strict=True), *((name, "aws_s3_bucket.phi") for name in names)]
        text = "".join(f"moved {{\n  from = {before}\n  to = {after}\n}}\n" for before, after in pairs)
        found = scan(tree(tmp_path / "infra", main=f'{text}resource "aws_s3_bucket" "phi" {{}}\n'))
        (finding,) = found.findings
        assert 0 < len(finding.previous) <= 20
