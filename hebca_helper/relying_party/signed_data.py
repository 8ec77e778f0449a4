"""Signed data (CMS) that a person handed in: who signed it, and whether a portal may rely on that now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.cms import verification
from hebca_helper.pki.cms.verification import SignerReport
from hebca_helper.relying_party.judging import CertificateJudge
from hebca_helper.relying_party.results import LoginResult, failed, signed


@dataclass(frozen=True, slots=True)
class SignedDataResult:
    """`signers` in the message's order, at least one unless it could not be read; `content` is None then.

    `overall` is the first signer's that failed, else the first signer's: a message is as good as its worst signature.
    """

    overall: LoginResult
    signers: tuple[LoginResult, ...]
    signing_times: tuple[datetime | None, ...]
    """What each signer claims, aware UTC; nobody vouches for it."""
    content: bytes | None

    @property
    def accepted(self) -> bool:
        return self.overall.accepted


class SignedDataVerifier:
    """Certificates are judged at the moment of the check, not the claimed one."""

    def __init__(self, judge: CertificateJudge) -> None:
        self._judge = judge

    def check(self, message: bytes, detached: bytes | None = None) -> SignedDataResult:
        """`message` is a SignedData (DER or BER); `detached` its content where the message does not hold it."""
        try:
            reports = verification.verify(message, detached)
            content = verification.read(message).content if detached is None else detached
        except HelperError as problem:
            return SignedDataResult(failed(problem.code, None), (), (), None)
        signers = tuple(self._judged(report) for report in reports)
        overall = next((each for each in signers if not each.accepted), signers[0])
        return SignedDataResult(overall, signers, tuple(report.signing_time for report in reports), content)

    def _judged(self, report: SignerReport) -> LoginResult:
        certificate = report.certificate
        if report.problem or certificate is None:
            return failed(report.problem.code if report.problem else Code.NO_CERTIFICATE, certificate)
        return self._judge.refusal(certificate) or signed(certificate)
