"""One thread at a time computes, while any number of them wait for the network.

Python runs one thread at a time anyway. Threads that all prepare a request or read an answer keep taking the
interpreter from each other: with 64 of them a call cost three times as much as with one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class ComputeLock:
    """A lock for the thread that computes. Entering or leaving twice has no effect."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mine = threading.local()

    def enter(self, **_: Any) -> None:
        """Wait until no other thread computes."""
        if not getattr(self._mine, "held", False):
            self._lock.acquire()
            self._mine.held = True

    def leave(self, **_: Any) -> None:
        """Let another thread compute."""
        if getattr(self._mine, "held", False):
            self._mine.held = False
            self._lock.release()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Compute inside the block, except between `leave` and `enter`."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    @contextmanager
    def left(self) -> Iterator[None]:
        """Let others compute during the block."""
        self.leave()
        try:
            yield
        finally:
            self.enter()
