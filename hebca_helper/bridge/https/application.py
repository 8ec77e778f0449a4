"""The ASGI application: who asks, CORS, and the way from an HTTP request to a call and back. Security core.

CORS (fetch.spec.whatwg.org, 3.2): the asking origin exactly, never `*`, no credentials. Every call with an effect is a
POST of `application/json`, so that no page can send one without a preflight.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.bridge.guard import RefusedError, asking_origin
from hebca_helper.bridge.https.body import Bodies
from hebca_helper.bridge.https.calls import Asked, Calls, Reply
from hebca_helper.bridge.https.events import EVENTS_PATH, Events
from hebca_helper.bridge.https.failures import RETRY_AFTER
from hebca_helper.bridge.https.flights import Flights
from hebca_helper.bridge.https.sessions import Sessions
from hebca_helper.bridge.https.table import DOCUMENTS, OPERATIONS
from hebca_helper.bridge.https.visitor import Visitor
from hebca_helper.peer import comes_from_same_user

if TYPE_CHECKING:
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.bridge.budget import Budget
    from hebca_helper.settings import Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

SESSION, REQUEST = "hebca-session", "hebca-request"
"""Headers of a request: the session it belongs to, and the id by which it is echoed and cancelled."""
_ALLOWED_HEADERS = frozenset({"content-type", SESSION, REQUEST})
_PREFLIGHT_SECONDS = b"600"
_ALWAYS: Headers = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"Origin"),
]


class Application:
    """`port` gives the one we listen on."""

    def __init__(
        self, assistant: Assistant, settings: Callable[[], Settings], port: Callable[[], int], budget: Budget
    ) -> None:
        self.flights = Flights()
        self._settings = settings
        self._port = port
        self._assistant = assistant
        self._visitors: WeakSet[Visitor] = WeakSet()
        """Clients that were let in; their protocols hold them."""
        sessions = Sessions(assistant)
        self.answer: Callable[[Asked], Awaitable[Reply]] = Calls(assistant, settings, sessions, self.flights).answer
        """The monitor page may stand around it."""
        self.refused: Callable[[str, str], None] = _unheard
        self._events = Events(assistant, sessions, self.flights)
        self._bodies = {False: Bodies(budget), True: Bodies(budget.documents)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]}
        try:
            origin = await self._asking_origin(scope)
            if scope["type"] == "websocket":
                if scope["path"] != EVENTS_PATH:
                    raise RefusedError(HTTPStatus.NOT_FOUND, "not found")
                await self._events.converse(origin, scope["state"]["visitor"], receive, send)
            elif scope["path"] == EVENTS_PATH:
                raise RefusedError(HTTPStatus.UPGRADE_REQUIRED, "upgrade required")
            elif scope["method"] == "OPTIONS":
                await _send(scope, send, _preflight(scope["path"], headers, origin))
            else:
                await self._call(scope, headers, origin, receive, send)
        except RefusedError as refusal:
            self.refused(headers.get("origin", ""), refusal.reason)
            await _send(scope, send, Reply(refusal.status, f"{refusal.reason}\n".encode(), "text/plain"))

    async def _asking_origin(self, scope: Scope) -> str:
        lines = [(name.decode("latin-1"), text.decode("latin-1")) for name, text in scope["headers"]]
        origin = asking_origin(lines, self._port(), "https")
        visitor: Visitor = scope["state"]["visitor"]
        if visitor.ours is None:  # once for all requests of a connection
            visitor.ours = await comes_from_same_user(scope["client"], scope["server"])
        if not visitor.ours:
            raise RefusedError(HTTPStatus.FORBIDDEN, "other user")
        if visitor not in self._visitors:
            self._require_room()
            self._visitors.add(visitor)
        asker = Connection(Asker(Channel.HTTPS, origin))
        visitor.admitted = lambda: self._assistant.is_admitted(asker)
        visitor.asked_at = asyncio.get_running_loop().time()
        return origin

    def _require_room(self) -> None:
        """For one more: the stranger who has been silent longest goes. Who came before is never turned away for it."""
        inside = [each for each in self._visitors if not each.is_gone()]
        if len(inside) < self._settings().largest_connections:
            return
        silent = [each for each in inside if each.gives_way]
        if not silent:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections")
        min(silent, key=lambda each: each.asked_at).cut()

    async def _call(self, scope: Scope, headers: dict[str, str], origin: str, receive: Receive, send: Send) -> None:
        visitor: Visitor = scope["state"]["visitor"]
        bodies = self._bodies[scope["path"] in DOCUMENTS]
        asked = Asked(
            origin,
            scope["method"],
            scope["path"],
            read_body=lambda: bodies.read(origin, headers.get("content-length", ""), receive),
            when_gone=visitor.when_gone,
            session=headers.get(SESSION),
            request=headers.get(REQUEST),
            content_type=headers.get("content-type", ""),
            length=headers.get("content-length", ""),
        )
        try:
            reply = await self.answer(asked)
        finally:
            visitor.when_gone(None)
        reply.headers += _readable_by(origin)
        if asked.request:
            reply.headers.append((REQUEST.encode(), asked.request.encode("latin-1")))
        await _send(scope, send, reply)


def _unheard(origin: str, reason: str) -> None:
    pass


def _readable_by(origin: str) -> Headers:
    return [
        (b"access-control-allow-origin", origin.encode("ascii")),
        (b"access-control-expose-headers", REQUEST.encode()),
    ]


def _preflight(path: str, headers: dict[str, str], origin: str) -> Reply:
    """204 for exactly what an operation takes; anything else is refused without a word about CORS."""
    operation = OPERATIONS.get(path)
    asked = {name.strip().lower() for name in headers.get("access-control-request-headers", "").split(",")} - {""}
    if operation is None:
        raise RefusedError(HTTPStatus.NOT_FOUND, "not found")
    if headers.get("access-control-request-method") != operation.method or not asked <= _ALLOWED_HEADERS:
        raise RefusedError(HTTPStatus.FORBIDDEN, "not allowed")
    reply = Reply(HTTPStatus.NO_CONTENT, b"")
    reply.headers = [
        (b"access-control-allow-origin", origin.encode("ascii")),
        (b"access-control-allow-methods", operation.method.encode()),
        (b"access-control-allow-headers", ", ".join(sorted(_ALLOWED_HEADERS)).encode()),
        (b"access-control-max-age", _PREFLIGHT_SECONDS),
    ]
    if headers.get("access-control-request-private-network") == "true":
        # wicg.github.io/private-network-access: browsers that still ask so want it said so
        reply.headers.append((b"access-control-allow-private-network", b"true"))
    return reply


async def _send(scope: Scope, send: Send, reply: Reply) -> None:
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    headers = [*_ALWAYS, *reply.headers, (b"content-length", str(len(reply.body)).encode())]
    if reply.body:
        headers.append((b"content-type", reply.content_type.encode()))
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        headers.append((b"retry-after", str(RETRY_AFTER).encode()))
    if reply.status == HTTPStatus.NO_CONTENT:
        headers = [line for line in headers if line[0] != b"content-length"]
    await send({"type": f"{kind}.start", "status": int(reply.status), "headers": headers})
    await send({"type": f"{kind}.body", "body": reply.body})
