"""A condition of a statement of a policy, as it is written."""

from __future__ import annotations

from dataclasses import replace

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.lean import dataclass

_OF_CALLER = {
    "aws:resourceaccount": ("aws:principalaccount", "${aws:ResourceAccount}"),
    "aws:resourceorgid": ("aws:principalorgid", "${aws:ResourceOrgID}"),
    "s3:resourceaccount": ("aws:principalaccount", "${aws:ResourceAccount}"),
}
"""Keys about the resource -> the key about the caller that may equal them, and the policy variable that says so."""

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

    def holds_without_key(self) -> bool:
        """Whether the condition also holds for requests that lack its key."""
        return self.if_exists or self.qualifier.lower() == "forallvalues"

    def is_(self, operator: str, key: str, value: str) -> bool:
        """Whether this is the condition with the one given value (booleans as ``"true"``)."""
        return (
            self.operator.lower() == operator.lower()
            and self.key == key.lower()
            and [str(v).lower() for v in self.values] == [value.lower()]
        )


def normalised(conditions: list[Condition]) -> list[Condition]:
    """Conditions of one statement as those that say the same with less; `Incomplete` where one may say more.

    Where a key must be there (``Null ... false``), IfExists and ForAllValues leave nothing open. Where the account of
    the resource must equal the caller's, the caller is of that account.
    """
    found: list[Condition] = []
    doubt: Unknown | None = None
    nulls = {each.key: _only(each.values) for each in conditions if each.operator.lower() == "null"}
    for condition in map(_of_caller, conditions):
        is_null = nulls.get(condition.key) if condition.holds_without_key() else None
        if isinstance(is_null, Unknown):
            doubt = is_null
        certain = isinstance(is_null, str) and is_null.lower() == "false"
        found.append(replace(condition, if_exists=False, qualifier="") if certain else condition)
    return found if doubt is None else Incomplete(found, doubt)


def _only(values: list[Value]) -> Value:
    """The only value of a condition; None where there are several."""
    if isinstance(values, Incomplete):
        return values.unknown
    return values[0] if len(values) == 1 else None


def _of_caller(condition: Condition) -> Condition:
    """A condition by which the account of the resource is the caller's, as one about the caller; others unchanged."""
    if condition.key not in _OF_CALLER or isinstance(condition.values, Incomplete):
        return condition
    key, variable = _OF_CALLER[condition.key]
    value = _only(condition.values)
    same = isinstance(value, str) and value.lower() == f"${{{key}}}"
    return replace(condition, key=key, values=[variable]) if same else condition
