"""Checking the signatures of an OFD document (GB/T 33190-2016, 18; GB/T 38540-2020, 8.2), each point apart."""

from __future__ import annotations

import base64
import hashlib
import hmac
import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hebca_helper.documents.cms import CmsReport, check_cms
from hebca_helper.documents.ofd import layout, xml
from hebca_helper.documents.ofd.layout import Body, Description, Entry, Reference
from hebca_helper.documents.ofd.package import Digest, Package
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals import sniffing
from hebca_helper.seals.checking import SignatureReport, check_seal_signature
from hebca_helper.seals.findings import FROM_GOOD_TO_BAD, Content, Roots, Trust, Verdict, worst, worst_trust
from hebca_helper.seals.seal_signature import read_seal_signature
from hebca_helper.seals.sniffing import Kind
from hebca_helper.texts import tr

_METHODS: dict[str, Digest] = {
    "SM3": sm3,
    "1.2.156.10197.1.401": sm3,
    "1.2.156.10197.1.401.1": sm3,
    "1.2.156.10197.1.401.2": sm3,
    "SHA256": lambda data: hashlib.sha256(data).digest(),
    "2.16.840.1.101.3.4.2.1": lambda data: hashlib.sha256(data).digest(),
}
"""CheckMethod as makers write it. MD5 and SHA-1, which the standard allows, no longer prove anything."""
_PLAIN_NAME = re.compile(r"[\w.-]+")
_MOST_LOOSE = 100
_INTEGRITY_FILES = frozenset({"ofdentries.xml", "signedvalue.dat"})
"""GM/T 0099-2020: protection of the package as a whole, made after all signatures."""


@dataclass(frozen=True, slots=True)
class OfdSignature:
    """Findings on one signature of the document.

    `document`: all protected files, and nothing unprotected beside them. `altered`: protected files that changed or are
    missing. `unprotected`: files that anyone could have put in or changed. `seal_file_differs`: the seal that lies
    beside the signature, which readers show, is not the signed one. `problem`: why the rest could not be read.
    """

    entry: Entry
    kind: Kind
    description: Description | None
    report: SignatureReport | CmsReport | None
    document: Content
    altered: tuple[str, ...] = ()
    unprotected: tuple[str, ...] = ()
    seal_file_differs: bool = False
    problem: HelperError | None = None

    @property
    def verdict(self) -> Verdict:
        if self.problem:
            return Verdict.UNREADABLE
        if self.document is Content.CHANGED or self.seal_file_differs:
            return Verdict.INVALID
        found = self.report.verdict if self.report else Verdict.INDETERMINATE
        return worst([found, Verdict.VALID if self.document is Content.UNCHANGED else Verdict.INDETERMINATE])

    @property
    def trust(self) -> Trust:
        return self.report.trust if self.report else Trust.UNKNOWN


@dataclass(frozen=True, slots=True)
class OfdReport:
    """`unsigned_bodies`: documents in the package that bear no signature."""

    signatures: tuple[OfdSignature, ...]
    unsigned_bodies: int

    @property
    def verdict(self) -> Verdict:
        if not self.signatures:
            return Verdict.UNSIGNED
        parts_open = [Verdict.INDETERMINATE] if self.unsigned_bodies else []
        return worst([*(each.verdict for each in self.signatures), *parts_open])

    @property
    def trust(self) -> Trust:
        return worst_trust([each.trust for each in self.signatures])


def check_ofd(data: bytes, roots: Roots, now: datetime) -> OfdReport:
    """Judge every signature of a document. HelperError(DOCUMENT_UNREADABLE, TOO_LARGE)."""
    package = Package(data)
    found = layout.bodies(package)
    machinery = _machinery(package, found)
    signatures = [
        _checked(package, found, body, entry, machinery, roots, now) for body in found for entry in body.entries
    ]
    return OfdReport(tuple(signatures), sum(not body.entries for body in found))


def _checked(
    package: Package,
    found: Sequence[Body],
    body: Body,
    entry: Entry,
    machinery: frozenset[str],
    roots: Roots,
    now: datetime,
) -> OfdSignature:
    try:
        if entry.path is None:
            raise HelperError(Code.DOCUMENT_UNREADABLE, tr("缺少签名描述文件"))
        described = layout.description(package, entry.path)
        value = _value(package, described)
        kind = sniffing.kind_of(value)
        report = _report(kind, value, described, roots, now)
    except HelperError as problem:
        return OfdSignature(entry, Kind.UNKNOWN, None, None, Content.UNKNOWN, problem=problem)
    altered, checkable = _altered(package, described)
    unprotected = _unprotected(package, found, body, described, machinery)
    return OfdSignature(
        entry,
        kind,
        described,
        report,
        _content(report, altered, unprotected, checkable),
        altered=altered,
        unprotected=unprotected,
        seal_file_differs=isinstance(report, SignatureReport) and _seal_file_differs(package, described, report),
    )


