"""Statements of policies, with their principals. Unknown parts are kept.

Grammar, the meaning of wildcards and of ``Not...`` elements: IAM user guide, "IAM JSON policy element reference".
Only ``*`` (any text) and ``?`` (one character) are wildcards there; brackets are literal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hipaa_guard.facts.lists import Incomplete, all_hold, collected, every, some
from hipaa_guard.facts.policies.binding_conditions import (
    SERVICE_NAMES,
    binds_caller,
    binds_service,
    lacks_source,
    named_accounts,
    names_only_places,
    names_services,
)
from hipaa_guard.facts.policies.conditions import Condition
from hipaa_guard.facts.policies.principals import AWS, Principal
from hipaa_guard.facts.policies.texts import Text, covers
from hipaa_guard.facts.values import Undecided, Unknown, Value
from hipaa_guard.lean import dataclass

DELIVERING = frozenset({"s3:putobject", "s3:getbucketacl", "s3:getbucketlocation"})
"""Actions with which logs are delivered to a bucket: nothing of it can be read with them."""

EVERY_SERVICE = "every service of AWS"
"""Stands for the services that a condition lets in by what they are, without a name."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. Lists may be `Incomplete`, texts in them unknown: use the three-valued methods below."""

    effect: str
    sid: str | None
    principals: list[Principal]
    not_principals: list[Principal]
    actions: list[Text]
    """In lower case: actions are not case-sensitive."""
    not_actions: list[Text]
    resources: list[Text]
    not_resources: list[Text]
    conditions: list[Condition]

    def is_about_anyone(self) -> bool:
        """Whether the statement is about all principals."""
        return some(lambda principal: principal.is_anyone, self.principals)

    def covers_action(self, action: str) -> bool:
        """Whether the statement is about an action such as ``s3:GetObject`` (or a pattern such as ``s3:*``)."""
        wanted = action.lower()
        if self.not_actions:
            return not some(lambda pattern: covers(pattern, wanted), self.not_actions)
        return some(lambda pattern: covers(pattern, wanted), self.actions)

    def covers_resource(self, *names: str) -> bool:
        """Whether the statement is about a resource with any of these names; equal or wider patterns cover a name."""

        def covered(pattern: Text) -> bool:
            return some(lambda name: covers(pattern, name), names)

        if self.not_resources:
            return not some(covered, self.not_resources)
        return some(covered, self.resources)

    def binds_caller(self) -> bool:
        """Whether a condition limits callers to named accounts, organisations, networks or resources."""
        return some(binds_caller, self.conditions)

    def is_for_services(self) -> bool:
        """Whether the statement is about AWS services alone, by its principals or by a condition."""
        return some(names_services, self.conditions) or (
            not self.not_principals and every(lambda principal: principal.type == "Service", self.principals)
        )

    def services(self) -> list[Text]:
        """The AWS services that the statement names as principals or, where it is about anyone, in its conditions."""
        principals = self.principals.seen if isinstance(self.principals, Incomplete) else self.principals
        named = [each.value for each in principals if each.type == "Service"]
        if named or not self.is_about_all() or not some(names_services, self.conditions):
            return named
        conditions = self.conditions.seen if isinstance(self.conditions, Incomplete) else self.conditions
        keys = [each for each in conditions if each.key in SERVICE_NAMES and each.operator.lower() != "null"]
        values: list[Value] = []
        for each in filter(names_services, keys):
            values += list.__iter__(each.values)
            values += [each.values.unknown] if isinstance(each.values, Incomplete) else []
        return [value if isinstance(value, Unknown) else str(value) for value in values] or [EVERY_SERVICE]

    def unbound_services(self) -> list[str]:
        """The AWS services that an allow lets in, whoever they act for; `EVERY_SERVICE` where it names none.

        Raises:
            Undecided: a service or a condition is not known, and no known service is let in so.

        """
        if self.effect != "Allow" or not self._lets_in_services():
            return []
        if some(binds_service, self.conditions):
            return []
        if some(lacks_source, self.conditions):
            reason = (
                "whether the service names the account that it acts for is not known, and a denial spares it if not"
            )
            raise Undecided(Unknown(reason))
        found = self.services()
        known = [value for value in found if isinstance(value, str)]
        if not known:
            raise Undecided(next(value for value in found if isinstance(value, Unknown)))
        return known

    def _lets_in_services(self) -> bool:
        return self.is_about_a_service() or all_hold(self.is_about_all, lambda: some(names_services, self.conditions))

    def is_about_all(self) -> bool:
        """Whether the statement is about all principals, or all but some."""
        return bool(self.not_principals) or self.is_about_anyone()

    def is_about_a_service(self) -> bool:
        """Whether the statement is about an AWS service."""
        return some(lambda principal: principal.type == "Service", self.principals)

    def covers_only(self, actions: Iterable[str]) -> bool:
        """Whether every action of the statement is one of these, in lower case.

        Raises:
            Undecided: an action is not known.

        """
        allowed = frozenset(actions)
        return not self.not_actions and every(lambda pattern: _is_one_of(pattern, allowed), self.actions)

    def covers(self, other: Statement) -> bool:
        """Whether the statement is about all actions and resources of another one."""
        if other.not_actions or other.not_resources:
            return _is_whole(self.actions) and _is_whole(self.resources)
        return every(
            lambda action: self.covers_action(action) if isinstance(action, str) else _is_whole(self.actions),
            other.actions,
        ) and every(
            lambda name: self.covers_resource(name) if isinstance(name, str) else _is_whole(self.resources),
            other.resources,
        )

    def is_public(self) -> bool:
        """Whether the statement allows something to anyone, without a condition that binds the caller, or that only
        services of AWS meet.
        """
        if self.effect != "Allow":
            return False
        # Allow with NotPrincipal lets in everyone who is not named, signed in or not.
        return all_hold(
            self.is_about_all,
            lambda: not self.binds_caller(),
            lambda: not some(names_services, self.conditions),
        )

    def lets_in_a_place(self) -> bool:
        """Whether the statement allows something to all callers from a network, in any account."""
        return self.effect == "Allow" and all_hold(
            self.is_about_anyone,
            lambda: names_only_places(self.conditions),
            lambda: not some(names_services, self.conditions),
        )

    def accounts_of_callers(self) -> set[str] | None:
        """The only accounts whose principals meet a condition; None where no condition says so."""
        for condition in self.conditions.seen if isinstance(self.conditions, Incomplete) else self.conditions:
            values = condition.values
            if condition.key == "aws:principalaccount" and binds_caller(condition):
                return set(map(str, values)) if all(isinstance(value, str) for value in values) else None
        return None

    def foreign_accounts(self, own: str | None, owner: Callable[[], str] | None = None) -> list[str]:
        """The AWS accounts other than `own` that an allow names.

        `owner` tells the canonical user id of `own`, where source may name it; without it such ids are of others.

        Raises:
            Undecided: none certainly is another one, and a principal, `own` or its canonical user id is not known.

        """
        if self.effect != "Allow":
            return []

        def told(principal: Principal) -> list[str]:
            account = principal.account
            return [] if account is None or principal.is_owner(owner) else [account]

        accounts, doubt = collected(told, self.principals)
        if self.is_about_anyone() or self.is_about_a_service():  # then the conditions name them
            named, doubt_of_conditions = collected(named_accounts, self.conditions)
            accounts, doubt = [*accounts, *named], doubt or doubt_of_conditions
        if AWS in accounts and self.covers_only(DELIVERING):
            accounts = [account for account in accounts if account != AWS]
        bound = self.accounts_of_callers()
        if bound is not None:  # principals of all other accounts never meet the condition
            accounts = [account for account in accounts if account in bound]
        others = {account for account in accounts if not account.isdigit() or own not in (None, account)}
        if others:
            return sorted(others)
        if doubt is not None and (own is None or bound != {own}):
            raise doubt
        if accounts and own is None:
            reason = "the account that it is applied to is not known: name it with --account, or in its provider"
            raise Undecided(Unknown(reason))
        return []


def _is_one_of(pattern: Text, texts: frozenset[str]) -> bool:
    if isinstance(pattern, Unknown):
        raise Undecided(pattern)
    return pattern in texts


def _is_whole(patterns: Iterable[Text]) -> bool:
    """Whether one of the patterns covers everything."""
    return some(lambda pattern: covers(pattern, "*"), patterns)
