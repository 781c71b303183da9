"""Results of other scanners beside ours, where both speak of an account."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.peers.security_hub import rule_of
from hipaa_guard.scanning.aws import AwsTarget, scan_aws
from hipaa_guard.scanning.options import Options
from tests.lifecycle.register_text import VERSIONING
from tests.peers.imported.project import PASSWORD, merged, row, said
from tests.peers.samples import ACCOUNT, REGION, finding, prowler


class TestAccounts:
    @pytest.fixture(scope="class")
    def account(self) -> Iterator[Assessment]:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
                patch.setenv(name, "simulated")
            patch.setenv("AWS_CONFIG_FILE", os.devnull)
            patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
            with mock_aws():
                s3 = boto3.client("s3", region_name=REGION)
                for name in ("phi", "notes"):
                    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
                s3.put_bucket_versioning(Bucket="notes", VersioningConfiguration={"Status": "Enabled"})
                yield scan_aws(Options(only=(VERSIONING, PASSWORD)), AwsTarget(regions=REGION))

    def test_prowler_and_security_hub_share_our_row(self, work: Path, account: Assessment) -> None:
        phi = "arn:aws:s3:::phi"
        rule = "securityhub-s3-bucket-versioning-enabled-fe95bf3f"
        standards = [finding(rule, "FAILED", phi, GeneratorId=standard) for standard in ("fsbp", "nist")]
        found = merged(
            work,
            [prowler("s3_bucket_object_versioning", "FAIL", phi)],
            {"Findings": [*standards, finding(rule, "PASSED", phi, RecordState="ARCHIVED")]},
            scan=account,
        )
        one = row(found, VERSIONING, phi)
        assert [(tool, status) for tool, _, status in said(one)] == [
            ("hipaa-guard", Status.FAIL),
            ("Prowler", Status.FAIL),
            ("Security Hub", Status.FAIL),
        ]
        assert len(found.rows) == len(account.findings)
        assert [gap.partition(": ")[2] for gap in found.gaps] == ["1 archived findings"]

    def test_they_disagree(self, work: Path, account: Assessment) -> None:
        events = [prowler("s3_bucket_object_versioning", "FAIL", "arn:aws:s3:::notes")]
        assert row(merged(work, events, scan=account), VERSIONING, "arn:aws:s3:::notes").disagree

    def test_another_account_is_another_resource(self, work: Path, account: Assessment) -> None:
        event = prowler("s3_bucket_object_versioning", "FAIL", "arn:aws:s3:::phi")
        event["cloud"]["account"]["uid"] = "999999999999"
        assert len(merged(work, [event], scan=account).rows) == len(account.findings) + 1

    @pytest.mark.parametrize(("written", "same"), [(ACCOUNT, True), ("999999999999", False)])
    def test_an_arn_without_an_account_is_that_of_its_account(
        self, written: str, same: bool, work: Path, account: Assessment
    ) -> None:
        event = prowler("s3_bucket_object_versioning", "FAIL", f"arn:aws:s3::{written}:phi")
        event["cloud"]["account"]["uid"] = written
        assert (len(merged(work, [event], scan=account).rows) == len(account.findings)) is same

    def test_what_an_account_has_once_needs_no_name(self, work: Path, account: Assessment) -> None:
        event = prowler("iam_password_policy_minimum_length_14", "FAIL", f"arn:aws:iam::{ACCOUNT}:password-policy")
        rows = [each for each in merged(work, [event], scan=account).rows if each.controls[0].id == PASSWORD]
        (one,) = rows
        assert [tool for tool, _, _ in said(one)] == ["hipaa-guard", "Prowler"]

    def test_muted_manual_and_other_providers(self, work: Path) -> None:
        phi = "arn:aws:s3:::phi"
        events = [
            prowler("s3_bucket_object_versioning", "FAIL", phi, status_id=3),
            prowler("storage_blob_versioning", "FAIL", "x", provider="azure"),
        ]
        found = merged(work, events, [finding("securityhub-s3-bucket-versioning-enabled-1a2b3c", "WARNING", phi)])
        (one,) = found.rows
        assert one.opinions[0].suppressed == "muted"
        assert one.status is Status.UNKNOWN
        assert [gap.partition(": ")[2] for gap in found.gaps] == ["1 results of other providers than AWS"]

    def test_what_others_send_to_security_hub_is_theirs(self, work: Path) -> None:
        sent = [
            finding("", "FAILED", "arn:aws:s3:::phi", GeneratorId="prowler-s3_bucket_object_versioning"),
            finding("", "FAILED", "arn:aws:s3:::phi", GeneratorId=f"hipaa-guard/{VERSIONING}"),
            finding("", "FAILED", "arn:aws:s3:::phi", ProductFields={}),
        ]
        found = merged(work, sent)
        (one,) = found.rows
        assert [tool for tool, _, _ in said(one)] == ["Prowler", "hipaa-guard in Security Hub"]
        assert [each.check for each in found.unmapped] == ["S3.14"]

    @pytest.mark.parametrize(
        ("name", "rule"),
        [
            ("securityhub-alb-http-to-https-redirection-check-b0e79d1c", "alb-http-to-https-redirection-check"),
            ("securityhub-iam-root-access-key-check", "iam-root-access-key-check"),
            ("securityhub-vpc-flow-logs-enabled-12345", "vpc-flow-logs-enabled"),
        ],
    )
    def test_the_rule_in_a_name(self, name: str, rule: str) -> None:
        assert rule_of(name) == rule
