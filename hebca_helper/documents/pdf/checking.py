# mypy: disable-error-code="no-untyped-call"
"""Checking the signatures of a PDF (ISO 32000-1, 12.8), each point apart. Runs in the document host."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from hebca_helper.documents import composing, report
from hebca_helper.documents.cms import CmsReport, check_cms, format_of, with_intermediates
from hebca_helper.documents.pdf.carried_seal import CarriedSeal, check_carried
from hebca_helper.documents.pdf.empty_fields import units_of
from hebca_helper.documents.pdf.judging.coverage import Coverage, coverage_of, covered
from hebca_helper.documents.pdf.judging.looks import Looks
from hebca_helper.documents.pdf.judging.revisions import Later
from hebca_helper.documents.pdf.judging.two_states import Readings
from hebca_helper.documents.pdf.message_form import companions_of
from hebca_helper.documents.pdf.reading import FAILURES, opened, unreadable
from hebca_helper.documents.pdf.signatures import Signature, certificates_beside, signatures_in
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der, keys, time_stamps
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import ber, verification
from hebca_helper.pki.cms.verification import SignedMessage
from hebca_helper.pki.keys import SignatureAlgorithm
from hebca_helper.seals import sniffing
from hebca_helper.seals.checking import CLOCKS_DIFFER, SignatureReport, check_seal_signature
from hebca_helper.seals.findings import Roots, judge_certificate
from hebca_helper.seals.seal_signature import read_seal_signature
from hebca_helper.seals.sniffing import Kind
from hebca_helper.seals.time_stamps import judge_time_stamp
from hebca_helper.seals.words import (
    FROM_GOOD_TO_BAD,
    Content,
    Reason,
    Standing,
    State,
    Trust,
    Verdict,
    because,
    ordered,
    outcome,
    worst_trust,
)
from hebca_helper.texts import tr

MOST_DIFFERENCES = 50
"""That are told of a signature."""
_SHA1, _RSA_SHA1 = "adbe.pkcs7.sha1", "adbe.x509.rsa_sha1"


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """Findings on one signature. `report` None: not read; `problem` says why, or what keeps a read one from being valid.
    `stamped`: whether its time stamp holds.

    `certificates`: whether those that came with it are as they were made. `only_claims`: a document time stamp of a service
    that was not in force.
    """

    signature: Signature
    report: CmsReport | SignatureReport | None
    coverage: Coverage | None
    stamped: State | None = None
    certificates: State = State.VALID
    problem: HelperError | None = None
    seal: CarriedSeal | None = None
    only_claims: bool = False

    @property
    def document(self) -> Content:
        if self.report is None or self.coverage is None:
            return Content.CHANGED if self.coverage and self.coverage.document is Content.CHANGED else Content.UNKNOWN
        order = (Content.UNCHANGED, Content.UNKNOWN, Content.CHANGED)
        return max(self.coverage.document, self.report.document, key=order.index)

    @property
    def verdict(self) -> Verdict:
        return outcome(self.reasons)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        own = because(
            (self.report is None, Reason.SIGNATURE_UNREADABLE),
            (self.problem is not None and self.report is not None, Reason.SIGNATURE_UNCHECKED),
            (self.document is Content.CHANGED, Reason.CONTENT_CHANGED),
            (self.document is Content.UNKNOWN, Reason.CONTENT_UNCHECKED),
            (self.stamped is State.INVALID, Reason.TIME_STAMP_WRONG),
            (self.certificates is State.INVALID, Reason.COMPANIONS_WRONG),
            (self.certificates is State.UNKNOWN, Reason.COMPANIONS_UNCHECKED),
        )
        parts = [each.reasons for each in (self.report, self.seal) if each is not None]
        return ordered((*own, *(reason for part in parts for reason in part)))

    @property
    def trust(self) -> Trust:
        own = self.report.trust if self.report else Trust.UNKNOWN
        return worst_trust([own, *([self.seal.trust] if self.seal else [])])


@dataclass(frozen=True, slots=True)
class PdfReport:
    signatures: tuple[PdfSignature, ...]

    @property
    def verdict(self) -> Verdict:
        return outcome(self.reasons) if self.signatures else Verdict.UNSIGNED

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Who stamped the time beside signatures says nothing of who signed: unknown, it proves no time, no more."""
        found = [reason for each in self._telling for reason in each.reasons if reason not in self._beside(each)]
        return ordered(found)

    @property
    def trust(self) -> Trust:
        return worst_trust([each.trust for each in self._telling if not self._beside(each)])

    @property
    def _telling(self) -> list[PdfSignature]:
        """Without document time stamps that only claim a time, where anybody signed."""
        return [each for each in self.signatures if not each.only_claims] or list(self.signatures)

    def _beside(self, found: PdfSignature) -> tuple[Reason, ...]:
        """What a document time stamp lacks and the file does not, as somebody has signed it."""
        signed = any(not each.signature.is_time_stamp for each in self.signatures)
        return (Reason.ISSUER_UNKNOWN,) if signed and found.signature.is_time_stamp else ()


