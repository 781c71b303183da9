"""Verdicts that hold whichever of a few values an argument has.

``encrypted = var.production ? false : null`` is one of two values. A control that cannot decide is asked once for each:
where it says the same every time, this is its verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from math import prod

from hipaa_guard.controls.control import Status, Verdict
from hipaa_guard.facts.alternatives import Choice
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.resource import Fact, Resource
from hipaa_guard.facts.values import NotVisible, Undecided

MOST_CASES = 8
"""Maximum number of cases that a control is asked for: three conditionals, or one of eight values."""

_DECIDED = frozenset({Status.PASS, Status.FAIL, Status.NOT_APPLICABLE})


def in_every_case(
    ask: Callable[[Resource, Inventory], Verdict], resource: Resource, inventory: Inventory, facts: Iterable[Fact]
) -> Verdict | None:
    """The verdict on a resource that is the same for all values which the parts behind some facts may have.

    None where the verdicts differ in status or severity, where one is not known, and where no such part is or too many.
    """
    choices: dict[Choice, int] = {}
    for fact in facts:
        choices.update(resource.open_choices(fact))
    if not choices or prod(choices.values()) > MOST_CASES:
        return None
    verdicts: list[Verdict] = []
    for positions in product(*map(range, choices.values())):
        case = resource.chosen(dict(zip(choices, positions, strict=True)))
        try:
            verdicts.append(ask(case, inventory.with_case(resource, case)))
        except (Undecided, NotVisible):
            return None
        if verdicts[-1].status not in _DECIDED or verdicts[-1][::2] != verdicts[0][::2]:
            return None
    messages = dict.fromkeys(verdict.message for verdict in verdicts)
    return verdicts[0]._replace(message=" or ".join(messages))
