"""The few pieces of DER that certificates and CRLs are made of (ITU-T X.690), read leniently and without recursion.

asn1crypto's own value decoding raises on what HEBCA really issues (IA5String holding GBK, BMPString of odd length), and
building its objects for every entry of a large CRL takes seconds; this reader hands out raw octets instead.
Every function raises `ValueError` on octets it cannot read, never anything else, and takes time linear in its input.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, ENUMERATED = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A
UTF8_STRING, UTC_TIME, GENERALIZED_TIME, UNIVERSAL_STRING, BMP_STRING = 0x0C, 0x17, 0x18, 0x1C, 0x1E
SEQUENCE, SET = 0x30, 0x31

LONGEST_OID = 128
LONGEST_SERIAL = 64
"""Octets. Python refuses to print integers of more than 4300 digits; RFC 5280 allows 20 octets, real ones have 8."""


class Element(NamedTuple):
    """One tag-length-value: identifier octet, content octets, and where it starts and ends in the data it came from."""

    tag: int
    content: bytes
    start: int
    end: int


def read(data: bytes, offset: int = 0) -> Element:
    """The element at `offset`. Indefinite lengths and tag numbers over 30 do not occur in DER certificates."""
    if offset + 2 > len(data):
        raise ValueError("element cut short")
    tag, length = data[offset], data[offset + 1]
    body = offset + 2
    if length & 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4 or body + size > len(data):
            raise ValueError("unusable length")
        length = int.from_bytes(data[body : body + size], "big")
        body += size
    end = body + length
    if end > len(data) or tag & 0x1F == 0x1F:
        raise ValueError("element longer than its data, or long tag")
    return Element(tag, data[body:end], offset, end)


def children(content: bytes) -> Iterator[Element]:
    """The elements that fill `content`, in order."""
    offset = 0
    while offset < len(content):
        element = read(content, offset)
        yield element
        offset = element.end


def inside(data: bytes, tag: int) -> list[Element]:
    """The elements inside the one element of `data` that must carry `tag`; octets after it are ignored."""
    return list(children(expect(read(data), tag).content))


def is_whole(data: bytes, *tags: int) -> bool:
    """Whether `data` is exactly one element with one of `tags`, and so is everything inside it (ITU-T X.690, 8.1).

    BER counts too: indefinite lengths, lengths in more octets than needed, tag numbers over 30. Any depth, linear time.
    """
    if data[:1] not in [bytes([tag]) for tag in tags]:
        return False
    at, ends, limits = 0, [], [len(data)]  # of the elements around: where each ends (None: indefinite), and must end
    while True:
        try:
            constructed, body, length = _ber_header(data, at, limits[-1])
        except (ValueError, IndexError):
            return False
        at = body
        if constructed:
            ends.append(None if length is None else body + length)
            limits.append(limits[-1] if length is None else body + length)
        else:
            at += length or 0
        while ends and (at == ends[-1] or (ends[-1] is None and data[at : min(at + 2, limits[-1])] == b"\0\0")):
            at += 2 if ends.pop() is None else 0
            limits.pop()
        if not ends:
            return at == len(data)


def _ber_header(data: bytes, at: int, limit: int) -> tuple[bool, int, int | None]:
    """Of the element at `at`: constructed, where its content starts, and the length of that, None where indefinite.

    ValueError where it does not end by `limit`, IndexError where the data end before.
    """
    constructed, long_tag = bool(data[at] & 0x20), data[at] & 0x1F == 0x1F
    at += 1
    while long_tag:
        long_tag = bool(data[at] & 0x80)
        at += 1
    first, at = data[at], at + 1
    if first == 0x80 and constructed:
        return True, at, None
    size = first & 0x7F if first & 0x80 else 0
    length = int.from_bytes(data[at : at + size], "big") if size else first
    if first == 0x80 or at + size + length > limit:
        raise ValueError("element longer than what holds it")
    return constructed, at + size, length


def expect(element: Element, *tags: int) -> Element:
    """`element`, which must carry one of `tags`."""
    if element.tag not in tags:
        raise ValueError(f"tag 0x{element.tag:02x} is not expected here")
    return element


def object_identifier(content: bytes) -> str:
    """Dotted form of the content octets of an OBJECT IDENTIFIER (X.690, 8.19)."""
    if not content or len(content) > LONGEST_OID or content[-1] & 0x80:
        raise ValueError("unusable object identifier")
    arcs: list[int] = []
    arc = 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    root = min(arcs[0] // 40, 2)
    return ".".join(map(str, [root, arcs[0] - 40 * root, *arcs[1:]]))


def integer(content: bytes) -> int:
    """Two's complement integer of at least one octet (X.690, 8.3)."""
    if not content:
        raise ValueError("integer without octets")
    return int.from_bytes(content, "big", signed=True)


