"""A clock that goes on by itself each time it is read."""

from __future__ import annotations

from tests.aws.clinic import Clock


class Ticking(Clock):
    """A clock that goes on by so many seconds each time that somebody looks at it."""

    def __init__(self, step: float) -> None:
        super().__init__()
        self._step = step

    def __call__(self) -> float:
        self.now += self._step
        return self.now
