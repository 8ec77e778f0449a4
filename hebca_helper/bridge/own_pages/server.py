"""Serves an application of ours on loopback, with and, where wanted, without TLS."""

from __future__ import annotations

import asyncio
import secrets
import socket

from starlette.types import ASGIApp

from hebca_helper.bridge.identity.identity import Identity
from hebca_helper.bridge.listening import listen
from hebca_helper.bridge.own_pages.admission import Admission
from hebca_helper.bridge.quiet import QuietServer, quiet_config

_WORD_BYTES = 32
_GRACE = 1
"""Seconds that open connections get at the end."""


class OwnPages:
    """`start`, then `url` until `stop`. With an identity the same pages are also at `tls_port`."""

    def __init__(self, application: ASGIApp, identity: Identity | None = None) -> None:
        self._word = secrets.token_urlsafe(_WORD_BYTES)
        self._application = Admission(application, self._word, lambda: frozenset({self.origin}))
        self._identity = identity
        self._running: list[tuple[QuietServer, asyncio.Task[None]]] = []
        self.port = 0
        self.tls_port = 0

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def url(self) -> str:
        """Whoever has it may see the pages."""
        return f"{self.origin}/{self._word}/"

    @property
    def tls_base(self) -> str:
        """`//localhost:PORT/WORD/` of the pages over TLS."""
        return f"//localhost:{self.tls_port}/{self._word}/"

    async def start(self) -> None:
        """HelperError(PORT_TAKEN) when no port is free."""
        self.port = await self._serve(listen(0), None)
        if self._identity is not None:
            self.tls_port = await self._serve(listen(0), self._identity)

    async def stop(self) -> None:
        running, self._running = self._running, []
        for server, _ in running:
            server.should_exit = True
        for _, task in running:
            await task

    async def _serve(self, sockets: list[socket.socket], identity: Identity | None) -> int:
        port: int = sockets[0].getsockname()[1]
        server = QuietServer(
            quiet_config(
                self._application,
                http="h11",
                ws="websockets-sansio",
                timeout_graceful_shutdown=_GRACE,
                ssl_certfile=identity.certificate if identity else None,
                ssl_keyfile=identity.key if identity else None,
            )
        )
        self._running.append((server, asyncio.create_task(server.serve(sockets))))
        await server.listening.wait()
        return port
