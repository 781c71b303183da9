"""Ids of other scanners' checks, from what their list commands write (the samples are written by hand)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import peer_ids
from tests.peer_ids import READERS, known, main, surveyed, table

SAMPLES = {
    "checkov": (
        (
            "|   7 | CKV_AWS_18 | resource | aws_s3_bucket | A sentence | Terraform | https://x |\n"
            "|   8 | CKV2_AWS_6 | resource | aws_s3_bucket | A sentence | Terraform | https://x |\n"
            "|   9 | CKV_AZURE_1 | resource | azurerm_x | A sentence | Terraform | https://x |\n"
        ),
        {"CKV_AWS_18", "CKV2_AWS_6"},
    ),
    "prowler": (
        '{"aws": ["s3_bucket_object_versioning", "iam_no_root_access_key"], "gcp": ["x_y"]}',
        {"s3_bucket_object_versioning", "iam_no_root_access_key"},
    ),
    "powerpipe": (
        (
            '[{"resource_name": "s3_bucket", "qualified_name": "aws_compliance.control.s3_bucket_versioning_enabled"},'
            ' {"qualified_name": "aws_compliance.benchmark.hipaa"}]'
        ),
        {"s3_bucket_versioning_enabled"},
    ),
    "aws_config": (
        '{"ConfigRules": [{"Source": {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED"}}]}',
        {"s3-bucket-versioning-enabled"},
    ),
    "cdk_nag": (
        "| [HIPAA.Security-S3BucketVersioningEnabled](x) | A sentence |",
        {"HIPAA.Security-S3BucketVersioningEnabled"},
    ),
    "trivy": ("- AVD-AWS-0090: a sentence\n- AVD-GCP-0001\n", {"AVD-AWS-0090"}),
}


@pytest.mark.parametrize("peer", READERS)
def test_ids_alone_are_taken(peer: str) -> None:
    text, ids = SAMPLES[peer]
    assert READERS[peer](text) == ids


def test_other_forms_of_a_list() -> None:
    assert READERS["prowler"]("There are 2 checks\n[s3_bucket_acl] Some words - s3 [medium]\n") == {"s3_bucket_acl"}
    pack = "Resources:\n  One:\n    Properties:\n      Source:\n        SourceIdentifier: EFS_ENCRYPTED_CHECK\n"
    assert READERS["aws_config"](pack) == {"efs-encrypted-check"}


def test_the_file_has_the_ids_of_the_survey_and_is_written_in_one_way() -> None:
    for peer, ids in surveyed().items():
        assert ids <= known()[peer]
    assert table(known()) == peer_ids.IDS.read_text(encoding="utf-8")
    assert set(known()) == set(READERS)


def test_ids_are_added_and_none_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = known()
    monkeypatch.setattr(peer_ids, "IDS", tmp_path / "peer_ids.csv")
    (tmp_path / "peer_ids.csv").write_text(table(before))
    (tmp_path / "list.txt").write_text("CKV_AWS_9998 CKV_AWS_18")
    assert main([f"checkov={tmp_path / 'list.txt'}"]) == 0
    assert capsys.readouterr().out == "checkov: 2 ids, 1 of them new\n"
    assert known() == {**before, "checkov": before["checkov"] | {"CKV_AWS_9998"}}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("checkov", "PEER=FILE"),
        ("nobody=x", "PEER=FILE"),
        ("checkov={}/none", "cannot be read"),
        ("prowler={}/empty", "no id of prowler"),
    ],
)
def test_what_is_no_list_is_told(given: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").write_text("nothing here")
    assert main([given.format(tmp_path)]) == 2
    assert says in capsys.readouterr().err
