"""A WebSocket connection that does not wait for a peer that does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Event, State

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
    let it in.
    """

    stalled_after = STALLED_AFTER

    def __init__(self, *arguments: Any, pages: set[PageConnection], most_pages: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.origin = ""
        self.lost = False
        self._pages = pages
        self._most_pages = most_pages
        self._on_lost: Callable[[], None] = lambda: None
        self._cut: asyncio.TimerHandle | None = None
        self._unread_pongs = 0

    def when_lost(self, callback: Callable[[], None]) -> None:
        self._on_lost = callback

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
        super().data_received(data)
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
        super().connection_lost(exc)
        if self._cut is not None:
            self._cut.cancel()
        self._on_lost()

    def _cut_soon(self) -> None:
        if self._cut is None:
            self._cut = self.loop.call_later(CLOSE_TIMEOUT, self.drop)
