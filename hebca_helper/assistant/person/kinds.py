"""What octets are, as far as they tell themselves: before a person judges them, and before a key signs them.

What is signed inside of a CMS message, a certificate, a request, a seal, a time stamp or an OCSP answer is one SET or
SEQUENCE (RFC 5652, 5.4; RFC 5280, 4.1.1.3; GB/T 38540). Printable text is never such a structure: each of them holds an INTEGER
or an OBJECT IDENTIFIER, whose tags are control characters. So a challenge that happens to begin with `0` or `1`, the tags
of SEQUENCE and SET, stays text.
"""

from __future__ import annotations

from enum import StrEnum

from hebca_helper.pki import der

_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\r\n"
_PDF, _PDF_WITHIN = b"%PDF-", 1024
"""Readers look for the header in that many first octets (ISO 32000-1, Annex H, note 13)."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
"""Local file header, end of an empty archive, spanning marker (APPNOTE.TXT, 4.3.7, 4.3.16, 8.5.3)."""
_BEGINNINGS = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "office",
    b"\x89PNG\r\n\x1a\n": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"II*\0": "picture",
    b"MM\0*": "picture",
}
_XML_SIGNATURES = (b"SignedInfo", b":Signature", b"<Signature")


class Kind(StrEnum):
    """What octets are, as far as their own beginning tells."""

    PLAIN = "plain"
    """Text, or octets that say nothing about themselves."""
    STRUCTURE = "structure"
    PDF = "pdf"
    ZIP = "zip"
    OFFICE = "office"
    PICTURE = "picture"
    XML_SIGNATURE = "xml-signature"
    """What an XML or OFD signature is over: text, yet the inside of a signature."""


def kind_of(data: bytes) -> Kind:
    """Told from the octets alone, in time linear in them."""
    if _PDF in data[: _PDF_WITHIN + len(_PDF) - 1]:
        return Kind.PDF
    if data.startswith(_ZIP):
        return Kind.ZIP
    if data[:1] in (b"0", b"1") and data.translate(None, _PRINTABLE) and der.is_whole(data, der.SEQUENCE, der.SET):
        return Kind.STRUCTURE
    beginning = data[:_PDF_WITHIN]
    if beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" and any(x in beginning for x in _XML_SIGNATURES):
        return Kind.XML_SIGNATURE
    return next((Kind(kind) for begin, kind in _BEGINNINGS.items() if data.startswith(begin)), Kind.PLAIN)
