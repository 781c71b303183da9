"""Values as seen from the resource that has them: which references are to resources of other accounts.

A configuration with several providers makes resources in several accounts, or in several regions of one. The provider
of a resource says which account it is in (`facts.places`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.origin import account_in
from hipaa_guard.facts.partial_maps import PartialMap
from hipaa_guard.facts.places import Place, in_one_account
from hipaa_guard.facts.policies.binding_conditions import OF_MEMBERS
from hipaa_guard.facts.values import ANY_ACCOUNT, PartialJson, PartialText, Reference, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.addresses import without_keys
from hipaa_guard.terraform.binding.reference_chains import type_at
from hipaa_guard.terraform.blocks import Configuration, ResourceInstance
from hipaa_guard.terraform.hcl.access import DataSourceValue

_OF_AWS = ("aws_", "awscc_")
_DEFAULT = ("aws", ":aws")
"""Keys of the default provider of the root module, in plans and in source."""
_CALLER = "aws_caller_identity"


@dataclass(frozen=True, slots=True)
class _Home:
    """The place of a resource, with its account as the configuration, the user or its ARN says it."""

    place: Place
    of_environment: str | None
    """The account that the environment gives credentials for; None where that is not known."""

    def is_alike_by_nothing(self, place: Place) -> bool:
        """Whether a place is in the same account only as no provider says anything of its account.

        Who looks up the caller of another provider expects another account, unless something says that it is not.
        """
        return place.provider != self.place.provider and place.account is None and not place.credentials

    def other_account(self, place: Place) -> str | None:
        """The account of a place, if it is not this one: its id, or `ANY_ACCOUNT` if not known; None if it is this."""
        if place.account is None and place.credentials == ():
            place = replace(place, account=self.of_environment)
        together = in_one_account(self.place, place)
        if together is None:
            return ANY_ACCOUNT
        return None if together else place.account


class OtherAccounts:
    """The accounts of the instances of one configuration, by their addresses."""

    def __init__(
        self,
        configuration: Configuration,
        by_address: Mapping[str, ResourceInstance],
        by_block: Mapping[str, Sequence[ResourceInstance]],
    ) -> None:
        self._configuration = configuration
        self._by_address = by_address
        self._by_block = by_block
        self._applied_to: list[Place] | None = None

    def account_of(self, place: Place | None) -> str | None:
        """The account of a place: as its provider says it, else that which the user names; None if not known.

        The user names the account of the default provider. Without resources of that one, it is the account of all
        providers that do not name theirs, if these are certainly alike.
        """
        named = self._configuration.account
        if place is None:  # parts of one resource that several providers make
            return None if self._configuration.several_providers else named
        if not self._configuration.several_providers:
            return place.account or named
        if place.account is not None or named is None:
            return place.account
        if self._applied_to is None:
            of_aws = [each.place for each in self._by_address.values() if each.type.startswith(_OF_AWS)]
            places = {each.provider: each for each in of_aws if each is not None}
            silent = [each for each in places.values() if each.account is None]
            self._applied_to = [each for each in silent if each.provider in _DEFAULT] or silent
        return named if all(in_one_account(place, each) for each in self._applied_to) else None

    def seen_from(self, main: ResourceInstance, value: Value) -> Value:
        """A value of `main` in which each reference to something of another account has that account.

        It is the same object where it has no such reference.
        """
        place = main.place if isinstance(value, Unknown | list | dict) else None  # no other value holds a reference
        if place is None:
            return value
        arn = main.get("arn")
        own = self.account_of(place) or (account_in(arn) if isinstance(arn, str) else None)
        # The user names one account. Where the provider names its own, that is the account of the environment.
        of_environment = self._configuration.account if place.account is not None else None
        return self._marked(value, _Home(replace(place, account=own), of_environment))

    def _marked(self, value: Value, home: _Home) -> Value:
        if isinstance(value, Reference):
            return self._reference(value, home)
        if isinstance(value, DataSourceValue):
            return self._looked_up(value, home)

        def inner(part: Value) -> Value:
            return self._marked(part, home)

        return _mapped(value, inner)

    def _reference(self, value: Reference, home: _Home) -> Reference:
        place = self._place_of(value.address)
        if place is None:
            return value
        account = home.other_account(place)
        if account is None:
            return value
        other = copy(value)
        other.account = account
        return other

    def _place_of(self, address: str) -> Place | None:
        """The place of a declared resource of AWS; None for anything else, and for an account that is made."""
        if not type_at(address).startswith(_OF_AWS) or OF_MEMBERS.search(f"{address}."):
            return None
        alike = self._by_block.get(without_keys(address), ())  # one block has one provider
        found = self._by_address.get(address) or next(iter(alike), None)
        return None if found is None else found.place

    def _looked_up(self, value: DataSourceValue, home: _Home) -> DataSourceValue:
        place = None if value.home is None else value.home()
        if place is None:
            return value
        account = home.other_account(place)
        if account is None and (value.own or (type_at(value.address) == _CALLER and home.is_alike_by_nothing(place))):
            return value
        found = copy(value)
        found.own = account is None
        found.account = account
        return found


def _mapped(value: Value, change: Callable[[Value], Value]) -> Value:
    """A value whose parts are changed; the same object where no part is."""
    if isinstance(value, PartialText):
        parts = _all(value.parts, change)
        return value if parts is None else PartialText(parts)
    if isinstance(value, PartialJson):
        document = change(value.document)
        return value if document is value.document else PartialJson(document, value)
    if isinstance(value, PartialMap):
        values = _all([each for _, each in value.entries], change)
        keys = [key for key, _ in value.entries]
        return value if values is None else PartialMap(zip(keys, values, strict=True), value)
    if isinstance(value, Incomplete):
        seen = _all(value.seen, change)
        return value if seen is None else Incomplete(seen, value.unknown, value.candidates)
    if isinstance(value, list):
        items = _all(value, change)
        if items is None:
            return value
        changed = copy(value)
        changed[:] = items
        return changed
    if isinstance(value, dict):
        values = _all(list(value.values()), change)
        if values is None:
            return value
        written = copy(value)
        written.update(zip(value, values, strict=True))
        return written
    return value


def _all(values: Sequence[Value], change: Callable[[Value], Value]) -> list[Value] | None:
    """The values with all changes; None where there are none."""
    found = [change(value) for value in values]
    return None if all(one is other for one, other in zip(found, values, strict=True)) else found
