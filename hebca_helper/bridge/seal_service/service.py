"""The seal service: `ws://localhost:17213/test`."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING

from hebca_helper.assistant.asker.asking import Channel
from hebca_helper.bridge.service import PageService
from hebca_helper.bridge.websocket.conversation import Answer
from hebca_helper.errors import HelperError

if TYPE_CHECKING:
    from hebca_helper.assistant.asker.connection import Connection
    from hebca_helper.bridge.seal_service.session import SealSession
    from hebca_helper.bridge.websocket.dispatcher import Dialect
    from hebca_helper.bridge.websocket.session import TokenChanges
    from hebca_helper.settings import Settings


class SealService(PageService):
    channel = Channel.SEAL_SERVICE

    @property
    def wanted_port(self) -> int:
        return self._settings.seal_port

    def answering(self, connection: Connection, settings: Settings, changes: TokenChanges) -> Answer:
        """What few pages need is imported when the first one comes."""
        from hebca_helper.bridge.seal_service.session import SealSession
        from hebca_helper.bridge.websocket.dispatcher import answer

        session = SealSession(self._assistant, connection, settings, changes, self._budget.documents)
        dialect = dialect_of(session)

        def reply(frame: str | bytes) -> Awaitable[str]:
            return answer(session, frame, dialect)

        return reply


def dialect_of(session: SealSession) -> Dialect:
    """Replies in each function's style; the session remembers what went wrong last."""
    from hebca_helper.bridge.seal_service import replies
    from hebca_helper.bridge.seal_service.functions import FUNCTIONS, QUIET, STYLES
    from hebca_helper.bridge.websocket.dispatcher import Dialect

    def success(name: str, fields: Mapping[str, object]) -> str:
        if name not in QUIET:
            session.last_error = None
        return replies.success(STYLES.get(name, replies.Style.R), name, fields)

    def failure(name: str, problem: HelperError) -> str:
        session.last_error = problem
        return replies.failure(name, problem)

    return Dialect(FUNCTIONS, success, failure)