def check_pdf(data: bytes, roots: Roots, now: datetime) -> PdfReport:
    """HelperError(DOCUMENT_ENCRYPTED, DOCUMENT_UNREADABLE, OVER_LIMIT)."""
    try:
        reader = opened(data)
        if reader.encrypted:
            _require_open(reader)
        found, roots = signatures_in(reader), with_intermediates(certificates_beside(reader), roots)
        judged = [_check(data, each, roots, now) for each in found]
        return PdfReport(tuple(_with_coverage(reader, data, judged)))
    except FAILURES as problem:
        raise unreadable(data, problem) from None


def _require_open(reader: PdfFileReader) -> None:
    """Many files are encrypted with no password, to forbid printing."""
    if reader.decrypt(b"").status.value == 0:
        raise HelperError(Code.DOCUMENT_ENCRYPTED)


def _with_coverage(reader: PdfFileReader, data: bytes, found: list[PdfSignature]) -> list[PdfSignature]:
    """From the last to the first: what a later signature shows is as good as that is."""
    readings, looks = Readings(reader, data), None
    later: dict[tuple[int, int], Later] = {}
    made = []
    for each in reversed(found):
        try:
            coverage = coverage_of(readings, each.signature, later)
            if coverage.differences and coverage.sound:
                looks = looks or Looks(data, units_of(reader))
                coverage = looks.compared(coverage)
        except FAILURES:
            coverage = None
        made.append(replace(each, coverage=coverage))
        later[each.signature.place] = _as_later(made[-1])
    return made[::-1]


def _as_later(found: PdfSignature) -> Later:
    """Of a signature, for those before it."""
    state, coverage = found.report.state if found.report else State.UNKNOWN, found.coverage
    if coverage is None or not coverage.sound or (found.report and found.report.document is Content.CHANGED):
        state = State.INVALID
    against = coverage is not None and coverage.document is not Content.UNCHANGED
    return Later(state, found.signature.is_time_stamp, coverage.differences if coverage and against else ())


def _check(data: bytes, signature: Signature, roots: Roots, now: datetime) -> PdfSignature:
    content = covered(data, signature.byte_range)
    try:
        return _with_seal(_judged(signature, content, roots, now), content, roots)
    except HelperError as problem:
        return PdfSignature(signature, None, None, problem=problem)
    except FAILURES:
        return PdfSignature(signature, None, None, problem=HelperError(Code.MESSAGE_UNREADABLE))


def _judged(signature: Signature, content: bytes, roots: Roots, now: datetime) -> PdfSignature:
    if signature.sub_filter == _RSA_SHA1:
        # PKCS#1 alone has no room for attributes: it may be genuine, and is never certain
        open_question = HelperError(Code.SIGNATURE_WITHOUT_ATTRIBUTES)
        return PdfSignature(signature, _bare(signature, content, roots, now), None, problem=open_question)
    message = ber.definite(signature.contents)
    if sniffing.kind_of(message) is Kind.SEAL_SIGNATURE:
        found = check_seal_signature(read_seal_signature(message), content, roots, now)
        return PdfSignature(signature, found, None)
    if signature.is_time_stamp:
        return _document_time_stamp(signature, content, message, roots, now)
    contents = [hashlib.sha1(content, usedforsecurity=False).digest()] if signature.sub_filter == _SHA1 else [content]
    reports, read = check_cms(message, contents, roots, now, signature.moment), verification.read(message)
    report = max(reports, key=lambda each: FROM_GOOD_TO_BAD.index(each.verdict))
    if (against := _form_problem(read)) is not None:
        report = _refused(report, against)
    if signature.sub_filter != _SHA1 and read.content is not None:
        raise HelperError(Code.MESSAGE_UNREADABLE)  # a detached signature has no content of its own
    stamped = report.time_stamp.state if report.time_stamp else None
    return PdfSignature(signature, report, None, stamped, companions_of(message, roots))


def _form_problem(read: SignedMessage) -> HelperError | None:
    """Without signed attributes the signature is over the covered octets as they are, as over any text that somebody
    was asked to sign: it says nothing of a PDF. With several signers readers differ in whom they show.
    """
    signers = read.file.signers
    if len(signers) != 1:
        return HelperError(Code.SIGNATURE_NOT_OF_ONE, tr("{n} 个签名人").format(n=len(signers)))
    return HelperError(Code.SIGNATURE_WITHOUT_ATTRIBUTES) if signers[0].attributes is None else None


