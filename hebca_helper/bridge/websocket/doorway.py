"""The WebSocket server itself: listening sockets, the guard before each upgrade, limits, and an end without leftovers."""

from __future__ import annotations

import logging
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import cast

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from hebca_helper.bridge.budget import LARGEST_OF_STRANGER, STRANGERS_PER_ORIGIN, Budget
from hebca_helper.bridge.guard import RefusedError, checked_origin
from hebca_helper.bridge.websocket.transport import CLOSE_TIMEOUT, WRITE_LIMIT, PageConnection
from hebca_helper.peer import comes_from_same_user

Handler = Callable[[PageConnection], Awaitable[None]]
"""Gets a page; its socket closes when it returns."""

_OPEN_TIMEOUT = 10.0
"""Seconds for the upgrade request to arrive."""
_READ_AHEAD = 1
"""Frames of any size that the library may hold for us before it stops reading."""
_HANDSHAKES = 64
"""Sockets beyond the connections that may be in their handshake; more are cut at once."""


class Doorway:
    """Lets pages in. `port` is 0 while closed."""

    def __init__(
        self,
        handler: Handler,
        budget: Budget,
        largest_connections: int,
        admits: Callable[[str], bool],
        refused: Callable[[str, str], None] = lambda origin, reason: None,
    ) -> None:
        """`admits` tells whether the person need not be asked about an origin. `refused` hears of everybody who was not
        let in: what was given as the origin, and why."""
        self.port = 0
        self._refused = refused
        self._admits = admits
        self._handler = handler
        self._budget = budget
        self._most = largest_connections
        self._servers: list[Server] = []
        self._pages: set[PageConnection] = set()

    async def open(self, sockets: list[socket.socket]) -> None:
        """Serve on listening sockets, which are ours from now on."""
        self.port = sockets[0].getsockname()[1]
        for listener in sockets:
            self._servers.append(await self._serve(listener))

    async def close(self) -> None:
        """Close code 1001 for every page; sockets that are still in the handshake are cut."""
        self.port = 0
        servers, self._servers = self._servers, []
        for server in servers:
            server.close()
        for page in list(self._pages):
            page.leave()
        for server in servers:
            await server.wait_closed()

    def _serve(self, listener: socket.socket) -> Awaitable[Server]:
        return serve(
            self._receive,
            sock=listener,
            process_request=self._check,
            compression=None,
            server_header=None,
            open_timeout=_OPEN_TIMEOUT,
            ping_interval=None,
            close_timeout=CLOSE_TIMEOUT,
            max_size=min(LARGEST_OF_STRANGER, self._budget.largest),
            max_queue=_READ_AHEAD,
            write_limit=WRITE_LIMIT,
            logger=_quiet_logger(),
            create_connection=cast(type[ServerConnection], self._new_page()),
        )

    def _new_page(self) -> Callable[..., PageConnection]:
        return partial(PageConnection, pages=self._pages, most_pages=self._most + _HANDSHAKES, budget=self._budget)

    async def _check(self, page: ServerConnection, request: Request) -> Response | None:
        """Before the upgrade: None lets it through, a response refuses it."""
        assert isinstance(page, PageConnection)  # noqa: S101 - create_connection makes nothing else
        try:
            origin = checked_origin(request.path, request.headers.raw_items(), self.port)
            if not await comes_from_same_user(page.remote_address, page.local_address):
                raise RefusedError(HTTPStatus.FORBIDDEN, "other user")
            self._require_room(origin)
        except RefusedError as refusal:
            self._refused(" ".join(request.headers.get_all("Origin")), refusal.reason)
            return page.respond(refusal.status, f"{refusal.reason}\n")
        page.origin = origin
        return None

    def _require_room(self, origin: str) -> None:
        """A stranger who asks nothing gives way to who comes; a crowd of one origin's strangers is turned away."""
        inside = [page for page in self._pages if page.origin and not page.transport.is_closing()]
        strangers = [page for page in inside if not page.is_admitted]
        of_origin = sum(1 for page in strangers if page.origin == origin)
        if of_origin >= STRANGERS_PER_ORIGIN and not self._admits(origin):
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections")
        if len(inside) < self._most:
            return
        idle = [page for page in strangers if page.idle]
        if not idle:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections")
        min(idle, key=lambda page: page.quiet_since).drop()

    async def _receive(self, page: ServerConnection) -> None:
        assert isinstance(page, PageConnection)  # noqa: S101
        await self._handler(page)


def _quiet_logger() -> logging.Logger:
    """The library would write whole frames, PINs too, at the level DEBUG: it is never let down to it."""
    logger = logging.getLogger("hebca_helper.bridge.websockets")
    logger.setLevel(logging.WARNING)
    return logger
