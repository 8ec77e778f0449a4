"""Digest and signature algorithms by the names that messages use."""

from __future__ import annotations

import hashlib
from enum import Enum

from asn1crypto import algos, core

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.pki.keys import SignatureAlgorithm, algorithm_of
from hebca_helper.pki.sm3 import Hasher, new_sm3
from hebca_helper.texts import tr


class DigestAlgorithm(Enum):
    """Digests a message may name (RFC 3370, RFC 5754, GB/T 35275-2017), by hashlib's name."""

    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"
    SM3 = "sm3"

    def new(self) -> Hasher:
        return new_sm3() if self is DigestAlgorithm.SM3 else hashlib.new(self.value, usedforsecurity=False)

    def of(self, data: bytes) -> bytes:
        made = self.new()
        made.update(data)
        return made.digest()


_DIGESTS = {
    "1.3.14.3.2.26": DigestAlgorithm.SHA1,
    "2.16.840.1.101.3.4.2.1": DigestAlgorithm.SHA256,
    "2.16.840.1.101.3.4.2.2": DigestAlgorithm.SHA384,
    "2.16.840.1.101.3.4.2.3": DigestAlgorithm.SHA512,
    "1.2.156.10197.1.401": DigestAlgorithm.SM3,
    "1.2.156.10197.1.401.1": DigestAlgorithm.SM3,
}
_NAMES = {DigestAlgorithm.SM3: "1.2.156.10197.1.401"}
"""Of digests that asn1crypto has no name for."""
_RSA_ENCRYPTION, _EC_PUBLIC_KEY = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
_SM2_SM3 = "1.2.156.10197.1.501"
_BARE = {
    (_RSA_ENCRYPTION, DigestAlgorithm.SHA1): SignatureAlgorithm.RSA_SHA1,
    (_RSA_ENCRYPTION, DigestAlgorithm.SHA256): SignatureAlgorithm.RSA_SHA256,
    (_RSA_ENCRYPTION, DigestAlgorithm.SHA384): SignatureAlgorithm.RSA_SHA384,
    (_RSA_ENCRYPTION, DigestAlgorithm.SHA512): SignatureAlgorithm.RSA_SHA512,
    (_RSA_ENCRYPTION, DigestAlgorithm.SM3): SignatureAlgorithm.RSA_SM3,
    (_EC_PUBLIC_KEY, DigestAlgorithm.SHA1): SignatureAlgorithm.ECDSA_SHA1,
    (_EC_PUBLIC_KEY, DigestAlgorithm.SHA256): SignatureAlgorithm.ECDSA_SHA256,
    (_EC_PUBLIC_KEY, DigestAlgorithm.SHA384): SignatureAlgorithm.ECDSA_SHA384,
    (_EC_PUBLIC_KEY, DigestAlgorithm.SHA512): SignatureAlgorithm.ECDSA_SHA512,
    (_EC_PUBLIC_KEY, DigestAlgorithm.SM3): SignatureAlgorithm.SM2_SM3,
}
"""A signer that names only its key's kind means the digest beside it (RFC 3370, 3.2)."""
_ECDSA = (SignatureAlgorithm.ECDSA_SHA1, SignatureAlgorithm.ECDSA_SHA256)


def digest_of_identifier(identifier: bytes) -> DigestAlgorithm:
    """The digest of a DER AlgorithmIdentifier. HelperError(NOT_SUPPORTED) for MD5 and unknown ones."""
    oid = identifier_oid(identifier)
    try:
        return _DIGESTS[oid]
    except KeyError:
        raise HelperError(Code.NOT_SUPPORTED, tr("摘要算法 {oid}").format(oid=oid)) from None


def signature_of_identifier(identifier: bytes, digest: DigestAlgorithm) -> SignatureAlgorithm:
    """The scheme of a DER AlgorithmIdentifier beside `digest`. HelperError(NOT_SUPPORTED), also when they disagree."""
    oid = identifier_oid(identifier)
    found = _BARE.get((oid, digest)) or algorithm_of(identifier)
    if found in _ECDSA and digest is DigestAlgorithm.SM3:  # by a name of ECDSA, for want of one in the signer's library
        found = SignatureAlgorithm.SM2_SM3
    if found is None or found.value.hash_name != digest.value:
        raise HelperError(Code.NOT_SUPPORTED, tr("签名算法 {oid}").format(oid=oid))
    return found


def identifier_oid(identifier: bytes) -> str:
    """Dotted object identifier of a DER AlgorithmIdentifier. ValueError, IndexError."""
    return der.object_identifier(der.expect(der.inside(identifier, der.SEQUENCE)[0], der.OID).content)


def digest_identifier(digest: DigestAlgorithm) -> algos.DigestAlgorithm:
    """AlgorithmIdentifier with NULL parameters, which old readers want (RFC 5754, 2)."""
    return algos.DigestAlgorithm({"algorithm": _NAMES.get(digest, digest.value), "parameters": core.Null()})


def signer_identifier(certificate: Certificate, digest: DigestAlgorithm) -> algos.SignedDigestAlgorithm:
    """What our signatures are called: rsaEncryption, which every reader knows (RFC 3370, 3.2), ecdsa-with-SHA256, or SM2
    with SM3 (GM/T 0006-2012).

    HelperError(NOT_SUPPORTED) for other keys, and for an EC or SM2 key with another digest.
    """
    if certificate.key_kind is KeyKind.RSA:
        return algos.SignedDigestAlgorithm({"algorithm": _RSA_ENCRYPTION, "parameters": core.Null()})
    if certificate.key_kind is KeyKind.EC and digest is DigestAlgorithm.SHA256:
        return algos.SignedDigestAlgorithm({"algorithm": _ECDSA_SHA256})
    if certificate.key_kind is KeyKind.SM2 and digest is DigestAlgorithm.SM3:
        return algos.SignedDigestAlgorithm({"algorithm": _SM2_SM3})
    raise HelperError(Code.NOT_SUPPORTED)
