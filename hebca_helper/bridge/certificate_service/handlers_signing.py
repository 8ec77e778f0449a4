"""Signatures with the signing certificate: bare PKCS#1 v1.5 or ECDSA, base64 without line breaks
(resources/protocol.md, section 3)."""

from __future__ import annotations

from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.bridge.certificate_service.handlers_login import find_by_serial
from hebca_helper.bridge.websocket.encoding import b64, encoded
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session


async def sign_text(session: Session, arguments: Arguments) -> dict[str, object]:
    text = arguments.text("signText")
    return await _sign(session, encoded(text, session.settings.text_encoding), text)


async def sign_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    return await _sign(session, arguments.data("b64data"), None)


async def un_ui_sign(session: Session, arguments: Arguments) -> dict[str, object]:
    """No dialog at all; NOT_LOGGED_IN without a login of this connection, or when its repeats are used up."""
    entry = await find_by_serial(session, arguments.text("certSN"))
    signature = await session.assistant.sign_silently(session.connection, entry, arguments.data("b64data"))
    return {"signature": b64(signature)}


async def _sign(session: Session, data: bytes, text: str | None) -> dict[str, object]:
    entry = await session.selected(Usage.SIGN)
    return {"signature": b64(await session.assistant.sign(session.connection, entry, data, text=text))}
