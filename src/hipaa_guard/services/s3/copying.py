"""The rules by which S3 copies objects to other buckets, in one form for both providers and for AWS's answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.lists import Incomplete, all_hold, one_holds
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.lean import regex
from hipaa_guard.services.s3.acls import first_set

_PREFIXES = (("filter", "and", "prefix"), ("filter", "prefix"), ("prefix",))
_TAGS = tuple(
    (*place, name)
    for place in (("filter",), ("filter", "and"))
    for name in ("tag", "tags", "tag_filter", "tag_filters")
)
_KMS = ("source_selection_criteria", "sse_kms_encrypted_objects")
_WORD = regex(r"(?<=[a-z])(?=[A-Z])")


class ReplicationRule(Record):
    """A rule that copies new objects of a bucket to another."""

    __slots__ = ("copies_kms_objects", "prefix", "status", "tagged")
    allowed: ClassVar = {"status": one_of("Enabled", "Disabled")}

    status: str
    """``Enabled`` or ``Disabled``."""
    prefix: str
    """The beginning of the names of the objects that are copied; empty for all."""
    tagged: bool
    """Whether only objects with some tags are copied."""
    copies_kms_objects: bool
    """Whether objects under a KMS key are copied too. By default S3 leaves them out."""

    def copies_every_name(self) -> bool:
        """Whether the rule is in force and chooses no objects by a prefix or tags."""
        return all_hold(
            lambda: self.status == "Enabled", lambda: not one_holds(lambda: self.prefix, lambda: self.tagged)
        )

    def copies_all(self, *, under_kms: Callable[[], bool]) -> bool:
        """Whether the rule copies every new object. `under_kms` tells whether these are under a KMS key."""
        return all_hold(self.copies_every_name, lambda: self.copies_kms_objects or not under_kms())


def declared(view: View) -> Value:
    """The rules of a bucket in source; None without replication."""
    rules = first_set(
        view.get("aws_s3_bucket_replication_configuration.rule"), view.get("replication_configuration.rules")
    )
    if rules is None or isinstance(rules, Unknown):
        return rules
    seen = rules.seen if isinstance(rules, Incomplete) else rules
    unknown = rules.unknown if isinstance(rules, Incomplete) else None
    unknown = next((each for each in seen if isinstance(each, Unknown)), unknown)
    made = [_rule(each) for each in seen if not isinstance(each, Unknown)]
    return made if unknown is None else Incomplete(made, unknown)


def statuses(view: View) -> Value:
    """The status of each of those rules."""
    rules = declared(view)
    if rules is None or isinstance(rules, Unknown):
        return rules
    seen = rules.seen if isinstance(rules, Incomplete) else rules
    found = [rule.peek("status") for rule in seen]
    return Incomplete(found, rules.unknown) if isinstance(rules, Incomplete) else found


def answered(rules: list[dict[str, Value]] | None) -> Value:
    """The rules of a live bucket, in the same form."""
    return None if rules is None else [_rule(_snake(each)) for each in rules]


def _snake(value: Value) -> Value:
    """A structure of an answer with the names of Terraform: ``tag_filter`` for ``TagFilter``."""
    if isinstance(value, dict):
        return {_WORD.sub("_", name).lower(): _snake(each) for name, each in value.items()}
    return value


def _rule(block: dict[str, Value]) -> ReplicationRule:
    return ReplicationRule(
        status=block.get("status"),
        prefix=next(
            (found for path in _PREFIXES if (found := _inner(block, *path)) is not None and _is_set(found)), ""
        ),
        tagged=next((_known(found) for path in _TAGS if _is_set(found := _inner(block, *path))), False),
        copies_kms_objects=_is_on(_inner(block, *_KMS)),
    )


def _inner(value: Value, *path: str) -> Value:
    """What a path leads to in nested blocks or attributes; None where there is nothing."""
    for step in path:
        if isinstance(value, list):
            seen = value.seen if isinstance(value, Incomplete) else value
            value = seen[0] if seen else getattr(value, "unknown", None)
        if value is None or isinstance(value, Unknown):
            return value
        value = value.get(step)
    return value


def _is_set(value: Value) -> bool:
    """Whether a filter is set, or may be."""
    if isinstance(value, Unknown):
        return True
    return bool(list.__len__(value) or isinstance(value, Incomplete)) if isinstance(value, list) else bool(value)


def _known(found: Value) -> Value:
    """True for a filter that is there; one that is not known may be empty."""
    return found if isinstance(found, Unknown) else getattr(found, "unknown", True)


def _is_on(choice: Value) -> Value:
    """Whether the block of a choice turns it on: by ``status``, in older forms by ``enabled``."""
    for name in ("status", "enabled"):
        said = _inner([choice] if isinstance(choice, dict) else choice, name)
        if said is not None:
            return said if isinstance(said, Unknown) else str(said).lower() in ("enabled", "true")
    return False
