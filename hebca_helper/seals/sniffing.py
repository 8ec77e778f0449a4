"""Telling what a file or a data object of a USBKEY holds, however it is wrapped (GM/T 0031, GB/T 38540, GB/T 35275)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from enum import StrEnum

from hebca_helper.pki import der, pem
from hebca_helper.pki.cms import ber
from hebca_helper.seals import reading
from hebca_helper.seals.reading import Piece

LARGEST_TEXT = 12 * 1024 * 1024
"""Octets of base64, a little over what LARGEST_SEAL octets become."""
MOST_PARTS = 16
_PREFIXES = (1, 2, 4)
_SEPARATORS = re.compile(rb"@@@@|\|\|")
_DATA_ADDRESS = re.compile(rb"data:[\w./+;=-]{0,100};base64,")
PADDING = b"\0\xff \t\r\n"
"""What may follow."""


class Kind(StrEnum):
    """UNKNOWN: DER of some other kind, or no DER at all."""

    SEAL = "seal"
    SEAL_SIGNATURE = "seal-signature"
    CMS = "cms"
    BARE_SIGNATURE = "bare-signature"
    UNKNOWN = "unknown"


def unwrapped(data: bytes) -> bytes:
    """The first DER in `data`, however wrapped (`unwrappings`); else `data` as it is."""
    return next((found for found in unwrappings(data) if is_sequence(found)), data)


def unwrappings(data: bytes) -> Iterator[bytes]:
    """What an object of a USBKEY or a file may hold, likeliest first (resources/protocol.md, section 8): itself; after one octet,
    or a length of two or four octets, that some USBKEYs put first; in an OCTET STRING; decoded from PEM (RFC 7468),
    hexadecimal, or base64, whole or in parts between separators.
    """
    yield data
    yield from _in_octets(data)
    for prefix in _PREFIXES:
        if is_sequence(data[prefix:]):
            yield data[prefix:]
    if len(data) <= LARGEST_TEXT:
        yield from _from_text(pem.plain_text(data).strip(PADDING))


def _in_octets(data: bytes) -> Iterator[bytes]:
    if data[:1] != bytes([der.OCTET_STRING]):
        return
    try:
        yield reading.piece(data).content
    except ValueError:
        return


def _from_text(text: bytes) -> Iterator[bytes]:
    yield from pem.blocks(text)
    yield pem.hexadecimal(text)
    if address := _DATA_ADDRESS.match(text):
        text = text[address.end() :]
    for part in _SEPARATORS.split(text, MOST_PARTS)[:MOST_PARTS]:
        yield pem.base64_octets(part)


def kind_of(data: bytes) -> Kind:
    """What the DER at the start of `data` is, told by its shape; whether it can be read is another question."""
    if _is_message(data):
        return Kind.CMS
    try:
        outer = reading.pieces(reading.piece(data))
        if [part.tag for part in outer] == [der.INTEGER, der.INTEGER]:
            return Kind.BARE_SIGNATURE
        return _kind_by_first(reading.pieces(outer[0]))
    except (ValueError, IndexError):
        return Kind.UNKNOWN


def _kind_by_first(found: list[Piece]) -> Kind:
    """A seal's information begins with the header, what a signature covers with a version number and the seal; a certificate
    or a request begins otherwise. ValueError, IndexError."""
    if found[0].tag == der.SEQUENCE and reading.pieces(found[0])[0].tag in reading.TEXT_TAGS:
        return Kind.SEAL
    is_signature = found[0].tag == der.INTEGER and reading.pieces(found[1])[0].tag == der.SEQUENCE
    return Kind.SEAL_SIGNATURE if is_signature else Kind.UNKNOWN


def _is_message(data: bytes) -> bool:
    """Whether it begins as a ContentInfo does (RFC 5652, 3), whatever its lengths."""
    try:
        message = ber.Reader(io.BytesIO(data), len(data))
        message.enter(ber.SEQUENCE)
    except ValueError:
        return False
    return message.next_tag() == der.OID


def is_sequence(data: bytes) -> bool:
    """Whether it begins with a SEQUENCE that fills it, padding apart."""
    try:
        return data[:1] == bytes([der.SEQUENCE]) and bool(ber.whole(data, PADDING))
    except ValueError:
        return False
