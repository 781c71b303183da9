"""The parts of an allowing statement that a denial leaves.

"An explicit deny in any policy overrides any allows", and all conditions of a statement must hold for it to apply (IAM
user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition"). A denial with `NotPrincipal` is about
all principals but those (same guide, "AWS JSON policy elements: NotPrincipal").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from hipaa_guard.facts.lists import Incomplete, joined, some
from hipaa_guard.facts.policies.binding_conditions import (
    asks_for_source,
    binds_caller,
    binds_service,
    names_services,
    of_every_service,
    of_no_service,
)
from hipaa_guard.facts.policies.conditions import Condition
from hipaa_guard.facts.policies.principals import Principal
from hipaa_guard.facts.policies.statements import Statement
from hipaa_guard.facts.values import Cause, Undecided, Unknown

_POSITIVE = {
    "stringnotequals": "StringEquals",
    "stringnotequalsignorecase": "StringEqualsIgnoreCase",
    "stringnotlike": "StringLike",
    "arnnotequals": "ArnEquals",
    "arnnotlike": "ArnLike",
    "notipaddress": "IpAddress",
}
"""Operators that hold for everybody but those who are named, and the operators that name them."""

_MOST = 200
"""Parts that are compared: each condition of a denial makes another one of each part."""


def left_by(
    denials: Iterable[Statement], statement: Statement, names: Callable[[Condition], bool] = binds_caller
) -> list[Statement]:
    """The parts of a statement that denials leave, as statements that may overlap; none where they leave nothing.

    ``names`` is the test of a condition that names somebody: a denial that spares only these counts.

    Raises:
        Undecided: a denial that decides it is not known.

    """
    left = [statement]
    for denial in denials:
        left = [part for each in left for part in _without(each, denial, names)]
        if len(left) > _MOST:
            raise Undecided(Unknown("its denials name more exceptions than a scan compares", Cause.LIMIT))
    return left


def _without(statement: Statement, denial: Statement, names: Callable[[Condition], bool]) -> list[Statement]:
    """The parts of a statement that one denial leaves.

    Only a denial counts that is about all that the statement allows. All of its conditions must hold, so that it spares
    the callers whom one of them spares, besides the principals that it is not about.
    """
    if not denial.covers(statement):
        return [statement]
    left = _beside(statement, denial)
    for condition in denial.conditions:
        if _always_meets(statement, condition):
            continue
        spared = _spared_by(condition, of_services=statement.is_for_services(), names=names)
        if spared is None or _has(statement, spared):
            return [statement]
        left.append(replace(statement, conditions=joined(statement.conditions, [spared])))
    return left


def _beside(statement: Statement, denial: Statement) -> list[Statement]:
    """The part of a statement that is about other principals than a denial."""
    if denial.not_principals:
        return _only_about(denial.not_principals, statement)
    if denial.is_about_anyone():
        return []
    if isinstance(statement.principals, Incomplete) or statement.not_principals:
        return [statement]
    left = [each for each in statement.principals if not some(each.is_same, denial.principals)]
    return [replace(statement, principals=left)] if left else []


def _only_about(spared: list[Principal], statement: Statement) -> list[Statement]:
    """The part of a statement that is about principals whom a denial spares, or others of their accounts."""
    if some(lambda principal: principal.is_anyone, spared):
        return [statement]
    if isinstance(statement.principals, Incomplete) or statement.is_about_all():
        return [replace(statement, principals=spared, not_principals=[])]
    left = [each for each in statement.principals if some(each.may_be, spared)]
    return [replace(statement, principals=left)] if left else []


def _always_meets(statement: Statement, condition: Condition) -> bool:
    """Whether all requests that a statement is about meet a condition of a denial."""
    if _has(statement, condition):
        return True
    if of_every_service(condition):
        return statement.is_for_services()
    return of_no_service(condition) and not (statement.is_about_all() or statement.is_about_a_service())


def _has(statement: Statement, condition: Condition) -> bool:
    """Whether this is certainly a condition of a statement."""
    try:
        return any(each == condition for each in list.__iter__(statement.conditions))
    except Undecided:
        return False


def _spared_by(
    condition: Condition, *, of_services: bool = False, names: Callable[[Condition], bool] = binds_caller
) -> Condition | None:
    """The condition that names whom a denial with this condition spares; None where it may spare anybody.

    ``StringNotEquals aws:PrincipalOrgID`` spares whom ``StringEquals aws:PrincipalOrgID`` names, ``BoolIfExists
    aws:PrincipalIsAWSService = false`` the services of AWS, and ``BoolIfExists aws:MultiFactorAuthPresent = false`` who
    has a second factor. Where the key is missing such a denial holds too: negated operators hold then, with IfExists
    and without, and so does ForAllValues. ``of_services``: only services are denied. ``names`` is the test of a
    condition that names somebody.

    Raises:
        Undecided: a value that decides it is not known.

    """
    if of_no_service(condition) and condition.holds_without_key():  # anonymous requests, too
        return replace(condition, values=["true"], if_exists=False, qualifier="")
    if of_services and asks_for_source(condition):
        return replace(condition, values=["true"])
    if condition.operator.lower() == "bool" and condition.holds_without_key():
        return _spared_by_switch(condition, names)
    positive = _POSITIVE.get(condition.operator.lower())
    qualifier = condition.qualifier.lower()
    if positive is None or qualifier == "foranyvalue":  # it does not hold where the key is missing
        return None
    one_of_them = "ForAnyValue" if qualifier else ""
    spared = replace(condition, operator=positive, if_exists=False, qualifier=one_of_them)
    tests = (binds_service if of_services else names, names_services)
    return spared if some(lambda test: test(spared), tests) else None


def _spared_by_switch(condition: Condition, names: Callable[[Condition], bool]) -> Condition | None:
    """The condition for the other value of a key that is true or false, if that names somebody."""
    others = {"false": "true", "true": "false"}
    spared = {
        value: replace(condition, values=[other], if_exists=False, qualifier="") for value, other in others.items()
    }
    if not any(names(each) for each in spared.values()) or len(condition.values) != 1:
        return None
    value = condition.values[0]
    if isinstance(value, Unknown):
        raise Undecided(value)
    found = spared.get(str(value).lower())
    return found if found is not None and names(found) else None
