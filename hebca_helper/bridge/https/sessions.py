"""Sessions: an open events socket is the connection to which logins belong. Its id is good for its own origin only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.bridge.budget import STRANGERS_PER_ORIGIN
from hebca_helper.errors import Code, HelperError

if TYPE_CHECKING:
    from hebca_helper.assistant.asker.connection import Connection
    from hebca_helper.assistant.assistant import Assistant


class Sessions:
    """By the connection's id, 128 random bits in hex."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._open: dict[str, Connection] = {}

    def connect(self, origin: str) -> Connection:
        """A connection that is no session: for one call."""
        return self._assistant.connect(Asker(Channel.HTTPS, origin))

    def require_room(self, origin: str) -> None:
        """HelperError(TOO_MANY) where this origin has as many sessions as it may have before it is let in."""
        strangers = [
            each
            for each in self._open.values()
            if each.asker.origin == origin and not self._assistant.is_admitted(each)
        ]
        if len(strangers) >= STRANGERS_PER_ORIGIN:
            raise HelperError(Code.TOO_MANY)

    def open(self, connection: Connection) -> None:
        self._open[connection.id] = connection

    def find(self, origin: str, session: str) -> Connection:
        """HelperError(SESSION_ENDED), also for another origin's session."""
        connection = self._open.get(session)
        if connection is None or connection.asker.origin != origin:
            raise HelperError(Code.SESSION_ENDED)
        return connection

    async def close(self, connection: Connection) -> None:
        self._open.pop(connection.id, None)
        await self._assistant.close(connection)
