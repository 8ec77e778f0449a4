# mypy: disable-error-code="no-untyped-call"
"""Checking the signatures of a PDF (ISO 32000-1, 12.8), each point apart. Runs in the document host."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import cms as asn1_cms
from pyhanko.pdf_utils.reader import PdfFileReader

from hebca_helper.documents.cms import CmsReport, check_cms
from hebca_helper.documents.pdf.carried_seal import CarriedSeal, check_carried
from hebca_helper.documents.pdf.coverage import Coverage, coverage_of
from hebca_helper.documents.pdf.failures import FAILURES, unreadable
from hebca_helper.documents.pdf.message_form import is_plain
from hebca_helper.documents.pdf.signatures import Signature, signatures_in
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import chains, der, keys, time_stamps
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import verification
from hebca_helper.pki.keys import SignatureAlgorithm
from hebca_helper.seals import sniffing
from hebca_helper.seals.checking import SignatureReport, check_seal_signature
from hebca_helper.seals.findings import (
    FROM_GOOD_TO_BAD,
    Content,
    Roots,
    State,
    Trust,
    Verdict,
    judge_certificate,
    worst,
    worst_trust,
)
from hebca_helper.seals.seal_signature import read_seal_signature
from hebca_helper.seals.sniffing import Kind

_TIME_STAMP_TOKEN = "1.2.840.113549.1.9.16.2.14"
"""Unsigned attribute (RFC 3161, appendix A)."""
_OPEN_ENDS = 6
"""ContentInfo, [0] and SignedData, the usual three of indefinite length."""
_SHA1, _RSA_SHA1 = "adbe.pkcs7.sha1", "adbe.x509.rsa_sha1"


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """Findings on one signature. `report` None: not read, `problem` says why. `stamped`: whether its time stamp holds.

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
        if self.coverage is not None and self.coverage.broken:
            return Content.CHANGED
        if self.report is None or self.coverage is None or not self.coverage.fine:
            return Content.UNKNOWN
        return self.report.document

    @property
    def verdict(self) -> Verdict:
        return worst([self._own_verdict, *([self.seal.verdict] if self.seal else [])])

    @property
    def _own_verdict(self) -> Verdict:
        if State.INVALID in (self.stamped, self.certificates) or self.document is Content.CHANGED:
            return Verdict.INVALID
        if self.report is None or self.document is not Content.UNCHANGED or self.certificates is not State.VALID:
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
    """HelperError(DOCUMENT_ENCRYPTED, DOCUMENT_UNREADABLE, TOO_MANY)."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        if reader.encrypted:
            _require_open(reader)
        return PdfReport(tuple(_check(reader, data, each, roots, now) for each in signatures_in(reader)))
    except FAILURES as problem:
        raise unreadable(data, problem) from None


def _require_open(reader: PdfFileReader) -> None:
    """Many files are encrypted with no password, to forbid printing."""
    if reader.decrypt(b"").status.value == 0:
        raise HelperError(Code.DOCUMENT_ENCRYPTED)


def _check(reader: PdfFileReader, data: bytes, signature: Signature, roots: Roots, now: datetime) -> PdfSignature:
    try:
        coverage = coverage_of(reader, data, signature)
    except FAILURES:
        coverage = None
    content = coverage.content if coverage is not None else b""
    try:
        return _with_seal(_judged(signature, coverage, content, roots, now), content, roots)
    except HelperError as problem:
        return PdfSignature(signature, None, coverage, problem=problem)
    except FAILURES:
        return PdfSignature(signature, None, coverage, problem=HelperError(Code.MESSAGE_UNREADABLE))


def _judged(
    signature: Signature, coverage: Coverage | None, content: bytes, roots: Roots, now: datetime
) -> PdfSignature:
    if signature.sub_filter == _RSA_SHA1:
        return PdfSignature(signature, _bare(signature, content, roots, now), coverage)
    message = _without_padding(signature.contents)
    if sniffing.kind_of(message) is Kind.SEAL_SIGNATURE:
        found = check_seal_signature(read_seal_signature(message), content, roots, now)
        return PdfSignature(signature, found, coverage)
    if signature.is_time_stamp:
        return _document_time_stamp(signature, coverage, content, message, roots, now)
    contents = [hashlib.sha1(content, usedforsecurity=False).digest()] if signature.sub_filter == _SHA1 else [content]
    roots = _with_intermediates(message, roots)
    reports = check_cms(message, contents, roots, now, signature.moment)
    report = max(reports, key=lambda each: FROM_GOOD_TO_BAD.index(each.verdict))
    if signature.sub_filter != _SHA1 and verification.read(message).content is not None:
        raise HelperError(Code.MESSAGE_UNREADABLE)  # a detached signature has no content of its own
    stamped, report = _time_stamped(message, report, roots)
    return PdfSignature(signature, report, coverage, stamped, _fit(message, roots))


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


def _time_stamped(message: bytes, report: CmsReport, roots: Roots) -> tuple[State | None, CmsReport]:
    """With a time stamp that holds, its moment is the time of signing, and the certificate is judged at it."""
    signer = asn1_cms.ContentInfo.load(message)["content"]["signer_infos"][0]
    for attribute in signer["unsigned_attrs"] or ():
        if attribute["type"].dotted == _TIME_STAMP_TOKEN:
            token = attribute["values"][0].dump()
            found = time_stamps.read(token, signer["signature"].native)
            if found is None or not found.for_time_stamping:
                return State.INVALID, report
            at = found.moment
            certificate = report.signer.certificate
            judged = judge_certificate(certificate.der, roots, at, at) if certificate else report.signer
            return State.VALID, replace(report, signed_at=at, signer=judged, time_doubtful=False)
    return None, report


def _fit(message: bytes, roots: Roots) -> State:
    """Whether the certificates that came with the signature, and its unsigned parts, are as they were made.

    HelperError(NOT_SUPPORTED) for a curve unknown here. Each must be signed by another one, itself, or a trusted one. Only the last of the signer's own chain may name an
    issuer that is not at hand.
    """
    read = verification.read(message)
    known = [*read.certificates, *roots.trusted]
    signer = read.file.signers[0].certificate_among(read.certificates)
    own_chain = {signer.der} if signer else set()
    whole = len(read.certificates) == _held(message) and is_plain(message, read.certificates)
    found = [State.VALID if whole else State.UNKNOWN]
    for _ in read.certificates:
        own_chain |= {
            each.der for each in known if any(_names(below, each) for below in known if below.der in own_chain)
        }
    for each in read.certificates:
        issuers = [issuer for issuer in known if _names(each, issuer)]
        if any(not chains.signed_by(each, one) for one in issuers):
            found.append(State.INVALID)
        elif not issuers and each.der not in own_chain:
            found.append(State.UNKNOWN)
    return max(found, key=(State.VALID, State.UNKNOWN, State.INVALID).index)


def _held(message: bytes) -> int:
    """How many certificates came along, the unreadable ones too."""
    return len(asn1_cms.ContentInfo.load(message)["content"]["certificates"] or ())


def _with_intermediates(message: bytes, roots: Roots) -> Roots:
    """With the certificates that came along and lead to a trusted one."""
    trusted = list(roots.trusted)
    left = [each for each in verification.read(message).certificates if each not in trusted]
    for _ in range(len(left) if trusted else 0):
        good = [
            each for each in left if chains.check(each, trusted, [], each.not_after, require_crl=False).trust is None
        ]
        trusted += good
        left = [each for each in left if each not in good]
    return Roots(trusted, roots.crls)


def _names(certificate: Certificate, issuer: Certificate) -> bool:
    return certificate.issuer.der == issuer.subject.der


def _document_time_stamp(
    signature: Signature, coverage: Coverage | None, content: bytes, message: bytes, roots: Roots, now: datetime
) -> PdfSignature:
    """ETSI.RFC3161 (EN 319 142-1, 5.5): the token is over the covered octets."""
    found = time_stamps.read(message, content)
    held = verification.read(message).certificates
    at = found.moment if found else None
    certificate = found.certificate.der if found else held[0].der if held else b""
    signer = judge_certificate(certificate, roots, at, at or now)
    good = found is not None and found.for_time_stamping
    report = CmsReport(
        format="cms-rsa",
        state=State.VALID if good else State.INVALID,
        document=Content.UNCHANGED if good else Content.CHANGED,
        signed_at=found.moment if found else None,
        signer=replace(signer, signs=True),
        time_doubtful=False,
        problem=None if good else HelperError(Code.SIGNATURE_WRONG),
    )
    return PdfSignature(signature, report, coverage, State.VALID if good else State.INVALID)


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
