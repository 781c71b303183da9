"""What was not looked at again, in Terraform and in accounts, is never fixed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.diff import Change, Comparison, compare
from hipaa_guard.assessment.model import Assessment, Coverage, Scan
from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.sessions.accounts import open_account
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.controls.findings import judge
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.testing import all_controls, aws_account, deny
from tests.lifecycle.diff.results import LOGS, PHI, changes, reasons, two
from tests.lifecycle.register_text import VERSIONING, scan, tree


class TestWhatWasNotLookedAt:
    """A resource that is missing in the second result is gone only where it would have been seen."""

    def test_the_control(self, tmp_path: Path) -> None:
        was = scan(tree(tmp_path / "was", main=PHI))
        is_now = scan(tree(tmp_path / "now", main=PHI), only=("s3_bucket_access_logging_enabled",))
        comparison = compare(was, is_now)
        told = {(d.finding.control_id, d.change) for d in comparison.differences}
        assert (VERSIONING, Change.NOT_EVALUATED) in told
        assert "is not among the controls of the second scan" in reasons(comparison)

    def test_the_root(self, tmp_path: Path) -> None:
        whole = tree(tmp_path / "whole", prod__main=PHI, test__main=LOGS)
        part = tree(tmp_path / "part", prod__main=PHI)
        comparison = compare(scan(whole), scan(part))
        assert changes(comparison)["aws_s3_bucket.logs"] is Change.NOT_EVALUATED
        assert "did not look at test" in reasons(comparison)

    def test_a_root_that_was_deleted_from_the_same_directory_is_gone(self, tmp_path: Path) -> None:
        whole = tree(tmp_path / "whole", prod__main=PHI, test__main=LOGS)
        before = scan(whole)
        (whole / "test" / "main.tf").unlink()
        assert changes(compare(before, scan(whole)))["aws_s3_bucket.logs"] is Change.GONE

    def test_a_file_that_cannot_be_read_any_more(self, tmp_path: Path) -> None:
        comparison = two(tmp_path, PHI, 'resource "aws_s3_bucket" "phi" {')
        assert changes(comparison) == {"aws_s3_bucket.phi": Change.NOT_EVALUATED}
        assert "it may be in a part that was not read: main.tf" in reasons(comparison)

    def test_a_file_of_another_root_hides_nothing_here(self, tmp_path: Path) -> None:
        was = scan(tree(tmp_path / "was", prod__main=PHI + LOGS, test__main=PHI))
        is_now = scan(tree(tmp_path / "now", prod__main=PHI, test__main=PHI, test__broken='resource "x" "y" {'))
        assert changes(compare(was, is_now))["aws_s3_bucket.logs"] is Change.GONE

    def test_a_module_that_is_no_longer_there(self, tmp_path: Path) -> None:
        call = 'module "m" {\n  source = "SOURCE"\n}\n'
        was = scan(tree(tmp_path / "was", main=call.replace("SOURCE", "./m"), m__main=PHI))
        is_now = scan(tree(tmp_path / "now", main=call.replace("SOURCE", "example/m/aws")))
        assert changes(compare(was, is_now)) == {"module.m.aws_s3_bucket.phi": Change.NOT_EVALUATED}

    def test_a_module_that_was_never_there_hides_nothing_new(self, tmp_path: Path) -> None:
        call = 'module "m" {\n  source = "example/m/aws"\n}\n'
        assert changes(two(tmp_path, call + PHI, call)) == {"aws_s3_bucket.phi": Change.GONE}

    def test_instances_that_are_no_longer_counted(self, tmp_path: Path) -> None:
        counted = 'resource "aws_s3_bucket" "phi" {\n  count = NUMBER\n}\n'
        comparison = two(
            tmp_path, counted.replace("NUMBER", "2"), counted.replace("NUMBER", "terraform.workspace == 1 ? 1 : 0")
        )
        found = changes(comparison)
        assert Change.GONE not in found.values()
        assert found["aws_s3_bucket.phi[1]"] is Change.NOT_EVALUATED
        assert "number of instances" in reasons(comparison)

    def test_what_a_plan_leaves_as_it_is(self, tmp_path: Path) -> None:
        def change(name: str, action: str) -> dict[str, Any]:
            address = f"aws_s3_bucket.{name}"
            told = {"actions": [action], "before": {}, "after": {"bucket": name}, "after_unknown": {}}
            return {"address": address, "mode": "managed", "type": "aws_s3_bucket", "name": name, "change": told}

        plan: dict[str, Any] = {"format_version": "1.2", "configuration": {"root_module": {}}}
        plan["resource_changes"] = [change("phi", "no-op"), change("logs", "create")]
        file = tmp_path / "plan.json"
        file.write_text(json.dumps(plan))
        whole, part = (
            scan_terraform(TerraformTarget(file, changed_only=changed), Options(only=(VERSIONING,)))
            for changed in (False, True)
        )
        assert changes(compare(whole, part))["aws_s3_bucket.phi"] is Change.NOT_EVALUATED

    def test_another_source(self, tmp_path: Path, account: None) -> None:
        comparison = compare(scan(tree(tmp_path / "was", main=PHI)), live())
        assert changes(comparison)["aws_s3_bucket.phi"] is Change.NOT_EVALUATED
        assert "did not look at Terraform" in reasons(comparison)


# --- accounts ------------------------------------------------------------------------------------------------------

GROUPS = [control for control in all_controls().values() if control.id.startswith("sg_no_public")][:1]


@pytest.fixture
def account() -> Iterator[None]:
    with aws_account():
        yield


def live(*regions: str, denied: str = "") -> Assessment:
    """A scan of the simulated account by one control on security groups."""
    regions = regions or ("us-east-1", "eu-west-1")
    session = boto3.Session()
    if denied:
        deny(session, denied)
    found = open_account(session=session, regions=",".join(regions))
    collected = collect(found, kinds_of(GROUPS), wanted_facts(GROUPS))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    scanned = Scan(
        "aws", collected.account, now, now, "live", account=collected.account, regions=tuple(collected.regions)
    )
    coverage = Coverage(regions=tuple(collected.regions), gaps=tuple(collected.gaps))
    return assess(scanned, coverage, GROUPS, judge(GROUPS, collected.inventory), version="1")


def opened(region: str) -> Any:
    """A security group that lets the world in."""
    ec2 = boto3.client("ec2", region_name=region)
    group = ec2.create_security_group(GroupName="phi", Description="phi")["GroupId"]
    world = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[world])
    return lambda: ec2.delete_security_group(GroupId=group)


def of_region(comparison: Comparison, region: str) -> set[Change]:
    return {d.change for d in comparison.differences if d.finding.resource.region == region}


class TestAccounts:
    def test_what_was_deleted_is_gone(self, account: None) -> None:
        delete = opened("eu-west-1")
        before = live()
        assert of_region(compare(before, before), "eu-west-1") == {Change.UNCHANGED}
        delete()
        assert of_region(compare(before, live()), "eu-west-1") == {Change.GONE}

    def test_a_region_that_was_not_read(self, account: None) -> None:
        delete = opened("eu-west-1")
        before = live()
        delete()
        comparison = compare(before, live("us-east-1"))
        assert of_region(comparison, "eu-west-1") == {Change.NOT_EVALUATED}
        assert "did not read eu-west-1" in reasons(comparison)

    def test_a_listing_that_was_refused(self, account: None) -> None:
        delete = opened("eu-west-1")
        before = live()
        delete()
        comparison = compare(before, live(denied="ec2:DescribeSecurityGroups"))
        assert Change.FIXED not in comparison.counts() or not comparison.counts()[Change.FIXED]
        assert of_region(comparison, "eu-west-1") == {Change.NOT_EVALUATED}

    def test_a_listing_that_is_answered_again_settles_what_was_unknown(self, account: None) -> None:
        comparison = compare(live(denied="ec2:DescribeSecurityGroups"), live())
        assert [d.change for d in comparison.differences] == [Change.SETTLED]

    def test_another_account(self, account: None, monkeypatch: pytest.MonkeyPatch) -> None:
        opened("eu-west-1")
        before = live()
        monkeypatch.setenv("MOTO_ACCOUNT_ID", "210987654321")
        after = live()
        assert after.scan.account == "210987654321"
        comparison = compare(before, after)
        assert of_region(comparison, "eu-west-1") == {Change.NOT_EVALUATED}
        assert "of account 210987654321" in reasons(comparison)
