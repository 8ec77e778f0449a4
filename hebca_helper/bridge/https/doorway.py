"""Accepts connections, and loads the web server when the first one comes: most pages use 17212 and never need it."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from hebca_helper.errors import HelperError

if TYPE_CHECKING:
    from hebca_helper.bridge.https.server import Server

_log = logging.getLogger("hebca_helper.bridge")
_BREATHER = 1.0
"""Seconds to wait when the system has no more descriptors."""
_MOST_WAITING = 320
"""Connections that may wait for the server to be loaded, or for their handshake."""


class LazyDoorway:
    """As `bridge.websocket.doorway.Doorway`: `port` is 0 while closed. `load` makes the server, in a thread."""

    def __init__(self, load: Callable[[], Server]) -> None:
        self.port = 0
        self._load = load
        self._sockets: list[socket.socket] = []
        self._accepting: list[asyncio.Task[None]] = []
        self._arriving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Future[Server] | None = None

    async def open(self, sockets: list[socket.socket]) -> None:
        """Serve on listening sockets, which are ours from now on."""
        self.port = sockets[0].getsockname()[1]
        self._sockets = sockets
        self._accepting = [asyncio.create_task(self._accept(each)) for each in sockets]

    async def close(self) -> None:
        self.port = 0
        tasks = {*self._accepting, *self._arriving}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for listener in self._sockets:
            listener.close()
        self._accepting, self._sockets = [], []
        server, self._server = self._server, None
        if server is not None:
            await asyncio.wait({server})
            if not server.cancelled() and server.exception() is None:
                await server.result().close()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(listener)
            except OSError as problem:
                _log.warning("accept: %s", problem.strerror)
                await asyncio.sleep(_BREATHER)
                continue
            if len(self._arriving) >= _MOST_WAITING:
                client.close()
                continue
            task = asyncio.create_task(self._receive(client))
            self._arriving.add(task)
            task.add_done_callback(self._arriving.discard)

    async def _receive(self, client: socket.socket) -> None:
        try:
            server = await self._loaded()
        except (OSError, HelperError) as problem:  # no room on the disk for an identity
            _log.error("HTTPS could not be loaded: %s", problem)
            client.close()
            return
        except BaseException:
            client.close()
            raise
        await server.take(client)

    async def _loaded(self) -> Server:
        if self._server is None or (self._server.done() and self._server.exception() is not None):
            self._server = asyncio.ensure_future(asyncio.to_thread(self._load))
        return await asyncio.shield(self._server)
