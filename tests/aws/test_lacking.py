"""An operation that an endpoint does not have is never read as "none is configured": for each operation of a scan.

Stand-ins for AWS lack operations, and so do regions of AWS. Each operation in turn is missing at an endpoint that has
all others, in each way that endpoints say so.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from hipaa_guard.assessment.model import Coverage
from hipaa_guard.aws.collecting.collect import Collected, collect
from hipaa_guard.aws.planning import operation_quirks
from hipaa_guard.aws.planning.plan import KindPlan, parts_of, planned
from hipaa_guard.aws.sessions.accounts import AwsAccount, open_account
from hipaa_guard.cli.main import run
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.facts.lists import first_unknown
from hipaa_guard.facts.readings import Ask, Listing
from hipaa_guard.facts.resource import Fact, Resource
from hipaa_guard.facts.values import Unknown
from hipaa_guard.testing import all_controls
from tests.aws.clinic import Clock
from tests.aws.shapes.samples import ACCOUNT, sample
from tests.aws.test_faults import plain
from tests.aws.wire import LACKING, Asked, Wire, answering, model_of

HOME = "us-east-1"
INCOMPLETE = 3

# Members that promise further pages, or that only some answers have.
_LEFT_OUT = frozenset(
    {"BucketRegion", "DBClusterIdentifier", "IsTruncated", "LastEvaluatedTableName", "Marker", "NextMarker"}
    | {"NextToken", "Truncated", "nextToken"}
)
_QUEUE = f"https://sqs.{HOME}.amazonaws.com/{ACCOUNT}/one"
_REPORT = "user,arn,mfa_active,access_key_1_active\n<root_account>,arn:aws:iam::111122223333:root,true,false\n"
_GIVEN: dict[str, dict[str, Any]] = {
    "iam.generate_credential_report": {"State": "COMPLETE"},
    "iam.get_credential_report": {"Content": _REPORT.encode(), "ReportFormat": "text/csv"},
    "sqs.list_queues": {"QueueUrls": [_QUEUE]},
    "sts.get_caller_identity": {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/auditor", "UserId": "one"},
    "ec2.describe_regions": {"Regions": [{"RegionName": HOME, "OptInStatus": "opt-in-not-required"}]},
}


@functools.cache
def plans() -> tuple[KindPlan, ...]:
    return tuple(planned(kinds_of(all_controls().values())).all)


@functools.cache
def readers() -> dict[str, dict[type[Resource], set[str]]]:
    """Operation -> the kinds that need it, each with the facts that do; a listing needs it for its kind alone."""
    found: dict[str, dict[type[Resource], set[str]]] = {}
    for plan in plans():
        if isinstance(plan.listing, Listing):
            for operation in (plan.listing.operation, *operation_quirks.also_called(plan.listing.operation)):
                found.setdefault(operation, {}).setdefault(plan.kind, set())
        for fact in plan.facts:
            for part in parts_of(fact):
                if isinstance(part, Ask):
                    for operation in (part.operation, *operation_quirks.also_called(part.operation)):
                        found.setdefault(operation, {}).setdefault(plan.kind, set()).add(fact.name)
    return dict(sorted(found.items()))


def full(model: Any, asked: Asked) -> dict[str, Any]:
    """An answer with everything in it, one of each."""
    return _GIVEN.get(asked.operation) or dict(sample(model.output_shape, region=asked.region, without=_LEFT_OUT))


@pytest.fixture(scope="module")
def _wire() -> Iterator[Wire]:
    services = {operation.partition(".")[0] for operation in readers()}
    with pytest.MonkeyPatch.context() as patch, answering(sorted(services | {"sts"})) as wire:
        wire.otherwise = full
        patch.setenv("AWS_ENDPOINT_URL", wire.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield wire


@pytest.fixture
def wire(_wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Wire:
    monkeypatch.setenv("AWS_ENDPOINT_URL", _wire.url)
    _wire.forget()
    return _wire


@pytest.fixture(scope="module")
def account(_wire: Wire) -> AwsAccount:
    found = open_account(regions=HOME)
    Clock().rule(found)
    return found


def read(account: AwsAccount, operation: str) -> Collected:
    """What a scan learns that asks no more than what needs the operation."""
    Clock().rule(account)
    wanted = readers()[operation]
    return collect(account, wanted, wanted)


def needing(collected: Collected, operation: str) -> Iterator[tuple[Resource, Fact]]:
    """The facts of found resources that the operation tells."""
    for kind, names in readers()[operation].items():
        for resource in collected.inventory.seen(kind):
            yield from ((resource, kind.facts[name]) for name in sorted(names))


@pytest.mark.parametrize("operation", readers())
@pytest.mark.parametrize("how", LACKING)
def test_what_an_endpoint_lacks_is_not_known(wire: Wire, account: AwsAccount, operation: str, how: str) -> None:
    sound = {
        (resource.kind, resource.origin.label, fact.name): plain(resource.peek(fact))
        for resource, fact in needing(read(account, operation), operation)
    }
    assert wire.times(operation)
    wire.forget()
    wire.lack(operation, how)
    collected = read(account, operation)
    assert wire.times(operation)
    kinds = [kind for kind in readers()[operation] if _lists(kind, operation)]
    assert all(collected.inventory.unknown(kind) is not None for kind in kinds)
    for resource, fact in needing(collected, operation):
        value = plain(resource.peek(fact))
        known_before = sound[resource.kind, resource.origin.label, fact.name]
        assert first_unknown(value) is not None or (not isinstance(fact.aws, Ask) and value == known_before), fact
    assert kinds or any(isinstance(resource.peek(fact), Unknown) for resource, fact in needing(collected, operation))
    assert not Coverage(gaps=collected.gaps).complete
    assert collected.faults == 0


def _lists(kind: type[Resource], operation: str) -> bool:
    listing = kind.aws
    return isinstance(listing, Listing) and operation in (
        listing.operation,
        *operation_quirks.also_called(listing.operation),
    )


# An operation for each protocol.
@pytest.mark.parametrize(
    ("operation", "control"),
    [
        ("dynamodb.describe_continuous_backups", "dynamodb_table_pitr_enabled"),
        ("ec2.describe_volumes", "ebs_volume_encrypted"),
        ("lambda.get_policy", "lambda_function_not_public"),
        ("rds.describe_db_instances", "rds_instance_encrypted_at_rest"),
        ("s3.get_bucket_policy", "s3_bucket_tls_required"),
    ],
)
@pytest.mark.parametrize("how", LACKING)
def test_a_scan_of_what_is_lacking_ends_incomplete(
    wire: Wire, operation: str, control: str, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wire.lack(operation, how)
    assert run(["scan", "aws", "--regions", HOME, "-c", control, "-o", "json"]) == INCOMPLETE
    found = json.loads(capsys.readouterr().out)
    assert found["summary"]["findings"]["pass"] == found["summary"]["findings"]["fail"] == 0
    assert found["summary"]["findings"]["unknown"] > 0


def test_the_samples_are_of_botocores_shapes() -> None:
    for operation, given in _GIVEN.items():
        assert set(given) <= set(model_of(operation).output_shape.members)
