"""Whatever operation breaks down, and however: no verdict becomes better by it, and the coverage tells it."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import boto3
import pytest
from moto import mock_aws

from hipaa_guard.assessment.gate import CLEAN, INCOMPLETE, decide
from hipaa_guard.assessment.model import Coverage
from hipaa_guard.aws.calling.alternative_calls import SIBLINGS
from hipaa_guard.aws.calling.calls import Caller
from hipaa_guard.aws.collecting.collect import Collected, collect
from hipaa_guard.aws.planning import operation_quirks
from hipaa_guard.aws.planning.actions import action_of
from hipaa_guard.aws.planning.plan import planned
from hipaa_guard.aws.sessions.accounts import AwsAccount, open_account
from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.facts.locations import Gap
from hipaa_guard.facts.policy_document import PolicyDocument
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import Incomplete, Unknown, first_unknown
from hipaa_guard.testing import all_controls
from tests.aws.clinic import Clock
from tests.aws.faults import BREAKDOWNS, HOME, PAGING, Fault, Line, paging
from tests.aws.hospital import furnish

REGIONS = "us-east-1,us-west-2"


@functools.cache
def readers() -> dict[str, list[Control]]:
    """Operation -> the controls whose plan has it: what the tables of facts name, and what goes with it."""
    found: dict[str, list[Control]] = {}
    for control in all_controls().values():
        for operation in planned(kinds_of([control]), wanted_facts([control])).operations:
            for each in (operation, *operation_quirks.also_called(operation)):
                found.setdefault(each, []).append(control)
    return dict(sorted(found.items()))


@functools.cache
def pages() -> dict[str, Any]:
    session = boto3.Session(region_name=HOME)
    PAGING.update({operation: paging(session, operation) for operation in readers()})
    return PAGING


@dataclass(frozen=True, repr=False)  # pytest would write out all of it
class Seen:
    """What one scan saw and said."""

    collected: Collected
    findings: tuple[Finding, ...]

    @functools.cached_property
    def verdicts(self) -> dict[tuple[str, str], Status]:
        """Control and fingerprint -> verdict."""
        return {(each.control_id, each.fingerprint): each.status for each in self.findings}

    @functools.cached_property
    def resources(self) -> dict[tuple[Any, ...], Resource]:
        return {_identity(each): each for each in self.collected.inventory}

    @property
    def exit_code(self) -> int:
        """What the gate says where no failure is to stop it."""
        coverage = Coverage(gaps=self.collected.gaps)
        return decide(self.findings, coverage, fail_on=None, internal_errors=self.collected.faults).exit_code


def _identity(resource: Resource) -> tuple[Any, ...]:
    origin = resource.origin
    return (origin.kind, origin.arn or (origin.region, origin.name))


class Leads(Protocol):
    """A line between a session and the account."""

    asked: set[tuple[str, str]]

    def lead(self, session: Any, operations: Iterable[str]) -> None: ...


OnLine = TypeVar("OnLine", bound=Leads)


class Hospital(Generic[OnLine]):
    """The furnished account, read over a line that can be broken."""

    def __init__(self, line: OnLine, operations: Iterable[str] = ()) -> None:
        """`operations` are those of the line besides the ones of the tables."""
        furnish()
        self.line = line
        session = boto3.Session(region_name=HOME)
        self.line.lead(session, {*readers(), *operations})
        self._account: AwsAccount = open_account(session=session, regions=REGIONS, threads=1)
        self.whole = self.read(all_controls().values())
        self.asked = frozenset(self.line.asked)
        self._sound: dict[tuple[str, ...], Seen] = {}

    def sound(self, controls: list[Control]) -> Seen:
        """What a scan for these controls sees where nothing breaks down."""
        names = tuple(control.id for control in controls)
        if names not in self._sound:
            self._sound[names] = self.read(controls)
        return self._sound[names]

    def region_of(self, operation: str) -> str:
        """A region in which the operation is asked."""
        return min(region for asked, region in self.asked if asked == operation)

    def read(self, controls: Iterable[Control]) -> Seen:
        """What a scan for these controls sees now."""
        controls = tuple(controls)
        self._account.clients._failures.clear()  # nothing remembers the last fault
        caller = Caller(self._account.clients, self._account.enabled)
        account = dataclasses.replace(self._account, caller=caller)
        Clock().rule(account)
        collected = collect(account, kinds_of(controls), wanted_facts(controls))
        return Seen(collected, tuple(judge(controls, collected.inventory)))


@pytest.fixture(scope="module")
def hospital() -> Iterator[Hospital[Line]]:
    pages()
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", HOME)
        yield Hospital(Line())


# --- the sound account ---


def test_nothing_is_missing_where_nothing_breaks_down(hospital: Hospital[Line]) -> None:
    whole = hospital.whole
    assert whole.collected.gaps == ()
    assert whole.exit_code == CLEAN
    assert {kind.kind for kind in kinds_of(all_controls().values()) if kind.aws} == {
        resource.kind for resource in whole.collected.inventory
    }
    assert set(whole.verdicts.values()) >= {Status.PASS, Status.FAIL}


def test_every_operation_of_the_tables_is_asked(hospital: Hospital[Line]) -> None:
    assert {operation for operation, _ in hospital.asked} >= set(readers())


CALLS = {
    "cloudtrail.describe_trails": 3,
    "cloudtrail.get_event_selectors": 2,
    "cloudtrail.get_trail_status": 2,
    "dax.describe_clusters": 2,
    "dynamodb.describe_continuous_backups": 2,
    "dynamodb.describe_table": 2,
    "dynamodb.get_resource_policy": 2,
    "dynamodb.list_tables": 2,
    "ec2.describe_flow_logs": 2,
    "ec2.describe_instance_attribute": 4,
    "ec2.describe_instances": 2,
    "ec2.describe_launch_template_versions": 1,
    "ec2.describe_launch_templates": 2,
    "ec2.describe_managed_prefix_lists": 2,
    "ec2.describe_network_acls": 2,
    "ec2.describe_security_groups": 2,
    "ec2.describe_snapshot_attribute": 5,
    "ec2.describe_snapshots": 4,
    "ec2.describe_subnets": 2,
    "ec2.describe_volumes": 2,
    "ec2.describe_vpcs": 2,
    "ec2.get_ebs_encryption_by_default": 2,
    "ec2.get_instance_metadata_defaults": 2,
    "ec2.get_managed_prefix_list_entries": 1,
    "ec2.get_snapshot_block_public_access_state": 2,
    "efs.describe_access_points": 2,
    "efs.describe_backup_policy": 3,
    "efs.describe_file_system_policy": 3,
    "efs.describe_file_systems": 2,
    "elbv2.describe_listeners": 1,
    "elbv2.describe_load_balancer_attributes": 1,
    "elbv2.describe_load_balancers": 2,
    "elbv2.describe_rules": 1,
    "healthlake.list_fhir_datastores": 2,
    "iam.generate_credential_report": 2,
    "iam.get_account_authorization_details": 1,
    "iam.get_account_password_policy": 1,
    "iam.get_account_summary": 1,
    "iam.get_credential_report": 1,
    "iam.list_open_id_connect_providers": 1,
    "iam.list_roles": 1,
    "iam.list_virtual_mfa_devices": 1,
    "kms.describe_key": 5,
    "kms.get_key_policy": 5,
    "kms.get_key_rotation_status": 5,
    "kms.list_aliases": 2,
    "kms.list_keys": 2,
    "lambda.get_policy": 2,
    "lambda.list_function_url_configs": 2,
    "lambda.list_functions": 2,
    "logs.describe_log_groups": 2,
    "logs.describe_resource_policies": 2,
    "medical-imaging.get_datastore": 2,
    "medical-imaging.list_datastores": 2,
    "omics.get_sequence_store": 2,
    "omics.list_annotation_stores": 2,
    "omics.list_reference_stores": 2,
    "omics.list_sequence_stores": 2,
    "omics.list_variant_stores": 2,
    "rds.describe_db_cluster_parameter_groups": 2,
    "rds.describe_db_cluster_parameters": 1,
    "rds.describe_db_cluster_snapshot_attributes": 1,
    "rds.describe_db_cluster_snapshots": 2,
    "rds.describe_db_clusters": 2,
    "rds.describe_db_instances": 2,
    "rds.describe_db_parameter_groups": 2,
    "rds.describe_db_parameters": 3,
    "rds.describe_db_proxies": 2,
    "rds.describe_db_snapshot_attributes": 1,
    "rds.describe_db_snapshots": 2,
    "s3.get_bucket_acl": 4,
    "s3.get_bucket_encryption": 4,
    "s3.get_bucket_location": 4,
    "s3.get_bucket_logging": 4,
    "s3.get_bucket_ownership_controls": 4,
    "s3.get_bucket_policy": 4,
    "s3.get_bucket_replication": 4,
    "s3.get_bucket_versioning": 4,
    "s3.get_object_lock_configuration": 4,
    "s3.get_public_access_block": 4,
    "s3.list_buckets": 1,
    "s3control.get_public_access_block": 1,
    "secretsmanager.get_resource_policy": 1,
    "secretsmanager.list_secrets": 2,
    "sns.get_topic_attributes": 2,
    "sns.list_subscriptions": 2,
    "sns.list_topics": 2,
    "sqs.get_queue_attributes": 2,
    "sqs.list_queues": 2,
    "wafv2.get_web_acl_for_resource": 1,
}
"""Requests for everything, of two regions: where there are several of a kind, what is asked per resource shows."""


def test_each_call_is_made_as_often_as_it_must_be(hospital: Hospital[Line]) -> None:
    assert dict(hospital.whole.collected.calls) == CALLS


# --- the broken account ---


def cases() -> Iterator[Any]:
    for operation in readers():
        for name, breakdown in BREAKDOWNS.items():
            if name == "denied" and operation in (*SIBLINGS, "iam.generate_credential_report"):
                continue  # then others answer, see test_siblings.py
            if not breakdown.second_page or pages()[operation] is not None:
                yield pytest.param(operation, name, id=f"{operation} {name}")


@pytest.mark.parametrize(("operation", "how"), cases())
def test_no_verdict_becomes_better(hospital: Hospital[Line], operation: str, how: str) -> None:
    breakdown = BREAKDOWNS[how]
    fault = Fault(operation, breakdown, hospital.region_of(operation) if breakdown.one_region else None)
    controls = readers()[operation]
    sound, broken = hospital.sound(controls), with_fault(hospital, fault, controls)
    assert hospital.line.refused
    assert_verdicts_no_better(sound, broken)
    assert_facts_same_or_unknown(sound, broken)
    assert_accounted(broken.collected)
    for asked, region in hospital.line.refused:
        assert any(tells(gap, fault, asked, region) for gap in broken.collected.gaps), (asked, broken.collected.gaps)
    assert broken.exit_code == INCOMPLETE
    assert broken.collected.denied == ((action_of(operation),) if how == "denied" else ())


def with_fault(hospital: Hospital[Line], fault: Fault, controls: list[Control]) -> Seen:
    """What a scan sees with a fault, which is noted in `line.refused`."""
    hospital.line.fault = fault
    hospital.line.refused.clear()
    try:
        return hospital.read(controls)
    finally:
        hospital.line.fault = None


def assert_verdicts_no_better(sound: Seen, broken: Seen) -> None:
    """Each verdict is as before or unknown; a resource that is missing is told by an unknown one for its control."""
    assert [finding.error for finding in broken.findings if finding.error] == []
    unlisted = {each.control_id for each in broken.findings if each.status is Status.UNKNOWN and not each.resource.name}
    for verdict, before in sound.verdicts.items():
        if verdict in broken.verdicts:
            assert broken.verdicts[verdict] in (before, Status.UNKNOWN), verdict
        else:
            assert verdict[0] in unlisted, verdict
    added = {status for verdict, status in broken.verdicts.items() if verdict not in sound.verdicts}
    assert added <= {Status.UNKNOWN}


def assert_facts_same_or_unknown(sound: Seen, broken: Seen) -> None:
    """Each fact is as before or unknown, never absent or another; something is not known."""
    lost = {identity[0] for identity in sound.resources if identity not in broken.resources}
    assert lost <= set(broken.collected.inventory.unlisted)
    assert set(broken.resources) <= set(sound.resources)
    unknown = bool(broken.collected.inventory.unlisted)
    for identity, resource in broken.resources.items():
        for plan in broken.collected.plan.all:
            for fact in plan.facts if plan.kind is type(resource) else ():
                now, before = (plain(each.peek(fact)) for each in (resource, sound.resources[identity]))
                if first_unknown(now) is None:
                    assert now == before, (identity, fact.name)
                else:
                    unknown = unknown or first_unknown(before) is None
    assert unknown


def plain(value: Any) -> Any:
    """A value in a form that can be compared and searched for what is not known."""
    if isinstance(value, Unknown | Incomplete):
        return value
    if isinstance(value, Record):
        return {name: plain(value.peek(name)) for name in type(value).__slots__}
    if isinstance(value, PolicyDocument):
        return plain(value.statements)
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def assert_accounted(collected: Collected) -> None:
    facts = {plan.kind: len(plan.facts) for plan in collected.plan.all if plan.kept}
    count = collected.facts
    assert count.planned == sum(facts[type(resource)] for resource in collected.inventory)
    assert count.planned == count.known + count.absent + count.unknown
    assert collected.faults == 0


def tells(gap: Gap, fault: Fault, operation: str, region: str) -> bool:
    """Whether a row of the coverage tells of a refused operation: what, where and why."""
    subjects = {operation, "credentials", f"{operation.partition('.')[0]} in {region}"}
    subjects |= {asked for asked in readers() if operation in operation_quirks.also_called(asked)}
    where = fault.breakdown.from_then_on or gap.region == region
    return gap.incomplete and gap.subject in subjects and where and fault.breakdown.says in gap.reason
