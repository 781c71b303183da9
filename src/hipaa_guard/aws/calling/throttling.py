"""The number of calls to AWS at a time: a limit for each service and region of an account, learnt from throttling.

AWS counts requests for each account, region and service. Everything that runs in the account shares its limit. A lane
begins with the width of its service and widens by one call a round while AWS answers. When AWS throttles, the lane is
halved and rests. A throttled call is retried from the queue, not by a thread that sleeps. botocore itself retries
nothing: only this module decides on retries.
"""

from __future__ import annotations

import random as random_numbers
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Lane = tuple[str, str]
"""Service and region: AWS limits their requests in one account."""

WIDTH = 8
"""Calls at a time with which a lane begins, unless the table has another number; the most is twice that number."""

# From the documented limits of reading operations: few requests a second mean few calls at a time.
WIDTHS: Mapping[str, int] = {
    "account": 1,  # ListRegions: 5 a second
    "apigateway": 2,  # all reading operations of an account together: 10 a second
    "athena": 1,  # lists: 5 a second
    "cloudtrail": 2,  # DescribeTrails, GetTrailStatus: 10 a second
    "config": 2,
    "iam": 4,  # one bucket for all regions, not published
    "kms": 16,  # hundreds to thousands a second
    "lambda": 2,  # control plane: 15 a second for all operations together
    "logs": 2,  # DescribeLogGroups: 10 a second
    "organizations": 1,  # not published, throttles early
    "route53": 1,  # 5 a second for the whole account
    "s3": 16,  # not published, SlowDown is the sign
    "securityhub": 1,  # GetFindings: 3 a second
    "service-quotas": 1,  # 5 to 10 a second
    "sts": 4,
}

NARROWEST = 0.25
"""The least width. A lane of less than one call rests after each call: the narrower, the longer."""
_REST = 0.1
_WIDEN_SLOWLY = 0.05


class Trouble(StrEnum):
    """Why a call is worth a retry."""

    THROTTLED = "throttled"
    PASSING = "passing"
    """The service or the network failed; a retry may succeed."""


Setback = tuple[Trouble, int]
"""The trouble, and the number of attempts in a row without a new page."""

TRIES: Mapping[Trouble, int] = {Trouble.THROTTLED: 6, Trouble.PASSING: 4}
_FIRST_WAIT = 0.25
_LONGEST_WAIT = 4.0


@dataclass(slots=True)
class _State:
    width: float
    widest: int
    running: int = 0
    narrowed: int = 0
    """Number of times that the lane was narrowed. Calls from before the last time say nothing of the present width."""
    in_a_row: int = 0
    rests_until: float = 0.0
    hopeless: bool = False
    """A call was throttled to its last attempt, and none was answered since: now each gets one attempt, one by one."""


class Limiter:
    """The limits of one account. Any number of threads may use it."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, random: Callable[[], float] = random_numbers.random
    ) -> None:
        self.clock = clock
        self._random = random
        self._lanes: dict[Lane, _State] = {}
        self._lock = threading.Lock()

    def begin(self, lane: Lane) -> int | None:
        """Take a place in a lane. Returns the `begun` for `end`; None if the lane is full or rests."""
        with self._lock:
            state = self._state(lane)
            if state.running >= max(1, int(state.width)) or state.rests_until > self.clock():
                return None
            state.running += 1
            return state.narrowed

    def end(self, lane: Lane, begun: int, trouble: Trouble | None, tries: int) -> float | None:
        """Give the place back. Returns the seconds until a retry, None for no retry."""
        with self._lock:
            state = self._state(lane)
            state.running -= 1
            if trouble is Trouble.THROTTLED:
                wait = self._throttled(state, begun, tries)
            else:
                wait = self.wait(trouble, tries)
                if trouble is None:
                    state.width = min(state.widest, state.width + _widening(state.width))
                    state.in_a_row, state.hopeless = 0, False
            if state.width < 1 and not state.hopeless:
                state.rests_until = max(state.rests_until, self.clock() + _REST * (1 / state.width - 1))
            return wait

    def wait(self, trouble: Trouble | None, tries: int) -> float | None:
        """Seconds until the retry of a call after so many attempts; None for no retry."""
        return None if trouble is None or tries >= TRIES[trouble] else self._pause(tries)

    def width(self, lane: Lane) -> float:
        """Number of calls at a time that the lane takes now."""
        with self._lock:
            return self._state(lane).width

    def rests(self, lane: Lane) -> float:
        """Seconds until a call may begin in a lane."""
        state = self._lanes.get(lane)
        return max(0.0, state.rests_until - self.clock()) if state is not None else 0.0

    def _throttled(self, state: _State, begun: int, tries: int) -> float | None:
        if begun == state.narrowed:
            state.width = max(NARROWEST, state.width / 2)
            state.narrowed += 1
            state.in_a_row += 1
            if not state.hopeless:
                state.rests_until = self.clock() + self._pause(state.in_a_row)
        if state.hopeless:
            return None
        wait = self.wait(Trouble.THROTTLED, tries)
        state.hopeless = wait is None
        return wait

    def _pause(self, times: int) -> float:
        """Seconds of a pause: longer each time, and random, so that calls do not come back together."""
        return float(min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (times - 1)) * (1 + self._random()) / 2)

    def _state(self, lane: Lane) -> _State:
        if lane not in self._lanes:
            width = WIDTHS.get(lane[0], WIDTH)
            self._lanes[lane] = _State(width, 2 * width)
        return self._lanes[lane]


def _widening(width: float) -> float:
    """The increase per answer, so that a lane widens by one call when as many answers came as it has places."""
    return 1 / width if width >= 1 else _WIDEN_SLOWLY
