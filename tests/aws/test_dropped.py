"""A member that AWS always sends and that is missing from an answer: no verdict becomes better by it, none is lost.

Each member that a scan keeps is left out of the answers of its operation, wherever it stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore import xform_name
from moto import mock_aws

from hipaa_guard.aws.collecting.kept_fields import Field, fields_read
from hipaa_guard.aws.planning.plan import planned
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.facts.readings import Listing
from hipaa_guard.testing import all_controls
from tests.aws.faults import HOME, Line
from tests.aws.test_faults import Hospital, readers

Path = tuple[str, ...]


class Dropping(Line):
    """A line on which a member gets lost; `lost` is how often."""

    operation = ""
    member: Path = ()
    lost = 0

    def _before(self, model: Any, params: dict[str, Any], context: dict[str, Any], **more: Any) -> Any:
        told = super()._before(model, params, context, **more)
        service, name = self.operation.partition(".")[::2]
        if told is not None and self.member and (model.service_model.service_name, _method(model)) == (service, name):
            self.lost += _drop(told[1], self.member)
        return told


def _method(model: Any) -> str:
    return str(xform_name(model.name))


def _drop(value: Any, member: Path) -> int:
    if isinstance(value, list):
        return sum(_drop(each, member) for each in value)
    if not isinstance(value, dict) or member[0] not in value:
        return 0
    if len(member) > 1:
        return _drop(value[member[0]], member[1:])
    del value[member[0]]
    return 1


def _members(field: Field, above: Path = ()) -> Iterator[Path]:
    for name, below in field.below.items():
        yield (*above, name)
        yield from _members(below, (*above, name))


# Members that AWS leaves out of whole answers, from the API reference of each operation, read 2026-11-30.
LEFT_OUT: Mapping[tuple[str, str], str] = {
    ("autoscaling.describe_auto_scaling_groups", "AutoScalingGroups.LaunchTemplate"): "a group with a mixed policy",
    ("ec2.describe_instances", "Reservations.Instances.PublicIpAddress"): "an instance that has no public address",
    ("iam.get_account_authorization_details", "UserDetailList.UserPolicyList"): "a user without inline policies",
    ("lambda.list_functions", "Functions.Environment"): "a function without variables",
    ("logs.describe_destinations", "destinations.accessPolicy"): "a destination without a policy",
    ("logs.describe_log_groups", "logGroups.retentionInDays"): "a group whose events never expire",
    ("rds.describe_db_instances", "DBInstances.DBClusterIdentifier"): "an instance of no cluster",
    ("s3.get_bucket_versioning", "Status"): "a bucket whose versioning was never set",
}
"""(Operation, member) -> of what AWS leaves it out."""


def lists() -> set[tuple[str, str]]:
    """The lists of the listings. AWS's own answer without one is an answer that it is empty."""
    kinds = kinds_of(all_controls().values())
    listings = [kind.aws for kind in kinds if isinstance(kind.aws, Listing)]
    return {(each.operation, re.split(r"[^\w]", each.items)[0]) for each in listings}


def all_fields() -> dict[str, Field]:
    """Operation -> what is kept of its answers in a scan for all controls."""
    controls = all_controls().values()
    return fields_read(planned(kinds_of(controls), wanted_facts(controls)))


def cases() -> Iterator[tuple[str, str]]:
    for operation, controls in readers().items():
        fields = fields_read(planned(kinds_of(controls), wanted_facts(controls)))
        for member in _members(fields[operation]) if operation in fields else ():
            if (operation, ".".join(member)) not in {*LEFT_OUT, *lists()}:
                yield operation, ".".join(member)


@pytest.fixture(scope="module")
def hospital() -> Iterator[Hospital[Dropping]]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", HOME)
        yield Hospital(Dropping())


def test_every_exception_is_a_member_that_is_kept() -> None:
    kept = {(operation, ".".join(each)) for operation, field in all_fields().items() for each in _members(field)}
    assert set(LEFT_OUT) <= kept


@pytest.mark.parametrize(("operation", "member"), cases())
def test_no_verdict_becomes_better(hospital: Hospital[Dropping], operation: str, member: str) -> None:
    line, controls = hospital.line, readers()[operation]
    sound = hospital.sound(controls)
    line.operation, line.member, line.lost = operation, tuple(member.split(".")), 0
    try:
        seen = hospital.read(controls)
    finally:
        line.member = ()
    assert seen.collected.faults == 0
    assert [finding.error for finding in seen.findings if finding.error] == []
    unlisted = {each.control_id for each in seen.findings if each.status is Status.UNKNOWN and not each.resource.name}
    for verdict, before in sound.verdicts.items():
        now = seen.verdicts.get(verdict)
        worse = now in (Status.FAIL, Status.UNKNOWN) or (now is None and verdict[0] in unlisted)
        assert now is before or worse, (
            f"{verdict[0]}: {before} became {now} where {operation} left out {member}. If AWS always sends it, say always=True "
            "in the fact's reading; if it leaves it out of whole answers, add it to LEFT_OUT with the reason"
        )
    added = {status for verdict, status in seen.verdicts.items() if verdict not in sound.verdicts}
    assert added <= {Status.FAIL, Status.UNKNOWN}
