"""Policies of one's own are loaded beside ours, and what of them cannot be used is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.loading import ControlError, load

OWN = """
from hipaa_guard.authoring import LOW, Fix, Verdict, control, passed
from hipaa_guard.services import s3


@control(title="T", severity=LOW, hipaa=("164.312(a)(1)",), why="W.", fix=Fix(note="N."))
def {id}(bucket: s3.Bucket) -> Verdict:
    return passed("is fine")
"""


def test_own_policies_load_beside_ours(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OWN.format(id="own_bucket_fine"))
    assert "own_bucket_fine" in {each.id for each in load([tmp_path])}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (OWN.format(id="s3_bucket_tls_required"), "two controls have the id s3_bucket_tls_required"),
        ("import nothing_of_that_name\n", "ModuleNotFoundError"),
        ("def broken(:\n", "SyntaxError"),
        (OWN.format(id="x").replace("bucket: s3.Bucket", "bucket"), "which kind"),
    ],
)
def test_own_policies_that_cannot_be_used_are_said_so(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(ControlError, match=says):
        load([tmp_path])
