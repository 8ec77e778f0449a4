# mypy: disable-error-code="no-untyped-call"
"""What of a PDF a signature covers, and what came after it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, SuspiciousModification

from hebca_helper.documents.pdf.annotations import MOST_OBJECTS, only_annotations, written
from hebca_helper.documents.pdf.entries import entry
from hebca_helper.documents.pdf.reading import FAILURES
from hebca_helper.documents.pdf.signatures import Signature
from hebca_helper.documents.report import After

_END = re.compile(rb"startxref\s+(\d{1,15})\s+%%EOF\s*\Z")
"""ISO 32000-1, 7.5.5."""
_FORM_GROWS = ("/Fields", "/SigFlags")
"""What of a form a further signature field changes."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """`sound`: everything up to its end is covered but the signature itself. `content`: the covered octets."""

    sound: bool
    content: bytes
    after: After

    @property
    def fine(self) -> bool:
        return self.sound and self.after in (After.NOTHING, After.RECORDS, After.SIGNATURES)

    @property
    def broken(self) -> bool:
        return not self.sound or self.after in (After.FORMS, After.ANNOTATIONS, After.CHANGES)


def coverage_of(reader: PdfFileReader, data: bytes, signature: Signature, last: int) -> Coverage:
    """Of ByteRange: two pieces from the file's first octet, with nothing but `<…>` of Contents between them.

    `last`: the revision that brought the last signature.
    """
    if len(signature.byte_range) != 4:
        return Coverage(False, covered(data, signature.byte_range), After.UNKNOWN)
    start, before, behind, rest = signature.byte_range
    end = behind + rest
    content = covered(data, signature.byte_range)
    sound = start == 0 and 0 < before < behind and rest > 0 and end <= len(data)
    if not sound or not _is_hole(data[before:behind], signature.contents):
        return Coverage(False, content, After.UNKNOWN)
    if not data[end:].strip(b"\0\t\n\f\r "):
        return Coverage(True, content, After.NOTHING)
    if not _is_whole_revision(reader, data, end, signature.revision):
        return Coverage(False, content, After.UNKNOWN)
    return Coverage(True, content, _after(reader, signature.revision, last))


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
        return all(reader.xrefs.get_xref_container_info(each).end_location <= end for each in range(revision + 1))
    except (misc.PdfError, ValueError, KeyError, IndexError):
        return False


def _after(reader: PdfFileReader, revision: int, last: int) -> After:
    """UNKNOWN where the updates cannot be analysed: that is no proof of a change."""
    if revision >= reader.xrefs.total_revisions - 1:
        return After.CHANGES  # octets follow that belong to no update
    try:
        result = DEFAULT_DIFF_POLICY.review_file(reader, revision)
        if isinstance(result, SuspiciousModification) or result.modification_level > ModificationLevel.FORM_FILLING:
            return After.ANNOTATIONS if only_annotations(reader, revision) else After.CHANGES
        filled_in = _form_changed(reader, revision)
    except FAILURES:
        return After.UNKNOWN
    if filled_in:
        return After.FORMS
    silent = result.modification_level <= ModificationLevel.LTA_UPDATES and last <= revision
    return After.RECORDS if silent else After.SIGNATURES


def _form_changed(reader: PdfFileReader, revision: int) -> bool:
    """Whether updates wrote anything of what a form's fields show, signature fields aside. pyHanko's list does not tell: it
    names fields that a further signature left alone, and not those that NeedAppearances has drawn anew. No object that
    the fields lead to may be a later one, and what holds for all of them (fonts, NeedAppearances) must be as it was.
    """
    later = range(revision + 1, reader.xrefs.total_revisions)
    changed = {each for one in later for each in reader.xrefs.explicit_refs_in_revision(one)}
    form, signed = (
        entry(root, "/AcroForm", {}) for root in (reader.root, reader.get_historical_resolver(revision).root)
    )
    fields = [each for each in _raw(entry(form, "/Fields", ())) if not _is_signature_field(each.get_object())]
    if not fields:
        return False
    waiting = [*fields, *(form.raw_get(key) for key in form if key not in _FORM_GROWS)]
    seen: set[generic.Reference] = set()
    while waiting and len(seen) < MOST_OBJECTS:
        value = waiting.pop()
        if isinstance(value, generic.IndirectObject):
            reference, value = value.reference, value.get_object()
            if reference in seen or _is_signature_field(value):
                continue
            if reference in changed:
                return True
            seen.add(reference)
        waiting += _raw(value)
    return bool(waiting) or written(form, *_FORM_GROWS) != written(signed, *_FORM_GROWS)


def _raw(value: Any) -> list[Any]:
    """What a dictionary or an array holds, references not followed; of a widget not its page and its parent."""
    if isinstance(value, generic.DictionaryObject):
        return [value.raw_get(key) for key in value if key not in ("/P", "/Parent")]
    return [value.raw_get(place) for place in range(len(value))] if isinstance(value, generic.ArrayObject) else []


def _is_signature_field(value: Any) -> bool:
    return isinstance(value, generic.DictionaryObject) and entry(value, "/FT") == "/Sig"
