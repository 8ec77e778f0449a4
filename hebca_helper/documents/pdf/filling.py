"""Putting a signature into the place that the document host left for it."""

from __future__ import annotations

import hashlib

from hebca_helper.documents.pdf.client import Ready
from hebca_helper.errors import Code, HelperError


def digest_to_sign(document: bytes, ready: Ready) -> bytes:
    """SHA-256 of everything but the empty signature (ISO 32000-1, 12.8.1).

    HelperError(DOCUMENT_HOST_FAILED) unless the place is in the update and empty: the host cannot have us write elsewhere.
    """
    start, end = ready.hole
    first = len(document)
    place = ready.update[start - first : end - first] if first <= start < end else b""
    if len(place) != end - start or place != b"<" + b"0" * (end - start - 2) + b">":
        raise HelperError(Code.DOCUMENT_HOST_FAILED)
    digest = hashlib.sha256(document)
    digest.update(ready.update[: start - first])
    digest.update(ready.update[end - first :])
    return digest.digest()


def filled(document: bytes, ready: Ready, message: bytes) -> bytes:
    """The whole document with the signature in it. HelperError(TOO_LARGE) where it does not fit."""
    start, end = ready.hole
    if len(message) > (end - start - 2) // 2:
        raise HelperError(Code.TOO_LARGE)
    whole = bytearray(document)
    whole += ready.update
    whole[start + 1 : start + 1 + 2 * len(message)] = message.hex().encode("ascii")
    return bytes(whole)
