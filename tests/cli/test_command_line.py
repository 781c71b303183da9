"""The command line: exit codes, errors in one sentence, and nothing loaded that is not needed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.aws.granted import actions, policies
from tests.patience import HANGS

ROOT = Path(__file__).parents[2]
CLEAN, GAPS, USAGE, INCOMPLETE, BROKEN = range(5)

GOOD = """
resource "aws_sqs_queue" "phi" {
  name                    = "reminders"
  sqs_managed_sse_enabled = true
}
"""
BAD = 'resource "aws_s3_bucket" "phi" { bucket = "phi-records" }\n'
VERSIONING = "s3_bucket_versioning_enabled"


def run(*arguments: str | Path, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    import os

    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "HIPAA_GUARD_"))}
    clean |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "NO_COLOR": "1"}
    clean |= {"AWS_SHARED_CREDENTIALS_FILE": os.devnull, **env}
    return subprocess.run(
        [sys.executable, "-m", "hipaa_guard", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd or ROOT,
        env=clean,
        timeout=HANGS,
        check=False,
    )


def one_sentence(result: subprocess.CompletedProcess[str]) -> str:
    """What was said on stderr, which must be short and no traceback."""
    assert "Traceback" not in result.stderr + result.stdout
    assert 0 < len(result.stderr.strip().splitlines()) <= 5, result.stderr
    return result.stderr


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(BAD)
    return tmp_path


def test_gaps_exit_1_and_the_last_line_says_why(bad: Path) -> None:
    result = run("scan", "terraform", bad)
    assert result.returncode == GAPS
    assert "fail" in result.stdout.strip().splitlines()[-1]
    assert "main.tf:1" in result.stdout


def test_clean_exits_0(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "phi" {\n versioning {\n enabled = true\n }\n}\n')
    result = run("scan", "terraform", tmp_path, "-c", VERSIONING)
    assert result.returncode == CLEAN, result.stdout


def test_only_json_stands_on_stdout(bad: Path) -> None:
    result = run("scan", "terraform", bad, "-o", "json")
    told = json.loads(result.stdout)
    schema = json.loads((ROOT / "src/hipaa_guard/outputs/schema/assessment-1.0.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(told)
    assert told["schema_version"] == "1.0"
    assert told["gate"]["exit_code"] == result.returncode == GAPS
    (finding,) = [f for f in told["findings"] if f["control_id"] == VERSIONING]
    assert finding["status"] == "fail"
    assert finding["resource"]["address"] == "aws_s3_bucket.phi"
    assert finding["resource"]["type"] == "aws_s3_bucket"
    assert finding["location"]["file"] == "main.tf"
    assert (finding["location"]["line_start"], finding["location"]["line_end"]) == (1, 1)
    assert result.stderr.strip().splitlines()[-1] == f"hipaa-guard: {told['gate']['reasons'][0]}"


def test_every_loaded_control_is_listed_whether_or_not_it_met_a_resource(bad: Path) -> None:
    told = json.loads(run("scan", "terraform", bad, "-o", "json").stdout)
    listed = json.loads(run("controls", "list", "--json").stdout)
    assert [control["id"] for control in told["controls"]] == [control["id"] for control in listed]


def test_several_outputs_in_one_run(bad: Path, tmp_path: Path) -> None:
    html, saved = tmp_path / "report.html", tmp_path / "scan.json"
    result = run("scan", "terraform", bad, "-o", f"html={html}", "-o", f"json={saved}", "-o", "terminal")
    assert result.returncode == GAPS
    assert html.read_text().startswith("<!doctype html>")
    again = tmp_path / "again.html"
    assert run("render", saved, "-o", f"html={again}").returncode == CLEAN
    assert again.read_text() == html.read_text()


def test_a_scan_twice_gives_the_same_findings(bad: Path) -> None:
    first, second = (json.loads(run("scan", "terraform", bad, "-o", "json").stdout) for _ in range(2))
    assert first["findings"] == second["findings"]


def test_fail_on_lets_milder_gaps_pass(bad: Path) -> None:
    assert run("scan", "terraform", bad, "-c", VERSIONING, "--fail-on", "high").returncode == CLEAN
    assert run("scan", "terraform", bad, "-c", VERSIONING, "--fail-on", "medium").returncode == GAPS
    assert run("scan", "terraform", bad, "--warn-only").returncode == CLEAN


TOLD = """
variable "status" {
  sensitive = true
}
resource "aws_s3_bucket" "phi" {}
resource "aws_s3_bucket_versioning" "v" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration {
    status = terraform.workspace == "prod" && nonsensitive(var.status) == "on" ? "Enabled" : "Suspended"
  }
}
"""


def test_workspace_and_environment_count_when_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TOLD)
    scan = ("scan", "terraform", tmp_path, "-c", VERSIONING, "--max-unknown", "0")
    assert run(*scan, TF_VAR_status="on", TF_WORKSPACE="prod").returncode == INCOMPLETE
    assert run(*scan, "--workspace", "prod", "--tf-var-env", TF_VAR_status="on").returncode == CLEAN
    assert run(*scan, "--workspace", "test", "--tf-var-env", TF_VAR_status="on").returncode == GAPS
    assert (
        run(*scan, "--workspace", "prod", "--tf-var-env", "--var", "status=off", TF_VAR_status="on").returncode == GAPS
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--workspace", "a b"), "workspace"),
        (("--var", "nmae=hunter2"), "nmae"),
        (("--var", "hunter2"), "NAME=VALUE"),
        (("--var", "list=[hunter2"), "--var list"),
        (("--var-file", "x.tfvars"), "quotes"),
        (("--tf-var-env",), "TF_VAR_list"),
    ],
)
def test_values_that_cannot_be_used_are_a_usage_error_that_does_not_repeat_them(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    (tmp_path / "main.tf").write_text('variable "list" {\n  type = list(string)\n}\n')
    (tmp_path / "x.tfvars").write_text("list = hunter2\n")
    result = run("scan", "terraform", tmp_path, *options, cwd=tmp_path, TF_VAR_list="[hunter2")
    assert result.returncode == USAGE
    assert said in result.stderr
    assert "hunter2" not in result.stderr


@pytest.mark.parametrize("options", [("--workspace", "prod"), ("--tf-var-env",), ("--var", "a=b")])
def test_values_are_for_source_only(tmp_path: Path, options: tuple[str, ...]) -> None:
    state = tmp_path / "state.json"
    state.write_text('{"format_version": "1.0", "values": {"root_module": {}}}')
    result = run("scan", "terraform", state, *options)
    assert result.returncode == USAGE
    assert "directory" in one_sentence(result)


UNSET = (
    BAD
    + """
