"""Values of joining arguments that name no declared resource: another configuration declares what they name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hipaa_guard.facts.secrets import SecretText
from hipaa_guard.facts.values import PartialText, Reference, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.binding.data_source_targets import DataSourceTarget, as_target, target_of
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
    """The value that it leads to through other resources; the value itself where it leads to none or to several."""
    position: int
    """Its place among the values of the argument in all instances of the type."""


class Owners:
    """The declared resources of a kind, under every name that a joining argument may use for them."""

    def __init__(
        self,
        mains: Sequence[ResourceInstance],
        names: NameIndex,
        declared: DeclaredInstances,
        reference_chain: ReferenceChain,
    ) -> None:
        self._names = names
        self._declared = declared
        self._reference_chain = reference_chain
        self._has_declared = bool(mains)
        self._targets: set[DataSourceTarget | None] = {as_target(main, names.of(main)) for main in mains}

    def external_values(self, values: Sequence[JoinValue]) -> Iterator[ExternalValue]:
        """The values that certainly name none of the declared resources."""
        for position, each in enumerate(values):
            if not is_left_out(each.value) and not self._may_be_named(each):
                yield ExternalValue(each.instance, each.value, _named(each.value, each.ends), position)

    def _may_be_named(self, joining: JoinValue) -> bool:
        return (
            any(self._names.owners(token) for token in joining.same_expression)
            or self._shares_unknown_name(joining.value, joining.instance)
            or any(self._may_be_at(end, joining.instance) for end in joining.ends)
        )

    def _may_be_at(self, end: End, instance: ResourceInstance) -> bool:
        """Whether an end of a value may name one of the declared resources."""
        value, names = end.value, self._names
        if isinstance(value, str):
            return names.may_be(value) or any(names.may_name(form, instance, value) for form in forms(value))
        if self._shares_unknown_name(value, instance):
            return True
        if end.from_outside:
            return isinstance(value, Unknown) and names.may_share(value)
        if isinstance(value, Reference):
            return self._is_declared(value)
        if isinstance(value, PartialText):
            found = pattern(value)
            return any(map(self._is_declared, embedded(value))) or (not found.after_apply and names.may_agree(found))
        if isinstance(value, DataSourceValue):
            return target_of(value) in self._targets - {None}
        return self._has_declared

    def _shares_unknown_name(self, value: Value, instance: ResourceInstance) -> bool:
        """Whether a declared resource has the same unknown value as its name, in the region of the instance."""
        found = tokens(value) if isinstance(value, Unknown) else []
        return any(self._names.may_name(token, instance, "") for token in found)

    def _is_declared(self, reference: Reference) -> bool:
        meant = self._reference_chain.is_main(reference) or self._declared.leads_inside(reference)
        return meant and bool(self._declared.candidates(reference.address))


def is_left_out(value: Value) -> bool:
    """Whether an argument is not set. To the provider, an empty text does not set it either."""
    return value is None or (isinstance(value, str) and not value)


def _named(value: Value, ends: list[End]) -> Value:
    """The one value that a value certainly leads to; the value itself where there is no one such, or it is secret."""
    if isinstance(value, SecretText):
        return value
    certain = [end.value for end in ends if end.certain]
    return certain[0] if len(certain) == 1 else value
