"""The moment that a seal signature claims: a time, written text, or a time stamp token (RFC 3161), whose own signature
is not judged here: the signer put it under the seal's signature."""

from __future__ import annotations

from datetime import datetime

from hebca_helper.pki import der
from hebca_helper.seals import reading
from hebca_helper.seals.reading import Piece


def claimed_moment(found: Piece) -> datetime | None:
    """Aware UTC; None when it says nothing that can be read. ValueError for an element that holds no time at all."""
    if found.tag in (der.UTC_TIME, der.GENERALIZED_TIME):
        return reading.moment(found)
    reading.require(found, der.BIT_STRING, der.OCTET_STRING)
    held = found.content[1:] if found.tag == der.BIT_STRING else found.content
    try:
        inner = reading.piece(held)
        if inner.tag in (der.UTC_TIME, der.GENERALIZED_TIME):
            return reading.moment(inner)
        if inner.tag == der.SEQUENCE:
            return _token_moment(inner)
        return reading.written_moment(reading.text(inner))
    except (ValueError, IndexError):
        return reading.written_moment(held[:64].decode("ascii", "replace"))


def _token_moment(token: Piece) -> datetime:
    """genTime of TSTInfo (RFC 3161, 2.4.2) in SignedData (RFC 5652, 5.1). ValueError, IndexError."""
    _, explicit = reading.pieces(token)
    signed_data = reading.pieces(reading.piece(explicit.content))
    _, content = reading.pieces(signed_data[2])
    info = reading.piece(reading.octets(reading.piece(content.content)))
    return reading.moment(reading.pieces(info)[4])
