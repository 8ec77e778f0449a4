"""Checking a login token, written anew from the Web eID specification: nothing of ours is used here.

Source: web-eid-system-architecture-doc, "Web eID authentication token": signature over hash(origin) ‖ hash(nonce) with
the hash of the algorithm; RS256 and ES256 as RFC 7518, sections 3.3 and 3.4; origin as RFC 6454 serialises it.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from asn1crypto.x509 import Certificate
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

FIELDS = {"format", "unverifiedCertificate", "algorithm", "signature", "appVersion"}


def is_login(token: dict[str, Any], origin: str, nonce: str) -> bool:
    """Whether the key of the token's certificate signed in to this origin with this nonce."""
    assert token.keys() == FIELDS
    assert token["format"].startswith("web-eid:1")
    certificate = Certificate.load(base64.b64decode(token["unverifiedCertificate"]))
    key = load_der_public_key(certificate.public_key.dump())
    signed = hashlib.sha256(origin.encode()).digest() + hashlib.sha256(nonce.encode()).digest()
    signature = base64.b64decode(token["signature"])
    try:
        if token["algorithm"] == "RS256":
            assert isinstance(key, rsa.RSAPublicKey)
            key.verify(signature, signed, padding.PKCS1v15(), SHA256())
        else:
            assert token["algorithm"] == "ES256"
            assert isinstance(key, ec.EllipticCurvePublicKey)
            assert len(signature) == 64
            r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
            key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def demanded_of_certificate(token: dict[str, Any]) -> set[str]:
    """What the public server libraries look for: the extended key usages."""
    certificate = Certificate.load(base64.b64decode(token["unverifiedCertificate"]))
    return set(certificate.extended_key_usage_value.native) if certificate.extended_key_usage_value else set()
