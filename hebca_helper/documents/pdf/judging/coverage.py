# mypy: disable-error-code="no-untyped-call"
"""What of a PDF a signature covers, and what came after it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pyhanko.pdf_utils import misc
from pyhanko.pdf_utils.reader import PdfFileReader

from hebca_helper.documents.pdf.judging.permissions import FILLING, NO_RULE, NOTES, Permission
from hebca_helper.documents.pdf.judging.revisions import Later, Seen, judge
from hebca_helper.documents.pdf.judging.two_states import Readings, TwoStates
from hebca_helper.documents.pdf.reading import FAILURES
from hebca_helper.documents.pdf.signatures import Signature
from hebca_helper.documents.report import After, Difference
from hebca_helper.errors import HelperError
from hebca_helper.seals.words import Content

_END = re.compile(rb"startxref\s+(\d{1,15})\s+%%EOF\s*\Z")
"""ISO 32000-1, 7.5.5."""
_BLANK = b"\0\t\n\f\r "
_FROM_GOOD_TO_BAD = (
    *(After.NOTHING, After.RECORDS, After.FIELDS, After.SIGNATURES, After.COVERED, After.UNKNOWN),
    *(After.FORMS, After.ANNOTATIONS, After.LOOKS, After.CHANGES),
)
_OPEN = (After.COVERED, After.UNKNOWN)
_HARMLESS = (After.NOTHING, After.RECORDS, After.FIELDS, After.SIGNATURES)


@dataclass(frozen=True, slots=True)
class Coverage:
    """`sound`: everything up to its end is covered but the signature itself. `end`: the octet behind what is signed.
    `seals`: where later signatures are seen."""

    sound: bool
    end: int
    differences: tuple[Difference, ...] = ()
    seals: tuple[Seen, ...] = ()
    permission: Permission = NO_RULE
    not_compared: tuple[int, ...] = ()

    @property
    def after(self) -> After:
        return max((each.kind for each in self.differences), key=self._rank, default=After.NOTHING)

    @property
    def allowed(self) -> bool:
        """Whether the signature allows what was done to the document after it."""
        return self._allows(self.after)

    @property
    def document(self) -> Content:
        if not self.sound:
            return Content.CHANGED
        after = self.after
        if after in _OPEN or (after is After.ANNOTATIONS and self.allowed):
            return Content.UNKNOWN  # a note may say what it wants over what was signed
        return Content.UNCHANGED if after in _HARMLESS or self.allowed else Content.CHANGED

    def _rank(self, kind: After) -> int:
        allowed = {After.FORMS: After.SIGNATURES, After.ANNOTATIONS: After.UNKNOWN}
        return 2 * _FROM_GOOD_TO_BAD.index(allowed[kind] if self._allows(kind) else kind) + self._allows(kind)

    def _allows(self, kind: After) -> bool:
        level = self.permission.level
        return (kind is After.FORMS and level in (FILLING, NOTES)) or (kind is After.ANNOTATIONS and level == NOTES)


UNKNOWN = (Difference(After.UNKNOWN, None, None),)
RECORDS = (Difference(After.RECORDS, None, None),)
CHANGES = (Difference(After.CHANGES, None, None),)


def coverage_of(readings: Readings, signature: Signature, later: Mapping[tuple[int, int], Later]) -> Coverage:
    """Of ByteRange: two pieces from the file's first octet, with nothing but `<…>` of Contents between them.

    `later`: the signatures that came after this one, by number and generation.
    """
    data = readings.data
    if len(signature.byte_range) != 4:
        return Coverage(False, 0, UNKNOWN)
    start, before, behind, rest = signature.byte_range
    end = behind + rest
    sound = start == 0 and 0 < before < behind and rest > 0 and end <= len(data)
    if not sound or not _is_hole(data[before:behind], signature.contents):
        return Coverage(False, end, UNKNOWN)
    if not data[end : end + 1024].strip(_BLANK) and not data[end:].strip(_BLANK):
        return Coverage(True, end)
    if not _is_whole_revision(readings.reader, data, end, signature.revision):
        return Coverage(False, end, UNKNOWN)
    return _judged(readings, signature, end, later)


def covered(data: bytes, byte_range: tuple[int, ...]) -> bytes:
    """The octets of any ByteRange."""
    pairs = zip(byte_range[::2], byte_range[1::2], strict=False)
    return b"".join(data[max(0, start) : max(0, start) + max(0, size)] for start, size in pairs)


def _is_hole(hole: bytes, contents: bytes) -> bool:
    """The hexadecimal string of Contents and nothing else."""
    if hole[:1] != b"<" or hole[-1:] != b">":
        return False
    digits = hole[1:-1]
    try:
        same = bytes.fromhex(_even(digits).decode("ascii")) == contents
    except ValueError:
        return False
    return same and digits in (digits.lower(), digits.upper())  # one way to write it: nothing can be hidden in the case


def _even(digits: bytes) -> bytes:
    """ISO 32000-1, 7.3.4.3: where the last digit is missing, it is a zero. Not beside blanks, which could stand for digits."""
    return digits + b"0" if len(digits) % 2 and digits.isalnum() else digits


def _is_whole_revision(reader: PdfFileReader, data: bytes, end: int, revision: int) -> bool:
    """The covered part ends where the signature's own update ends."""
    named = _END.search(data[max(0, end - 1024) : end])
    try:
        if named is None or int(named[1]) != reader.xrefs.get_startxref_for_revision(revision):
            return False
        tables = [reader.xrefs.get_xref_container_info(each) for each in range(revision + 1)]
        hybrids = [reader.xrefs.get_xref_data(each).hybrid for each in range(revision + 1)]
        tables += [each.meta_info for each in hybrids if each is not None]
        return all(each.end_location <= end for each in tables)
    except (misc.PdfError, ValueError, KeyError, IndexError):
        return False


def _judged(readings: Readings, signature: Signature, end: int, later: Mapping[tuple[int, int], Later]) -> Coverage:
    """UNKNOWN where the updates cannot be analysed: that is no proof of a change."""
    if signature.revision >= readings.reader.xrefs.total_revisions - 1:
        return Coverage(True, end, CHANGES)  # octets follow that belong to no update
    try:
        found = judge(TwoStates(readings, signature.revision, end), signature.place, later)
    except (*FAILURES, HelperError):
        return Coverage(True, end, UNKNOWN)
    differences = tuple(dict.fromkeys(found.differences)) or RECORDS
    return Coverage(True, end, differences, tuple(found.seals), found.permission)
