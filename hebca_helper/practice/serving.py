"""A web application on a loopback origin of its own, announced while it runs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from starlette.types import ASGIApp

from hebca_helper.bridge.listening import listen
from hebca_helper.bridge.quiet import QuietServer, quiet_config
from hebca_helper.peer import SameUserOnly
from hebca_helper.practice.announcement import announce, withdraw

GRACE = 2
"""Seconds that open connections get at the end."""

DEFAULT_CERTIFICATE_PORT = 17212
"""Where pages look for the certificate service (resources/protocol.md, section 1)."""

DEFAULT_SEAL_PORT = 17213
"""Where they look for the seal service (the same)."""
DEFAULT_HTTPS_PORT = 17443
"""Where the SDK looks for the assistant (resources/sdk)."""


@dataclass(frozen=True, slots=True)
class AssistantPorts:
    """Where pages look for the assistant's services."""

    certificate: int = DEFAULT_CERTIFICATE_PORT
    seal: int = DEFAULT_SEAL_PORT
    https: int = DEFAULT_HTTPS_PORT


class Served(Protocol):
    """A server of the practice: the hall, or the CA's service."""

    @property
    def urls(self) -> dict[str, str]: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


async def serve_until(stop: asyncio.Event, server: Served, ready: Callable[[dict[str, str]], None]) -> None:
    """`ready` gets its URLs when it listens."""
    await server.start()
    try:
        ready(server.urls)
        await stop.wait()
    finally:
        await server.stop()


class LoopbackServer:
    """`listen`, then `serve` or `close`, then `stop`. `announcement` is the name of the file in the practice folder.

    Other users of this computer are refused unless `others` may come in.
    """

    def __init__(self, home: Path, announcement: str, port: int, *, others: bool = False) -> None:
        self._home = home
        self._announcement = announcement
        self._port = port
        self._others = others
        self._sockets: list[socket.socket] = []
        self._server: QuietServer | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def origin(self) -> str:
        """`http://localhost:PORT`; with port 0 known when it listens."""
        return f"http://localhost:{self._port}"

    def listen(self) -> None:
        """HelperError(PORT_TAKEN) when another program has the port."""
        self._sockets = listen(self._port)
        self._port = self._sockets[0].getsockname()[1]

    def close(self) -> None:
        """Give the port back instead of serving."""
        for place in self._sockets:
            place.close()
        self._sockets = []

    async def serve(self, application: ASGIApp) -> None:
        """Returns when requests are answered and the origin is announced."""
        admitting = application if self._others else SameUserOnly(application)
        config = quiet_config(admitting, http="h11", ws="none", timeout_graceful_shutdown=GRACE)
        self._server = QuietServer(config)
        self._running = asyncio.create_task(self._server.serve(self._sockets))
        await self._server.listening.wait()
        await asyncio.to_thread(announce, self._home, self._announcement, self.origin)

    async def stop(self) -> None:
        """Take the announcement back and end. Harmless when not serving."""
        if self._server is None or self._running is None:
            return
        withdraw(self._home, self._announcement, self.origin)
        self._server.should_exit = True
        await self._running
        self._server = self._running = None
