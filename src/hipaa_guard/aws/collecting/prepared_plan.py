"""What follows from the plan of a scan before any call is made, made once and handed on to all who need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from hipaa_guard.aws.collecting.kept_fields import Field, fields_read
from hipaa_guard.aws.planning.call_forecast import ForecastCall, foreseen
from hipaa_guard.aws.planning.plan import Plan, Question, Wanted, planned
from hipaa_guard.facts.resource import Resource


class Prepared:
    """A plan, with the fields that it reads and the calls that it makes."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """By operation; see `fields_read`."""
        return fields_read(self.plan)

    @cached_property
    def told(self) -> Mapping[str, Any]:
        """The fields as plain data (`Field.told`), sorted by operation."""
        return {operation: field.told() for operation, field in sorted(self.fields.items())}

    @cached_property
    def calls(self) -> Sequence[ForecastCall]:
        """See `foreseen`."""
        return foreseen(self.plan)


def prepared(
    kinds: Iterable[type[Resource]], wanted: Wanted | None = None, questions: Sequence[Question] = ()
) -> Prepared:
    """The plan of a scan (`planned`), with what follows from it."""
    return Prepared(planned(kinds, wanted, questions))
