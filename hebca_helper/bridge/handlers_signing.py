"""Signatures with the signing certificate: bare PKCS#1 v1.5 or ECDSA, base64 without line breaks
(protocol reference, section 3)."""

from __future__ import annotations

import base64

from hebca_helper.assistant.entries import Usage
from hebca_helper.bridge.parameters import Arguments
from hebca_helper.bridge.session import Session
from hebca_helper.errors import Code, HelperError


async def sign_text(session: Session, arguments: Arguments) -> dict[str, object]:
    text = arguments.text("signText")
    return await _sign(session, _encoded(text, session.settings.text_encoding), text)


async def sign_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    return await _sign(session, arguments.data("b64data"), None)


async def _sign(session: Session, data: bytes, text: str | None) -> dict[str, object]:
    entry = await session.selected(Usage.SIGN)
    signature = await session.assistant.sign(session.connection, entry, data, text=text)
    return {"signature": base64.b64encode(signature).decode()}


def _encoded(text: str, encoding: str) -> bytes:
    """Never with a replacement character: the portal would verify another text than the person saw."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        raise HelperError(Code.TEXT_NOT_ENCODABLE) from None
