"""Login tokens in the Web eID format, version 1.0: bound to the site's origin, so that no other site can pass one on.

Source: "Web eID: electronic identity cards on the Web", section "Web eID authentication token" of the project's system
architecture document; algorithm names from RFC 7518, section 3.1.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from hebca_helper.addresses import LOOPBACK_HOSTS
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der, keys
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.keys import SignatureAlgorithm
from hebca_helper.relying_party.judging import CertificateJudge
from hebca_helper.relying_party.results import (
    LoginResult,
    challenge_wrong,
    failed,
    passed,
    token_unreadable,
)

FORMAT = re.compile(r"web-eid:1(\.[0-9]{1,4})?")
"""`format`: minor versions only add fields, another major version is another format."""
SHORTEST_NONCE = 44
"""Characters: 256 random bits in base64."""
LARGEST_FIELD = 16 * 1024
_ALGORITHMS: dict[str, tuple[SignatureAlgorithm, str]] = {
    "RS256": (SignatureAlgorithm.RSA_SHA256, "sha256"),
    "RS384": (SignatureAlgorithm.RSA_SHA384, "sha384"),
    "RS512": (SignatureAlgorithm.RSA_SHA512, "sha512"),
    "PS256": (SignatureAlgorithm.RSA_PSS_SHA256, "sha256"),
    "PS384": (SignatureAlgorithm.RSA_PSS_SHA384, "sha384"),
    "PS512": (SignatureAlgorithm.RSA_PSS_SHA512, "sha512"),
    "ES256": (SignatureAlgorithm.ECDSA_SHA256, "sha256"),
    "ES384": (SignatureAlgorithm.ECDSA_SHA384, "sha384"),
    "ES512": (SignatureAlgorithm.ECDSA_SHA512, "sha512"),
}
_NUMBER_OCTETS = {"ES256": 32, "ES384": 48, "ES512": 66}
"""Of r and of s (RFC 7518, section 3.4)."""


class WebEidVerifier:
    """`origin` is this portal's own, as browsers write it: scheme://host[:port], nothing after.

    HelperError(BAD_REQUEST) for anything else, and for http elsewhere than on loopback. `judge` knows whom it believes.
    """

    def __init__(self, origin: str, judge: CertificateJudge) -> None:
        if not is_portal_origin(origin):
            raise HelperError(Code.BAD_REQUEST, origin)
        self._origin = origin
        self._judge = judge

    def check(self, token: Mapping[str, Any], nonce: str) -> LoginResult:
        """Check a token over `nonce`, which the portal itself issued to this session (see NonceBook) and redeemed."""
        if len(nonce) < SHORTEST_NONCE:
            return challenge_wrong()
        try:
            certificate_der, algorithm, signature = _fields(token)
        except HelperError:
            return token_unreadable()
        try:
            certificate = Certificate.parse(certificate_der)
        except HelperError as problem:
            return failed(problem.code, None)
        if code := self._signature_problem(certificate, algorithm, signature, nonce):
            return failed(code, certificate)
        return self._judge.refusal(certificate) or passed(certificate)

    def _signature_problem(self, certificate: Certificate, name: str, signature: bytes, nonce: str) -> Code | None:
        if name not in _ALGORITHMS:
            return Code.NOT_SUPPORTED
        algorithm, hash_name = _ALGORITHMS[name]
        if name in _NUMBER_OCTETS:
            signature = _ecdsa_der(signature, _NUMBER_OCTETS[name])
        # hashed apart, so that nothing can be moved from the origin's end to the nonce's beginning
        data = b"".join(hashlib.new(hash_name, text.encode()).digest() for text in (self._origin, nonce))
        try:
            return None if keys.verify(certificate.spki, algorithm, data, signature) else Code.SIGNATURE_WRONG
        except HelperError as problem:
            return problem.code


def _fields(token: Mapping[str, Any]) -> tuple[bytes, str, bytes]:
    form, certificate, algorithm, signature = (
        token.get(name) for name in ("format", "unverifiedCertificate", "algorithm", "signature")
    )
    if not (isinstance(form, str) and isinstance(algorithm, str) and FORMAT.fullmatch(form)):
        raise HelperError(Code.MESSAGE_UNREADABLE)
    return _octets(certificate), algorithm, _octets(signature)


def _octets(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > LARGEST_FIELD:
        raise HelperError(Code.MESSAGE_UNREADABLE)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise HelperError(Code.MESSAGE_UNREADABLE) from None


def _ecdsa_der(signature: bytes, half: int) -> bytes:
    """r‖s as SEQUENCE(r, s); with other lengths a signature that is wrong."""
    if len(signature) != 2 * half:
        return b""
    numbers = (int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
    return der.wrap(der.SEQUENCE, b"".join(map(der.number, numbers)))


def is_portal_origin(origin: str) -> bool:
    """Whether it is an origin as browsers write it, of https or on loopback."""
    try:
        parts = urlsplit(origin)
        whole = f"{parts.scheme}://{parts.netloc}"
        fine = bool(parts.hostname) and "@" not in parts.netloc and (parts.port is None or parts.port > 0)
    except ValueError:
        fine, whole, parts = False, "", urlsplit("")
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS)
    return fine and secure and whole == origin and origin == origin.lower()
