"""Logging in to a web site with a token in the public Web eID format, which is good for that site's origin only.

Source: "Web eID: electronic identity cards on the Web", section "Web eID authentication token" (format web-eid:1.0);
algorithm names from RFC 7518, section 3.1.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.person.prompts import ConfirmKind, Content, Wish
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.tokens.model import MECHANISMS, Mechanism

FORMAT = "web-eid:1.0"
SHORTEST_NONCE = 44
"""Characters: 256 random bits in base64, as the specification demands."""
LONGEST_NONCE = 128
_NONCE = re.compile(r"[A-Za-z0-9+/_-]{42,128}={0,2}")
_P256_OCTETS = 32
_ALGORITHMS = {KeyKind.RSA: "RS256", KeyKind.EC: "ES256"}


@dataclass(frozen=True, slots=True)
class LoginToken:
    """What a Web eID server library checks. RS256: PKCS#1 v1.5; ES256: r‖s, 64 octets."""

    certificate: bytes
    algorithm: str
    signature: bytes


class WebEid:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def authenticate(self, connection: Connection, entry: CertificateEntry, nonce: str) -> LoginToken:
        """Sign hash(origin) ‖ hash(nonce) for the asker's own origin, which the dialog shows. Asks every time.

        HelperError: BAD_REQUEST for a nonce of less than 256 bits, DENIED_BY_POLICY where there is no origin or
        anyone on the line could imitate it, NOT_SUPPORTED for a key of another kind.
        """
        parts = self._parts
        await parts.admit(connection)
        origin = connection.asker.origin
        to_sign = _to_sign(origin or "", nonce)
        content = Content("", len(to_sign), hashlib.sha256(to_sign).hexdigest())
        with parts.recorder.operation(connection, Operation.ONLINE_LOGIN, entry=entry, content=content) as row:
            if origin is None or connection.asker.insecure:
                raise HelperError(Code.DENIED_BY_POLICY)
            _require_nonce(nonce)
            algorithm, mechanism = _algorithm(entry)
            device = Device.of(await parts.inventory.require_present(connection, entry))
            wish = Wish(ConfirmKind.ONLINE_LOGIN, subject=connection.asker.name)

            async def sign() -> bytes:
                digest = bytes.fromhex(content.digest)
                return await parts.tokens.sign(device.id, entry.key_id, mechanism, digest, entry.certificate.spki)

            signature = await parts.consents.use_key(row, device, wish, sign)
        return LoginToken(entry.certificate.der, algorithm, _as_in_token(mechanism, signature))


def web_eid_fields(token: LoginToken, version: str) -> dict[str, object]:
    """The token's JSON object. `appVersion` is a URI by which the specification wants the program named."""
    return {
        "format": FORMAT,
        "unverifiedCertificate": b64encode(token.certificate).decode(),
        "algorithm": token.algorithm,
        "signature": b64encode(token.signature).decode(),
        "appVersion": f"urn:hebca-helper:{version}",
    }


def _to_sign(origin: str, nonce: str) -> bytes:
    """Hashed apart, so that nothing can be moved from the origin's end to the nonce's beginning."""
    return b"".join(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (origin, nonce))


def _require_nonce(nonce: str) -> None:
    if not SHORTEST_NONCE <= len(nonce) <= LONGEST_NONCE or _NONCE.fullmatch(nonce) is None:
        raise HelperError(Code.BAD_REQUEST, "nonce")


def _algorithm(entry: CertificateEntry) -> tuple[str, Mechanism]:
    kind = entry.certificate.key_kind
    if kind not in _ALGORITHMS or (kind is KeyKind.EC and entry.certificate.key_bits != 8 * _P256_OCTETS):
        raise HelperError(Code.NOT_SUPPORTED)
    return _ALGORITHMS[kind], MECHANISMS[kind, "sha256"]


def _as_in_token(mechanism: Mechanism, signature: bytes) -> bytes:
    """ECDSA as RFC 7518, section 3.4, has it: both numbers in 32 octets each, instead of DER."""
    if mechanism is not Mechanism.ECDSA_SHA256:
        return signature
    r, s = (der.integer(number.content) for number in der.inside(signature, der.SEQUENCE))
    return r.to_bytes(_P256_OCTETS, "big") + s.to_bytes(_P256_OCTETS, "big")
