"""Text and bytes as they stand in frames."""

from __future__ import annotations

import base64

from hebca_helper.errors import Code, HelperError


def b64(data: bytes) -> str:
    """Base64 on one line."""
    return base64.b64encode(data).decode()


def encoded(text: str, encoding: str) -> bytes:
    """Never with a replacement character: the portal would verify another text than the person saw."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        raise HelperError(Code.TEXT_NOT_ENCODABLE) from None
