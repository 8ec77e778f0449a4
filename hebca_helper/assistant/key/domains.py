"""Keys that log in also sign, seal and certify: raw signing must produce nothing that means more elsewhere (design, rule 4).

* A Web eID token (web-eid.github.io, format web-eid:1.0) signs hash(origin) ‖ hash(nonce): 64, 96 or 128 octets under
  SHA-256, SHA-384 or SHA-512. Raw signing under SHA-1 cannot be mistaken for it.
* The signature of a CMS message, a certificate, a request, a seal, a time stamp or an OCSP answer is over one SET or
  SEQUENCE (RFC 5652, 5.4; RFC 5280, 4.1.1.3; GB/T 38540): whoever gets a raw one over such octets makes the rest himself.
* A CMS message without signed attributes signs its content (RFC 5652, 5.4), and some programs take it for the signature of
  a PDF or an OFD: those are signed by our own code only.

Printable text is never such a structure: each of them holds an INTEGER or an OBJECT IDENTIFIER, whose tags are control
characters. So a challenge that happens to begin with `0` or `1`, the tags of SEQUENCE and SET, is signed.
"""

from __future__ import annotations

from enum import StrEnum

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.tokens.model import Mechanism

LOGIN_INPUT_SIZES = frozenset({64, 96, 128})
SHORTEST_CHALLENGE, LONGEST_CHALLENGE = 16, 512
"""Octets of a challenge that is text: printable ASCII without blanks, as portals make it."""
LONGEST_OPAQUE_CHALLENGE = 256
_SHA2 = frozenset({Mechanism.RSA_PKCS1_SHA256, Mechanism.ECDSA_SHA256})
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\r\n"
_WITHOUT_BLANKS = bytes(range(0x21, 0x7F))
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


_NEVER_RAW = frozenset({Kind.STRUCTURE, Kind.PDF, Kind.ZIP})


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


def require_no_login_input(mechanism: Mechanism, data: bytes) -> None:
    """HelperError(LOGIN_LIKE_CONTENT) where a raw signature over `data` could be relayed as a login."""
    if mechanism in _SHA2 and len(data) in LOGIN_INPUT_SIZES:
        raise HelperError(Code.LOGIN_LIKE_CONTENT)


def require_raw(mechanism: Mechanism, data: bytes) -> None:
    """HelperError(LOGIN_LIKE_CONTENT, DOCUMENT_LIKE_CONTENT) where a raw signature over `data` would be good elsewhere."""
    require_no_login_input(mechanism, data)
    if kind_of(data) in _NEVER_RAW:
        raise HelperError(Code.DOCUMENT_LIKE_CONTENT)


def is_challenge(data: bytes, readable: bool) -> bool:
    """Whether `data` can be what a portal has signed to log in somebody, and is nothing that a person would read.

    `readable` says whether it is text. What `require_raw` refuses is none.
    """
    if readable:
        return SHORTEST_CHALLENGE <= len(data) <= LONGEST_CHALLENGE and not data.translate(None, _WITHOUT_BLANKS)
    return len(data) <= LONGEST_OPAQUE_CHALLENGE and len(data) not in LOGIN_INPUT_SIZES and kind_of(data) is Kind.PLAIN
