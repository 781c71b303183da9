"""What is told before a scan: the calls it would make, and what the role lacks, through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count
from moto.iam.aws_managed_policies import aws_managed_policies_data

from hipaa_guard.aws.preflight import READS_DATA
from hipaa_guard.cli.main import run
from tests.aws.clinic import furnish
from tests.aws.granted import actions, policies

CLEAN, _GAPS, USAGE, INCOMPLETE, _BROKEN = range(5)

# Controls whose calls the simulated cloud knows.
KNOWN = ("-c", "s3_bucket_versioning_enabled", "-c", "kms_key_rotation_enabled")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line: exit code, what it printed, what it said."""

    def run_(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_


def become(monkeypatch: pytest.MonkeyPatch, *actions: str, attached: str | None = None) -> None:
    """Let the scan run as a role that may do these, and has this policy attached."""
    iam = boto3.client("iam")
    trust = '{"Version":"2012-10-17","Statement":[]}'
    role = iam.create_role(RoleName="auditor", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="auditor", PolicyName="scan", PolicyDocument=document)
    if attached:
        iam.attach_role_policy(RoleName="auditor", PolicyArn=attached)
    keys = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])


@pytest.fixture
def _guarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A simulated cloud that has AWS's managed policies, as far as the tests attach them: all would take seconds each."""
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    every = json.loads(aws_managed_policies_data)
    known = {name: every[name] for name in (*READS_DATA, "SecurityAudit") if name in every}
    monkeypatch.setattr("moto.iam.models.aws_managed_policies_data", json.dumps(known))
    with mock_aws():
        yield


@set_initial_no_auth_action_count(0)
def enforced(told: Run, *arguments: str) -> tuple[int, str, str]:
    """The same in a cloud that asks its policies before it answers."""
    return told(*arguments)


# --- The calls ---------------------------------------------------------------------------------------------------


def calls_of(told: Run, *arguments: str) -> list[dict[str, Any]]:
    code, out, _ = told("scan", "aws", "--dry-run", "-o", "json", *arguments)
    assert code == CLEAN
    found: list[dict[str, Any]] = json.loads(out)["calls"]
    return found


