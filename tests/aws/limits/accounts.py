"""Two lanes of calls, and an account over the wire that is asked within limits."""

from __future__ import annotations

import boto3
import pytest

from hipaa_guard.aws.calling.calls import Caller
from hipaa_guard.aws.calling.clients import Clients
from hipaa_guard.aws.calling.throttling import Lane
from hipaa_guard.aws.sessions.accounts import AwsAccount
from tests.aws.clinic import Clock
from tests.aws.endpoint import Endpoint

LANE: Lane = ("kms", "eu-west-1")
OTHER: Lane = ("kms", "us-east-1")


def account_at(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, clock: Clock, *regions: str) -> AwsAccount:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
    account = AwsAccount(
        id="123456789012",
        arn="arn:aws:iam::123456789012:user/u",
        partition="aws",
        home=regions[0],
        regions=regions,
        enabled=frozenset(regions),
        skipped={},
        gaps=(),
        caller=Caller(Clients(boto3.Session(), regions[0]), frozenset(regions)),
    )
    clock.rule(account)
    return account
