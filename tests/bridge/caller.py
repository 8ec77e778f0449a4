"""A page without a socket: calls straight into the dispatcher, with a stand-in assistant behind it."""

from __future__ import annotations

import json
from typing import Any, cast

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.assistant import Assistant
from hebca_helper.bridge.websocket.dispatcher import answer
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import Code, HelperError
from hebca_helper.settings import Settings
from tests.bridge.standin import ORIGIN, Changes, StandIn


class Page:
    """A page's side of the dispatcher."""

    def __init__(self, **changes: Any) -> None:
        self.standin = StandIn()
        self.changes = Changes()
        self.standin.subscribe(self.changes.note)
        connection = self.standin.connect(Asker(Channel.CERTIFICATE_SERVICE, ORIGIN))
        self.session = Session(cast(Assistant, self.standin), connection, Settings(**changes), self.changes)

    async def frame(self, frame: str | bytes) -> str:
        return await answer(self.session, frame)

    async def call(self, name: str, /, **arguments: object) -> dict[str, Any]:
        return await self.raw(name, json.dumps(arguments) if arguments else "")

    async def raw(self, name: str, arguments: str = "") -> dict[str, Any]:
        reply = await self.frame(f"1|{name}|{arguments}" if arguments else f"1|{name}")
        one, echoed, body = reply.split("|")
        assert (one, echoed) == ("1", name)
        found: dict[str, Any] = json.loads(body)
        return found

    async def fails(self, code: Code, name: str, /, **arguments: object) -> bool:
        reply = await self.call(name, **arguments)
        assert reply["ret"] == HelperError(code).number, reply
        assert list(reply) == ["ret", "msg"]
        return True
