"""What kind of key a SubjectPublicKeyInfo holds (RFC 5280, 4.1.2.7), told without loading the key."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from hebca_helper.pki import der

RSA_ENCRYPTION = "1.2.840.113549.1.1.1"
RSA_PSS = "1.2.840.113549.1.1.10"
EC_PUBLIC_KEY = "1.2.840.10045.2.1"
SM2_CURVE = "1.2.156.10197.1.301"
"""GM/T 0006-2012; stands as named curve under id-ecPublicKey, sometimes as the algorithm itself."""
P256_CURVE = "1.2.840.10045.3.1.7"
"""RFC 5480, section 2.1.1.1."""
_CURVE_BITS = {
    SM2_CURVE: 256,
    P256_CURVE: 256,
    "1.3.132.0.10": 256,
    "1.3.132.0.33": 224,
    "1.3.132.0.34": 384,
    "1.3.132.0.35": 521,
}


class KeyKind(StrEnum):
    RSA = "rsa"
    EC = "ec"
    SM2 = "sm2"
    OTHER = "other"


class KeyInfo(NamedTuple):
    """`bits` is the length of the RSA modulus or of the curve's field, 0 when unknown."""

    kind: KeyKind
    bits: int

    @classmethod
    def of(cls, spki: bytes) -> KeyInfo:
        """Of any octets; (OTHER, 0) when they cannot be read."""
        try:
            return _read(spki)
        except ValueError:
            return cls(KeyKind.OTHER, 0)


def named_curve(spki: bytes) -> str:
    """Object identifier of the curve under id-ecPublicKey; "" for other keys, and where none is named."""
    try:
        algorithm = der.inside(spki, der.SEQUENCE)[0]
        kind, curve = (
            der.object_identifier(der.expect(part, der.OID).content) for part in der.children(algorithm.content)
        )
    except (ValueError, IndexError):
        return ""
    return curve if kind == EC_PUBLIC_KEY else ""


@lru_cache(maxsize=64)
def public_number(spki: bytes) -> bytes:
    """What no other key has: the RSA modulus without leading zeros, or the EC point; b"" of what cannot be read."""
    kind = KeyInfo.of(spki).kind
    try:
        key = der.bits(der.inside(spki, der.SEQUENCE)[1].content)
        return der.inside(key, der.SEQUENCE)[0].content.lstrip(b"\0") if kind is KeyKind.RSA else key
    except (ValueError, IndexError):
        return b""


def _read(spki: bytes) -> KeyInfo:
    fields = der.inside(spki, der.SEQUENCE)
    if len(fields) < 2:
        return KeyInfo(KeyKind.OTHER, 0)
    oids = [der.object_identifier(part.content) for part in der.children(fields[0].content) if part.tag == der.OID]
    if SM2_CURVE in oids:
        return KeyInfo(KeyKind.SM2, 256)
    if oids[:1] == [EC_PUBLIC_KEY]:
        return KeyInfo(KeyKind.EC, _CURVE_BITS.get(oids[1], 0) if len(oids) > 1 else 0)
    if oids[:1] in ([RSA_ENCRYPTION], [RSA_PSS]):
        return KeyInfo(KeyKind.RSA, _modulus_bits(der.bits(fields[1].content)))
    return KeyInfo(KeyKind.OTHER, 0)


def _modulus_bits(key: bytes) -> int:
    """RSAPublicKey, RFC 8017, A.1.1."""
    numbers = der.inside(key, der.SEQUENCE)
    return int.from_bytes(numbers[0].content, "big").bit_length() if numbers else 0
