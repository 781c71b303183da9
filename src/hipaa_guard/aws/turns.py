"""Many calls at once, fairly: each service and region has its turn, and none is asked too much at a time."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")
Lane = tuple[str, str]
"""Service and region: what AWS limits."""


class Turns(Generic[T]):
    """Runs jobs in threads, in turn over their lanes, and hands results to whoever started it, one at a time.

    `add` and `results` belong to one thread. A job must not raise.
    """

    def __init__(self, threads: int = 32, per_lane: int = 16) -> None:
        self._threads = threads
        self._per_lane = per_lane
        self._waiting: dict[Lane, deque[Callable[[], T]]] = {}
        self._order: deque[Lane] = deque()
        self._running: Counter[Lane] = Counter()
        self._done: SimpleQueue[tuple[Lane, Future[T]]] = SimpleQueue()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="aws")

    def add(self, lane: Lane, job: Callable[[], T]) -> None:
        """Let a job wait for its turn."""
        if lane not in self._waiting:
            self._waiting[lane] = deque()
            self._order.append(lane)
        self._waiting[lane].append(job)

    def run(self, take: Callable[[T], None]) -> None:
        """Run all jobs, those included that `take` adds, and give each result to `take` in this thread."""
        try:
            self._start()
            while self._running.total():
                lane, future = self._done.get()
                self._running[lane] -= 1
                take(future.result())
                self._start()
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        idle = 0
        while self._order and idle < len(self._order) and self._running.total() < self._threads:
            lane = self._order.popleft()
            jobs = self._waiting[lane]
            if self._running[lane] < self._per_lane:
                self._running[lane] += 1
                future = self._pool.submit(jobs.popleft())
                future.add_done_callback(lambda done, lane=lane: self._done.put((lane, done)))  # type: ignore[misc]
                idle = 0
            else:
                idle += 1
            if jobs:
                self._order.append(lane)
            else:
                del self._waiting[lane]
