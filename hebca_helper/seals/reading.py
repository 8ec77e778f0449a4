"""The pieces that all versions of seals share (GM/T 0031-2014, GB/T 38540-2020, GM/T 0031-2025), with their octets.

Signatures are checked over octets as they stand in the file, so every piece keeps its own; nothing is encoded anew.
Every function raises `ValueError` on what it cannot read, never anything else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from hebca_helper.pki import der
from hebca_helper.pki.moments import BEIJING

LARGEST_PIECES = 4096
"""Elements in one SEQUENCE; certificate lists of real seals have one to three."""
LONGEST_TEXT = 4096
"""Octets of a name, identifier or path."""
TEXT_TAGS = (0x0C, 0x12, 0x13, 0x14, 0x16, 0x1A, 0x1B, 0x1E)
"""UTF8, Numeric, Printable, Teletex, IA5, Visible, General and BMPString: makers do not all take the standard's."""
_WRITTEN_TIME = re.compile(
    r"(\d{4})[-/]?(\d\d)[-/]?(\d\d)[T ]?(\d\d):?(\d\d):?(\d\d)(?:[.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)?"
)
_SHORT_YEAR = re.compile(r"\d{12}(Z|[+-]\d\d:?\d\d)")
"""As UTCTime has it. Without a zone, twelve digits could be a year of four, and no seconds."""


class Piece(NamedTuple):
    """One element with its identifier octet, content, and whole octets."""

    tag: int
    content: bytes
    whole: bytes

    @property
    def element(self) -> der.Element:
        return der.Element(self.tag, self.content, 0, len(self.whole))


def piece(data: bytes) -> Piece:
    """The element at the start of `data`; octets after it are left to the caller."""
    element = der.read(data)
    return Piece(element.tag, element.content, data[: element.end])


def pieces(parent: Piece, tag: int = der.SEQUENCE) -> list[Piece]:
    """What is inside `parent`, which must carry `tag`."""
    require(parent, tag)
    found = []
    for element in der.children(parent.content):
        found.append(Piece(element.tag, element.content, parent.content[element.start : element.end]))
        if len(found) > LARGEST_PIECES:
            raise ValueError("too many elements")
    return found


def require(found: Piece, *tags: int) -> Piece:
    if found.tag not in tags:
        raise ValueError(f"tag 0x{found.tag:02x} is not expected here")
    return found


def text(found: Piece) -> str:
    """A string of whatever type, decoded leniently (`der.text`)."""
    require(found, *TEXT_TAGS)
    if len(found.content) > LONGEST_TEXT:
        raise ValueError("text too long")
    return der.text(found.element)


def integer(found: Piece) -> int:
    """At most 8 octets: versions, types, millimetres."""
    require(found, der.INTEGER)
    if len(found.content) > 8:
        raise ValueError("number too large")
    return der.integer(found.content)


def octets(found: Piece) -> bytes:
    return require(found, der.OCTET_STRING).content


def certificate(found: Piece) -> bytes:
    """A whole certificate (DER): in an OCTET STRING as the standards have it, or standing there as it is."""
    return found.whole if found.tag == der.SEQUENCE else octets(found)


def bits(found: Piece) -> bytes:
    """A BIT STRING of whole octets, as digests and signatures are: with unused bits, two files would say the same."""
    require(found, der.BIT_STRING)
    if not found.content or found.content[0]:
        raise ValueError("bit string of broken octets")
    return found.content[1:]


def signature(found: Piece) -> bytes:
    """A signature: BIT STRING as the standards have it, or OCTET STRING."""
    return octets(found) if found.tag == der.OCTET_STRING else bits(found)


def algorithm(found: Piece) -> str:
    """An algorithm by its bare object identifier as the standards have it, or as AlgorithmIdentifier (RFC 5280)."""
    return object_identifier(pieces(found)[0] if found.tag == der.SEQUENCE else found)


def object_identifier(found: Piece) -> str:
    return der.object_identifier(require(found, der.OID).content)


def moment(found: Piece) -> datetime:
    """UTCTime (2014) or GeneralizedTime (2020) as aware UTC."""
    return der.moment(require(found, der.UTC_TIME, der.GENERALIZED_TIME).element)


def written_moment(written: str) -> datetime | None:
    """A time that is written out, such as 2020-01-25T07:31:56.377Z or 200125073156Z; without a zone Beijing is meant."""
    written = written.strip(" \t\r\n\0")
    if _SHORT_YEAR.fullmatch(written):
        written = "20" + written
    match = _WRITTEN_TIME.fullmatch(written)
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = map(int, match.groups()[:6])
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(match[7])).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(written: str | None) -> timezone:
    if written is None:
        return BEIJING
    if written == "Z":
        return UTC
    digits = written[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(offset if written[0] == "+" else -offset)


@dataclass(frozen=True, slots=True)
class ExtensionData:
    """ExtData: `value` is what the OCTET STRING holds."""

    oid: str
    critical: bool
    value: bytes


def extension_datas(found: Piece) -> tuple[ExtensionData, ...]:
    """ExtensionDatas as SEQUENCE, under [0], or in an OCTET STRING: the 2014 text does not say which."""
    while found.tag in (0xA0, der.OCTET_STRING):
        inner = piece(found.content)
        if inner.whole != found.content:  # [0] IMPLICIT: the list itself
            break
        if found.tag == 0xA0 and inner.tag == der.SEQUENCE and _is_one(inner):
            break
        found = inner
    return tuple(_extension(each) for each in pieces(found, found.tag if found.tag == 0xA0 else der.SEQUENCE))


def lenient_extension_datas(found: Piece) -> tuple[ExtensionData, ...]:
    """The same, empty for what cannot be read: the maker's own affair, covered by the signature in any case."""
    try:
        return extension_datas(found)
    except (ValueError, IndexError):
        return ()


def _is_one(found: Piece) -> bool:
    """Whether this SEQUENCE is an ExtData, which begins with an OID, and not the list of them."""
    return found.content[:1] == bytes([der.OID])


def _extension(found: Piece) -> ExtensionData:
    parts = pieces(found)
    if not 2 <= len(parts) <= 3:
        raise ValueError("extension data is a type, perhaps a flag, and a value")
    critical = len(parts) == 3 and require(parts[1], der.BOOLEAN).content != b"\0"
    return ExtensionData(object_identifier(parts[0]), critical, octets(parts[-1]))


def fields(parent: Piece, at_least: int, at_most: int | None = None) -> list[Piece]:
    """The fields of a SEQUENCE, as many as there may be."""
    found = pieces(parent)
    if not at_least <= len(found) <= (at_most or at_least):
        raise ValueError("wrong number of fields")
    return found


def joined(parts: Sequence[Piece]) -> bytes:
    """A SEQUENCE of these elements, octet for octet (the 2014 rule for what a seal's maker signs)."""
    return der.wrap(der.SEQUENCE, b"".join(part.whole for part in parts))
