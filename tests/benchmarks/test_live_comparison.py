"""Scanners of live accounts are run on one account, and what they took is told rightly. No test asserts a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.live import __main__ as live
from benchmarks.live.proxy import Delays
from benchmarks.live.results import Measured, budgets, row
from benchmarks.live.scanners import Shared, ours, prowler, prowlers_view, shared
from benchmarks.live.servers import NotReadyError, server, simulated
from benchmarks.measure import Run
from benchmarks.tools import Missing, Seen, Tool, read
from hipaa_guard.controls.loading import load


def test_scans_of_one_account_make_the_same_calls_and_only_the_first_asks_the_simulation(tmp_path: Path) -> None:
    small = live.Scenario("small", 1, 0, live.TWO, Delays(near=0.001, far=0.002))
    one_control = ours(small.regions, ["ebs_volume_encrypted"], label="one control")
    with simulated(tmp_path, each=1, buckets=0, core=None) as account:
        whole, part = live.compare(small, iter([ours(small.regions), one_control]), account, tmp_path, runs=1)
    assert whole.exit_code == 1, (tmp_path / "0" / "said.err").read_text()
    assert whole.calls["s3:GetBucketVersioning"] == 4, "two buckets of the estate, two for logs"
    assert whole.passed_on == whole.calls["iam:GenerateCredentialReport"]
    assert part.calls["ec2:DescribeVolumes"] == 2
    assert "s3:ListBuckets" not in part.calls
    assert 0 < part.total < whole.total
    assert whole.in_flight > 1
    unknown = [
        gap for gap in json.loads(whole.report.read_text())["coverage"]["gaps"] if "simulated" not in gap["reason"]
    ]
    assert unknown == []


def test_a_server_that_ends_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(NotReadyError, match="invalid int value: 'no-port'"),
        server("proxy", tmp_path / "x", ["no-port"]),
    ):
        pass


def test_a_scenario_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        live.main(["nowhere"])
    assert "no scenario is called nowhere: there are estate, regions, buckets" in capsys.readouterr().err


def test_what_both_judge_is_told_by_the_peers_of_our_controls(tmp_path: Path) -> None:
    program = tmp_path / "prowler"
    listed = {"aws": ["ec2_ebs_volume_encryption", "s3_bucket_public_list_acl", "a_check_of_its_own"]}
    program.write_text(f"#!/bin/sh\necho Banner\necho '{json.dumps(listed)}'\n")
    program.chmod(0o755)
    both = shared(program)
    assert both == Shared(
        ("ebs_volume_encrypted", "s3_bucket_acl_not_public"), ("ec2_ebs_volume_encryption", "s3_bucket_public_list_acl")
    )
    assert set(both.controls) < {control.id for control in load(())}


def test_a_prowler_that_does_not_tell_its_checks_is_missing(tmp_path: Path) -> None:
    program = tmp_path / "prowler"
    program.write_text("#!/bin/sh\necho nothing\n")
    program.chmod(0o755)
    with pytest.raises(Missing, match="does not tell the checks of hipaa_aws"):
        shared(program)


def test_both_write_one_report_where_they_are_told(tmp_path: Path) -> None:
    report = tmp_path / "report.ocsf.json"
    own = ours(("us-east-1", "eu-west-1"), ["ebs_volume_encrypted"]).command(report)
    assert own[-6:] == ["us-east-1,eu-west-1", "-q", "-o", f"json={report}", "-c", "ebs_volume_encrypted"]
    peer = prowler(Path("/peers/prowler"), ("us-east-1", "eu-west-1")).command(report)
    assert peer[:5] == ["/peers/prowler", "aws", "--region", "us-east-1", "eu-west-1"]
    assert peer[peer.index("--output-filename") + 1] == "report", "it adds its own ending"
    assert peer[-2:] == ["--compliance", "hipaa_aws"]


@pytest.mark.parametrize(
    "said, seen",
    [
        ([], Seen(0, 0)),
        (
            [
                {"status_code": "FAIL", "resources": [{"uid": "a"}]},
                {"status_code": "PASS", "resources": [{"uid": "a"}]},
                {"status_code": "FAIL", "resources": [{"uid": "b"}]},
            ],
            Seen(2, 2),
        ),
        ({"no": "list"}, None),
    ],
)
def test_what_prowler_says_that_it_saw(tmp_path: Path, said: Any, seen: Seen | None) -> None:
    output = tmp_path / "report.ocsf.json"
    output.write_text(json.dumps(said))
    assert read(prowlers_view, output) == seen


def measured(tmp_path: Path, name: str, calls: int, *walls: float, exit_code: int = 0) -> Measured:
    report = tmp_path / "report.json"
    report.write_text('[{"status_code": "FAIL", "resources": [{"uid": "phi"}]}]')
    each = Measured(Tool(name, lambda path: [str(path)], frozenset((0,)), prowlers_view), report)
    each.add(Run(99.0, 9.0, 10.0, 0), {}, counts=False)
    for wall in walls:
        told = {"calls": {"ec2:DescribeVpcs": calls}, "peak_in_flight": 7, "passed_on": 0}
        each.add(Run(wall, 1.0, 100.0, exit_code), told, counts=True)
    return each


def test_a_row_compares_with_our_own_run(tmp_path: Path) -> None:
    own, peer = measured(tmp_path, "hipaa-guard", 100, 2.0, 3.0), measured(tmp_path, "Prowler", 1500, 40.0)
    assert row("estate", own, own) == "| estate | hipaa-guard | 100 | 7 | 2.0 / 2.5 | 1.0 | 100 | 1.0 / 1.0 | 1 | 1 |"
    assert (
        row("estate", peer, own) == "| estate | Prowler | 1,500 | 7 | 40.0 / 40.0 | 1.0 | 100 | 15.0 / 20.0 | 1 | 1 |"
    )
    failed = measured(tmp_path, "Prowler", 3, 1.0, exit_code=1)
    assert row("estate", failed, own).startswith("| estate | Prowler | failed, exit code 1 | –")


def test_each_budget_is_said_to_be_met_or_not(tmp_path: Path) -> None:
    own, common = measured(tmp_path, "hipaa-guard", 100, 3.5), measured(tmp_path, "hipaa-guard", 50, 2.0)
    hipaa, same = measured(tmp_path, "Prowler, HIPAA", 500, 40.0), measured(tmp_path, "Prowler, same", 200, 15.0)
    assert list(budgets({"estate": [own, hipaa, common, same]})) == [
        "- estate: 3.5 s of 3 s: not met",
        "- estate: 100 MiB of 250 MiB: met",
        "- estate, for what both judge, than Prowler, HIPAA: 20.0 times faster: met",
        "- estate, for what both judge, than Prowler, HIPAA: 10.0 times fewer calls: met",
        "- estate, for what both judge, than Prowler, same: 7.5 times faster: not met",
        "- estate, for what both judge, than Prowler, same: 4.0 times fewer calls: not met",
    ]
    assert list(budgets({"buckets": [measured(tmp_path, "hipaa-guard", 9, 15.0)]})) == [
        "- buckets: 15.0 s of 15 s: met"
    ]
