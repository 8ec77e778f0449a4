"""Telling what a file or a data object of a USBKEY holds, however it is wrapped (GM/T 0031, GB/T 38540, GB/T 35275)."""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum

from hebca_helper.pki import der
from hebca_helper.seals import reading

LARGEST_TEXT = 12 * 1024 * 1024
"""Octets of base64, a little over what LARGEST_SEAL octets become."""


class Kind(StrEnum):
    """UNKNOWN: DER of some other kind, or no DER at all."""

    SEAL = "seal"
    SEAL_SIGNATURE = "seal-signature"
    CMS = "cms"
    BARE_SIGNATURE = "bare-signature"
    UNKNOWN = "unknown"


def unwrapped(data: bytes) -> bytes:
    """The DER in `data`: plain, after one octet that some USBKEYs put first, or as base64; else `data` as it is."""
    if not _is_sequence(data):
        if _is_sequence(data[1:]):
            return data[1:]
        decoded = _from_base64(data)
        if decoded and _is_sequence(decoded):
            return decoded
    return data


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


def _is_sequence(data: bytes) -> bool:
    """Whether it begins with a SEQUENCE that fills it, padding apart."""
    try:
        found = der.expect(der.read(data), der.SEQUENCE)
    except ValueError:
        return False
    rest = data[found.end :]
    return not rest.strip(b"\0") or not rest.strip(b"\xff")


def _from_base64(data: bytes) -> bytes | None:
    if len(data) > LARGEST_TEXT:
        return None
    try:
        return base64.b64decode(b"".join(data.rstrip(b"\0").split()), validate=True)
    except (binascii.Error, ValueError):
        return None
