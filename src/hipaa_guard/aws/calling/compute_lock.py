"""One thread at a time computes, while any number of them wait for the network.

Python runs one thread at a time anyway. Threads that all want to prepare a request or read an answer take the
interpreter from each other at every turn: with 64 of them a call cost three times as much as with one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class ComputeLock:
    """Held by the thread that computes. Entering and leaving twice does no harm."""

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
        """Compute inside the block, but for what happens between `leave` and `enter`."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    @contextmanager
    def left(self) -> Iterator[None]:
        """Wait inside the block while others compute."""
        self.leave()
        try:
            yield
        finally:
            self.enter()
