"""Exceptions in comments of the source: what they cover, and what is said of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.exceptions.buckets import BUCKETS, warnings
from tests.lifecycle.register_text import TODAY, VERSIONING, covered, entry, register, scan, tree


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
