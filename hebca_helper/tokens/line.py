"""The line of requests in front of one module: strict order, one time limit at a time."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.messages import Failed, Message, ProtocolError, Request, Work

IN_FLIGHT = 2
"""Requests in the pipe at once: the host never waits between two signatures, and the rest can still be cancelled here."""


@dataclass(slots=True, eq=False)
class Waiting:
    """A request in the line with its caller's future; `number` is its number in the pipe, 0 before."""

    request: Request
    answer: asyncio.Future[Message]
    number: int = 0


class Line:
    """Who waits for one module. `send` writes into the pipe, `limit` tells seconds, `hung` hears of a limit passed."""

    def __init__(
        self, send: Callable[[int, Request], None], limit: Callable[[Work], float], hung: Callable[[], None]
    ) -> None:
        self._send = send
        self._limit = limit
        self._hung = hung
        self._open = False
        self._number = 0
        self._waiting: deque[Waiting] = deque()
        self._in_flight: deque[Waiting] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = math.inf

    async def ask(self, request: Request) -> Message:
        """The answer, after those before it. Raises HelperError. A caller cancelled while it waits here leaves no trace."""
        waiting = _waiting(request)
        self._waiting.append(waiting)
        self._pump()
        return _answer(await waiting.answer)

    async def ask_alone(self, request: Request) -> Message:
        """The answer to the first request of a new host, before the line opens."""
        waiting = _waiting(request)
        self._put(waiting)
        return _answer(await waiting.answer)

    def put_first(self, request: Request) -> None:
        """A request whose answer nobody waits for, before all others that have not been sent."""
        waiting = _waiting(request)
        waiting.answer.add_done_callback(_unheard)
        self._waiting.appendleft(waiting)
        self._pump()

    def any_waiting(self, wanted: Callable[[Request], bool]) -> bool:
        return any(
            wanted(waiting.request) for waiting in (*self._in_flight, *self._waiting) if not waiting.answer.done()
        )

    def open(self) -> None:
        """The host is ready."""
        self._open = True
        self._pump()

    def answered(self, number: int, message: Message) -> Waiting:
        """The host's answer to the head of the line. Raises ProtocolError for any other number."""
        if not self._in_flight or self._in_flight[0].number != number:
            raise ProtocolError("an answer that nobody waits for")
        waiting = self._in_flight.popleft()
        if not waiting.answer.done():
            waiting.answer.set_result(message)
        self._pump()
        self._watch_head()
        return waiting

    def interrupted(self, failure: HelperError) -> None:
        """The host is gone and every login with it: the head fails, who needs a login hears so, the rest waits on."""
        self._open = False
        head = [self._in_flight.popleft()] if self._in_flight else []
        rest = [*self._in_flight, *self._waiting]
        self._in_flight.clear()
        self._waiting = deque(waiting for waiting in rest if not waiting.request.needs_login)
        self._watch_head()
        _fail(head, failure)
        _fail([waiting for waiting in rest if waiting.request.needs_login], HelperError(Code.NOT_LOGGED_IN))

    def fail_all(self, failure: HelperError) -> None:
        """Nothing will be answered any more."""
        self._open = False
        everyone = [*self._in_flight, *self._waiting]
        self._in_flight.clear()
        self._waiting.clear()
        self._watch_head()
        self._set_timer()
        _fail(everyone, failure)

    def _pump(self) -> None:
        while self._open and self._waiting and len(self._in_flight) < IN_FLIGHT:
            waiting = self._waiting.popleft()
            if not waiting.answer.done():
                self._put(waiting)

    def _put(self, waiting: Waiting) -> None:
        self._number += 1
        waiting.number = self._number
        try:
            self._send(waiting.number, waiting.request)
        except ProtocolError:
            _fail([waiting], HelperError(Code.TOO_LARGE))
            return
        self._in_flight.append(waiting)
        if len(self._in_flight) == 1:
            self._watch_head()

    def _watch_head(self) -> None:
        """The time limit of a request starts when it comes to the head: before, it waits for others."""
        if not self._in_flight:
            self._deadline = math.inf
            return
        loop = asyncio.get_running_loop()
        self._deadline = loop.time() + self._limit(self._in_flight[0].request.work)
        # A timer that is due earlier looks at the deadline and sets itself anew: cheaper than a new one each time.
        if self._timer is None or self._timer.when() > self._deadline:
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
        if self._deadline < math.inf:
            self._timer = asyncio.get_running_loop().call_at(self._deadline, self._due)

    def _due(self) -> None:
        self._timer = None
        if asyncio.get_running_loop().time() >= self._deadline:
            self._hung()
        else:
            self._set_timer()


def _waiting(request: Request) -> Waiting:
    return Waiting(request, asyncio.get_running_loop().create_future())


def _unheard(answer: asyncio.Future[Message]) -> None:
    """A failure that nobody waits for is no "exception that was never retrieved"."""
    if not answer.cancelled():
        answer.exception()


def _answer(message: Message) -> Message:
    if isinstance(message, Failed):
        raise HelperError(message.code, message.detail, tries_left=message.tries_left)
    return message


def _fail(these: list[Waiting], failure: HelperError) -> None:
    """Each caller gets an exception object of its own: a traceback belongs to one task."""
    for waiting in these:
        if not waiting.answer.done():
            waiting.answer.set_exception(HelperError(failure.code, failure.detail))
