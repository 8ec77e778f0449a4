"""Requests in flight: each can be withdrawn by its page, and goes with the page that asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hebca_helper.errors import Code, HelperError

MOST_PER_ORIGIN = 256


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose request it is: `session` is "" for a request without one, `request` the id that the page gave it or ""."""

    origin: str
    session: str
    request: str


class Flight:
    def __init__(self, asking: Asking, task: asyncio.Task[Any]) -> None:
        self.asking = asking
        self.reason: Code | None = None
        self._task = task

    def withdraw(self, reason: Code = Code.USER_CANCELLED) -> None:
        """Nobody waits for the answer any more, or the service ends: dialogs close, work stops."""
        if self.reason is None:
            self.reason = reason
            self._task.cancel()

    def landed(self) -> bool:
        """Whether the cancellation that just came was ours; it then counts as dealt with."""
        return self.reason is not None and self._task.uncancel() == 0


class Flights:
    def __init__(self) -> None:
        self._flying: list[Flight] = []

    @contextmanager
    def begin(self, asking: Asking) -> Iterator[Flight]:
        """Around the work of the current task. A withdrawn one ends with HelperError of the reason.

        HelperError: TOO_MANY for an origin with too many, BAD_REQUEST for an id that is in use."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - called in a coroutine
        self._require_room(asking)
        flight = Flight(asking, task)
        self._flying.append(flight)
        try:
            yield flight
        except asyncio.CancelledError:
            if not flight.landed():
                raise
            raise HelperError(flight.reason or Code.USER_CANCELLED) from None
        finally:
            self._flying.remove(flight)

    def cancel(self, asking: Asking) -> bool:
        """Withdraw the request of this id in the same session; False when there is none."""
        found = [flight for flight in self._flying if flight.asking == asking]
        for flight in found:
            flight.withdraw()
        return bool(found)

    def leave(self, session: str) -> None:
        """The session's page has gone."""
        for flight in [each for each in self._flying if each.asking.session == session]:
            flight.withdraw()

    def stop(self) -> None:
        for flight in list(self._flying):
            flight.withdraw(Code.SERVICE_STOPPING)

    def _require_room(self, asking: Asking) -> None:
        same = [flight.asking for flight in self._flying if flight.asking.origin == asking.origin]
        if len(same) >= MOST_PER_ORIGIN:
            raise HelperError(Code.TOO_MANY)
        if asking.request and asking in same:
            raise HelperError(Code.BAD_REQUEST)
