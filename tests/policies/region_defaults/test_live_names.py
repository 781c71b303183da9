"""In a live account, a name means the resource in the region of the resource that is judged."""

from __future__ import annotations

import pytest

from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.readings import Listing
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.same_place import is_of_all_regions
from hipaa_guard.facts.values import Undecided
from hipaa_guard.services import s3, sqs
from hipaa_guard.testing import all_controls
from tests.given_facts import GivenFacts

ACCOUNT, EAST, WEST = "111122223333", "us-east-1", "us-west-2"


def kinds_listed() -> list[type[Resource]]:
    all_controls()
    pending, found = [Resource], set()
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        if isinstance(kind.aws, Listing) and kind.__module__.startswith("hipaa_guard."):
            found.add(kind)
    return sorted(found, key=lambda kind: kind.kind)


def in_region(kind: type[Resource], region: str) -> Resource:
    arn = f"arn:aws:any:{region}:{ACCOUNT}:records"
    origin = Origin(
        kind.kind, None, "records", "aws", arn=arn, region=region, account=ACCOUNT, keys=frozenset({"records", arn})
    )
    return kind(origin, GivenFacts())


@pytest.mark.parametrize("kind", kinds_listed(), ids=lambda kind: kind.kind)
def test_a_name_means_the_resource_in_the_region_of_its_user(kind: type[Resource]) -> None:
    east, west = in_region(kind, EAST), in_region(kind, WEST)
    user = sqs.Queue(Origin("sqs.Queue", None, "user", "aws", region=EAST, account=ACCOUNT), GivenFacts())
    both = Inventory([east, west], source="aws", account=ACCOUNT)
    elsewhere = Inventory([west], source="aws", account=ACCOUNT).as_seen_from(user)
    assert elsewhere.find(kind, west.origin.arn) is west  # an ARN says itself where its resource is
    if is_of_all_regions(kind) or kind is s3.Bucket:
        assert elsewhere.find(kind, "records") is west
    else:
        assert both.as_seen_from(user).find(kind, "records") is east
        assert elsewhere.find(kind, "records") is None
        with pytest.raises(Undecided, match="records names 2 resources"):
            both.find(kind, "records")  # nobody is judged, so that the region is not known


def test_an_id_of_aws_means_one_resource_in_all_regions() -> None:
    (kind,) = (each for each in kinds_listed() if each.kind == "ebs.Volume")
    id = "vol-0123456789abcdef0"
    volume = kind(Origin(kind.kind, None, id, "aws", region=WEST, account=ACCOUNT, keys=frozenset({id})), GivenFacts())
    user = in_region(sqs.Queue, EAST)
    assert Inventory([volume], source="aws", account=ACCOUNT).as_seen_from(user).find(kind, id) is volume
