"""What stands in files and messages as text: PEM (RFC 7468), hexadecimal or base64; and certificates in any of these, or in
DER, one or many."""

from __future__ import annotations

import base64
import binascii
import re
from itertools import pairwise

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.texts import tr

LARGEST_BUNDLE = 1024 * 1024
"""Octets; a few hundred CA certificates."""
_CERTIFICATE_LABELS = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
_BOUNDARY = re.compile(rb"-----(BEGIN|END) ([A-Z0-9 ]{1,40})-----")
_BETWEEN_DIGITS = b" \t\r\n:"
_NO_DIGITS = re.compile(rb"\A[^A-Za-z0-9+/_-]+|[^A-Za-z0-9+/_-]+\Z")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
"""The other alphabet of RFC 4648."""
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SEQUENCE = bytes([der.SEQUENCE])


def der_in(data: bytes, *labels: str) -> bytes:
    """The first element in DER or BER that `data` hold, as it is or as text; `data` as they are where there is none.

    `labels`: of the PEM block that is meant, else any.
    """
    if data[:1] == _SEQUENCE:
        return data
    text = plain_text(data)
    found = blocks(text, *labels) if _BOUNDARY.search(text) else [hexadecimal(text), base64_octets(text)]
    return next((each for each in found if each[:1] == _SEQUENCE), data)


def plain_text(data: bytes) -> bytes:
    """Without byte order mark, in an encoding of single octets: editors save as UTF-16, too."""
    if data.startswith(_BYTE_ORDER_MARKS):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def certificates_from(data: bytes) -> list[Certificate]:
    """Every certificate in `data`, in order, at least one. Other PEM blocks and text between blocks are passed over.

    HelperError(CERTIFICATE_UNREADABLE) when there is none, one cannot be read, or `data` exceeds 1 MiB.
    """
    if len(data) > LARGEST_BUNDLE:
        raise HelperError(Code.CERTIFICATE_UNREADABLE, tr("证书文件超过 1 MiB"))
    if _BOUNDARY.search(text := plain_text(data)):
        found = [Certificate.parse(block) for block in blocks(text, *_CERTIFICATE_LABELS)]
    else:
        found = _concatenated(der_in(data))
    if not found:
        raise HelperError(Code.CERTIFICATE_UNREADABLE)
    return found


def blocks(data: bytes, *labels: str) -> list[bytes]:
    """The decoded content of each PEM block of `data` with one of `labels`, if any; an unclosed block is passed over."""
    return [
        base64_octets(_without_headers(data[begin.end() : end.start()]))
        for begin, end in pairwise(_BOUNDARY.finditer(data))
        if (begin[1], end[1]) == (b"BEGIN", b"END")
        and begin[2] == end[2]
        and (not labels or begin[2].decode("ascii") in labels)
    ]


def hexadecimal(text: bytes) -> bytes:
    """b"" when it is none."""
    try:
        return bytes.fromhex(text.strip().removeprefix(b"0x").translate(None, _BETWEEN_DIGITS).decode("ascii"))
    except ValueError:
        return b""


def base64_octets(text: bytes) -> bytes:
    """Base64 of either alphabet, with or without padding, in lines, with whatever blanks around; b"" when it is none."""
    digits = b"".join(_NO_DIGITS.sub(b"", text).split()).translate(_URL_SAFE)
    try:
        return base64.b64decode(digits + b"=" * (-len(digits) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _without_headers(block: bytes) -> bytes:
    """RFC 1421 headers, up to an empty line, are passed over."""
    return re.split(rb"\r?\n\r?\n", block, maxsplit=1)[-1] if b":" in block else block


def _concatenated(data: bytes) -> list[Certificate]:
    """One certificate after the other; what follows the last (padding of a USBKEY's file) is passed over."""
    found = []
    offset = 0
    while data[offset : offset + 1] == b"\x30":
        end = _end(data, offset)
        found.append(Certificate.parse(data[offset:end]))
        offset = end
    return found


def _end(data: bytes, offset: int) -> int:
    try:
        return der.read(data, offset).end
    except ValueError as error:
        raise HelperError(Code.CERTIFICATE_UNREADABLE) from error
