"""Which values of a joining argument name nothing that is declared: what they name is declared elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hipaa_guard.facts.secrets import SecretText
from hipaa_guard.facts.values import PartialText, Reference, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.binding.data_source_targets import DataSourceTarget, may_be_sought, sought_by
from hipaa_guard.terraform.binding.identity import NameIndex, embedded, pattern, tokens
from hipaa_guard.terraform.binding.join_values import DeclaredInstances, JoinValue
from hipaa_guard.terraform.binding.name_patterns import forms
from hipaa_guard.terraform.binding.reference_chains import End, ReferenceChain
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import DataSourceValue


@dataclass(frozen=True, slots=True)
class ExternalValue:
    """A value of a joining argument that names no declared resource of the kind."""

    instance: ResourceInstance
    written: Value
    """The value of the argument."""
    value: Value
    """The one thing that it leads to, through other resources; itself, where there is none."""
    position: int
    """Its place among the values of the argument in all instances of the type."""


class Owners:
    """The declared resources of a kind, by all that a value of a joining argument may name them by."""

    def __init__(
        self, mains: Sequence[ResourceInstance], names: NameIndex, declared: DeclaredInstances, trail: ReferenceChain
    ) -> None:
        self._names = names
        self._declared = declared
        self._trail = trail
        self._any = bool(mains)
        self._sought: set[DataSourceTarget | None] = {may_be_sought(main, names.of(main)) for main in mains}

    def loose(self, values: Sequence[JoinValue]) -> Iterator[ExternalValue]:
        """The values that name none of them, for certain and perhaps."""
        for position, told in enumerate(values):
            if not is_left_out(told.value) and not self._may_be_named(told):
                yield ExternalValue(told.instance, told.value, _named(told.value, told.ends), position)

    def _may_be_named(self, told: JoinValue) -> bool:
        return (
            any(self._names.owners(token) for token in told.alike)
            or self._are_called(told.value, told.instance)
            or any(self._may_be_at(end, told.instance) for end in told.ends)
        )

    def _may_be_at(self, end: End, instance: ResourceInstance) -> bool:
        """Whether what a value of an instance leads to may name one of them."""
        value, names = end.value, self._names
        if isinstance(value, str):
            return names.may_be(value) or any(names.may_name(form, instance, value) for form in forms(value))
        if self._are_called(value, instance):
            return True
        if end.apart:
            return isinstance(value, Unknown) and names.may_share(value)
        if isinstance(value, Reference):
            return self._is_declared(value)
        if isinstance(value, PartialText):
            found = pattern(value)
            return any(map(self._is_declared, embedded(value))) or (not found.late and names.may_agree(found))
        if isinstance(value, DataSourceValue):
            return sought_by(value) in self._sought - {None}
        return self._any

    def _are_called(self, value: Value, instance: ResourceInstance) -> bool:
        """Whether something declared is called by the same unknown value, in the region of who names it."""
        found = tokens(value) if isinstance(value, Unknown) else []
        return any(self._names.may_name(token, instance, "") for token in found)

    def _is_declared(self, reference: Reference) -> bool:
        meant = self._trail.is_main(reference) or self._declared.leads_inside(reference)
        return meant and bool(self._declared.candidates(reference.address))


def is_left_out(value: Value) -> bool:
    """Whether an argument is not set, which it is not to the provider by an empty text either."""
    return value is None or (isinstance(value, str) and not value)


def _named(value: Value, ends: list[End]) -> Value:
    """The one thing that a value certainly leads to; itself, where there is none, and where it may not be shown."""
    if isinstance(value, SecretText):
        return value
    sure = [end.value for end in ends if end.sure]
    return sure[0] if len(sure) == 1 else value
