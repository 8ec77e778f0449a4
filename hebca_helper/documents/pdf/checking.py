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
from hebca_helper.documents.pdf.coverage import Coverage, coverage_of, covered
from hebca_helper.documents.pdf.empty_fields import units_of
from hebca_helper.documents.pdf.looks import Looks
from hebca_helper.documents.pdf.message_form import companions_of
from hebca_helper.documents.pdf.reading import FAILURES, opened, unreadable
from hebca_helper.documents.pdf.revisions import Later
from hebca_helper.documents.pdf.signatures import Signature, signatures_in
from hebca_helper.documents.pdf.two_states import Readings
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der, keys, time_stamps
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import verification
from hebca_helper.pki.cms.verification import SignedMessage
from hebca_helper.pki.keys import SignatureAlgorithm
from hebca_helper.seals import sniffing
from hebca_helper.seals.checking import CLOCKS_DIFFER, SignatureReport, check_seal_signature
from hebca_helper.seals.findings import Roots, judge_certificate
from hebca_helper.seals.seal_signature import read_seal_signature
from hebca_helper.seals.sniffing import Kind
from hebca_helper.seals.time_stamps import judge_time_stamp
from hebca_helper.seals.words import FROM_GOOD_TO_BAD, Content, State, Trust, Verdict, worst, worst_trust
from hebca_helper.texts import tr

_OPEN_ENDS = 6
"""ContentInfo, [0] and SignedData, the usual three of indefinite length."""
MOST_DIFFERENCES = 50
"""That are told of a signature."""
_SHA1, _RSA_SHA1 = "adbe.pkcs7.sha1", "adbe.x509.rsa_sha1"


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """Findings on one signature. `report` None: not read; `problem` says why, or what keeps a read one from being valid.
    `stamped`: whether its time stamp holds.

    `certificates`: whether those that came with it are as they were made.
    """

    signature: Signature
    report: CmsReport | SignatureReport | None
    coverage: Coverage | None
    stamped: State | None = None
    certificates: State = State.VALID
    problem: HelperError | None = None
    seal: CarriedSeal | None = None

    @property
    def document(self) -> Content:
        if self.report is None or self.coverage is None:
            return Content.CHANGED if self.coverage and self.coverage.document is Content.CHANGED else Content.UNKNOWN
        order = (Content.UNCHANGED, Content.UNKNOWN, Content.CHANGED)
        return max(self.coverage.document, self.report.document, key=order.index)

    @property
    def verdict(self) -> Verdict:
        return worst([self._own_verdict, *([self.seal.verdict] if self.seal else [])])

    @property
    def _own_verdict(self) -> Verdict:
        if State.INVALID in (self.stamped, self.certificates) or self.document is Content.CHANGED:
            return Verdict.INVALID
        certain = self.problem is None and self.certificates is State.VALID
        if self.report is None or self.document is not Content.UNCHANGED or not certain:
            found = self.report.verdict if self.report else Verdict.INDETERMINATE
            return max(found, Verdict.INDETERMINATE, key=FROM_GOOD_TO_BAD.index)
        return self.report.verdict

    @property
    def trust(self) -> Trust:
        own = self.report.trust if self.report else Trust.UNKNOWN
        return worst_trust([own, *([self.seal.trust] if self.seal else [])])


@dataclass(frozen=True, slots=True)
class PdfReport:
    signatures: tuple[PdfSignature, ...]

    @property
    def verdict(self) -> Verdict:
        return worst([each.verdict for each in self.signatures])

    @property
    def trust(self) -> Trust:
        return worst_trust([each.trust for each in self.signatures])


def check_pdf(data: bytes, roots: Roots, now: datetime) -> PdfReport:
    """HelperError(DOCUMENT_ENCRYPTED, DOCUMENT_UNREADABLE, OVER_LIMIT)."""
    try:
        reader = opened(data)
        if reader.encrypted:
            _require_open(reader)
        found = [_check(data, each, roots, now) for each in signatures_in(reader)]
        return PdfReport(tuple(_with_coverage(reader, data, found)))
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
    message = _without_padding(signature.contents)
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


def _without_padding(contents: bytes) -> bytes:
    """Zeros follow the message up to the room that was left for it. ValueError for anything else."""
    if contents[1:2] == b"\x80":  # indefinite length (X.690, 8.1.3.6): ends with two zeros for each that is open
        return contents.rstrip(b"\0") + b"\0" * _OPEN_ENDS
    end = der.read(contents).end
    if contents[end:].strip(b"\0"):
        raise ValueError("something follows the signature")
    return contents[:end]


def _document_time_stamp(
    signature: Signature, content: bytes, message: bytes, roots: Roots, now: datetime
) -> PdfSignature:
    """ETSI.RFC3161 (EN 319 142-1, 5.5): the token is over the covered octets."""
    token = time_stamps.examine(message, [content])
    if token is None:
        raise HelperError(Code.MESSAGE_UNREADABLE)
    read = verification.read(message)
    against, roots = _form_problem(read), with_intermediates(read, roots)
    found = judge_time_stamp(message, [content], roots)
    standing = {True: Content.UNCHANGED, False: Content.CHANGED, None: Content.UNKNOWN}
    report = CmsReport(
        format=format_of(token.certificate),
        state=State.VALID if token.sound and token.meant else found.state,
        document=standing[token.about],
        signed_at=token.moment,
        signer=found.service or judge_certificate(b"", roots, token.moment, now),
        time_doubtful=token.moment > now + CLOCKS_DIFFER,
        problem=None if token.sound and token.meant else HelperError(Code.SIGNATURE_WRONG),
    )
    return PdfSignature(signature, _refused(report, against) if against else report, None, found.state)


def _bare(signature: Signature, content: bytes, roots: Roots, now: datetime) -> CmsReport:
    """PKCS#1 in an OCTET STRING, the certificate beside it (ISO 32000-1, 12.8.3.2)."""
    certificate = Certificate.parse(signature.certificate or b"")
    octets = der.expect(der.read(_without_padding(signature.contents)), der.OCTET_STRING).content
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
    return report.Report("pdf", found.verdict, found.trust, signatures, None)


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
        made = composing.unread_signature(name, "unknown", found.verdict, found.document)
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
    made = replace(made, verdict=found.verdict, details=replace(made.details, pdf=pdf))
    problem = composing.problem(found.problem or (found.seal.problem if found.seal else None)) or made.problem
    if found.seal is None or found.seal.report is None:
        return replace(made, problem=problem)
    seal = composing.seal(found.seal.report, found.seal.signer_listed)
    return replace(made, seal=seal, trust=found.trust, problem=problem)
