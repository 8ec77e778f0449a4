"""The web server's connections with limits of ours: a request head that does not come, an answer that is not read."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from hebca_helper.bridge.https.visitor import Visitor

HEAD_SECONDS = 10.0
"""For a request's head to arrive once it has begun, and for the first one altogether."""
KEEP_ALIVE_SECONDS = 60
STALLED_AFTER = 60.0
"""Seconds in which a client with a full buffer must take at least one byte."""


def cut(transport: asyncio.Transport) -> None:
    """Close without a word."""
    if not _is_gone(transport):
        transport.abort()


def unread(transport: asyncio.Transport) -> int:
    """Bytes that the client has not taken yet."""
    return 0 if _is_gone(transport) else transport.get_write_buffer_size()


def _is_gone(transport: asyncio.Transport) -> bool:
    """Python 3.11's TLS transport, closed a second time, has lost its other half and stumbles over every call."""
    return getattr(transport, "_ssl_protocol", transport) is None


class ReadingWatch(asyncio.Protocol):
    """Cuts a client that stops reading."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    _stalled: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch(unread(self.transport))

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def _watch(self, size: int) -> None:
        self._stalled = self.loop.call_later(STALLED_AFTER, self._look, size)

    def _look(self, before: int) -> None:
        size = unread(self.transport)
        if size >= before:
            cut(self.transport)
        else:
            self._watch(size)

    def _forget(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


class CallProtocol(ReadingWatch, H11Protocol):
    """HTTP/1.1 until the upgrade, if there is one."""

    def __init__(self, config: Config, server_state: ServerState) -> None:
        self._visitor = Visitor()
        super().__init__(config, server_state, {"visitor": self._visitor})
        self._head: asyncio.TimerHandle | None = None
        self._upgraded = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._visitor.cut = lambda: cut(transport)
        self._visitor.is_gone = lambda: _is_gone(transport) or transport.is_closing()
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._upgraded:  # the transport has another protocol now
            return
        if self.cycle is None or self.cycle.response_complete:
            self._await_head()
        else:
            self._head_is_here()

    def handle_websocket_upgrade(self, event: Any) -> None:
        self._head_is_here()
        self._upgraded = True
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)
        self._visitor.leave()

    def _await_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, cut, self.transport)

    def _head_is_here(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None


class EventsProtocol(ReadingWatch, WebSocketsSansIOProtocol):
    """A WebSocket after its upgrade."""
