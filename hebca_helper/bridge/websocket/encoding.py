"""Text and bytes as they stand in frames."""

from __future__ import annotations

import binascii

from hebca_helper.bridge.websocket.frames import Base64
from hebca_helper.errors import Code, HelperError


def b64(data: bytes) -> Base64:
    """Base64 on one line."""
    return Base64((binascii.b2a_base64(data, newline=False).decode("ascii"),))


def encoded(text: str, encoding: str) -> bytes:
    """Never with a replacement character: the portal would verify another text than the person saw."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        raise HelperError(Code.TEXT_NOT_ENCODABLE) from None
