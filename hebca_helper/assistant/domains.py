"""Keys that log in also sign: raw signing must not produce what a login token is made of (design, rule 4).

A Web eID token (web-eid.github.io, format web-eid:1.0) signs hash(origin) ‖ hash(nonce): 64, 96 or 128 bytes under
SHA-256, SHA-384 or SHA-512. Raw signing under SHA-1 cannot be mistaken for it.
"""

from __future__ import annotations

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import Mechanism

LOGIN_INPUT_SIZES = frozenset({64, 96, 128})
_SHA2 = frozenset({Mechanism.RSA_PKCS1_SHA256, Mechanism.ECDSA_SHA256})


def require_no_login_input(mechanism: Mechanism, data: bytes) -> None:
    """HelperError(LOGIN_LIKE_CONTENT) where a raw signature over `data` could be relayed as a login."""
    if mechanism in _SHA2 and len(data) in LOGIN_INPUT_SIZES:
        raise HelperError(Code.LOGIN_LIKE_CONTENT)
