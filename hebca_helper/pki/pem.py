"""Certificates out of files and messages: PEM (RFC 7468), DER, or bare base64; one or many."""

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
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")


def certificates_from(data: bytes) -> list[Certificate]:
    """Every certificate in `data`, in order, at least one. Other PEM blocks and text between blocks are passed over.

    HelperError(CERTIFICATE_UNREADABLE) when there is none, one cannot be read, or `data` exceeds 1 MiB.
    """
    if len(data) > LARGEST_BUNDLE:
        raise HelperError(Code.CERTIFICATE_UNREADABLE, tr("证书文件超过 1 MiB"))
    if _BOUNDARY.search(data):
        found = [Certificate.parse(block) for block in blocks(data, *_CERTIFICATE_LABELS)]
    else:
        found = _concatenated(data if data[:1] == b"\x30" else _decoded(data))
    if not found:
        raise HelperError(Code.CERTIFICATE_UNREADABLE)
    return found


def blocks(data: bytes, *labels: str) -> list[bytes]:
    """The decoded content of each PEM block of `data` with one of `labels`; an unclosed block is passed over."""
    return [
        _decoded(data[begin.end() : end.start()])
        for begin, end in pairwise(_BOUNDARY.finditer(data))
        if (begin[1], end[1]) == (b"BEGIN", b"END") and begin[2] == end[2] and begin[2].decode("ascii") in labels
    ]


def _decoded(text: bytes) -> bytes:
    """Base64 with whatever white space, or b"" when it is none."""
    try:
        return base64.b64decode(_NOT_BASE64.sub(b"", text), validate=True)
    except binascii.Error:
        return b""


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