def test_a_dry_run_needs_no_credentials_and_calls_nothing(told: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    code, out, _ = told("scan", "aws", "--dry-run")
    assert code == CLEAN
    assert "s3:ListAllMyBuckets" in out
    assert "No call was made." in out


@pytest.mark.parametrize(
    ("operation", "times", "kind"),
    [
        ("s3.list_buckets", "once per account", "s3.Bucket"),
        ("s3.get_bucket_versioning", "once per resource", "s3.Bucket"),
        ("s3control.get_public_access_block", "once per account", "s3.AccountPublicAccess"),
        ("ec2.get_ebs_encryption_by_default", "once per region", "ebs.EncryptionByDefault"),
        ("ec2.describe_flow_logs", "once per region", "vpc.Vpc"),
        ("kms.list_keys", "once per region", "kms.Key"),
        ("kms.get_key_policy", "once per resource", "kms.Key"),
        ("iam.get_credential_report", "once per account", "iam.RootUser"),
        ("lambda.list_function_url_configs", "once per resource", "lambda_functions.Function"),
        ("elbv2.describe_rules", "once per resource", "elbv2.Listener"),
    ],
)
def test_each_call_is_told_with_how_often(told: Run, operation: str, times: str, kind: str) -> None:
    (call,) = [each for each in calls_of(told) if each["operation"] == operation]
    assert call["times"] == times
    assert kind in call["kinds"]


def test_calls_that_only_differ_in_a_parameter_are_told_apart(told: Run) -> None:
    _, out, _ = told("scan", "aws", "--dry-run")
    assert 'describe_instance_attribute Attribute="userData"' in out


def test_what_a_call_needs_besides_is_told(told: Run) -> None:
    notes = {each["operation"]: each["note"] for each in calls_of(told) if each["note"]}
    assert set(notes) == {
        "config.describe_configuration_recorders",
        "iam.generate_credential_report",
        "resource-explorer-2.get_view",
        "resource-explorer-2.list_resources",
        "resourcegroupstaggingapi.get_resources",
        "s3.get_bucket_location",
    }


def test_a_dry_run_tells_the_actions_of_the_policy(told: Run) -> None:
    _, out, _ = told("scan", "aws", "--dry-run", "-o", "json")
    assert set(json.loads(out)["actions"]) == actions(*policies(told("iam-policy")[1]))


@pytest.mark.usefixtures("_cloud")
def test_a_scan_calls_what_its_dry_run_tells(told: Run) -> None:
    furnish()
    forecast = {call["operation"]: call["times"] for call in calls_of(told)}
    _, out, _ = told("scan", "aws", "--regions", "us-east-1,eu-west-1", "-o", "json")
    made = json.loads(out)["coverage"]["calls"]
    assert set(made) <= set(forecast)
    assert "iam.get_account_password_policy" in made
    assert made["s3.list_buckets"] == 1  # the first look at the service is not repeated
    assert made["ec2.get_ebs_encryption_by_default"] == 2


def test_only_the_calls_of_the_chosen_controls(told: Run) -> None:
    calls = calls_of(told, "-c", "s3_bucket_versioning_enabled")
    assert {call["service"] for call in calls} == {"s3"}


def test_what_comes_before_a_scan_has_no_report(told: Run) -> None:
    code, _, err = told("scan", "aws", "--dry-run", "-o", "html")
    assert code == USAGE
    assert "-o terminal or -o json" in err


def test_a_dry_run_calls_nothing_and_a_preflight_does(told: Run) -> None:
    code, _, err = told("scan", "aws", "--dry-run", "--preflight")
    assert code == USAGE
    assert "give one of them" in err


# --- The preflight -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_guarded")
def test_nothing_is_missing(told: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, "ec2:DescribeRegions", "s3:ListAllMyBuckets", "kms:ListKeys")
    code, out, _ = enforced(told, "scan", "aws", "--preflight", "--regions", "eu-west-1", *KNOWN)
    assert code == CLEAN
    assert "assumed-role/auditor/test" in out
    assert "not asked for: " in out
    assert "it is not known whether the role can read data: access denied to iam:ListAttachedRolePolicies" in out
    assert "Nothing is missing among the calls that need no resource" in out


@pytest.mark.usefixtures("_guarded")
def test_what_is_missing_is_a_statement_to_add(told: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, "ec2:DescribeRegions", "s3:ListAllMyBuckets")
    code, out, _ = enforced(told, "scan", "aws", "--preflight", "-o", "json", "--regions", "eu-west-1", *KNOWN)
    found = json.loads(out)
    assert code == INCOMPLETE
    assert found["services"]["s3"]["status"] == "ok"
    assert found["services"]["kms"]["status"] == "denied"
    assert found["services"]["kms"]["refusals"] == ["access denied to kms:ListKeys in eu-west-1"]
    assert found["statement"]["Action"] == ["kms:ListKeys"]


@pytest.mark.usefixtures("_guarded")
def test_regions_that_could_not_be_told_are_missing(told: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, "s3:ListAllMyBuckets", "kms:ListKeys")
    code, out, _ = enforced(told, "scan", "aws", "--preflight", *KNOWN)
    assert code == INCOMPLETE
    assert "access denied to ec2:DescribeRegions" in out
    assert '"ec2:DescribeRegions"' in out


@pytest.mark.parametrize("policy", ["ReadOnlyAccess", "AdministratorAccess", "PowerUserAccess"])
@pytest.mark.usefixtures("_guarded")
def test_a_role_that_can_read_data_is_warned_of(told: Run, monkeypatch: pytest.MonkeyPatch, policy: str) -> None:
    become(monkeypatch, "*", attached=f"arn:aws:iam::aws:policy/{policy}")
    code, out, _ = told("scan", "aws", "--preflight", "--regions", "eu-west-1", *KNOWN)
    assert code == CLEAN
    assert f"WARNING: the role can read data: {policy} is attached" in out


@pytest.mark.usefixtures("_guarded")
def test_other_policies_are_not_said_to_be_harmless(told: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, "s3:*", attached="arn:aws:iam::aws:policy/SecurityAudit")
    _, out, _ = told("scan", "aws", "--preflight", "--regions", "eu-west-1", *KNOWN)
    assert "its other policies, its groups among them, were not looked at" in out


@pytest.mark.usefixtures("_guarded")
def test_a_scan_says_it_first_and_goes_on(told: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = ("ec2:DescribeRegions", "s3:*", "iam:ListAttachedRolePolicies")
    become(monkeypatch, *allowed, attached="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    code, _, err = enforced(told, "scan", "aws", "--regions", "eu-west-1", *KNOWN)
    assert code == INCOMPLETE
    assert "the role lacks at least kms:ListKeys" in err
    assert "the role can read data: AmazonS3ReadOnlyAccess is attached" in err


def test_a_service_that_does_not_answer(told: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")
        code, out, _ = told("scan", "aws", "--preflight", "--regions", "eu-west-1", *KNOWN)
    assert code == INCOMPLETE
    assert "kms in eu-west-1 could not be reached" in out


def test_without_credentials_there_is_nothing_to_look_at(told: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    code, _, err = told("scan", "aws", "--preflight")
    assert code == USAGE
    assert "No AWS credentials were found" in err


@pytest.mark.parametrize("name", READS_DATA)
def test_the_policies_that_are_warned_of_read_data(name: str) -> None:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    reads = {"*", "s3:getobject", "s3:get*", "s3:*", "dynamodb:getitem", "dynamodb:*", "healthlake:*", "ssm:get*"}
    reads |= {"healthlake:readresource", "secretsmanager:*", "sqs:receivemessage", "kinesis:get*", "sqs:*"}
    allowed: set[str] = set()
    for statement in json.loads(aws_managed_policies_data)[name]["Document"]["Statement"]:
        named = statement.get("Action", "*")  # with NotAction all but what is named
        allowed.update(each.lower() for each in (named if isinstance(named, list) else [named]))
    assert allowed & reads
