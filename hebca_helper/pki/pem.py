"""Certificates out of files and messages: PEM (RFC 7468), DER, or bare base64; one or many."""

from __future__ import annotations

import base64
import binascii
import re

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.texts import tr

LARGEST_BUNDLE = 1024 * 1024
"""Octets; a few hundred CA certificates."""
_CERTIFICATE_LABELS = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")


def certificates_from(data: bytes) -> list[Certificate]:
    """Every certificate in `data`, in order, at least one. Other PEM blocks and text between blocks are passed over.

    HelperError(CERTIFICATE_UNREADABLE) when there is none, one cannot be read, or `data` exceeds 1 MiB.
    """
    if len(data) > LARGEST_BUNDLE:
        raise HelperError(Code.CERTIFICATE_UNREADABLE, tr("证书文件超过 1 MiB"))
    if _BEGIN.search(data):
        found = [Certificate.parse(block) for block in blocks(data, *_CERTIFICATE_LABELS)]
    else:
        found = _concatenated(data if data[:1] == b"\x30" else _decoded(data))
    if not found:
        raise HelperError(Code.CERTIFICATE_UNREADABLE)
    return found


def blocks(data: bytes, *labels: str) -> list[bytes]:
    """The decoded content of each PEM block of `data` with one of `labels`; an unclosed block is passed over."""
    found = []
    for begin in _BEGIN.finditer(data):
        end = data.find(b"-----END " + begin[1] + b"-----", begin.end())
        if begin[1].decode("ascii") in labels and end >= 0:
            found.append(_decoded(data[begin.end() : end]))
    return found


def _decoded(text: bytes) -> bytes:
    """Base64 with whatever white space, or b"" when it is none."""
    try:
        return base64.b64decode(_NOT_BASE64.sub(b"", text), validate=True)
    except binascii.Error:
        return b""


def _concatenated(data: bytes) -> list[Certificate]:
    found = []
    while data[:1] == b"\x30":
        certificate = Certificate.parse(data[: _length(data)])
        found.append(certificate)
        data = data[len(certificate.der) :]
    return found


def _length(data: bytes) -> int:
    try:
        return der.read(data).end
    except ValueError as error:
        raise HelperError(Code.CERTIFICATE_UNREADABLE) from error
