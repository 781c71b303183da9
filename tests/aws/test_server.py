"""The reader against a simulated cloud behind a real socket, as AWS_ENDPOINT_URL names it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from hipaa_guard.aws.calling.clients import Clients
from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.sessions.accounts import open_account
from tests.aws.clinic import KINDS, Bucket, Key, Owner, furnish, named


@pytest.mark.usefixtures("_server")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_two_regions_are_read_through_one_endpoint() -> None:
    furnish(client)
    collected = collect(open_account(regions="us-east-1,eu-west-1"), KINDS)
    inventory = collected.inventory
    assert collected.gaps == ()
    assert collected.facts.unknown == 0
    assert named(inventory, Bucket, "records").versioning == "Enabled"
    assert named(inventory, Bucket, "images").origin.region == "eu-west-1"
    (key,) = inventory.seen(Key)
    assert (key.origin.region, key.alias) == ("eu-west-1", "alias/images")
    (owner,) = inventory.seen(Owner)
    assert owner.blocks_public_access is True  # its host name would have the account before an IP address


def client(service: str, **options: Any) -> Any:
    """A client to furnish the account with; boto3 alone cannot reach S3 Control behind an IP address."""
    session: Any = boto3.Session()
    return (
        Clients(session, "us-east-1").client(service) if service == "s3control" else session.client(service, **options)
    )
