"""Two results beside each other: what was not looked at again is never fixed."""

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
from hipaa_guard.outputs.comparison.difference import as_json, as_text
from hipaa_guard.outputs.json.writing import parse, render
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.testing import all_controls, aws_account, deny
from tests.lifecycle.register_text import VERSIONING, entry, label, scan, tree

PHI = 'resource "aws_s3_bucket" "phi" {}\n'
LOGS = 'resource "aws_s3_bucket" "logs" {}\n'
KEEPS = """
resource "aws_s3_bucket_versioning" "phi" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration {
    status = STATUS
  }
}
"""
ON, UNKNOWN = (KEEPS.replace("STATUS", text) for text in ('"Enabled"', "terraform.workspace"))


def changes(comparison: Comparison) -> dict[str, Change]:
    return {label(d.finding): d.change for d in comparison.differences}


def reasons(comparison: Comparison) -> str:
    return "\n".join(d.reason for d in comparison.differences)


def two(tmp_path: Path, before: str, after: str) -> Comparison:
    was, is_now = (scan(tree(tmp_path / name, main=text)) for name, text in (("was", before), ("now", after)))
    return compare(was, is_now)


@pytest.mark.parametrize(
    "before, after, change, stops",
    [
        ("", PHI, Change.NEW, True),
        (PHI + UNKNOWN, PHI, Change.NEW, True),
        (PHI + ON, PHI, Change.REGRESSED, True),
        (PHI, PHI, Change.UNCHANGED, False),
        (PHI + UNKNOWN, PHI + UNKNOWN, Change.UNCHANGED, False),
        (PHI, PHI + ON, Change.FIXED, False),
        (PHI + UNKNOWN, PHI + ON, Change.SETTLED, False),
        (PHI, PHI + UNKNOWN, Change.NOT_EVALUATED, False),
        (PHI + ON, PHI + UNKNOWN, Change.NOT_EVALUATED, False),
        ("", PHI + UNKNOWN, Change.NEW, False),
        (PHI, "# nothing is left\n", Change.GONE, False),
    ],
)
def test_what_became_of_a_finding(before: str, after: str, change: Change, stops: bool, tmp_path: Path) -> None:
    comparison = two(tmp_path, before or "# nothing yet\n", after)
    (difference,) = comparison.differences
    assert (difference.change, difference.stops) == (change, stops)
    assert comparison.counts()[change] == 1


def test_what_passes_in_both_is_not_told(tmp_path: Path) -> None:
    assert two(tmp_path, PHI + ON, PHI + ON).differences == ()
    assert two(tmp_path, PHI + ON, "# gone\n").differences == ()


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


# --- exceptions ----------------------------------------------------------------------------------------------------


def test_exceptions_that_were_added_and_that_ended(tmp_path: Path) -> None:
    directory = tree(tmp_path / "infra", main=PHI)
    plain, covered = scan(directory), scan(directory, entry())
    for before, after, added, ended in ((plain, covered, 1, 0), (covered, plain, 0, 1), (covered, covered, 0, 0)):
        comparison = compare(before, after)
        assert (len(comparison.accepted), len(comparison.ended)) == (added, ended)
        assert changes(comparison) == {"aws_s3_bucket.phi": Change.UNCHANGED}


def test_a_new_gap_under_an_exception_does_not_stop(tmp_path: Path) -> None:
    comparison = compare(
        scan(tree(tmp_path / "was", main=LOGS)), scan(tree(tmp_path / "now", main=LOGS + PHI), entry())
    )
    (difference,) = (d for d in comparison.differences if d.change is Change.NEW)
    assert not difference.stops
    assert comparison.accepted == (difference.after,)


# --- outputs -------------------------------------------------------------------------------------------------------


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    before = PHI + LOGS + 'resource "aws_s3_bucket" "old" {}\n'
    after = PHI + LOGS + ON + 'resource "aws_s3_bucket" "new" {}\n'
    logs = entry(scope={"address": "aws_s3_bucket.logs"})
    return compare(scan(tree(tmp_path / "was", main=before)), scan(tree(tmp_path / "now", main=after), logs))


def test_in_words(comparison: Comparison) -> None:
    text = as_text(comparison)
    heads = [
        line.partition(":")[0] for line in text.splitlines() if line.isupper() or line.startswith(("GONE", "FIXED"))
    ]
    assert heads == ["NEW", "FIXED", "GONE", "EXCEPTION ADDED"]
    assert text.splitlines()[-1] == "1 new failure; 1 finding was fixed."
    assert "1 new, 0 regressed, 1 fixed, 0 settled, 1 gone, 0 no longer evaluated, 1 unchanged." in text
    assert "[exception EX-1]" in text


def test_as_json(comparison: Comparison) -> None:
    document = json.loads(as_json(comparison))
    assert document["diff_version"] == "1.0"
    assert (
        document["summary"] | {"new": 1, "fixed": 1, "gone": 1, "unchanged": 1, "new_failures": 1}
        == document["summary"]
    )
    assert document["summary"]["exceptions_added"] == 1
    rows = {row["resource"]["address"]: row for row in document["findings"]}
    assert (rows["aws_s3_bucket.phi"]["before"], rows["aws_s3_bucket.phi"]["after"]) == ("fail", "pass")
    assert rows["aws_s3_bucket.old"]["after"] is None
    assert rows["aws_s3_bucket.logs"]["exception"] == "EX-1"
    assert as_json(comparison) == as_json(comparison)


def test_results_that_were_saved_compare_alike(comparison: Comparison) -> None:
    again = compare(*(parse(render(each)) for each in (comparison.before, comparison.after)))
    assert as_json(again) == as_json(comparison)
    assert as_text(again) == as_text(comparison)


def test_hostile_names_are_harmless(tmp_path: Path) -> None:
    key = 'resource "aws_s3_bucket" "x" {\n  for_each = toset(["\\u001b[31m\\u202e"])\n}\n'
    comparison = two(tmp_path, "# nothing\n", key)
    for text in (as_text(comparison), as_json(comparison)):
        assert not any(sign in text for sign in ("\x1b", "\u202e"))
