"""Resources that a plan of AWS Backup backs up."""

from hipaa_guard.authoring import LOW, Inventory, Resource, Verdict, every, failed, some
from hipaa_guard.facts.lists import all_hold
from hipaa_guard.facts.policies.document import HERE, matches, symbol
from hipaa_guard.facts.policies.texts import covers
from hipaa_guard.facts.tags import Tag
from hipaa_guard.facts.values import Undecided, Unknown
from hipaa_guard.services import backup, dynamodb, efs, rds

Backed = efs.FileSystem | rds.Instance | rds.Cluster | dynamodb.Table


def backed_up_by_plan(resource: Backed, inventory: Inventory) -> bool:
    """Whether a plan backs up a resource: source declares that it selects it, or it has done so in an account.

    Raises:
        Undecided: none certainly does, and one may.

    """
    if some(lambda job: job.resource == resource.origin.arn, inventory.all(backup.PlannedJob)):
        return True
    return some(lambda selection: _selects(selection, resource), inventory.where(backup.Selection, resource))


def by_plan_only(resource: Backed, inventory: Inventory, gap: str) -> Verdict | None:
    """The low gap of a resource that keeps too few backups of its own, and that a plan certainly backs up.

    None where no plan certainly does. `gap` says what it lacks, as a predicate.
    """
    try:
        planned = backed_up_by_plan(resource, inventory)
    except Undecided:
        return None  # the gap is certain in any case
    return failed(f"{gap}, but is backed up by a plan of AWS Backup", severity=LOW) if planned else None


def _selects(selection: backup.Selection, resource: Backed) -> bool:
    """Whether a selection has a resource (AWS Backup API reference, BackupSelection, read 2026-11-30).

    One of the ARNs suffices, and so does one of the tags; all conditions must hold. Without ARNs and tags, a selection
    is of all resources.
    """
    return all_hold(
        lambda: _is_chosen(selection, resource),
        lambda: not _is_among(selection.excluded, resource),
        lambda: every(lambda test: _holds(test, resource), selection.conditions),
    )


def _is_chosen(selection: backup.Selection, resource: Backed) -> bool:
    if not selection.tags:
        return not selection.resources or _is_among(selection.resources, resource)
    tagged = some(lambda test: _holds(test, resource), selection.tags)
    if not selection.resources or tagged == _is_among(selection.resources, resource):
        return tagged
    raise Undecided(Unknown("AWS does not say whether both the ARNs and the tags of a backup selection must match"))


def _is_among(patterns: list[str], resource: Backed) -> bool:
    return some(lambda pattern: some(lambda name: covers(pattern, name), _names(resource)), patterns)


_IN_ARNS: tuple[tuple[type[Resource], str], ...] = (
    (rds.Instance, "rds:REGION:ACCOUNT:db:"),
    (rds.Cluster, "rds:REGION:ACCOUNT:cluster:"),
    (dynamodb.Table, "dynamodb:REGION:ACCOUNT:table/"),
)


def _names(resource: Backed) -> tuple[str, ...]:
    """The texts for a resource in selections: its ARN, as text and as reference."""
    origin = resource.origin
    if isinstance(resource, efs.FileSystem):
        return resource.names()
    if origin.arn is not None:
        return (origin.arn,)
    of_kind = next(text for kind, text in _IN_ARNS if isinstance(resource, kind))
    of_kind = of_kind.replace("REGION", HERE).replace("ACCOUNT", HERE)
    names = (origin.known_name, *(symbol(origin.address, each) for each in ("id", "identifier", "name")))
    attributes = ("arn", "db_instance_arn", "db_cluster_arn")
    arns = tuple(symbol(origin.address, each) for each in attributes)
    return (*arns, *(f"arn:{HERE}:{of_kind}{each}" for each in names if each))


def _holds(test: backup.TagTest, resource: Backed) -> bool:
    def has_value(tag: Tag) -> bool:
        if tag.key != test.key:
            return False
        return matches(test.value, tag.value) if test.operator.endswith("_like") else tag.value == test.value

    if some(has_value, resource.tags):
        return "_not_" not in test.operator
    if "_not_" in test.operator and not some(lambda tag: tag.key == test.key, resource.tags):
        raise Undecided(Unknown("AWS does not say whether a resource without the tag meets a condition that denies it"))
    return "_not_" in test.operator