def _report(
    kind: Kind, value: bytes, described: Description, roots: Roots, now: datetime
) -> SignatureReport | CmsReport | None:
    if kind in (Kind.SEAL_SIGNATURE, Kind.UNKNOWN):
        return check_seal_signature(read_seal_signature(value), described.octets, roots, now)
    if kind is not Kind.CMS:
        return None
    digest = sm3(described.octets)
    contents = [digest, base64.b64encode(digest), described.octets]
    reports = check_cms(value, contents, roots, now, described.signed_at)
    # more than one signer does not occur; if it does, the document is as good as its worst
    return max(reports, key=lambda each: FROM_GOOD_TO_BAD.index(each.verdict))


def _value(package: Package, described: Description) -> bytes:
    if described.value_path is None:
        raise HelperError(Code.DOCUMENT_UNREADABLE, tr("缺少签名值文件"))
    return package.read(described.value_path)


def _content(
    report: SignatureReport | CmsReport | None, altered: Sequence[str], unprotected: Sequence[str], checkable: bool
) -> Content:
    """The list of digests, and by the data hash that the list is the signed one."""
    if altered or (report and report.document is Content.CHANGED):
        return Content.CHANGED
    whole = report is not None and report.document is Content.UNCHANGED and checkable and not unprotected
    return Content.UNCHANGED if whole else Content.UNKNOWN


def _altered(package: Package, described: Description) -> tuple[tuple[str, ...], bool]:
    """Protected files that are not as they were, and whether all could be checked."""
    method = _METHODS.get(described.method.strip().upper())
    if method is None:
        return tuple(each.written for each in described.references if each.path is None), False
    altered = tuple(each.written for each in described.references if not _intact(package, each, method))
    return altered, bool(described.references)


def _intact(package: Package, reference: Reference, method: Digest) -> bool:
    if reference.path is None or reference.digest is None:
        return False
    return hmac.compare_digest(package.digest(reference.path, method), reference.digest)


def _unprotected(
    package: Package, found: Sequence[Body], body: Body, described: Description, machinery: frozenset[str]
) -> tuple[str, ...]:
    """Files that belong to this body's document, that the signature does not cover, and that a reader may come to.

    OFD.xml may change as long as the document that it leads to is covered. Everything in an OFD is found by its name
    in some XML file (GB/T 33190, 7.3), so what no file names is never shown.
    """
    covered = {each.path for each in described.references}
    others = [posixpath.dirname(other.root) + "/" for other in found if other is not body and other.root]
    own = posixpath.dirname(body.root or "") + "/"
    elsewhere = tuple(folder for folder in others if folder not in ("/", own))
    loose = [
        name
        for name in package.names
        if name not in covered and name not in machinery and not (elsewhere and name.startswith(elsewhere))
    ]
    loose = _named_somewhere(package, loose) if len(loose) <= _MOST_LOOSE else loose
    if body.root is None:
        loose.insert(0, "DocRoot")
    return tuple(loose)


def _named_somewhere(package: Package, names: list[str]) -> list[str]:
    """Those whose own name stands in a file of the package. Names that XML could write in several ways count as found."""
    if not names:
        return []
    texts = [_folded_text(package, each) for each in package.names]
    plain = {name: posixpath.basename(name).lower() for name in names}
    return [
        name
        for name in names
        if not _PLAIN_NAME.fullmatch(plain[name]) or any(text is None or plain[name] in text for text in texts)
    ]


def _folded_text(package: Package, name: str) -> str | None:
    """None for a file that may name anything: one that cannot be read, or that writes letters as numbers."""
    try:
        content = package.read(name)
        text = xml.decoded(content) if name.lower().endswith(".xml") else content.decode("utf-8", "replace")
    except (ValueError, HelperError):
        return None
    return None if name.lower().endswith(".xml") and "&#" in text else text.lower()


def _machinery(package: Package, found: Sequence[Body]) -> frozenset[str]:
    """Files that hold signatures, and so cannot all be covered by each other."""
    names = {"OFD.xml", package.find("/OFD.xml")}
    names |= {name for name in package.names if name.lower() in _INTEGRITY_FILES}
    for body in found:
        names.add(body.list_path)
        for entry in body.entries:
            names |= {entry.path, *_own_files(package, entry)}
    roots = {body.root for body in found}
    return frozenset(name for name in names if name and name not in roots)


def _own_files(package: Package, entry: Entry) -> set[str | None]:
    try:
        described = layout.description(package, entry.path) if entry.path else None
    except HelperError:
        return set()
    return {described.value_path, described.seal_path} if described else set()


def _seal_file_differs(package: Package, described: Description, report: SignatureReport) -> bool:
    if described.seal_path is None:
        return False
    try:
        return sniffing.unwrapped(package.read(described.seal_path)).rstrip(
            b"\0"
        ) != report.signature.seal.whole.rstrip(b"\0")
    except HelperError:
        return True
