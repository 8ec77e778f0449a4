"""Who can open an envelope: the content key, encrypted to each recipient's RSA key (RFC 5652, 6.2.1) or SM2 key
(GB/T 35275-2017)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from asn1crypto import algos, cms, core
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import sm2_encryption
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import ber
from hebca_helper.pki.cms.algorithms import identifier_oid
from hebca_helper.pki.cms.ciphers import ContentCipher
from hebca_helper.pki.cms.identifiers import Identifier, issuer_and_serial
from hebca_helper.pki.keyinfo import SM2_CURVE, KeyKind
from hebca_helper.texts import tr

MOST_RECIPIENTS = 256
_RSA_ENCRYPTION, _RSA_OAEP = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.7"
_SM2_ENCRYPTION = f"{SM2_CURVE}.3"


class KeyTransport(StrEnum):
    """How the content key is encrypted."""

    PKCS1 = "pkcs1"
    """RSAES-PKCS1-v1_5 (RFC 3370, 4.2.1): what we make, and what USBKEYs decrypt."""
    OAEP = "oaep"
    """RSAES-OAEP (RFC 3560)."""
    SM2 = "sm2"
    """SM2Cipher (GM/T 0009, 7.2), DER."""
    OTHER = "other"
    """Key agreement (EC, SM2), passwords, shared keys, and unknown algorithms."""


_TRANSPORTS = {
    _RSA_ENCRYPTION: KeyTransport.PKCS1,
    _RSA_OAEP: KeyTransport.OAEP,
    _SM2_ENCRYPTION: KeyTransport.SM2,
    f"{SM2_CURVE}.2": KeyTransport.SM2,  # GmSSL's name
    SM2_CURVE: KeyTransport.SM2,
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """One RecipientInfo. `algorithm` is the dotted identifier of the key encryption, "" where there is none."""

    transport: KeyTransport
    algorithm: str
    encrypted_key: bytes
    identifier: Identifier | None

    @classmethod
    def read(cls, info: cms.RecipientInfo) -> Recipient:
        """ValueError (and what asn1crypto raises) for one that cannot be read."""
        if info.name != "ktri":
            return cls(KeyTransport.OTHER, "", b"", None)
        oid = identifier_oid(info.chosen["key_encryption_algorithm"].dump())
        transport = _TRANSPORTS.get(oid, KeyTransport.OTHER)
        identifier = Identifier.read(info.chosen["rid"])
        return cls(transport, oid, info.chosen["encrypted_key"].native, identifier)

    def means(self, certificate: Certificate) -> bool:
        return self.identifier is not None and self.identifier.means(certificate)

    def require_token_can_open(self) -> None:
        """Tokens decrypt PKCS#1 v1.5 and SM2 only. HelperError(NOT_SUPPORTED), before any key is used."""
        if self.transport not in (KeyTransport.PKCS1, KeyTransport.SM2):
            raise HelperError(Code.NOT_SUPPORTED, tr("密钥加密算法 {oid}").format(oid=self.algorithm or "-"))

    def content_key(self, decrypted: bytes | None, cipher: ContentCipher) -> bytes:
        """The key to go on with after the token's decryption; None when it refused the padding.

        A wrong key is replaced by one that nobody can predict and that stays the same for this encrypted key, so that
        the failure shows only in the content, as for any wrong key (RFC 3218, 2.3.2).
        """
        substitute = _substitute(self.encrypted_key)[: cipher.key_length]
        fits = decrypted is not None and len(decrypted) == cipher.key_length
        return decrypted if fits and decrypted is not None else substitute


def recipient_info(certificate: Certificate, content_key: bytes) -> bytes:
    """KeyTransRecipientInfo by issuer and serial number, DER. HelperError(NOT_SUPPORTED) unless the key is RSA or SM2."""
    sm2 = certificate.key_kind is KeyKind.SM2
    named = {"algorithm": _SM2_ENCRYPTION} if sm2 else {"algorithm": _RSA_ENCRYPTION, "parameters": core.Null()}
    algorithm = algos.AlgorithmIdentifier(named)
    return ber.element(
        ber.SEQUENCE,
        core.Integer(int(sm2)).dump(),  # 0 in RFC 5652, 6.2.1; 1 in GB/T 35275
        issuer_and_serial(certificate).dump(),
        algorithm.dump(),
        core.OctetString(encrypt_for(certificate, content_key)).dump(),
    )


def encrypt_for(certificate: Certificate, data: bytes) -> bytes:
    """RSAES-PKCS1-v1_5 (RFC 8017, 7.2) with the certificate's key, as long as the modulus; or an SM2Cipher, DER.

    HelperError(NOT_SUPPORTED) for other keys, TOO_LARGE for more than the modulus less 11 octets, or 64 KiB.
    """
    if certificate.key_kind is KeyKind.SM2:
        return sm2_encryption.encrypt(certificate.spki, data)
    if certificate.key_kind is not KeyKind.RSA:
        raise HelperError(Code.NOT_SUPPORTED, tr("收件人的证书既不是 RSA 也不是国密 (SM2)"))
    try:
        key = load_der_public_key(certificate.spki)
    except (ValueError, UnsupportedAlgorithm):
        raise HelperError(Code.CERTIFICATE_UNREADABLE) from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise HelperError(Code.CERTIFICATE_UNREADABLE)
    if len(data) > key.key_size // 8 - 11:
        raise HelperError(Code.TOO_LARGE)
    return key.encrypt(data, padding.PKCS1v15())


def _substitute(encrypted_key: bytes) -> bytes:
    return hmac.digest(_secret(), encrypted_key, hashlib.sha256)


@cache
def _secret() -> bytes:
    """One for the life of the process."""
    return secrets.token_bytes(32)
