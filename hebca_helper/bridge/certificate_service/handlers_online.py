"""Online calls. The page says where; what is asked there and what the token does with the answer is the assistant's."""

from __future__ import annotations

from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session


async def online_reset_pin(session: Session, arguments: Arguments) -> dict[str, object]:
    """`userpin` is not read: the new PIN comes from our own dialog (resources/protocol.md, section 7)."""
    entry = await session.certificate()
    await session.assistant.online.reset(session.connection, entry, arguments.text("url"))
    return {}
