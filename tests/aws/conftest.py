"""A simulated account in the process, and ways to make its calls fail."""

from __future__ import annotations

import os

# moto takes both when it is imported: public images are no resources of the account, managed policies exist in AWS.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from hipaa_guard.aws.sessions.accounts import AwsAccount, open_account
from tests.aws.clinic import Clock
from tests.patience import HANGS


@pytest.fixture(autouse=True)
def _no_real_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.fspath(tmp_path) + "/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.fspath(tmp_path) + "/credentials")


@pytest.fixture
def _cloud() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def opened(_cloud: None) -> Callable[..., AwsAccount]:
    """Opens the simulated account, for two regions unless told otherwise; waiting there takes no time."""

    def open_(regions: str = "us-east-1,eu-west-1") -> AwsAccount:
        account = open_account(regions=regions)
        Clock().rule(account)
        return account

    return open_


@pytest.fixture
def _server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from moto.server import ThreadedMotoServer

    server: Any = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    # The first to ask for a service waits until the simulation has loaded it, on a busy machine longer than a scan waits.
    patient = Config(read_timeout=HANGS, retries={"total_max_attempts": 1})
    for service, operation in (("sts", "get_caller_identity"), ("iam", "list_users"), ("ec2", "describe_regions")):
        getattr(boto3.client(service, config=patient), operation)()  # type: ignore[call-overload]
    yield
    with urlopen(Request(f"http://{host}:{port}/moto-api/reset", method="POST")):
        pass
    server.stop()
