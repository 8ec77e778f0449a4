"""Protection of the package as a whole (GM/T 0099-2020, 7.4 and annex D): OFDEntries.xml names every file, so that none
can be put in, and a signature (GB/T 35275) is over it. What the files hold, the document's own signatures protect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hebca_helper.documents.cms import CmsReport, check_cms, forms_of
from hebca_helper.documents.ofd import xml
from hebca_helper.documents.ofd.package import Package
from hebca_helper.documents.ofd.xml import Node
from hebca_helper.errors import HelperError
from hebca_helper.seals import sniffing
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.words import FROM_GOOD_TO_BAD, Content, Reason, State, Verdict, because, outcome

ENTRIES, VALUE = "/OFDEntries.xml", "/signedvalue.dat"
_LOCATION, _VALUE_LOCATION = "FileLoc", "SignedValueLoc"


@dataclass(frozen=True, slots=True)
class Integrity:
    """`extra`: files that the list does not name; `missing`: those that it names in vain. `report` None: not to be read."""

    report: CmsReport | None
    extra: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def signature(self) -> State:
        if self.report is None:
            return State.UNKNOWN
        return State.INVALID if self.report.document is Content.CHANGED else self.report.state

    @property
    def verdict(self) -> Verdict:
        return outcome(self.reasons)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Whoever signed the list answers for no content, so nobody asks who it was."""
        acceptable = self.report is None or self.report.signer.acceptable
        changed = bool(self.extra or self.missing) or self.signature is State.INVALID or not acceptable
        sure = self.report is not None and self.report.document is Content.UNCHANGED and self.signature is State.VALID
        return because((changed, Reason.FILES_CHANGED), (not sure, Reason.FILES_UNCHECKED))


def check_integrity(package: Package, roots: Roots, now: datetime) -> Integrity | None:
    """None without such protection."""
    path = package.find(ENTRIES)
    if path is None:
        return None
    try:
        octets = package.read(path)
        root = xml.parse(octets)
        value_path = package.find(root.content(_VALUE_LOCATION) or root.attributes.get(_VALUE_LOCATION) or VALUE)
        listed = {written: package.find(written) for written in _locations(root)}
    except (HelperError, ValueError):
        return Integrity(None, (), ())
    known = {path, value_path, *listed.values()}
    return Integrity(
        _signature(package, value_path, octets, roots, now),
        extra=tuple(name for name in package.names if name not in known),
        missing=tuple(written for written, found in listed.items() if found is None),
    )


def _locations(root: Node) -> list[str]:
    """Elements or attributes, makers read the standard either way. ValueError for a list that cannot be made out."""
    nodes = list(root.walk())
    found = [node.text for node in nodes if node.name == _LOCATION]
    found += [node.attributes[_LOCATION] for node in nodes if _LOCATION in node.attributes]
    if not found:
        raise ValueError("no list of files")
    return found


def _signature(package: Package, path: str | None, octets: bytes, roots: Roots, now: datetime) -> CmsReport | None:
    if path is None:
        return None
    try:
        value = sniffing.unwrapped(package.read(path))
        reports = check_cms(value, forms_of(octets), roots, now)
    except HelperError:
        return None
    return max(reports, key=lambda each: FROM_GOOD_TO_BAD.index(each.verdict))
