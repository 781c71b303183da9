"""The policies that users, roles and groups hold, and the grants that are found in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from hipaa_guard.controls.control import Severity
from hipaa_guard.facts.lists import Incomplete, gathered, joined, mapped
from hipaa_guard.facts.policies.document import PolicyDocument, Statement
from hipaa_guard.facts.values import Undecided, Unknown
from hipaa_guard.services import iam, iam_grants

T = TypeVar("T")
Holder = iam.Policy | iam.User | iam.Role | iam.Group
Document = PolicyDocument | Unknown

_NAMED = 5
"""How many policies a message names."""


class Grant(NamedTuple):
    """A grant that was found."""

    words: str
    by: str = ""
    """The policy of AWS that it comes from, if it is one."""
    is_bound: bool = False
    """Whether it holds under conditions only."""
    severity: Severity | None = None
    """How grave it is, where not as its control."""


Find = Callable[[Statement, PolicyDocument], list[Grant]]
"""Tells the grants of a statement, with the policy that it stands in."""
FindTogether = Callable[[list[Document]], list[Grant]]
"""Tells what policies grant by several statements."""


class Held(NamedTuple):
    """A policy that somebody holds, and its name if it is one of AWS."""

    document: Document
    by: str = ""


def held_by(holder: Holder) -> list[Held]:
    """A managed policy, or all inline policies of a holder and its policies of AWS that are wide."""
    if isinstance(holder, iam.Policy):
        return [Held(holder.document)]
    inline = mapped(lambda policy: Held(policy.peek("document")), _seen(lambda: holder.inline_policies))
    return joined(inline, mapped(_of_aws, _seen(lambda: holder.attached_policies)))


def _seen(read: Callable[[], list[T]]) -> list[T]:
    """A list, or one of which nothing is seen where the fact is not known."""
    try:
        return read()
    except Undecided as error:
        return Incomplete([], error.unknown)


def _of_aws(arn: str | Unknown) -> Held:
    try:
        name = iam.managed_by_aws.name_of(arn)
    except Undecided as error:
        return Held(error.unknown)
    granted = None if name is None else iam.managed_by_aws.grants_of(name)
    return Held(PolicyDocument([])) if name is None or granted is None else Held(granted, name.rpartition("/")[2])


def grants(find: Find, find_together: FindTogether, holder: Holder) -> list[Grant]:
    """The grants in the policies of a holder: those of single statements, and those of several together.

    Raises:
        Undecided: none is found, and something that may hold one is not known.

    """

    def of(held: Held) -> list[Grant]:
        document = held.document
        if isinstance(document, Unknown):
            raise Undecided(document)
        return gathered(
            lambda statement: [each._replace(by=held.by) for each in find(statement, document)], document.allowances()
        )

    policies = held_by(holder)
    looks: tuple[Callable[[], list[Grant]], ...] = (
        lambda: gathered(of, policies),
        lambda: find_together(mapped(lambda held: held.document, policies)),
    )
    return gathered(lambda look: look(), looks)


def has_conditions(statement: Statement) -> bool:
    """Whether a statement has conditions, or may have some: its grant is certain in any case."""
    try:
        return bool(statement.conditions)
    except Undecided:
        return True


def free_services(policies: list[Document]) -> list[str]:
    """The services that policies certainly allow together without conditions."""
    try:
        return iam_grants.whole_services_together(policies, freely=True)
    except Undecided:
        return []


def given_by(found: list[Grant]) -> str:
    """In words, the policies of AWS that grants come from."""
    names = list({each.by: None for each in found if each.by})
    some_only = "some of it " if any(not each.by for each in found) else ""
    return f", {some_only}by {', '.join(names[:_NAMED])} of AWS" if names else ""
