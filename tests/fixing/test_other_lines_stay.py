"""``hipaa-guard fix --write`` keeps every byte of the lines that it does not change."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from tests.fixing.trees import TERRAFORM, formatted, tree

KEY = 'resource "aws_kms_key" "phi" {\n'
BUCKET = 'resource "aws_s3_bucket_versioning" "phi" {\n  bucket = "records"\n'
CONTROLS = ("-c", "kms_key_rotation_enabled", "-c", "s3_bucket_versioning_enabled")

FILES = {
    "aligned neighbours": f'{KEY}  description = "records"\n  is_enabled  = true # yes\n}}\n',
    "a wider column": f'{KEY}  description                = "records"\n  deletion_window_in_days    = 30\n}}\n',
    "neighbours that nobody aligned": f'{KEY}  description="records"\n  is_enabled   =   true\n}}\n',
    "tabs": f'{KEY}\tdescription\t= "records"\t# of patients\n}}\n',
    "line ends of Windows": f'{KEY}  description = "records"\n  is_enabled  = true\n}}\n'.replace("\n", "\r\n"),
    "both line ends": f'{KEY}  description = "records"\r\n  is_enabled  = true\n}}\n',
    "no last line end": f'{KEY}  description = "records"\n}}',
    "spaces at the ends of lines": f'{KEY}  description = "records"   \n}}  \n  \n',
    "a byte order mark": f'\ufeff{KEY}  description = "records"\n}}\n',
    "a value that changes": f"{KEY}  enable_key_rotation = false # off\n  is_enabled          = true  # on\n}}\n",
    "a value in a block": f'{BUCKET}  versioning_configuration {{\n    status     = "Suspended" # now\n'
    '    mfa_delete = "Disabled"  # later\n  }\n}\n',
    "other blocks": f'locals {{\n  a=1\n  bcd = 2\n}}\n\n{KEY}  description = "records"\n}}\n\nlocals {{\n\tx  = 3\n}}\n',
}


@pytest.mark.parametrize("case", FILES)
def test_lines_that_do_not_change_stay_byte_for_byte(case: str, tmp_path: Path) -> None:
    file = tree(tmp_path, FILES[case]) / "main.tf"
    before = file.read_bytes()
    assert run(["fix", str(tmp_path), "--write", *CONTROLS]) == 0
    after = file.read_bytes()
    assert after != before
    old, new = before.split(b"\n"), after.split(b"\n")
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    gone = [line for tag, start, end, _, _ in matcher.get_opcodes() if tag != "equal" for line in old[start:end]]
    assert all(b"false" in line or b"Suspended" in line for line in gone), gone
    assert len(gone) == ("a value" in case)


@pytest.mark.parametrize(
    ("argument", "changed"),
    [
        ("  description = 1\n", "  description = 1\n\n  enable_key_rotation = true\n"),
        ("  deletion_window_in_days = 7\n", "  deletion_window_in_days = 7\n  enable_key_rotation     = true\n"),
        ("  description=1\n", "  description=1\n  enable_key_rotation = true\n"),
        ("", "  enable_key_rotation = true\n"),
        ("  enable_key_rotation = false # off\n", "  enable_key_rotation = true # off\n"),
        (
            "  is_enabled          = true  # on\n  enable_key_rotation = false # off\n",
            "  is_enabled          = true  # on\n  enable_key_rotation = true  # off\n",
        ),
    ],
    ids=["too long", "fits", "nobody aligns", "the first", "its comment", "a comment in a column"],
)
def test_a_new_argument_fits_in(argument: str, changed: str, tmp_path: Path) -> None:
    file = tree(tmp_path, f"{KEY}{argument}}}\n") / "main.tf"
    run(["fix", str(tmp_path), "--write", "-c", "kms_key_rotation_enabled"])
    assert file.read_text() == f"{KEY}{changed}}}\n"
    if TERRAFORM is not None and "=1" not in argument and "  #" not in changed:
        assert formatted(file.read_text()) == [file.read_text()]


def test_arguments_of_several_repairs_stand_together(tmp_path: Path) -> None:
    text = 'resource "aws_lb" "phi" {\n  name = "portal"\n}\n'
    file = tree(tmp_path, text) / "main.tf"
    run(["fix", str(tmp_path), "--write", "-c", "alb_drops_invalid_headers", "-c", "elbv2_deletion_protection"])
    assert file.read_text() == text.replace(
        "\n}", "\n\n  drop_invalid_header_fields = true\n  enable_deletion_protection = true\n}"
    )
