"""A policy as a service reads it that enforces conditions by few keys."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from hipaa_guard.facts.lists import Incomplete, certain, every, some
from hipaa_guard.facts.policies.conditions import NOT_KNOWN, Condition
from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.policies.statements import Statement
from hipaa_guard.facts.policies.texts import Text
from hipaa_guard.facts.values import Undecided, Unknown


class EnforcedKeys(NamedTuple):
    """The keys of conditions that a service enforces for some actions, whatever else a policy names."""

    actions: tuple[str, ...]
    """The actions, of clients who are no services."""
    keys: frozenset[str]
    """In lower case."""

    def left_of(self, policy: PolicyDocument) -> PolicyDocument:
        """The policy for these actions alone: allows without the conditions that bind nobody, and denials that count.

        A denial with another condition is left out, since it denies nobody for certain. A part that is not known stays
        as it is, and leaves the statements incomplete.
        """
        statements = policy.statements
        left: list[Statement] = []
        doubt = statements.unknown if isinstance(statements, Incomplete) else None
        for statement in statements.seen if isinstance(statements, Incomplete) else statements:
            try:
                left += self._left(statement)
            except Undecided as error:
                doubt = error.unknown
        return PolicyDocument(left if doubt is None else Incomplete(left, doubt))

    def _left(self, statement: Statement) -> list[Statement]:
        actions: list[Text] = [action for action in self.actions if statement.covers_action(action)]
        if not actions or _is_of_services(statement):
            return []
        if statement.effect == "Deny":
            return [statement] if every(self._is_enforced, statement.conditions) else []
        return [replace(statement, actions=actions, not_actions=[], conditions=self._binding(statement))]

    def _binding(self, statement: Statement) -> list[Condition]:
        conditions = statement.conditions
        unknown: Unknown | None = conditions.unknown if isinstance(conditions, Incomplete) else None
        kept = [each for each in list.__iter__(conditions) if self._is_enforced(each)]
        return kept if unknown is None else Incomplete(kept, unknown)

    def _is_enforced(self, condition: Condition) -> bool:
        if NOT_KNOWN in condition.key:
            raise Undecided(Unknown("a key of a condition is not known"))
        return condition.key in self.keys

    def others_in(self, policy: PolicyDocument) -> list[str]:
        """The keys, in lower case, of conditions that the service does not enforce in what the policy allows."""
        allowing = certain(lambda statement: statement.effect == "Allow", policy.statements)
        keys = {each.key for statement in allowing for each in list.__iter__(statement.conditions)}
        return sorted(key for key in keys - self.keys if NOT_KNOWN not in key)


def _is_of_services(statement: Statement) -> bool:
    """Whether a statement names services as its principals, and nobody else."""
    named = not statement.not_principals and not some(lambda each: each.is_anyone, statement.principals)
    return named and every(lambda principal: principal.type == "Service", statement.principals)
