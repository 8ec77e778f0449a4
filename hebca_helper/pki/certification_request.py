"""Certification requests for RSA keys: PKCS#10 (RFC 2986). The signature is made elsewhere, by the token."""

from __future__ import annotations

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.core import OctetBitString
from asn1crypto.csr import CertificationRequest, CertificationRequestInfo
from asn1crypto.keys import PublicKeyInfo
from asn1crypto.x509 import Name

from hebca_helper.errors import Code, HelperError

LONGEST_COMMON_NAME = 64
"""Characters (RFC 5280, appendix A, ub-common-name)."""


def require_common_name(text: str) -> None:
    """HelperError(BAD_REQUEST) unless it can be a common name: not empty, not too long, nothing unprintable."""
    if not text.strip() or len(text) > LONGEST_COMMON_NAME or not text.isprintable():
        raise HelperError(Code.BAD_REQUEST)


def body(spki: bytes, common_name: str) -> bytes:
    """DER CertificationRequestInfo with the subject CN (UTF8String) and no attributes: what the new key signs."""
    info = CertificationRequestInfo(
        {
            "version": "v1",
            "subject": Name.build({"common_name": common_name}),
            "subject_pk_info": PublicKeyInfo.load(spki),
            "attributes": [],
        }
    )
    return bytes(info.dump())


def assembled(signed_body: bytes, signature: bytes) -> bytes:
    """DER CertificationRequest; the signature is sha256WithRSAEncryption (RFC 8017) over `signed_body`."""
    request = CertificationRequest(
        {
            "certification_request_info": CertificationRequestInfo.load(signed_body),
            "signature_algorithm": SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
            "signature": OctetBitString(signature),
        }
    )
    return bytes(request.dump())