def bits(content: bytes) -> bytes:
    """The octets of a BIT STRING, its unused last bits cleared (X.690, 8.6)."""
    if not content or content[0] > 7:
        raise ValueError("unusable bit string")
    unused, octets = content[0], content[1:]
    if unused and octets:
        octets = octets[:-1] + bytes([octets[-1] >> unused << unused])
    return octets


def text(element: Element) -> str:
    """The text of a string of any type, as the issuer meant it, never raising.

    BMPString is UTF-16-BE (2011 HEBCA certificates). Other types should hold ASCII or UTF-8, but old issuers wrote
    GBK into PrintableString, IA5String and T61String, so GB 18030 is tried next and Latin-1 takes the rest.
    """
    content = element.content
    if element.tag == BMP_STRING:
        return content.decode("utf-16-be", "replace")
    if element.tag == UNIVERSAL_STRING:
        return content.decode("utf-32-be", "replace")
    if element.tag == BIT_STRING:
        content = content[1:]
    return octets_text(content)


def octets_text(content: bytes) -> str:
    """Text of octets in an unnamed encoding: UTF-8 (and so ASCII), GB 18030, at last Latin-1."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def moment(element: Element) -> datetime:
    """Aware UTC of a UTCTime or GeneralizedTime (RFC 5280, 4.1.2.5), also with an offset or without seconds.

    UTCTime years from 50 on are 19xx.
    """
    digits = _ascii(expect(element, UTC_TIME, GENERALIZED_TIME).content)
    if element.tag == UTC_TIME:
        digits = ("19" if digits[:2] >= "50" else "20") + digits
    digits, zone = _split_zone(digits)
    digits = digits.partition(".")[0]
    if not digits.isdigit() or len(digits) not in (12, 14):
        raise ValueError("unusable time")
    parts = [int(digits[:4])] + [int(digits[at : at + 2]) for at in range(4, len(digits), 2)]
    try:
        return datetime(*parts[:3], *parts[3:], tzinfo=zone).astimezone(UTC)  # type: ignore[misc, arg-type]
    except OverflowError as error:
        raise ValueError("time out of range") from error


def _ascii(content: bytes) -> str:
    if len(content) > 32:
        raise ValueError("time too long")
    return content.decode("ascii")


def _split_zone(digits: str) -> tuple[str, timezone]:
    if digits.endswith("Z"):
        return digits[:-1], UTC
    sign = digits[-5:-4]
    offset = digits[-4:]
    if sign in ("+", "-") and offset.isdigit() and len(offset) == 4:
        minutes = int(offset[:2]) * 60 + int(offset[2:])
        return digits[:-5], timezone(timedelta(minutes=minutes if sign == "+" else -minutes))
    return digits, UTC


def number(value: int) -> bytes:
    """A positive INTEGER, DER."""
    return wrap(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def wrap(tag: int, content: bytes) -> bytes:
    """The element of `tag` with `content`, DER."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def natural(octets: bytes) -> bytes:
    """The INTEGER, DER, of an unsigned number in big-endian octets."""
    content = octets.lstrip(b"\0")
    return wrap(INTEGER, content if content and content[0] < 0x80 else b"\0" + content)


def object_identifier_octets(dotted: str) -> bytes:
    """Content octets of an OBJECT IDENTIFIER (X.690, 8.19): `object_identifier` backwards."""
    first, second, *rest = map(int, dotted.split("."))
    return b"".join(_arc(arc) for arc in (40 * first + second, *rest))


def _arc(arc: int) -> bytes:
    octets = [arc & 0x7F]
    while arc := arc >> 7:
        octets.append(0x80 | arc & 0x7F)
    return bytes(reversed(octets))
