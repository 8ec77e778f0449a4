"""Countersignatures (RFC 5652, 11.4): somebody else's signature over a signer's, in its unsigned attributes."""

from __future__ import annotations

from collections.abc import Sequence

from asn1crypto import cms

from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.algorithms import DigestAlgorithm
from hebca_helper.pki.cms.message import reading
from hebca_helper.pki.cms.signers import COUNTERSIGNATURE, Signer
from hebca_helper.pki.cms.verification import SignerReport, report_of

MOST = 16


def countersigners(signer: Signer, certificates: Sequence[Certificate]) -> list[SignerReport]:
    """One report for each. HelperError(MESSAGE_UNREADABLE)."""
    values = [value for oid, value in signer.unsigned if oid == COUNTERSIGNATURE]
    with reading():
        if len(values) > MOST:
            raise ValueError("too many countersignatures")
        counters = [Signer.read(cms.SignerInfo.load(value, strict=True), counter=True) for value in values]
    return [_report(each, signer.signature, certificates) for each in counters]


def _report(counter: Signer, signature: bytes, certificates: Sequence[Certificate]) -> SignerReport:
    def digest_for(certificate: Certificate, algorithm: DigestAlgorithm) -> bytes:
        return algorithm.of(counter.content_prefix(certificate) + signature)

    return report_of(counter, certificates, digest_for, counter.countersigns)
