"""Countersignatures (RFC 5652, 11.4): somebody else's signature over a signer's, in its unsigned attributes."""

from __future__ import annotations

from collections.abc import Sequence

from asn1crypto import cms

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.message import reading
from hebca_helper.pki.cms.signers import COUNTERSIGNATURE, Signer
from hebca_helper.pki.cms.verification import SignerReport
from hebca_helper.texts import tr

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
    certificate = counter.certificate_among(certificates)
    if counter.problem or counter.digest is None:
        return SignerReport(certificate, False, False, counter.signing_time, counter.problem)
    if certificate is None:
        missing = HelperError(Code.NO_CERTIFICATE, tr("文件中没有签名人的证书"))
        return SignerReport(None, False, False, counter.signing_time, missing)
    digest = counter.digest.of(counter.content_prefix(certificate) + signature)
    digest_ok = counter.countersigns(digest)
    try:
        signature_ok = counter.signature_matches(certificate, digest)
    except HelperError as problem:
        return SignerReport(certificate, False, digest_ok, counter.signing_time, problem)
    wrong = None if digest_ok and signature_ok else HelperError(Code.SIGNATURE_WRONG)
    return SignerReport(certificate, signature_ok, digest_ok, counter.signing_time, wrong)
