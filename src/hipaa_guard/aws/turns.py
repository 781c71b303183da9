"""Many calls at once, fairly: each service and region has its turn, and none is asked too much at a time."""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from hipaa_guard.aws.limits import Lane, Limiter, Setback

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    lane: Lane
    work: Callable[[], T]
    begun: int = 0


class Turns(Generic[T]):
    """Runs jobs in threads, in turn over their lanes, and hands results to whoever started it, one at a time.

    `setback` says of a result whether its job may be run again; the limiter says when, and how many run at a time.
    `add` and `run` belong to one thread. A job must not raise.
    """

    def __init__(
        self,
        limiter: Limiter,
        setback: Callable[[T], Setback | None],
        threads: int = 64,
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limiter = limiter
        self._setback = setback
        self._threads = threads
        self._pause = pause
        self._waiting: dict[Lane, deque[_Job[T]]] = {}
        self._order: deque[Lane] = deque()
        self._later: list[tuple[float, int, _Job[T]]] = []
        self._numbers = count()
        self._running = 0
        self._done: SimpleQueue[tuple[_Job[T], Future[T]]] = SimpleQueue()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="aws")

    def add(self, lane: Lane, work: Callable[[], T]) -> None:
        """Let a job wait for its turn."""
        self._queue(lane).append(_Job(lane, work))

    def run(self, take: Callable[[T], None]) -> None:
        """Run all jobs, those included that `take` adds, and give each last result to `take` in this thread."""
        try:
            while self._started():
                if self._running:
                    self._finish(take)
                else:
                    self._pause(self._quiet() or 0.0)
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _started(self) -> bool:
        """Start what may start now; whether anything runs or waits."""
        while self._later and self._later[0][0] <= self._limiter.clock():
            _, _, job = heapq.heappop(self._later)
            self._queue(job.lane).appendleft(job)
        self._start()
        return bool(self._running or self._order or self._later)

    def _finish(self, take: Callable[[T], None]) -> None:
        """Take the next result, unless something else may start before it comes."""
        try:
            job, future = self._done.get(timeout=self._quiet())
        except Empty:
            return
        self._running -= 1
        result = future.result()
        trouble, tries = self._setback(result) or (None, 0)
        wait = self._limiter.end(job.lane, job.begun, trouble, tries)
        if wait is None:
            take(result)
        else:
            heapq.heappush(self._later, (self._limiter.clock() + wait, next(self._numbers), job))

    def _quiet(self) -> float | None:
        """For how many seconds nothing that waits may start by the passing of time; None where nothing does."""
        times = [rest for lane in self._order if (rest := self._limiter.rests(lane))]
        if self._later:
            times.append(max(0.0, self._later[0][0] - self._limiter.clock()))
        return min(times, default=None)

    def _queue(self, lane: Lane) -> deque[_Job[T]]:
        if lane not in self._waiting:
            self._waiting[lane] = deque()
            self._order.append(lane)
        return self._waiting[lane]

    def _start(self) -> None:
        idle = 0
        while self._order and idle < len(self._order) and self._running < self._threads:
            lane = self._order.popleft()
            jobs = self._waiting[lane]
            begun = self._limiter.begin(lane)
            if begun is not None:
                job = jobs.popleft()
                job.begun = begun
                self._running += 1
                future = self._pool.submit(job.work)
                future.add_done_callback(lambda done, job=job: self._done.put((job, done)))  # type: ignore[misc]
                idle = 0
            else:
                idle += 1
            if jobs:
                self._order.append(lane)
            else:
                del self._waiting[lane]
