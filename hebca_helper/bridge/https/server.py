"""The web server under our TLS identity. Loaded with everything it needs when the first client connects."""

from __future__ import annotations

import asyncio
import socket
import ssl
from asyncio import sslproto
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.server import ServerState

from hebca_helper.bridge.https.application import Application
from hebca_helper.bridge.https.protocol import (
    KEEP_ALIVE_SECONDS,
    CallProtocol,
    EventsProtocol,
    cut,
    unread,
)
from hebca_helper.bridge.quiet import quiet_config

if TYPE_CHECKING:
    from hebca_helper.bridge.https.renewal import Renewal
    from hebca_helper.bridge.identity.identity import Identity
    from hebca_helper.settings import Settings

_HANDSHAKE_SECONDS = 10.0
_HANDSHAKES = 64
"""Connections beyond the limit that may be in their handshake or get their 503; more are cut at once."""
_CLOSE_SECONDS = 2.0
_LOOK_SECONDS = 0.01
_LARGEST_HEAD = 64 * 1024
_LARGEST_MESSAGE = 4096
"""Bytes of what a page sends on the events socket."""
_PING_SECONDS = 20.0
"""A computer that slept or a browser that froze does not keep a dialog open."""


_TLS_BUFFER = 32 * 1024
"""Bytes that asyncio holds for each TLS connection, from its handshake until the garbage collector comes by. Its own
256 KiB made 300 dropped connections cost 80 MiB; a TLS record has at most 16 KiB (RFC 8446, section 5.1)."""


def tls_context(identity: Identity) -> ssl.SSLContext:
    sslproto.SSLProtocol.max_size = _TLS_BUFFER
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(identity.certificate, identity.key)
    return context


class Server:
    """Takes accepted sockets. Signals and listening are others' business."""

    def __init__(self, application: Application, tls: ssl.SSLContext, settings: Callable[[], Settings]) -> None:
        self._application = application
        self._tls = tls
        self._settings = settings
        self._state = ServerState()
        self._shaking = 0
        self._config = _config(application)
        self.renewal: Renewal | None = None
        """Looks at the identity before each handshake."""

    def use(self, identity: Identity) -> None:
        """For clients that connect from now on."""
        self._tls.load_cert_chain(identity.certificate, identity.key)

    async def take(self, client: socket.socket) -> None:
        """Serve an accepted socket, from the TLS handshake on."""
        most = self._settings().largest_connections + _HANDSHAKES
        if len(self._state.connections) + self._shaking >= most:
            client.close()
            return
        self._shaking += 1
        try:
            if self.renewal is not None:
                await self.renewal.look(self.use)
            with suppress(OSError):  # no TLS, too slow, or gone: ssl.SSLError and TimeoutError are OSErrors too
                await asyncio.get_running_loop().connect_accepted_socket(
                    self._protocol,
                    client,
                    ssl=self._tls,
                    ssl_handshake_timeout=_HANDSHAKE_SECONDS,
                    ssl_shutdown_timeout=_CLOSE_SECONDS,
                )
        finally:
            self._shaking -= 1

    async def close(self) -> None:
        """Answer what is in flight with SERVICE_STOPPING, close, and cut what does not close."""
        self._application.flights.stop()
        while tasks := {task for task in self._state.tasks if not task.done()}:
            self._shut_down()
            _, late = await asyncio.wait(tasks, timeout=_CLOSE_SECONDS)
            for task in late:
                task.cancel()
        self._shut_down()
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                while any(unread(each.transport) for each in self._state.connections):  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(_LOOK_SECONDS)
        for connection in list(self._state.connections):
            cut(connection.transport)

    def _shut_down(self) -> None:
        for connection in list(self._state.connections):
            if not connection.transport.is_closing():
                connection.shutdown()

    def _protocol(self) -> asyncio.Protocol:
        return CallProtocol(self._config, self._state)


def _config(application: Application) -> uvicorn.Config:
    config = quiet_config(
        application,
        http=CallProtocol,
        ws=EventsProtocol,
        interface="asgi3",
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        h11_max_incomplete_event_size=_LARGEST_HEAD,
        ws_max_size=_LARGEST_MESSAGE,
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        ws_per_message_deflate=False,
    )
    config.load()
    return config
