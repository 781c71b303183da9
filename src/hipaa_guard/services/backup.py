"""AWS Backup: the resources that its plans select, and the backups that they have made."""

from __future__ import annotations

from hipaa_guard.facts.lists import Incomplete, joined, mapped
from hipaa_guard.facts.policies.document import symbolic
from hipaa_guard.facts.readings import Block, Listing, TerraformReading, View, listed
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Unknown, Value

_AWSCC = "awscc_backup_backup_selection"
_CONDITIONS = ("string_equals", "string_like", "string_not_equals", "string_not_like")


class TagTest(Record):
    """A condition on a tag of a resource."""

    __slots__ = ("key", "operator", "value")

    operator: str
    """``string_equals``, ``string_like``, ``string_not_equals`` or ``string_not_like``."""
    key: str
    """The key of the tag, without the ``aws:ResourceTag/`` before it."""
    value: str


def _tests(view: View, path: str, operator: str) -> list[TagTest]:
    names = ("condition_key", "condition_value") if view.type == _AWSCC else ("key", "value")

    def test(block: Value) -> TagTest:
        if isinstance(block, Unknown):
            return TagTest(operator=operator, key=block, value=block)
        key, value = (block.get(name) for name in names)
        return TagTest(
            operator=operator, key=key.removeprefix("aws:ResourceTag/") if isinstance(key, str) else key, value=value
        )

    return mapped(test, _elements(view, path))


def _elements(view: View, path: str) -> list[Value]:
    found = view.get(path)
    if isinstance(found, Unknown):
        return Incomplete([], found)
    return [] if found is None else found


def _conditions(path: str) -> TerraformReading:
    return lambda view: joined(*(_tests(view, f"{path}.{operator}", operator) for operator in _CONDITIONS))


def _tags(path: str) -> TerraformReading:
    return lambda view: _tests(view, path, "string_equals")


def _texts(path: str) -> TerraformReading:
    return lambda view: mapped(symbolic, _elements(view, path))


_TOLD_BY_JOBS = "a live account tells the backups that plans have made (`PlannedJob`)"


class Selection(Resource):
    """The resources that a plan backs up."""

    terraform = Block("aws_backup_selection", _AWSCC)
    tells_of_others = True
    terraform_only = _TOLD_BY_JOBS

    resources: list[str] = fact(
        terraform=_texts("resources"),
        awscc=_texts("backup_selection.resources"),
        unset=(),
        terraform_only=_TOLD_BY_JOBS,
    )
    """ARNs, patterns of ARNs, or ``*``; references as symbols."""

    excluded: list[str] = fact(
        terraform=_texts("not_resources"),
        awscc=_texts("backup_selection.not_resources"),
        unset=(),
        terraform_only=_TOLD_BY_JOBS,
    )

    tags: list[TagTest] = fact(
        terraform=_tags("selection_tag"),
        awscc=_tags("backup_selection.list_of_tags"),
        unset=(),
        terraform_only=_TOLD_BY_JOBS,
    )
    """Tests of which one suffices."""

    conditions: list[TagTest] = fact(
        terraform=_conditions("condition"),
        awscc=_conditions("backup_selection.conditions"),
        unset=(),
        terraform_only=_TOLD_BY_JOBS,
    )
    """Tests that must all hold."""


class PlannedJob(Resource):
    """A backup that a plan made in the last 30 days, other than the plan of EFS itself."""

    live_only = "a configuration declares what plans select (`Selection`)"
    aws = Listing(
        "backup.list_backup_jobs",
        "BackupJobs[?CreatedBy.BackupPlanId && BackupVaultName!='aws/efs/automatic-backup-vault']",
        arn="arn:{partition}:backup:{region}:{account}:backup-job:{BackupJobId}",
        name="BackupJobId",
        ByState="COMPLETED",
    )

    resource: str = fact(aws=listed("ResourceArn", always=True), live_only=live_only)
    """The ARN of the resource that was backed up."""
