"""How much is asked at a time: lanes that widen, narrow and rest, and jobs that wait for their turn."""

from __future__ import annotations

import threading

import pytest

from hipaa_guard.aws.calling.request_queue import RequestQueue
from hipaa_guard.aws.calling.throttling import NARROWEST, TRIES, WIDTH, WIDTHS, Lane, Limiter, Setback, Trouble
from tests.aws.clinic import Clock
from tests.aws.limits.accounts import LANE, OTHER


def fill(limiter: Limiter, lane: Lane) -> list[int]:
    """Take all places that are free."""
    taken: list[int] = []
    while (begun := limiter.begin(lane)) is not None:
        taken.append(begun)
    return taken


def one(limiter: Limiter, clock: Clock, lane: Lane, trouble: Trouble | None, tries: int = 1) -> float | None:
    """One call in a lane, when it no longer rests."""
    clock.pause(limiter.rests(lane))
    begun = limiter.begin(lane)
    assert begun is not None
    return limiter.end(lane, begun, trouble, tries)


# --- the limiter ---


@pytest.mark.parametrize(("service", "width"), [*WIDTHS.items(), ("ec2", WIDTH)])
def test_a_lane_begins_at_what_the_table_says(limiter: Limiter, service: str, width: int) -> None:
    assert len(fill(limiter, (service, "eu-west-1"))) == width


def test_answers_widen_a_lane_by_one_a_round_to_the_double(limiter: Limiter, clock: Clock) -> None:
    for _ in range(WIDTHS["kms"]):
        one(limiter, clock, LANE, None)
    assert WIDTHS["kms"] + 0.9 < limiter.width(LANE) <= WIDTHS["kms"] + 1
    for _ in range(1000):
        one(limiter, clock, LANE, None)
    assert limiter.width(LANE) == 2 * WIDTHS["kms"]


def test_throttling_halves_a_lane_once_for_all_that_was_under_way(limiter: Limiter) -> None:
    for begun in fill(limiter, LANE):
        limiter.end(LANE, begun, Trouble.THROTTLED, 1)
    assert limiter.width(LANE) == WIDTHS["kms"] / 2
    assert limiter.begin(LANE) is None  # it rests


def test_a_lane_that_goes_on_being_throttled_rests_longer(limiter: Limiter, clock: Clock) -> None:
    rests = []
    for _ in range(8):
        one(limiter, clock, LANE, Trouble.THROTTLED)
        rests.append(limiter.rests(LANE))
    assert rests == sorted(rests)
    assert rests[0] == pytest.approx(0.25 * 0.75)
    assert rests[-1] == pytest.approx(4 * 0.75)
    assert limiter.width(LANE) == NARROWEST


def test_below_one_call_at_a_time_a_lane_rests_after_each_and_recovers(limiter: Limiter, clock: Clock) -> None:
    while limiter.width(LANE) > NARROWEST:
        one(limiter, clock, LANE, Trouble.THROTTLED)
    one(limiter, clock, LANE, None)
    first = limiter.rests(LANE)
    for _ in range(10):
        one(limiter, clock, LANE, None)
    assert first > limiter.rests(LANE) > 0
    for _ in range(10):
        one(limiter, clock, LANE, None)
    assert limiter.width(LANE) > 1
    assert limiter.rests(LANE) == 0


def test_lanes_learn_apart(limiter: Limiter, clock: Clock) -> None:
    one(limiter, clock, LANE, Trouble.THROTTLED)
    assert limiter.begin(LANE) is None
    assert len(fill(limiter, OTHER)) == WIDTHS["kms"]


@pytest.mark.parametrize("trouble", list(Trouble))
def test_tries_are_bounded_and_their_pauses_grow(limiter: Limiter, trouble: Trouble) -> None:
    waits = [limiter.wait(trouble, tries) for tries in range(1, TRIES[trouble] + 1)]
    assert waits[-1] is None
    pauses = [wait for wait in waits[:-1] if wait is not None]
    assert len(pauses) == TRIES[trouble] - 1
    assert pauses == sorted(pauses)


