"""The time that reports and evidence carry."""

from __future__ import annotations

import os
from datetime import UTC, datetime

VARIABLE = "SOURCE_DATE_EPOCH"
"""Seconds since 1970. A report made with it is the same each time (reproducible-builds.org)."""


def now() -> datetime:
    """The time in UTC, to the second: the time of the environment variable where it is set, else the clock's."""
    fixed = os.environ.get(VARIABLE, "")
    return datetime.fromtimestamp(int(fixed), UTC) if fixed.isdecimal() else datetime.now(UTC).replace(microsecond=0)
