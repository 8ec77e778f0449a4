"""Keys that log in also sign, seal and certify: raw signing must produce nothing that means more elsewhere (house rule 4).

* A Web eID token (web-eid.github.io, format web-eid:1.0) signs hash(origin) ‖ hash(nonce): 64, 96 or 128 octets under
  SHA-256, SHA-384 or SHA-512. Raw signing under SHA-1 cannot be mistaken for it.
* The signature of a CMS message, a certificate, a request, a seal, a time stamp or an OCSP answer is over one SET or
  SEQUENCE (RFC 5652, 5.4; RFC 5280, 4.1.1.3; GB/T 38540): whoever gets a raw one over such octets makes the rest himself.
* A CMS message without signed attributes signs its content (RFC 5652, 5.4), and some programs take it for the signature of
  a PDF or an OFD: those are signed by our own code only.
"""

from __future__ import annotations

from hebca_helper.assistant.person.kinds import Kind
from hebca_helper.assistant.person.prompts import Content
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import Mechanism

LOGIN_INPUT_SIZES = frozenset({64, 96, 128})
SHORTEST_CHALLENGE, LONGEST_CHALLENGE = 16, 512
"""Octets of a challenge that is text: printable ASCII without blanks, as portals make it."""
LONGEST_OPAQUE_CHALLENGE = 256
_SHA2 = frozenset({Mechanism.RSA_PKCS1_SHA256, Mechanism.ECDSA_SHA256})
_WITHOUT_BLANKS = bytes(range(0x21, 0x7F))
_NEVER_RAW = frozenset({Kind.STRUCTURE, Kind.PDF, Kind.ZIP})


def require_no_login_input(mechanism: Mechanism, data: bytes) -> None:
    """HelperError(LOGIN_LIKE_CONTENT) where a raw signature over `data` could be relayed as a login."""
    if mechanism in _SHA2 and len(data) in LOGIN_INPUT_SIZES:
        raise HelperError(Code.LOGIN_LIKE_CONTENT)


def require_raw(mechanism: Mechanism, data: bytes, kind: Kind) -> None:
    """HelperError(LOGIN_LIKE_CONTENT, DOCUMENT_LIKE_CONTENT) where a raw signature over `data` of this kind would be good
    elsewhere."""
    require_no_login_input(mechanism, data)
    if kind in _NEVER_RAW:
        raise HelperError(Code.DOCUMENT_LIKE_CONTENT)


def is_challenge(data: bytes, content: Content) -> bool:
    """Whether `data` can be what a portal has signed to log in somebody, and is nothing that a person would read.

    `content` says whether it is text. What `require_raw` refuses is none.
    """
    if content.readable:
        return SHORTEST_CHALLENGE <= len(data) <= LONGEST_CHALLENGE and not data.translate(None, _WITHOUT_BLANKS)
    return len(data) <= LONGEST_OPAQUE_CHALLENGE and len(data) not in LOGIN_INPUT_SIZES and content.kind is Kind.PLAIN
