"""A clock and a limiter that runs by it."""

from __future__ import annotations

import pytest

from hipaa_guard.aws.calling.throttling import Limiter
from tests.aws.clinic import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> Limiter:
    return Limiter(clock=clock, random=lambda: 0.5)
