"""Signature verification with a bare public key. Loading an RSA or EC SPKI with pyca/cryptography is safe; its
certificates are not (see certificates.py)."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der, sm2
from hebca_helper.pki.keyinfo import SM2_CURVE, KeyInfo, KeyKind


class Scheme(Enum):
    PKCS1 = "pkcs1"
    PSS = "pss"
    ECDSA = "ecdsa"
    SM2 = "sm2"


class _Row(NamedTuple):
    scheme: Scheme
    hash_name: str


class SignatureAlgorithm(Enum):
    """Signature schemes: RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 8017), ECDSA with DER SEQUENCE(r, s) (RFC 3279),
    SM2 with SM3 (GM/T 0003.2-2012, sm2.py)."""

    RSA_SHA1 = _Row(Scheme.PKCS1, "sha1")
    RSA_SHA256 = _Row(Scheme.PKCS1, "sha256")
    RSA_SHA384 = _Row(Scheme.PKCS1, "sha384")
    RSA_SHA512 = _Row(Scheme.PKCS1, "sha512")
    RSA_SM3 = _Row(Scheme.PKCS1, "sm3")
    RSA_PSS_SHA256 = _Row(Scheme.PSS, "sha256")
    RSA_PSS_SHA384 = _Row(Scheme.PSS, "sha384")
    RSA_PSS_SHA512 = _Row(Scheme.PSS, "sha512")
    ECDSA_SHA1 = _Row(Scheme.ECDSA, "sha1")
    ECDSA_SHA256 = _Row(Scheme.ECDSA, "sha256")
    ECDSA_SHA384 = _Row(Scheme.ECDSA, "sha384")
    ECDSA_SHA512 = _Row(Scheme.ECDSA, "sha512")
    SM2_SM3 = _Row(Scheme.SM2, "sm3")


_BY_OID: dict[str, SignatureAlgorithm] = {
    "1.2.840.113549.1.1.5": SignatureAlgorithm.RSA_SHA1,
    "1.3.14.3.2.29": SignatureAlgorithm.RSA_SHA1,
    "1.2.840.113549.1.1.11": SignatureAlgorithm.RSA_SHA256,
    "1.2.840.113549.1.1.12": SignatureAlgorithm.RSA_SHA384,
    "1.2.840.113549.1.1.13": SignatureAlgorithm.RSA_SHA512,
    "1.2.840.10045.4.1": SignatureAlgorithm.ECDSA_SHA1,
    "1.2.840.10045.4.3.2": SignatureAlgorithm.ECDSA_SHA256,
    "1.2.840.10045.4.3.3": SignatureAlgorithm.ECDSA_SHA384,
    "1.2.840.10045.4.3.4": SignatureAlgorithm.ECDSA_SHA512,
    "1.2.156.10197.1.501": SignatureAlgorithm.SM2_SM3,
    f"{SM2_CURVE}.1": SignatureAlgorithm.SM2_SM3,
    SM2_CURVE: SignatureAlgorithm.SM2_SM3,
    "1.2.156.10197.1.504": SignatureAlgorithm.RSA_SM3,
}
"""RFC 3279, RFC 4055, RFC 5758; OIW sha1WithRSASignature, which old Windows CAs wrote; GM/T 0006-2012, which has three
names that makers of SM2 signatures take for the same (the last names the curve)."""
_RSA_PSS = "1.2.840.113549.1.1.10"
_PSS_BY_HASH = {
    "2.16.840.1.101.3.4.2.1": SignatureAlgorithm.RSA_PSS_SHA256,
    "2.16.840.1.101.3.4.2.2": SignatureAlgorithm.RSA_PSS_SHA384,
    "2.16.840.1.101.3.4.2.3": SignatureAlgorithm.RSA_PSS_SHA512,
}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 — what RSA keys sign on the wire (resources/protocol.md, section 3)
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sm3": hashes.SM3(),
}


def raw_public_key(spki: bytes) -> bytes:
    """What the BIT STRING holds: RSAPublicKey (RFC 8017, A.1.1, DER), or an EC point (SEC 1, 2.3.3).

    HelperError(CERTIFICATE_UNREADABLE).
    """
    try:
        return der.bits(der.expect(der.inside(spki, der.SEQUENCE)[1], der.BIT_STRING).content)
    except (ValueError, IndexError):
        raise HelperError(Code.CERTIFICATE_UNREADABLE) from None


def algorithm_of(identifier: bytes) -> SignatureAlgorithm | None:
    """The scheme of a DER AlgorithmIdentifier; None for one that is unknown, too weak (MD5) or unreadable."""
    try:
        parts = der.inside(identifier, der.SEQUENCE)
        oid = der.object_identifier(der.expect(parts[0], der.OID).content)
        return _pss(parts[1:]) if oid == _RSA_PSS else _BY_OID.get(oid)
    except (ValueError, IndexError):
        return None


def algorithm_named(oid: str) -> SignatureAlgorithm | None:
    """The scheme that a bare object identifier names, as seals have it; None for an unknown or too weak one."""
    return _BY_OID.get(oid)


def verify(spki: bytes, algorithm: SignatureAlgorithm, data: bytes, signature: bytes) -> bool:
    """Whether `signature` over `data` was made with the private key of `spki` (DER).

    False also for a key of another kind or one that cannot be loaded. HelperError(NOT_SUPPORTED) for curves the
    library does not have: the question is then open, not answered.
    """
    if algorithm is SignatureAlgorithm.SM2_SM3:
        return sm2.verify(spki, data, signature)
    context = hashes.Hash(_HASHES[algorithm.value.hash_name])
    context.update(data)
    return verify_digest(spki, algorithm, context.finalize(), signature)


def verify_digest(spki: bytes, algorithm: SignatureAlgorithm, digest: bytes, signature: bytes) -> bool:
    """As `verify`, over a ready digest; False when it has the wrong length for the algorithm.

    SM2 signs a digest that the key has gone into: `sm2.message_digest`.
    """
    if algorithm is SignatureAlgorithm.SM2_SM3:
        return sm2.verify_digest(spki, digest, signature)
    hashed = _HASHES[algorithm.value.hash_name]
    key = _load(spki)
    if key is None or len(digest) != hashed.digest_size:
        return False
    try:
        return _verified(key, algorithm.value.scheme, hashed, digest, signature)
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm as error:  # SM3 is left out of some builds
        raise HelperError(Code.NOT_SUPPORTED, str(error)) from error


def _verified(
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    scheme: Scheme,
    hash_used: hashes.HashAlgorithm,
    digest: bytes,
    signature: bytes,
) -> bool:
    """True, InvalidSignature, or False when key and scheme do not go together."""
    hashed = utils.Prehashed(hash_used)
    if isinstance(key, ec.EllipticCurvePublicKey) and scheme is Scheme.ECDSA:
        key.verify(signature, digest, ec.ECDSA(hashed))
        return True
    if isinstance(key, rsa.RSAPublicKey) and scheme is Scheme.PKCS1:
        key.verify(signature, digest, padding.PKCS1v15(), hashed)
        return True
    if isinstance(key, rsa.RSAPublicKey) and scheme is Scheme.PSS:
        key.verify(signature, digest, padding.PSS(padding.MGF1(hash_used), padding.PSS.AUTO), hashed)
        return True
    return False


@lru_cache(maxsize=64)
def _load(spki: bytes) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey | None:
    if KeyInfo.of(spki).kind is KeyKind.SM2:
        return None
    try:
        key = load_der_public_key(spki)
    except UnsupportedAlgorithm as error:
        raise HelperError(Code.NOT_SUPPORTED, str(error)) from error
    except ValueError:
        return None
    return key if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) else None


def _pss(parameters: list[der.Element]) -> SignatureAlgorithm | None:
    """RSASSA-PSS-params (RFC 4055, 3.1): [0] names the hash; without it SHA-1 is meant, which is not accepted."""
    fields = der.children(der.expect(parameters[0], der.SEQUENCE).content)
    named = next((field.content for field in fields if field.tag == 0xA0), None)
    if named is None:
        return None
    oid = der.object_identifier(der.expect(der.inside(named, der.SEQUENCE)[0], der.OID).content)
    return _PSS_BY_HASH.get(oid)