variable "status" {}
resource "aws_s3_bucket_versioning" "v" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration { status = var.status }
}
"""
)


def test_undecided_in_source_is_no_incompleteness_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(UNSET)
    assert run("scan", "terraform", tmp_path, "-c", VERSIONING).returncode == CLEAN
    assert run("scan", "terraform", tmp_path, "-c", VERSIONING, "--max-unknown", "0").returncode == INCOMPLETE
    assert run("scan", "terraform", tmp_path, "-c", VERSIONING, "--var", "status=Enabled").returncode == CLEAN
    assert run("scan", "terraform", tmp_path, "-c", VERSIONING, "--var", "status=Suspended").returncode == GAPS
    file = tmp_path / "stage.tfvars"
    file.write_text('status = "Suspended"\n')
    assert run("scan", "terraform", tmp_path, "-c", VERSIONING, "--var-file", file).returncode == GAPS


def test_broken_hcl_in_one_of_many_files_is_incomplete_and_named(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "phi" {\n versioning {\n enabled = true\n }\n}\n')
    (tmp_path / "broken.tf").write_text('resource "aws_s3_bucket" "x" {\n bucket = \n')
    result = run("scan", "terraform", tmp_path, "-c", VERSIONING)
    assert result.returncode == INCOMPLETE
    assert "broken.tf" in result.stdout


def test_a_certain_gap_is_never_hidden_behind_incomplete(bad: Path) -> None:
    (bad / "broken.tf").write_text("resource {{{\n")
    assert run("scan", "terraform", bad, "-c", VERSIONING).returncode == GAPS


def test_no_such_path(tmp_path: Path) -> None:
    result = run("scan", "terraform", tmp_path / "nowhere")
    assert result.returncode == USAGE
    assert "nowhere" in one_sentence(result)


def test_an_empty_directory(tmp_path: Path) -> None:
    result = run("scan", "terraform", tmp_path)
    assert result.returncode == USAGE
    assert str(tmp_path) in one_sentence(result)


@pytest.mark.parametrize("content", ["", "not json", "[1, 2]", '{"a": 1}', "\x00\x01\x02"])
def test_a_file_that_is_no_plan(tmp_path: Path, content: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(content)
    result = run("scan", "terraform", file)
    assert result.returncode == USAGE
    assert "plan.json" in one_sentence(result)


def test_a_binary_plan_is_told_how_to_become_json(tmp_path: Path) -> None:
    file = tmp_path / "tfplan"
    file.write_bytes(b"PK\x03\x04" + bytes(100))
    result = run("scan", "terraform", file)
    assert result.returncode == USAGE
    assert "terraform show -json" in one_sentence(result)


def test_no_credentials() -> None:
    result = run("scan", "aws", "--regions", "us-east-1")
    assert result.returncode == USAGE
    assert "credentials" in one_sentence(result)


def test_an_unknown_region() -> None:
    result = run("scan", "aws", "--regions", "us-esat-1", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")
    assert result.returncode == USAGE
    assert "us-east-1" in one_sentence(result)


def test_an_unknown_profile() -> None:
    result = run("scan", "aws", "--profile", "clinic")
    assert result.returncode == USAGE
    assert "clinic" in one_sentence(result)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("controls", "show", "s3_bucket_versioning"), VERSIONING),
        (("explain", "s3_bucket_versioning"), VERSIONING),
        (("scan", "terraform", "examples", "-c", "s3_bucket_versioning"), VERSIONING),
        (("scan", "terraform", "examples", "-o", "htlm=x.html"), "html"),
        (("scan", "terraform", "examples", "-o", "html=/nowhere/x.html"), "/nowhere"),
        (("scan", "terraform", "examples", "-o", "json", "-o", "html"), "standard output"),
        (("scan", "terraform", "examples", "--var", "novalue"), "NAME=VALUE"),
        (("scan", "terraform", "examples", "--var-file", "nowhere.tfvars"), "nowhere.tfvars"),
        (("scan", "terraform", "examples", "--policies", "nowhere"), "nowhere"),
        (("scna",), "scan"),
        (("render", "nowhere.json"), "nowhere.json"),
        (("render", "README.md"), "README.md"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_usage_says_what_to_do(arguments: tuple[str, ...], hint: str) -> None:
    result = run(*arguments)
    assert result.returncode == USAGE
    assert hint in one_sentence(result)


def test_explain_cites_the_rule_and_shows_the_fix() -> None:
    told = run("explain", "s3_bucket_tls_required").stdout
    assert "164.312(e)(2)(ii)" in told
    assert "addressable" in told
    assert "aws:SecureTransport" in told
    assert "hipaa-guard fix makes this change in Terraform source.\n" in told
    assert max(len(line) for line in told.splitlines() if "aws_" not in line and "aws " not in line) <= 80


def test_explain_says_why_a_machine_does_not_make_the_change() -> None:
    told = " ".join(run("explain", "ebs_volume_encrypted").stdout.split())
    assert "fix does not make this change: it replaces the volume, so what it holds must be copied first." in told
    listed = {control["id"]: control for control in json.loads(run("controls", "list", "--json").stdout)}
    assert listed["ebs_volume_encrypted"]["by_machine"] is False
    assert listed["ebs_volume_encrypted"]["not_by_machine"].startswith("replaces the volume")
    assert listed["s3_bucket_tls_required"]["by_machine"] is True


def test_iam_policy_allows_reading_configuration_and_denies_reading_data() -> None:
    found = policies(run("iam-policy").stdout)
    allowed, denied = actions(*found), actions(*found, effect="Deny")
    assert "s3:GetBucketPolicy" in allowed
    assert "s3:GetObject" not in allowed
    assert any(action.startswith("s3:GetObject") for action in denied)
    assert not [action for action in allowed if "*" in action]
    assert not [action for action in allowed if action.split(":")[1].startswith(("Put", "Create", "Delete", "Update"))]


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


def loaded_after(*arguments: str) -> set[str]:
    code = (
        "import sys; from hipaa_guard.cli.main import run; "
        f"run({list(arguments)!r}); print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    return set(result.stderr.split())


def loaded_by_python() -> set[str]:
    """What the installation imports at every start of Python."""
    code = "import sys; print('\\n'.join(sys.modules))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_the_version_alone_is_told_without_the_command_line() -> None:
    code = (
        "import sys, atexit; sys.argv = ['hipaa-guard', '--version']; from hipaa_guard.cli import main; "
        "atexit.register(lambda: print('\\n'.join(sys.modules), file=sys.stderr)); main()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout == run("--version", "--version").stdout
    ours = {name for name in result.stderr.split() if name.startswith("hipaa_guard.")}
    assert ours == {f"hipaa_guard.{name}" for name in ("cli", "cli.streams", "stopping", "version")}
    assert not {"click", "dataclasses", "inspect"} & (set(result.stderr.split()) - loaded_by_python())


def test_the_version_loads_next_to_nothing() -> None:
    assert not {"boto3", "jinja2", "rich", "yaml", "tree_sitter", "sqlite3"} & loaded_after("--version")


def test_a_terraform_scan_loads_no_aws_and_no_report() -> None:
    loaded = loaded_after("scan", "terraform", "examples/telehealth", "-o", "json")
    assert "hipaa_guard.terraform.read" in loaded
    assert not {"boto3", "botocore", "jinja2", "rich", "pydantic", "jsonschema"} & loaded
    slow = {"yaml", "subprocess", "tempfile", "secrets", "pkgutil", "importlib.metadata", "importlib.resources"}
    assert not slow & (loaded - loaded_by_python())


def test_only_types_that_no_control_looks_at_are_listed_as_such(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_iam_role" "phi" { assume_role_policy = "{}" }\n'
        'resource "aws_iam_role_policy" "p" {\n  role   = aws_iam_role.phi.id\n  policy = "{}"\n}\n'
        'resource "aws_elastic_beanstalk_application" "a" { name = "x" }\n'
    )
    told = json.loads(run("scan", "terraform", tmp_path, "-o", "json").stdout)
    assert told["coverage"]["unjudged_types"] == {"aws_elastic_beanstalk_application": 1}


def test_a_plan_beside_its_source_has_lines(bad: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    bucket = {"address": "aws_s3_bucket.phi", "mode": "managed", "type": "aws_s3_bucket", "name": "phi"}
    created = {"actions": ["create"], "before": None, "after": {"bucket": "phi-records"}, "after_unknown": {"id": True}}
    plan.write_text(json.dumps({"format_version": "1.2", "resource_changes": [{**bucket, "change": created}]}))
    page = tmp_path / "page.html"
    result = run(
        "scan",
        "terraform",
        plan,
        "--source",
        bad,
        "-o",
        "json",
        "-o",
        f"html={page}",
        "-o",
        "terminal=t.txt",
        cwd=tmp_path,
    )
    assert result.returncode == GAPS
    places = {finding["location"]["file"] for finding in json.loads(result.stdout)["findings"]}
    assert places == {"main.tf"}
    assert "main.tf:1" in (tmp_path / "t.txt").read_text()
    assert "main.tf:1" in page.read_text()
    assert "plan.json:1" in run("scan", "terraform", plan).stdout


def test_a_source_that_is_not_the_one_of_the_plan_is_a_usage_error(bad: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    topic = {"address": "aws_sns_topic.t", "mode": "managed", "type": "aws_sns_topic", "name": "t", "values": {}}
    state.write_text(json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": [topic]}}}))
    result = run("scan", "terraform", state, "--source", bad)
    assert result.returncode == USAGE
    assert "does not hold the source of state.json" in one_sentence(result)


def test_only_what_a_plan_changes_is_judged_where_that_is_asked_for(bad: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    changes = []
    for name, action in (("old", "no-op"), ("new", "create")):
        bucket = {"address": f"aws_s3_bucket.{name}", "mode": "managed", "type": "aws_s3_bucket", "name": name}
        values = {"bucket": f"phi-{name}", "id": f"phi-{name}"}
        changes.append({**bucket, "change": {"actions": [action], "before": None, "after": values}})
    plan.write_text(json.dumps({"format_version": "1.2", "resource_changes": changes}))
    result = json.loads(run("scan", "terraform", plan, "--changed-only", "-o", "json").stdout)
    assert {finding["resource"]["address"] for finding in result["findings"]} == {"aws_s3_bucket.new"}
    assert [gap["kind"] for gap in result["coverage"]["gaps"]] == ["not judged"]
    refused = run("scan", "terraform", bad, "--changed-only")
    assert refused.returncode == USAGE
    assert "is no plan" in one_sentence(refused)
