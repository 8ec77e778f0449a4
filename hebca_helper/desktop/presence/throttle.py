"""Lets something happen at most once in a while."""

from __future__ import annotations

from collections.abc import Callable


class Throttle:
    """`passes()` is True at most once in `seconds`; what is refused does not push the next time away."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._last: float | None = None

    def passes(self) -> bool:
        now = self._monotonic()
        if self._last is not None and now - self._last < self._seconds:
            return False
        self._last = now
        return True
