"""Evaluating arguments of blocks within the budget of the scan; failures are reported with their place."""

from __future__ import annotations

from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.values import Undecided, Value
from hipaa_guard.terraform.functions.budget import BUDGET
from hipaa_guard.terraform.hcl.errors import FAILURES
from hipaa_guard.terraform.hcl.scope import Scope
from hipaa_guard.terraform.hcl.syntax import Attribute


def valued(attribute: Attribute, scope: Scope, calls: tuple[Location, ...] = ()) -> Value:
    """The value of an argument. One that cannot be evaluated is unknown, and reported with its place."""
    session = scope.session
    saved = session.where, session.calls, session.strict_depth, session.relied_on
    session.where, session.calls, session.strict_depth, session.relied_on = attribute, calls, 0, None
    token = BUDGET.set(session.budget)
    made = session.budget.temporary
    value: Value = None
    try:
        session.step()
        value = attribute.node.evaluate(scope)
    except Undecided as undecided:
        value = undecided.unknown
    except FAILURES as error:
        value = session.failed(error)
    finally:
        session.budget.keep(made, value)
        BUDGET.reset(token)
        session.where, session.calls, session.strict_depth, session.relied_on = saved
    return value
