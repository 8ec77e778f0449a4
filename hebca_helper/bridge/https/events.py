"""The events socket: the connection to which a page's logins belong, and what happens to USBKEYs, told as it happens.

Messages to the page are JSON objects with `event`: `session` (once, first), `token-plugged`, `token-unplugged`,
`login-ended`. The page may send {"cancel": request id}.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.bridge.https.calls import failure
from hebca_helper.bridge.https.flights import Asking, Flights
from hebca_helper.bridge.https.sessions import Sessions
from hebca_helper.bridge.https.visitor import Visitor
from hebca_helper.errors import HelperError
from hebca_helper.tokens.model import EventKind, TokenEvent

if TYPE_CHECKING:
    from hebca_helper.assistant.asker.connection import Connection
    from hebca_helper.assistant.assistant import Assistant

EVENTS_PATH = "/v1/events"
_MOST_UNSENT = 1000
"""Events that a page may leave unread before its socket is closed."""
_POLICY_VIOLATION = 1008
"""Close code (RFC 6455, section 7.4.1)."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Event(StrEnum):
    SESSION = "session"
    PLUGGED = "token-plugged"
    UNPLUGGED = "token-unplugged"
    LOGIN_ENDED = "login-ended"


class Events:
    def __init__(self, assistant: Assistant, sessions: Sessions, flights: Flights) -> None:
        self._assistant = assistant
        self._sessions = sessions
        self._flights = flights

    async def converse(self, origin: str, visitor: Visitor, receive: Receive, send: Send) -> None:
        """All of one socket's life. A blocked origin gets 403 instead of a socket."""
        try:
            connection = self._sessions.connect(origin)
            self._assistant.gate.enter(connection, "events", Risk.HARMLESS)
            self._sessions.require_room(origin)
        except HelperError as problem:
            await _refuse(send, problem)
            return
        self._sessions.open(connection)
        visitor.admitted = lambda: self._assistant.is_admitted(connection)
        watcher = Watcher(self._assistant, connection)
        telling: asyncio.Task[None] | None = None
        try:
            await receive()
            await send({"type": "websocket.accept"})
            await _tell(send, {"event": Event.SESSION, "session": connection.id})
            await watcher.begin()
            telling = asyncio.create_task(_tell_all(send, watcher.queue))
            await self._listen(connection, origin, receive, send)
        finally:
            watcher.end()
            self._flights.leave(connection.id)
            if telling is not None:
                telling.cancel()
                await asyncio.wait({telling})
            await self._sessions.close(connection)

    async def _listen(self, connection: Connection, origin: str, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            wanted = _cancelled_request(message.get("text") or "")
            if not wanted:
                await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
                return
            self._flights.cancel(Asking(origin, connection.id, wanted))


class Watcher:
    """What a page may know of: tokens with certificates that are offered to it, once it is admitted."""

    def __init__(self, assistant: Assistant, connection: Connection) -> None:
        self.queue: asyncio.Queue[dict[str, object]] = asyncio.Queue(_MOST_UNSENT)
        self._assistant = assistant
        self._connection = connection
        self._known: dict[str, list[str]] = {}
        self._looking: set[asyncio.Task[None]] = set()
        self._stops = [
            assistant.subscribe(self._token_event),
            assistant.subscribe_ends(self._login_ended),
        ]

    async def begin(self) -> None:
        self._known = await self._offered()

    def end(self) -> None:
        for stop in self._stops:
            stop()
        for task in self._looking:
            task.cancel()

    def _token_event(self, event: TokenEvent) -> None:
        if event.kind is EventKind.UNPLUGGED and event.token_id in self._known:
            self._put(Event.UNPLUGGED, self._known.pop(event.token_id))
        elif event.kind in (EventKind.PLUGGED, EventKind.CHANGED):
            tell = event.kind is EventKind.PLUGGED and self._assistant.is_admitted(self._connection)
            task = asyncio.get_running_loop().create_task(self._look(event.token_id, tell))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def _look(self, token_id: str, tell: bool) -> None:
        found = (await self._offered()).get(token_id)
        if not found:
            return
        new = token_id not in self._known
        self._known[token_id] = found
        if new and tell:
            self._put(Event.PLUGGED, found)

    def _login_ended(self, connection_id: str, token_id: str) -> None:
        if connection_id == self._connection.id:
            self._put(Event.LOGIN_ENDED, self._known.get(token_id, []))

    async def _offered(self) -> dict[str, list[str]]:
        """Fingerprints by token, whether admitted or not: nothing is told before."""
        offered: dict[str, list[str]] = {}
        with suppress(HelperError):
            for entry in await self._assistant.inventory.offered(self._connection):
                offered.setdefault(entry.token.id, []).append(entry.certificate.fingerprint)
        return offered

    def _put(self, event: Event, certificates: list[str]) -> None:
        if self._assistant.is_admitted(self._connection):
            with suppress(asyncio.QueueFull):  # nobody reads: the last word was said long ago
                self.queue.put_nowait({"event": event, "certificates": certificates})


async def _tell_all(send: Send, queue: asyncio.Queue[dict[str, object]]) -> None:
    while True:
        await _tell(send, await queue.get())


async def _tell(send: Send, told: dict[str, object]) -> None:
    await send({"type": "websocket.send", "text": json.dumps(told, separators=(",", ":"))})


async def _refuse(send: Send, problem: HelperError) -> None:
    reply = failure(problem)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(reply.body)).encode())]
    await send({"type": "websocket.http.response.start", "status": int(reply.status), "headers": headers})
    await send({"type": "websocket.http.response.body", "body": reply.body})


def _cancelled_request(text: str) -> str:
    try:
        wanted = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    found = wanted.get("cancel") if isinstance(wanted, dict) else None
    return found if isinstance(found, str) else ""
