"""Checking the signatures of an OFD document (GB/T 33190-2016, 18; GB/T 38540-2020, 8.2), each point apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hebca_helper.documents.cms import CmsReport, check_cms, forms_of
from hebca_helper.documents.ofd import layout
from hebca_helper.documents.ofd.cover import Cover
from hebca_helper.documents.ofd.integrity import Integrity, check_integrity
from hebca_helper.documents.ofd.layout import Body, Description, Entry
from hebca_helper.documents.ofd.package import Package
from hebca_helper.errors import Code, HelperError
from hebca_helper.seals import sniffing
from hebca_helper.seals.checking import SignatureReport, check_seal_signature
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.seal_signature import read_seal_signature
from hebca_helper.seals.sniffing import Kind
from hebca_helper.seals.words import (
    FROM_GOOD_TO_BAD,
    Content,
    Reason,
    Trust,
    Verdict,
    because,
    ordered,
    outcome,
    worst,
    worst_trust,
)
from hebca_helper.texts import tr

_ENCRYPTIONS = "/Encryptions.xml"
"""GM/T 0099-2020: where a reader finds how to decrypt the package's files."""


@dataclass(frozen=True, slots=True)
class OfdSignature:
    """Findings on one signature of the document.

    `document`: all protected files, and nothing unprotected beside them. `altered`: protected files that changed or are
    missing. `unprotected`: files that anyone could have put in or changed. `seal_file_differs`: the seal that lies
    beside the signature, which readers show, is not the signed one. `list_altered`: the list of signatures is among the
    altered files, as happens when somebody signs after one who signed the list, too. `problem`: why the rest could not
    be read.
    """

    entry: Entry
    kind: Kind
    description: Description | None
    report: SignatureReport | CmsReport | None
    document: Content
    altered: tuple[str, ...] = ()
    unprotected: tuple[str, ...] = ()
    seal_file_differs: bool = False
    list_altered: bool = False
    problem: HelperError | None = None

    @property
    def verdict(self) -> Verdict:
        return outcome(self.reasons)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        own = because(
            (self.report is None, Reason.SIGNATURE_UNREADABLE),
            (self.document is Content.CHANGED, Reason.CONTENT_CHANGED),
            (self.document is Content.UNKNOWN, Reason.CONTENT_UNCHECKED),
            (self.seal_file_differs, Reason.SEAL_EXCHANGED),
        )
        return ordered((*own, *(self.report.reasons if self.report else ())))

    @property
    def trust(self) -> Trust:
        return self.report.trust if self.report else Trust.UNKNOWN


@dataclass(frozen=True, slots=True)
class OfdReport:
    """`unsigned_bodies`: documents in the package that bear no signature. `integrity`: of the package as a whole (GM/T
    0099-2020), None without; it says nothing of who made the document, so alone it leaves it unsigned.
    """

    signatures: tuple[OfdSignature, ...]
    unsigned_bodies: int
    integrity: Integrity | None = None

    @property
    def verdict(self) -> Verdict:
        found = outcome(self.reasons)
        return found if self.signatures else worst([Verdict.UNSIGNED, found])

    @property
    def reasons(self) -> tuple[Reason, ...]:
        whole = self.integrity.reasons if self.integrity else ()
        partly = bool(self.signatures and self.unsigned_bodies)
        of_signatures = (reason for each in self.signatures for reason in each.reasons)
        return ordered((*of_signatures, *because((partly, Reason.PARTLY_UNSIGNED)), *whole))

    @property
    def trust(self) -> Trust:
        return worst_trust([each.trust for each in self.signatures])


def check_ofd(data: bytes, roots: Roots, now: datetime) -> OfdReport:
    """Judge every signature of a document. HelperError(DOCUMENT_UNREADABLE, DOCUMENT_ENCRYPTED, TOO_LARGE)."""
    package = Package(data)
    if package.find(_ENCRYPTIONS) is not None:
        raise HelperError(Code.DOCUMENT_ENCRYPTED, tr("OFD 文档已加密，解密后才能检查"))
    found = layout.bodies(package)
    cover = Cover(package, found)
    signatures = [_checked(package, cover, body, entry, roots, now) for body in found for entry in body.entries]
    unsigned = sum(not body.entries for body in found)
    return OfdReport(tuple(signatures), unsigned, check_integrity(package, roots, now))


def _checked(package: Package, cover: Cover, body: Body, entry: Entry, roots: Roots, now: datetime) -> OfdSignature:
    try:
        if entry.path is None:
            raise HelperError(Code.DOCUMENT_UNREADABLE, tr("缺少签名描述文件"))
        described = cover.description(entry.path)
        value = _value(package, described)
        kind = sniffing.kind_of(value)
        report = _report(kind, value, described, roots, now)
        altered, checkable = cover.altered(entry.path, described)
    except HelperError as problem:
        return OfdSignature(entry, Kind.UNKNOWN, None, None, Content.UNKNOWN, problem=problem)
    unprotected = cover.unprotected(body, entry.path, described)
    return OfdSignature(
        entry,
        kind,
        described,
        report,
        _content(report, altered, unprotected, checkable),
        altered=altered,
        unprotected=unprotected,
        seal_file_differs=isinstance(report, SignatureReport) and _seal_file_differs(package, described, report),
        list_altered=_is_among(body.list_path, described, altered),
    )


def _is_among(path: str | None, described: Description, altered: Sequence[str]) -> bool:
    written = [each.written for each in described.references if each.path == path]
    return not set(altered).isdisjoint(written)


def _report(
    kind: Kind, value: bytes, described: Description, roots: Roots, now: datetime
) -> SignatureReport | CmsReport | None:
    if kind in (Kind.SEAL_SIGNATURE, Kind.UNKNOWN):
        return check_seal_signature(read_seal_signature(value), described.octets, roots, now)
    if kind is not Kind.CMS:
        return None
    reports = check_cms(value, forms_of(described.octets), roots, now, described.signed_at)
    # more than one signer does not occur; if it does, the document is as good as its worst
    return max(reports, key=lambda each: FROM_GOOD_TO_BAD.index(each.verdict))


def _value(package: Package, described: Description) -> bytes:
    if described.value_path is None:
        raise HelperError(Code.DOCUMENT_UNREADABLE, tr("缺少签名值文件"))
    return sniffing.unwrapped(package.read(described.value_path))


def _content(
    report: SignatureReport | CmsReport | None, altered: Sequence[str], unprotected: Sequence[str], checkable: bool
) -> Content:
    """The list of digests, and by the data hash that the list is the signed one."""
    if altered or (report and report.document is Content.CHANGED):
        return Content.CHANGED
    whole = report is not None and report.document is Content.UNCHANGED and checkable and not unprotected
    return Content.UNCHANGED if whole else Content.UNKNOWN


def _seal_file_differs(package: Package, described: Description, report: SignatureReport) -> bool:
    if described.seal_path is None:
        return False
    try:
        return sniffing.unwrapped(package.read(described.seal_path)).rstrip(
            b"\0"
        ) != report.signature.seal.whole.rstrip(b"\0")
    except HelperError:
        return True
