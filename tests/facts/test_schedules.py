"""The longest time between two runs of `rate()` and `cron()` schedules."""

from __future__ import annotations

import pytest

from hipaa_guard.facts.schedules import longest_wait

DAYS = {
    "rate(30 days)": 30,
    "rate(1 day)": 1,
    " rate( 720 hours ) ": 30,
    "rate(25 hours)": 2,
    "rate(5 minutes)": 1,
    "cron(0 8 * * ? *)": 1,
    "cron(0 0/4 * * ? *)": 1,
    "cron(0 8,20 ? * * *)": 1,
    "cron(0 8 1 * ? *)": 31,
    "cron(0 8 1,15 * ? *)": 17,
    "cron(0 8 1-5 * ? *)": 27,
    "cron(0 8 L * ? *)": 31,
    "cron(0 8 31 * ? *)": 61,
    "cron(0 8 29 2 ? *)": 366 + 3 * 365,
    "cron(0 8 LW * ? *)": 33,
    "cron(0 8 1W * ? *)": 33,
    "cron(0 8 15W * ? *)": 32,
    "cron(0 16 1/2 * ? *)": 2,
    "cron(0 8 ? * SUN *)": 7,
    "cron(0 8 ? * mon-fri *)": 3,
    "cron(0 8 ? * 2/2 *)": 3,
    "cron(0 8 ? * L *)": 7,
    "cron(0 8 ? * 6L *)": 35,
    "cron(0 8 ? * SUN#1 *)": 35,
    "cron(0 8 1 JAN,JUL ? *)": 184,
    "cron(0 8 1 1/2 ? *)": 62,
    "cron(0 8 1 */3 ? *)": 92,
}
NOT_UNDERSTOOD = [
    *("", "rate()", "rate(0 days)", "rate(2 weeks)", "rate(1.5 days)", "every day", "at(2026-01-01T00:00:00)"),
    *("cron(0 8 1 * ?)", "cron(0 8 1 * * *)", "cron(0 8 ? * ? *)", "cron(60 8 1 * ? *)", "cron(0 24 1 * ? *)"),
    *("cron(0 8 32 * ? *)", "cron(0 8 1 13 ? *)", "cron(0 8 ? * 8 *)", "cron(0 8 ? * 3#6 *)", "cron(0 8 5-1 * ? *)"),
    *("cron(0 8 1/0 * ? *)", "cron(0 8 1/ * ? *)", "cron(0 8 W * ? *)", "cron(0 8 0W * ? *)", "cron(0 8 30 2 ? *)"),
    *("cron(0 8 1 * ? 2026)", "cron(0 8 1 * ? 2026-2199)"),
]


@pytest.mark.parametrize(("schedule", "days"), DAYS.items())
def test_the_longest_wait(schedule: str, days: int) -> None:
    assert longest_wait(schedule) == days


@pytest.mark.parametrize("schedule", NOT_UNDERSTOOD)
def test_a_schedule_that_ends_or_is_not_understood(schedule: str) -> None:
    assert longest_wait(schedule) is None