def _refused(report: CmsReport, why: HelperError) -> CmsReport:
    document = Content.CHANGED if report.document is Content.CHANGED else Content.UNKNOWN
    return replace(report, state=State.INVALID, document=document, problem=why)


def _with_seal(found: PdfSignature, content: bytes, roots: Roots) -> PdfSignature:
    octets, report = found.signature.seal, found.report
    if not octets or not isinstance(report, CmsReport):
        return found
    signer = report.signer.certificate
    at = report.signed_at or found.signature.moment
    return replace(found, seal=check_carried(octets, signer.der if signer else None, content, roots, at))


def _document_time_stamp(
    signature: Signature, content: bytes, message: bytes, roots: Roots, now: datetime
) -> PdfSignature:
    """ETSI.RFC3161 (EN 319 142-1, 5.5): the token is over the covered octets."""
    token = time_stamps.examine(message, [content])
    if token is None:
        raise HelperError(Code.MESSAGE_UNREADABLE)
    read = verification.read(message)
    against, roots = _form_problem(read), with_intermediates(read.certificates, roots)
    found = judge_time_stamp(message, [content], roots)
    signer = found.service or judge_certificate(b"", roots, token.moment, now)
    if found.only_claims:
        signer = replace(signer, standing=Standing.UNKNOWN)
    standing = {True: Content.UNCHANGED, False: Content.CHANGED, None: Content.UNKNOWN}
    report = CmsReport(
        format=format_of(token.certificate),
        state=State.VALID if token.sound and token.meant else found.state,
        document=standing[token.about],
        signed_at=token.moment,
        signer=signer,
        time_doubtful=token.moment > now + CLOCKS_DIFFER,
        problem=None if token.sound and token.meant else HelperError(Code.SIGNATURE_WRONG),
    )
    report = _refused(report, against) if against else report
    return PdfSignature(signature, report, None, found.state, only_claims=found.only_claims)


def _bare(signature: Signature, content: bytes, roots: Roots, now: datetime) -> CmsReport:
    """PKCS#1 in an OCTET STRING, the certificate beside it (ISO 32000-1, 12.8.3.2)."""
    certificate = Certificate.parse(signature.certificate or b"")
    octets = der.expect(der.read(ber.definite(signature.contents)), der.OCTET_STRING).content
    good = keys.verify(certificate.spki, SignatureAlgorithm.RSA_SHA1, content, octets)
    at = signature.moment
    return CmsReport(
        format="raw",
        state=State.VALID if good else State.INVALID,
        document=Content.UNCHANGED if good else Content.UNKNOWN,
        signed_at=at,
        signer=judge_certificate(certificate.der, roots, at, at or now),
        time_doubtful=False,
        problem=None if good else HelperError(Code.SIGNATURE_WRONG),
    )


def of_pdf(found: PdfReport) -> report.Report:
    signatures = tuple(_signature(each, number) for number, each in enumerate(found.signatures, start=1))
    return report.Report("pdf", found.verdict, found.trust, signatures, None, reasons=found.reasons)


def _told_of(coverage: Coverage) -> dict[str, Any]:
    """What came after a signature, in the report."""
    return {
        "allowed": coverage.allowed,
        "differences": coverage.differences[:MOST_DIFFERENCES],
        "not_compared": coverage.not_compared,
        "signed_octets": coverage.end if coverage.sound else None,
    }


def _signature(found: PdfSignature, number: int) -> report.Signature:
    name = found.signature.field or f"#{number}"
    if isinstance(found.report, SignatureReport):
        made = composing.seal_signature(name, found.report, found.document)
    elif found.report is not None:
        made = composing.cms_signature(name, found.report, found.document)
    else:
        made = composing.unread_signature(name, "unknown", found.document)
    pdf = report.Pdf(
        sub_filter=found.signature.sub_filter,
        filter=found.signature.filter,
        reason=found.signature.reason,
        covers_its_revision=None if found.coverage is None else found.coverage.sound,
        after=report.After.UNKNOWN if found.coverage is None else found.coverage.after,
        time_stamp=found.stamped,
        certificates=found.certificates,
        is_time_stamp=found.signature.is_time_stamp,
        seal_covered=found.seal.covered if found.seal else None,
        **_told_of(found.coverage) if found.coverage and found.coverage.differences else {},
    )
    made = replace(made, verdict=found.verdict, reasons=found.reasons, details=replace(made.details, pdf=pdf))
    problem = composing.problem(found.problem or (found.seal.problem if found.seal else None)) or made.problem
    if found.seal is None or found.seal.report is None:
        return replace(made, problem=problem)
    seal = composing.seal(found.seal.report, found.seal.signer_listed)
    return replace(made, seal=seal, trust=found.trust, problem=problem)
