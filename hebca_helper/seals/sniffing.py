"""Telling what a file or a data object of a USBKEY holds, however it is wrapped (GM/T 0031, GB/T 38540, GB/T 35275)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from enum import StrEnum

from hebca_helper.pki import der
from hebca_helper.seals import reading

LARGEST_TEXT = 12 * 1024 * 1024
"""Octets of base64, a little over what LARGEST_SEAL octets become."""
MOST_PARTS = 16
_PREFIXES = (1, 2, 4)
_SEPARATORS = re.compile(rb"@@@@|\|\|")
_PADDING = b"\0\xff \t\r\n"


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
    """What an object of a USBKEY may hold, likeliest first (seals reference, section 3): itself; after one octet, or a
    length of two or four octets, that some USBKEYs put first; decoded from base64, whole or in parts between separators.
    """
    yield data
    for prefix in _PREFIXES:
        if is_sequence(data[prefix:]):
            yield data[prefix:]
    text = data.strip(_PADDING)
    if len(text) > LARGEST_TEXT:
        return
    for part in _SEPARATORS.split(text, MOST_PARTS)[:MOST_PARTS]:
        decoded = _from_base64(part)
        if decoded:
            yield decoded


def kind_of(data: bytes) -> Kind:
    """What the DER at the start of `data` is, told by its shape; whether it can be read is another question."""
    try:
        outer = reading.pieces(reading.piece(data))
        if not outer:
            return Kind.UNKNOWN
        if outer[0].tag == der.OID:
            return Kind.CMS
        if [part.tag for part in outer] == [der.INTEGER, der.INTEGER]:
            return Kind.BARE_SIGNATURE
        first = reading.pieces(outer[0])
        # a seal's information begins with the header, what a signature covers with a version number
        return Kind.SEAL_SIGNATURE if first[0].tag == der.INTEGER else Kind.SEAL
    except (ValueError, IndexError):
        return Kind.UNKNOWN


def is_sequence(data: bytes) -> bool:
    """Whether it begins with a SEQUENCE that fills it, padding apart."""
    try:
        found = der.expect(der.read(data), der.SEQUENCE)
    except ValueError:
        return False
    rest = data[found.end :]
    return not rest.strip(b"\0") or not rest.strip(b"\xff")


def _from_base64(text: bytes) -> bytes | None:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
