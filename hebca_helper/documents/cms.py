"""Checking a CMS signature (RFC 5652, GB/T 35275-2017) over known content, each point apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import verification
from hebca_helper.pki.cms.verification import SignedMessage, SignerReport
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.seals.checking import CLOCKS_DIFFER
from hebca_helper.seals.findings import (
    CertificateFinding,
    Content,
    Roots,
    Standing,
    State,
    Trust,
    Verdict,
    judge_certificate,
)

_FORMATS = {KeyKind.RSA: "cms-rsa", KeyKind.EC: "cms-ec", KeyKind.SM2: "cms-sm2"}
_NOBODY = CertificateFinding(None, Standing.UNKNOWN, Trust.UNKNOWN)


@dataclass(frozen=True, slots=True)
class CmsReport:
    """Findings on one signer. `signed_at` is the signer's claim (aware UTC), None without one.

    `document`: whether what was signed is the content at hand.
    """

    format: str
    state: State
    document: Content
    signed_at: datetime | None
    signer: CertificateFinding
    time_doubtful: bool
    problem: HelperError | None

    @property
    def verdict(self) -> Verdict:
        if self._speaks_against():
            return Verdict.INVALID
        sure = (
            self.state is State.VALID
            and self.document is Content.UNCHANGED
            and self.signer.standing is Standing.VALID
            and not self.time_doubtful
        )
        return Verdict.VALID if sure else Verdict.INDETERMINATE

    @property
    def trust(self) -> Trust:
        return self.signer.trust

    def _speaks_against(self) -> bool:
        return (
            self.state is State.INVALID
            or self.document is Content.CHANGED
            or not self.signer.acceptable
            or self.signer.standing in (Standing.EXPIRED, Standing.NOT_YET_VALID)
        )


def check_cms(
    message: bytes, contents: Sequence[bytes], roots: Roots, now: datetime, signed_at: datetime | None = None
) -> list[CmsReport]:
    """One report for each signer. HelperError(MESSAGE_UNREADABLE, NOT_SUPPORTED).

    `contents`: what may have been signed, any of them; empty when it is not at hand. `signed_at`: from elsewhere, where
    the signer says nothing.
    """
    read = verification.read(message)
    inside, at_hand = _inside(read, contents), read.content is not None or bool(contents)
    reports = _best([read.file.check([each]) for each in _candidates(read, contents)])
    return [
        _report(found, signer.attributes is not None, inside, at_hand, roots, now, signed_at)
        for found, signer in zip(reports, read.file.signers, strict=True)
    ]


def _inside(read: SignedMessage, contents: Sequence[bytes]) -> Content:
    """Whether the content in the message is the document's; UNKNOWN for a message without."""
    if read.content is None:
        return Content.UNKNOWN
    return Content.UNCHANGED if not contents or read.content in contents else Content.CHANGED


def _candidates(read: SignedMessage, contents: Sequence[bytes]) -> Sequence[bytes]:
    return [read.content] if read.content is not None else contents or [b""]


def _best(tried: Sequence[list[SignerReport]]) -> list[SignerReport]:
    """Of a message without its content: the content that most signatures are over."""
    return max(tried, key=lambda reports: sum(2 * (each.problem is None) + each.digest_ok for each in reports))


def _report(
    found: SignerReport,
    has_attributes: bool,
    inside: Content,
    at_hand: bool,
    roots: Roots,
    now: datetime,
    signed_at: datetime | None,
) -> CmsReport:
    at = found.signing_time or signed_at
    certificate = found.certificate
    signer = judge_certificate(certificate.der, roots, at, at or now) if certificate else _NOBODY
    return CmsReport(
        format=_format(certificate),
        state=_state(found, checkable=at_hand or has_attributes),
        document=_document(found, inside) if at_hand else Content.UNKNOWN,
        signed_at=at,
        signer=signer,
        time_doubtful=at is not None and at > now + CLOCKS_DIFFER,
        problem=found.problem,
    )


def _document(found: SignerReport, inside: Content) -> Content:
    """Signed attributes tell a changed document from a wrong signature; without them both look alike."""
    if inside is Content.CHANGED or (found.signature_ok and not found.digest_ok):
        return Content.CHANGED
    return Content.UNCHANGED if found.problem is None else Content.UNKNOWN


def _state(found: SignerReport, *, checkable: bool) -> State:
    if found.problem is None or (found.signature_ok and found.problem.code is Code.SIGNATURE_WRONG):
        return State.VALID
    return State.INVALID if checkable and found.problem.code is Code.SIGNATURE_WRONG else State.UNKNOWN


def _format(certificate: Certificate | None) -> str:
    return _FORMATS.get(certificate.key_kind, "unknown") if certificate else "unknown"
