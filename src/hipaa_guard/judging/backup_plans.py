"""Resources that a plan of AWS Backup backs up."""

from hipaa_guard.authoring import Inventory, every, some
from hipaa_guard.facts.lists import all_hold
from hipaa_guard.facts.policies.texts import covers, matches
from hipaa_guard.facts.values import Undecided, Unknown
from hipaa_guard.services import backup, efs


def backed_up_by_plan(system: efs.FileSystem, inventory: Inventory) -> bool:
    """Whether a plan backs up a file system: source declares that it selects it, or it has done so in an account.

    Raises:
        Undecided: none certainly does, and one may.

    """
    if some(lambda job: job.resource == system.origin.arn, inventory.all(backup.PlannedJob)):
        return True
    return some(lambda selection: _selects(selection, system), inventory.where(backup.Selection, system))


def _selects(selection: backup.Selection, system: efs.FileSystem) -> bool:
    """Whether a selection has a file system (AWS Backup API reference, BackupSelection, read 2026-11-30).

    One of the ARNs suffices, and so does one of the tags; all conditions must hold. Without ARNs and tags, a selection
    is of all resources.
    """
    return all_hold(
        lambda: _is_chosen(selection, system),
        lambda: not _is_among(selection.excluded, system),
        lambda: every(lambda test: _holds(test, system), selection.conditions),
    )


def _is_chosen(selection: backup.Selection, system: efs.FileSystem) -> bool:
    if not selection.tags:
        return not selection.resources or _is_among(selection.resources, system)
    tagged = some(lambda test: _holds(test, system), selection.tags)
    if not selection.resources or tagged == _is_among(selection.resources, system):
        return tagged
    raise Undecided(Unknown("AWS does not say whether both the ARNs and the tags of a backup selection must match"))


def _is_among(patterns: list[str], system: efs.FileSystem) -> bool:
    return some(lambda pattern: some(lambda name: covers(pattern, name), system.names()), patterns)


def _holds(test: backup.TagTest, system: efs.FileSystem) -> bool:
    def has_value(tag: efs.Tag) -> bool:
        if tag.key != test.key:
            return False
        return matches(test.value, tag.value) if test.operator.endswith("_like") else tag.value == test.value

    if some(has_value, system.tags):
        return "_not_" not in test.operator
    if "_not_" in test.operator and not some(lambda tag: tag.key == test.key, system.tags):
        raise Undecided(Unknown("AWS does not say whether a resource without the tag meets a condition that denies it"))
    return "_not_" in test.operator
