"""A WebSocket over TLS for blocking tests, with the library's asyncio client in a thread of its own.

The library's threaded client reads and writes one TLS connection from two threads, which OpenSSL does not allow and
Python 3.11 does not prevent: on a busy machine one handshake in some two thousand ended without an answer, also against
a bare server.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import ExitStack
from typing import Self

from anyio.from_thread import start_blocking_portal
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin


class EventsSocket:
    """Open on construction, else the library's exception; `seconds` bound the handshake."""

    def __init__(self, address: str, origin: str, tls: ssl.SSLContext, seconds: float = 60) -> None:
        self._opened = ExitStack()
        self._portal = self._opened.enter_context(start_blocking_portal())
        try:
            self._socket = self._portal.call(_connect, address, origin, tls, seconds)
        except BaseException:
            self._opened.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, text: str) -> None:
        self._portal.call(self._socket.send, text)

    def recv(self, timeout: float | None = None) -> str | bytes:
        """The next message; `timeout` 0 takes one that is there. TimeoutError; ConnectionClosed."""
        return self._portal.call(_received, self._socket, timeout)

    def close(self) -> None:
        with self._opened:
            self._portal.call(self._socket.close)


async def _received(socket: ClientConnection, seconds: float | None) -> str | bytes:
    async with asyncio.timeout(seconds):  # unlike wait_for, which with 0 never looks
        return await socket.recv()


async def _connect(address: str, origin: str, tls: ssl.SSLContext, seconds: float) -> ClientConnection:
    return await connect(address, origin=Origin(origin), ssl=tls, proxy=None, open_timeout=seconds)
