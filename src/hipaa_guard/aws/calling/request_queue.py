"""Many calls at once: services and regions take turns, and none gets too many calls at a time."""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

from hipaa_guard.aws.calling.throttling import Lane, Limiter, Setback

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_LOOK = 5.0
"""Seconds between checks for overdue jobs."""


class Job(Protocol[T_co]):
    """Work for a thread, which may be attempted several times. It must not raise."""

    def attempt(self) -> T_co:
        """Do the work and return its result."""

    def overdue(self) -> T_co | None:
        """The result if the work hangs and must be abandoned; None if it may continue. Called in another thread."""


@dataclass(slots=True, eq=False)
class _Entry(Generic[T]):
    lane: Lane
    job: Job[T]
    begun: int = 0


def in_time(job: Job[T]) -> T:
    """Do a single job in a thread of its own, and abandon it if it hangs."""
    done: SimpleQueue[tuple[Job[T], Future[T]]] = SimpleQueue()
    workers = _Workers(done)
    workers.do(job, job.attempt)
    workers.dismiss()
    while True:
        try:
            return done.get(timeout=_LOOK)[1].result()
        except Empty:
            result = job.overdue()
            if result is not None:
                return result


E = TypeVar("E")


class _Workers(Generic[E, T]):
    """As many threads as there is work for. None keeps the program from ending, not even one that hangs forever."""

    def __init__(self, done: SimpleQueue[tuple[E, Future[T]]]) -> None:
        self._done = done
        self._tasks: SimpleQueue[tuple[E, Callable[[], T]] | None] = SimpleQueue()
        self._number = 0
        self.free = 0
        """Number of threads that wait for work."""

    def do(self, entry: E, work: Callable[[], T]) -> None:
        """Let a thread do the work of an entry, and put the entry with its result into `done`."""
        if self.free:
            self.free -= 1
        else:
            self._number += 1
            threading.Thread(target=self._run, name=f"aws_{self._number}", daemon=True).start()
        self._tasks.put((entry, work))

    def dismiss(self) -> None:
        """Let all threads end when they have no work."""
        for _ in range(self._number):
            self._tasks.put(None)

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            entry, work = task
            future: Future[T] = Future()
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised again where the result is taken
                future.set_exception(error)
            self._done.put((entry, future))


class RequestQueue(Generic[T]):
    """Runs jobs in threads, taking turns between lanes, and hands their results one by one to the thread that runs it.

    `setback` says by a result whether its job may be run again; the limiter says when, and how many jobs run at a time.
    Only one thread may call `add` and `run`.
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
        self._waiting: dict[Lane, deque[_Entry[T]]] = {}
        self._order: deque[Lane] = deque()
        self._later: list[tuple[float, int, _Entry[T]]] = []
        self._numbers = count()
        self._running: dict[_Entry[T], None] = {}
        self._looked = time.monotonic()
        self._done: SimpleQueue[tuple[_Entry[T], Future[T]]] = SimpleQueue()
        self._workers: _Workers[_Entry[T], T] = _Workers(self._done)

    def add(self, lane: Lane, job: Job[T]) -> None:
        """Add a job to the queue of its lane."""
        self._queue(lane).append(_Entry(lane, job))

    def run(self, take: Callable[[T], None]) -> None:
        """Run all jobs, also those that `take` adds, and give the final result of each to `take` in this thread."""
        try:
            while self._started():
                if self._running:
                    self._finish(take)
                    self._give_up(take)
                else:
                    self._pause(self._quiet() or 0.0)
        finally:
            self._workers.dismiss()

    def _started(self) -> bool:
        """Start all jobs that may start now. Returns whether any job runs or waits."""
        while self._later and self._later[0][0] <= self._limiter.clock():
            _, _, entry = heapq.heappop(self._later)
            self._queue(entry.lane).appendleft(entry)
        self._start()
        return bool(self._running or self._order or self._later)

    def _finish(self, take: Callable[[T], None]) -> None:
        """Take the next result, unless another job may start before it arrives."""
        quiet = self._quiet()
        try:
            entry, future = self._done.get(timeout=_LOOK if quiet is None else min(quiet, _LOOK))
        except Empty:
            return
        self._workers.free += 1
        if entry in self._running:  # else it was abandoned
            del self._running[entry]
            self._end(entry, future.result(), take)

    def _give_up(self, take: Callable[[T], None]) -> None:
        """End jobs that hang. Their threads are left alone."""
        if time.monotonic() - self._looked < _LOOK:
            return
        self._looked = time.monotonic()
        for entry in list(self._running):
            result = entry.job.overdue()
            if result is not None:
                del self._running[entry]
                self._end(entry, result, take)

    def _end(self, entry: _Entry[T], result: T, take: Callable[[T], None]) -> None:
        trouble, tries = self._setback(result) or (None, 0)
        wait = self._limiter.end(entry.lane, entry.begun, trouble, tries)
        if wait is None:
            take(result)
        else:
            heapq.heappush(self._later, (self._limiter.clock() + wait, next(self._numbers), entry))

    def _quiet(self) -> float | None:
        """Seconds until time alone lets a waiting job start; None if it lets none start."""
        times = [rest for lane in self._order if (rest := self._limiter.rests(lane))]
        if self._later:
            times.append(max(0.0, self._later[0][0] - self._limiter.clock()))
        return min(times, default=None)

    def _queue(self, lane: Lane) -> deque[_Entry[T]]:
        if lane not in self._waiting:
            self._waiting[lane] = deque()
            self._order.append(lane)
        return self._waiting[lane]

    def _start(self) -> None:
        idle = 0
        while self._order and idle < len(self._order) and len(self._running) < self._threads:
            lane = self._order.popleft()
            entries = self._waiting[lane]
            begun = self._limiter.begin(lane)
            if begun is not None:
                entry = entries.popleft()
                entry.begun = begun
                self._running[entry] = None
                self._workers.do(entry, entry.job.attempt)
                idle = 0
            else:
                idle += 1
            if entries:
                self._order.append(lane)
            else:
                del self._waiting[lane]