def test_pauses_differ_by_chance_within_half_and_whole(clock: Clock) -> None:
    shortest, longest = Limiter(clock=clock, random=lambda: 0.0), Limiter(clock=clock, random=lambda: 1.0)
    assert (shortest.wait(Trouble.PASSING, 1), longest.wait(Trouble.PASSING, 1)) == (0.125, 0.25)


def test_a_service_failure_does_not_narrow_a_lane(limiter: Limiter, clock: Clock) -> None:
    assert one(limiter, clock, LANE, Trouble.PASSING) is not None
    assert limiter.width(LANE) == WIDTHS["kms"]
    assert limiter.begin(LANE) is not None


def test_where_a_call_used_up_its_tries_the_next_get_one_until_something_is_answered(
    limiter: Limiter, clock: Clock
) -> None:
    assert one(limiter, clock, LANE, Trouble.THROTTLED, TRIES[Trouble.THROTTLED]) is None
    assert one(limiter, clock, LANE, Trouble.THROTTLED, 1) is None
    one(limiter, clock, LANE, None)
    assert one(limiter, clock, LANE, Trouble.THROTTLED, 1) is not None


def test_places_are_given_to_threads_only_once() -> None:
    limiter, most = Limiter(), 2 * WIDTHS["kms"]
    running, peak, lock = [0], [0], threading.Lock()

    def work() -> None:
        for _ in range(300):
            begun = limiter.begin(LANE)
            if begun is None:
                continue
            with lock:
                running[0] += 1
                peak[0] = max(peak[0], running[0])
            with lock:
                running[0] -= 1
            limiter.end(LANE, begun, None, 1)

    threads = [threading.Thread(target=work) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert peak[0] <= most
    assert len(fill(limiter, LANE)) == int(limiter.width(LANE))  # every place was given back


# --- turns ---


class Done:
    """A job that is done each time it is attempted."""

    def __init__(self, name: str, troubles: list[Setback | None]) -> None:
        self._name = name
        self._troubles = troubles

    def attempt(self) -> tuple[str, Setback | None]:
        return self._name, self._troubles.pop(0)

    def overdue(self) -> None:
        return None


def run(limiter: Limiter, clock: Clock, jobs: dict[str, tuple[Lane, list[Trouble | None]]]) -> list[str]:
    """Run jobs that have these troubles in turn; the names in the order in which they ended."""
    turns: RequestQueue[tuple[str, Setback | None]] = RequestQueue(limiter, lambda told: told[1], 4, pause=clock.pause)
    for name, (lane, troubles) in jobs.items():
        turns.add(lane, Done(name, [None if each is None else (each, n) for n, each in enumerate(troubles, 1)]))
    ended: list[str] = []
    turns.run(lambda told: ended.append(told[0]))
    return ended


def test_a_throttled_job_waits_while_other_lanes_go_on(limiter: Limiter, clock: Clock) -> None:
    jobs: dict[str, tuple[Lane, list[Trouble | None]]] = {
        "throttled": (LANE, [Trouble.THROTTLED, Trouble.THROTTLED, None]),
        "other": (OTHER, [None]),
    }
    assert run(limiter, clock, jobs) == ["other", "throttled"]
    assert 0.25 * 0.75 + 0.5 * 0.75 <= clock.now < 2


def test_every_job_ends_once_though_many_are_throttled(limiter: Limiter, clock: Clock) -> None:
    jobs: dict[str, tuple[Lane, list[Trouble | None]]] = {
        str(number): (LANE, [Trouble.THROTTLED] * (number % 3) + [None]) for number in range(60)
    }
    assert sorted(run(limiter, clock, jobs)) == sorted(jobs)


def test_a_lane_that_never_answers_ends_soon(limiter: Limiter, clock: Clock) -> None:
    jobs: dict[str, tuple[Lane, list[Trouble | None]]] = {
        str(number): (LANE, [Trouble.THROTTLED] * TRIES[Trouble.THROTTLED]) for number in range(300)
    }
    assert len(run(limiter, clock, jobs)) == 300
    assert clock.now < 60
