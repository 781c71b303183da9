"""Whose account is scanned and which regions: what works, and one clear sentence for what does not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.sessions.accounts import AwsAccount, AwsSetupError, open_account
from tests.aws.clinic import Region, refuse


def sentence(caught: pytest.ExceptionInfo[AwsSetupError]) -> str:
    return str(caught.value)


def refusing(operation: str, code: str, status: int) -> Any:
    """A session in which an operation is always refused."""
    session: Any = boto3.Session()

    class Http:
        status_code = status

    answer = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    session.events.register(f"before-call.{operation}", lambda **_: (Http(), answer))
    return session


def test_the_package_is_imported_without_boto3() -> None:
    code = (
        "import sys, hipaa_guard.aws.collecting.collect, hipaa_guard.aws.sessions.accounts, hipaa_guard.aws.planning.actions;"
        "sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.usefixtures("_cloud")
def test_by_default_every_enabled_region_is_read() -> None:
    account = open_account()
    assert account.home == "us-east-1"
    assert {"us-east-1", "eu-west-1", "ap-southeast-3"} <= set(account.regions)
    assert account.skipped["me-south-1"] == "not enabled in this account"
    assert "cn-north-1" not in account.regions  # another partition
    assert open_account(regions="all").regions == account.regions


def answering(operation: str, answer: dict[str, Any]) -> Any:
    """A session in which an operation has this answer."""
    session: Any = boto3.Session()

    class Http:
        status_code = 200

    session.events.register(f"before-call.{operation}", lambda **_: (Http(), answer))
    return session


@pytest.mark.usefixtures("_cloud")
@pytest.mark.parametrize(
    "answer",
    [{}, {"Account": "111122223333"}, {"Account": "x", "Arn": "arn:aws:iam::x:user/u"}, {"Arn": "", "Account": ""}],
)
def test_an_identity_without_its_parts_is_said_and_nothing_is_scanned(answer: dict[str, Any]) -> None:
    with pytest.raises(AwsSetupError, match="whose credentials"):
        open_account(session=answering("sts.GetCallerIdentity", {"UserId": "u", **answer}))


@pytest.mark.usefixtures("_cloud")
@pytest.mark.parametrize("listed", [[], [{"RegionName": "eu-west-1"}], [{"OptInStatus": "opted-in"}]])
def test_a_list_of_regions_that_lacks_some_is_no_list(listed: list[dict[str, str]]) -> None:
    session = answering("ec2.DescribeRegions", {"Regions": listed, "ResponseMetadata": {"RequestId": "r"}})
    account = open_account(session=session)
    assert account.regions == ("us-east-1",)
    assert [gap.incomplete for gap in account.gaps] == [True]


@pytest.mark.usefixtures("_cloud")
def test_the_regions_asked_for_are_read() -> None:
    account = open_account(regions="eu-west-1, us-west-2")
    assert account.regions == ("eu-west-1", "us-west-2")
    assert account.home == "eu-west-1"  # nothing is sent to a region that was not asked for


@pytest.mark.usefixtures("_cloud")
def test_a_region_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(AwsSetupError, match=r"us-esat-1 is not a region of AWS. Did you mean us-east-1\?"):
        open_account(regions="us-esat-1")


@pytest.mark.usefixtures("_cloud")
def test_a_configured_region_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "europe")
    with pytest.raises(AwsSetupError, match="europe is not a region"):
        open_account()


@pytest.mark.usefixtures("_cloud")
def test_a_region_that_is_not_enabled_is_refused() -> None:
    with pytest.raises(AwsSetupError, match=r"me-south-1 is not enabled in this account"):
        open_account(regions="me-south-1")


@pytest.mark.usefixtures("_cloud")
def test_a_region_that_is_not_enabled_is_left_out_beside_others() -> None:
    account = open_account(regions="me-south-1,eu-west-1")
    assert account.regions == ("eu-west-1",)
    assert account.skipped["me-south-1"] == "not enabled in this account"


@pytest.mark.usefixtures("_cloud")
def test_an_empty_list_of_regions_is_refused() -> None:
    with pytest.raises(AwsSetupError, match="No region is named"):
        open_account(regions=" , ")


def test_without_credentials_nothing_is_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(AwsSetupError, match=r"No AWS credentials were found. Log in"):
        open_account()


def test_an_unknown_profile_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile clinic]\nregion = us-east-1\n")
    with pytest.raises(AwsSetupError, match=r"no AWS profile named clinik. Use one of: clinic"):
        open_account(profile="clinik")


def test_a_broken_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile clinic\nregion\n")
    with pytest.raises(AwsSetupError, match="cannot be used"):
        open_account()


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("ExpiredToken", 403, "have expired"),
        ("InvalidClientTokenId", 403, "does not accept the credentials"),
        ("SignatureDoesNotMatch", 403, "does not accept the credentials"),
        ("RequestTimeTooSkewed", 403, "clock"),
        ("AccessDenied", 403, "denies the credentials or the role"),
    ],
)
@pytest.mark.usefixtures("_cloud")
def test_credentials_that_aws_refuses_stop_the_scan(code: str, status: int, words: str) -> None:
    session = refusing("sts.GetCallerIdentity", code, status)
    with pytest.raises(AwsSetupError) as caught:
        open_account(session=session)
    assert words in sentence(caught)
    assert code in sentence(caught)


def test_an_endpoint_that_is_not_there_stops_the_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(AwsSetupError, match=r"could not be reached in us-east-1.*AWS_ENDPOINT_URL"):
        open_account()


@pytest.mark.usefixtures("_cloud")
def test_where_the_regions_are_not_told_only_one_is_read_and_that_is_said() -> None:
    session = refusing("ec2.DescribeRegions", "UnauthorizedOperation", 403)
    account = open_account(session=session)
    assert account.regions == ("us-east-1",)
    (gap,) = collect(account, [Region], {}).gaps
    assert (gap.action, gap.incomplete) == ("ec2:DescribeRegions", True)
    assert "--regions" in gap.hint


def test_a_role_is_assumed_for_every_call() -> None:
    with mock_aws():
        role = boto3.client("iam").create_role(RoleName="auditor", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        account = open_account(role_arn=role, external_id="clinic", regions="us-east-1")
        assert account.arn == "arn:aws:sts::123456789012:assumed-role/auditor/hipaa-guard"
        assert collect(account, [Region]).facts.unknown == 0


@pytest.mark.usefixtures("_cloud")
def test_a_role_must_be_named_by_its_arn() -> None:
    with pytest.raises(AwsSetupError, match="auditor is not the ARN of a role"):
        open_account(role_arn="auditor")


def test_a_code_of_bad_credentials_means_not_enabled_where_regions_are_not_known(
    opened: Callable[..., AwsAccount],
) -> None:
    account = opened("us-east-1")
    account.caller.enabled = None
    refuse(account, "kms.list_keys", "UnrecognizedClientException", status=400)
    answer = account.caller.call("kms.list_keys", {}, "me-south-1")
    assert answer.unknown is not None
    assert answer.unknown.cause == "region or service not enabled"
