"""The key with which the service signs its answers, and the certificate that says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hebca_helper.issuer.protocol import SERVICE_PURPOSE, Payload, SignedAnswer, to_sign
from hebca_helper.practice.authority import KEY_BITS
from hebca_helper.practice.ca import PracticeCa

LIFETIME = timedelta(days=365)
_EARLIER = timedelta(minutes=5)
"""Clocks differ a little."""


class AnswerSeal:
    """A new key for each run: it is never written down."""

    def __init__(self, ca: PracticeCa, now: datetime) -> None:
        self._key = rsa.generate_private_key(65537, KEY_BITS)
        spki = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.certificate = ca.issue_service(spki, SERVICE_PURPOSE, now - _EARLIER, now + LIFETIME)

    def sign(self, payload: Payload) -> SignedAnswer:
        content = payload.dump()
        signature = self._key.sign(to_sign(content), padding.PKCS1v15(), hashes.SHA256())
        return SignedAnswer(content, signature, self.certificate)
