"""The plan of a scan with its fields and calls, each computed once, before any call is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from hipaa_guard.aws.collecting.kept_fields import Field, fields_read
from hipaa_guard.aws.planning.call_forecast import ForecastCall, forecast
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
    def fields_as_data(self) -> Mapping[str, Any]:
        """The fields as plain data (`Field.as_data`), sorted by operation."""
        return {operation: field.as_data() for operation, field in sorted(self.fields.items())}

    @cached_property
    def calls(self) -> Sequence[ForecastCall]:
        """See `forecast`."""
        return forecast(self.plan)


def prepared(
    kinds: Iterable[type[Resource]], wanted: Wanted | None = None, questions: Sequence[Question] = ()
) -> Prepared:
    """The plan of a scan (`planned`), with its fields and calls."""
    return Prepared(planned(kinds, wanted, questions))
