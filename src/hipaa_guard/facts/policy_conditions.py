"""A condition of a statement of a policy, as it is written."""

from __future__ import annotations

from dataclasses import dataclass

from hipaa_guard.facts.values import Value

NOT_KNOWN = "?"
"""Stands in a key for a part that is not known: ``?:sub`` of some issuer of tokens, ``aws:resourcetag/?``."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: all conditions of a statement must hold, one of the values suffices."""

    operator: str
    """As written, without ``ForAllValues:``/``ForAnyValue:`` and ``IfExists`` (``StringEquals``)."""
    key: str
    """In lower case: condition keys are not case-sensitive."""
    values: list[Value]
    if_exists: bool = False
    qualifier: str = ""

    def is_(self, operator: str, key: str, value: str) -> bool:
        """Whether this is the condition with the one given value (booleans as ``"true"``)."""
        return (
            self.operator.lower() == operator.lower()
            and self.key == key.lower()
            and [str(v).lower() for v in self.values] == [value.lower()]
        )
