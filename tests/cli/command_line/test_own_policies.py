"""A control of one's own: how it is loaded, and what happens when it breaks."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command_line.running import GAPS, VERSIONING, run


def test_a_control_of_ones_own(bad: Path, tmp_path: Path) -> None:
    policies = tmp_path / "own"
    policies.mkdir()
    (policies / "names.py").write_text(
        "from hipaa_guard.authoring import LOW, Fix, Verdict, control, failed, passed\n"
        "from hipaa_guard.services import s3\n\n\n"
        "@control(title='Buckets say what they hold', severity=LOW, hipaa=('164.312(a)(1)',), why='So.',\n"
        "         fix=Fix(note='Rename it.'))\n"
        "def own_bucket_named(bucket: s3.Bucket) -> Verdict:\n"
        "    return failed('is called phi') if 'phi' in bucket.label else passed('is well named')\n"
    )
    result = run("scan", "terraform", bad, "--policies", policies, "-c", "own_bucket_named", "-o", "json")
    (finding,) = json.loads(result.stdout)["findings"]
    assert (finding["status"], finding["message"]) == ("fail", "is called phi")


def test_a_control_of_ones_own_that_breaks_is_no_error_of_ours_and_hides_nothing(bad: Path, tmp_path: Path) -> None:
    policies = tmp_path / "own"
    policies.mkdir()
    (policies / "breaks.py").write_text(
        "from hipaa_guard.authoring import LOW, Fix, Verdict, control\n"
        "from hipaa_guard.services import s3\n\n\n"
        "@control(title='Breaks', severity=LOW, hipaa=('164.312(a)(1)',), why='So.', fix=Fix(note='None.'))\n"
        "def own_bucket_breaks(bucket: s3.Bucket) -> Verdict:\n"
        "    raise ZeroDivisionError('oops')\n"
    )
    result = run("scan", "terraform", bad, "--policies", policies, "-o", "json")
    assert result.returncode == GAPS
    told = json.loads(result.stdout)
    assert any("own_bucket_breaks" in reason for reason in told["gate"]["reasons"])
    assert [f["status"] for f in told["findings"] if f["control_id"] == "own_bucket_breaks"] == ["unknown"]
    assert [f["status"] for f in told["findings"] if f["control_id"] == VERSIONING] == ["fail"]


def test_policies_in_the_scanned_tree_are_not_run(bad: Path) -> None:
    marker = bad / "executed"
    for name in ("policies/evil.py", "conftest.py", "sitecustomize.py", "hipaa_guard.py", ".hipaa-guard.yaml"):
        file = bad / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"open({str(marker)!r}, 'w').write('x')\n")
    (bad / "hooks.tf").write_text('data "external" "x" {\n  program = ["sh", "-c", "touch executed"]\n}\n')
    assert run("scan", "terraform", bad).returncode == GAPS
    assert not marker.exists()
