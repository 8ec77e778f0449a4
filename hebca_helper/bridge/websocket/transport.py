"""A WebSocket connection that does not wait for a peer that does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Event, State

from hebca_helper.bridge.budget import LARGEST_OF_STRANGER, Budget

WRITE_LIMIT = 1024 * 1024
"""Bytes of unread replies that may lie in our buffer before the next reply waits."""
_SURELY_ROOM = WRITE_LIMIT - 1024
MOST_UNREAD_PONGS = 1000
"""Answers to pings that a peer may leave unread; the library writes them without waiting for room."""
STALLED_AFTER = 60.0
"""Seconds in which a peer with a full buffer must take at least one byte."""
CLOSE_TIMEOUT = 2.0
"""Seconds for the peer's half of the closing handshake."""


class PageConnection(ServerConnection):
    """Never closed for being idle; dropped when it stops reading or does not finish closing.

    `pages` holds every connection from the first byte to the last, at most `most_pages`. `origin` is set once the guard
    let it in, and `admitted` tells whether the person did, too: until then its messages are small.
    """

    stalled_after = STALLED_AFTER

    def __init__(
        self, *arguments: Any, pages: set[PageConnection], most_pages: int, budget: Budget, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.origin = ""
        self.admitted: Callable[[], bool] = lambda: False
        self.quiet_since = self.loop.time()
        """When it last sent something, in the loop's time."""
        self.unanswered = 0
        """Octets of its messages that arrived whole."""
        self._budget = budget
        self._is_admitted = False
        self.lost = False
        self._pages = pages
        self._most_pages = most_pages
        self._on_lost: Callable[[], None] = lambda: None
        self._cut: asyncio.TimerHandle | None = None
        self._unread_pongs = 0

    def when_lost(self, callback: Callable[[], None]) -> None:
        self._on_lost = callback

    @property
    def largest(self) -> int:
        """Octets of a message, and of all that wait to be answered."""
        return self._budget.largest if self.is_admitted else min(LARGEST_OF_STRANGER, self._budget.largest)

    @property
    def is_admitted(self) -> bool:
        """Once let in, it stays so here: what it may ask for is judged elsewhere."""
        self._is_admitted = self._is_admitted or self.admitted()
        return self._is_admitted

    @property
    def idle(self) -> bool:
        """Nobody waits for an answer here."""
        return not self.unanswered

    def hold(self, unanswered: int) -> None:
        """So many octets of its messages wait or are at work."""
        self.unanswered = unanswered
        self._account()

    def give_way(self) -> None:
        """Close code 1013: others send too much at the same time, or this one does."""
        self.unanswered = 0
        if self.state is not State.OPEN:
            self.drop()
            return
        self.protocol.fail(CloseCode.TRY_AGAIN_LATER)
        self.protocol.reader.discard()
        self.send_data()
        self._cut_soon()

    def _account(self) -> None:
        unfinished = len(self.protocol.reader.buffer) + (self.protocol.current_size or 0)
        self._budget.hold(self, self.unanswered + unfinished if self.state is State.OPEN else 0)

    def drop(self) -> None:
        """Cut the connection without a word."""
        if not self.lost:  # asyncio stumbles over cutting a connection that is gone
            self.transport.abort()

    async def close(self, code: int = CloseCode.NORMAL_CLOSURE, reason: str = "") -> None:
        if not self.lost:
            await super().close(code, reason)

    def leave(self) -> None:
        """The service ends: cut what is still in the handshake, and soon what does not close."""
        if self.state is State.CONNECTING:
            self.drop()
        self._cut_soon()

    async def say(self, text: str) -> None:
        """Send a reply, waiting for room. ConnectionClosed when the peer is gone or was dropped."""
        if len(text) <= _SURELY_ROOM and not self.transport.get_write_buffer_size():
            await self.send(text)
        else:
            await self._send_watched(text)

    async def _send_watched(self, text: str) -> None:
        sending = asyncio.ensure_future(self.send(text))
        try:
            await asyncio.sleep(0)
            while not sending.done():
                unread = self.transport.get_write_buffer_size()
                await asyncio.wait({sending}, timeout=self.stalled_after)
                if not sending.done() and self.transport.get_write_buffer_size() >= unread:
                    self.drop()
            await sending
        finally:
            sending.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if len(self._pages) >= self._most_pages:
            self.drop()
        self._pages.add(self)

    def data_received(self, data: bytes) -> None:
        self.quiet_since = self.loop.time()
        self.protocol.max_message_size = self.largest
        super().data_received(data)
        self._account()
        if self.protocol.close_expected():
            self._cut_soon()

    def process_event(self, event: Event) -> None:
        super().process_event(event)
        if isinstance(event, Frame) and event.opcode is Opcode.PING:
            self._unread_pongs = self._unread_pongs + 1 if self.transport.get_write_buffer_size() else 0
            if self._unread_pongs > MOST_UNREAD_PONGS:
                self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._pages.discard(self)
        self._budget.hold(self, 0)
        super().connection_lost(exc)
        if self._cut is not None:
            self._cut.cancel()
        self._on_lost()

    def _cut_soon(self) -> None:
        if self._cut is None:
            self._cut = self.loop.call_later(CLOSE_TIMEOUT, self.drop)
