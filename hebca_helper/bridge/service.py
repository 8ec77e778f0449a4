"""The WebSocket services for pages; here the certificate service, `ws://localhost:17212/test` (resources/protocol.md, section 1)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Protocol

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.bridge.budget import Budget
from hebca_helper.bridge.guard import PATH
from hebca_helper.bridge.listening import listen, port_taken
from hebca_helper.bridge.websocket.conversation import Answer, Conversation
from hebca_helper.bridge.websocket.dispatcher import answer
from hebca_helper.bridge.websocket.doorway import Doorway
from hebca_helper.bridge.websocket.session import Session, TokenChanges
from hebca_helper.bridge.websocket.transport import PageConnection
from hebca_helper.errors import Code, HelperError

if TYPE_CHECKING:
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.bridge.monitor.observation import Observation
    from hebca_helper.settings import Settings

_RETRY_AFTER = 3.0
_LOOK_AGAIN = 20
"""Tries after which we look again who holds the port; looking costs more than trying."""


class Entrance(Protocol):
    """`port` is 0 while closed."""

    port: int

    async def open(self, sockets: list[socket.socket]) -> None: ...

    async def close(self) -> None: ...


class PageService:
    """A WebSocket service for pages. Lives on one asyncio loop, the assistant's. `on_change` is called when `problem`
    or `listening` changes. A service says in which channel it is, which port it wants and how it answers."""

    channel: Channel
    observation: Observation | None = None
    """Practice mode: who watches the calls (`bridge.monitor`)."""

    def __init__(
        self,
        assistant: Assistant,
        settings: Settings,
        *,
        budget: Budget | None = None,
        retry_after: float = _RETRY_AFTER,
    ) -> None:
        """`budget` is the one of all services together."""
        self.problem: HelperError | None = None
        """PORT_TAKEN while waiting for the port."""
        self.on_change: Callable[[], None] = _nothing
        self._assistant = assistant
        self._settings = settings
        self._retry_after = retry_after
        self._budget = budget or Budget(settings.largest_frame)
        self._doorway = self.make_doorway()
        self._waiting: asyncio.Task[None] | None = None
        self._changes = TokenChanges()
        self._unsubscribe: Callable[[], None] = _nothing

    def make_doorway(self) -> Entrance:
        """What lets pages in."""
        return Doorway(
            self._converse, self._budget, self._settings.largest_connections, self._is_admitted, self._refused
        )

    @property
    def port(self) -> int:
        """The port we listen on; the one we want while we do not."""
        return self._doorway.port or self.wanted_port

    @property
    def wanted_port(self) -> int:
        """As the settings have it; 0 takes any."""
        raise NotImplementedError

    def answering(self, connection: Connection, settings: Settings, changes: TokenChanges) -> Answer:
        """What answers the frames of one page, with state of its own."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"ws://localhost:{self.port}{PATH}"

    @property
    def listening(self) -> bool:
        return self._doorway.port != 0

    async def start(self, *, wait: bool = False, sockets: list[socket.socket] | None = None) -> None:
        """Listen, on `sockets` where they were opened beforehand (`listening.listen`). When the port is taken: HelperError(PORT_TAKEN) that names who holds it, or with `wait` return at
        once with `problem` set (its detail follows) and listen as soon as the port is free. Nobody is ever killed."""
        self._unsubscribe = self._assistant.subscribe(self._changes.note)
        if sockets:
            await self._open(sockets)
            return
        if await self._try():
            return
        if not wait:
            self._forget_tokens()
            raise await asyncio.to_thread(port_taken, self.port)
        self._tell(HelperError(Code.PORT_TAKEN))
        self._waiting = asyncio.create_task(self._wait_for_port())

    async def change(self, settings: Settings, sockets: list[socket.socket]) -> None:
        """Use these settings: pages that connect from now on see them. With `sockets` also move there from the port
        where we are, as after a stop and a start."""
        if not sockets:
            self._settings = settings
            return
        try:
            await self.stop()
            self._settings = settings
            await self.start(sockets=sockets)
        except BaseException:
            for each in sockets:
                each.close()
            raise
        self.on_change()

    async def stop(self) -> None:
        """Close all sockets (1001, going away); no task is left."""
        self._forget_tokens()
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.wait({self._waiting})
            self._waiting = None
        await self._doorway.close()

    def _forget_tokens(self) -> None:
        self._unsubscribe()
        self._unsubscribe = _nothing

    async def _try(self) -> bool:
        try:
            sockets = listen(self.wanted_port)
        except HelperError:
            return False
        await self._open(sockets)
        return True

    async def _open(self, sockets: list[socket.socket]) -> None:
        await self._doorway.open(sockets)
        self._tell(None)

    async def _wait_for_port(self) -> None:
        for attempt in count():
            if attempt % _LOOK_AGAIN == 0:
                self._tell(await asyncio.to_thread(port_taken, self.port))
            await asyncio.sleep(self._retry_after)
            if await self._try():
                return

    def _tell(self, problem: HelperError | None) -> None:
        self.problem = problem
        self.on_change()

    def standing_of(self, origin: str) -> str:
        return self._assistant.origins.classify(origin).value

    def _is_admitted(self, origin: str) -> bool:
        return self._assistant.is_admitted(Connection(Asker(self.channel, origin)))

    def _refused(self, origin: str, reason: str) -> None:
        if self.observation is not None:
            self.observation.note_refusal(self.channel, origin, reason)

    async def _converse(self, page: PageConnection) -> None:
        """All of one page's life."""
        connection = self._assistant.connect(Asker(self.channel, page.origin))
        page.admitted = lambda: self._assistant.is_admitted(connection)
        answering = self.answering(connection, self._settings, self._changes)
        if self.observation is not None:
            answering = self.observation.around(answering, self.channel, page.origin)
        try:
            await Conversation(page, answering).run()
        finally:
            await self._assistant.close(connection)


class CertificateService(PageService):
    channel = Channel.CERTIFICATE_SERVICE

    @property
    def wanted_port(self) -> int:
        return self._settings.certificate_port

    def answering(self, connection: Connection, settings: Settings, changes: TokenChanges) -> Answer:
        session = Session(self._assistant, connection, settings, changes)
        return lambda frame: answer(session, frame)


def _nothing() -> None:
    pass
