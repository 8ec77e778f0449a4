"""Files of this computer, by paths that a page names: only after the person confirmed them (house rule 7)."""

from __future__ import annotations

from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session


async def encrypt_file(session: Session, arguments: Arguments) -> dict[str, object]:
    """Choice: our own authenticated format in place of DES-ECB; `key` is a key of GenerateFileKeyB64."""
    names = arguments.text("src"), arguments.text("dst")
    await session.assistant.files.encrypt(session.connection, arguments.data("key"), *names)
    return {}


async def decrypt_file(session: Session, arguments: Arguments) -> dict[str, object]:
    names = arguments.text("src"), arguments.text("dst")
    await session.assistant.files.decrypt(session.connection, arguments.data("key"), *names)
    return {}
