# mypy: disable-error-code="no-untyped-call"
"""Whether updates after a signature did nothing but put annotations on pages (ISO 32000-1, 12.5): notes, text, stamps."""

from __future__ import annotations

import io
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from hebca_helper.documents.pdf.empty_fields import pages_of

MOST_OBJECTS = 20_000


def only_annotations(reader: PdfFileReader, revision: int) -> bool:
    """What was there when it was signed (`revision`) is the same but for annotations, and what describes the file."""
    signed = reader.get_historical_resolver(revision)
    later = range(revision + 1, reader.xrefs.total_revisions)
    changed = {each for one in later for each in reader.xrefs.explicit_refs_in_revision(one)}
    if len(changed) > MOST_OBJECTS or reader.trailer.raw_get("/Root") != signed.trailer_view.raw_get("/Root"):
        return False
    return all(_is_harmless(reader, signed, each) for each in changed)


def _is_harmless(reader: PdfFileReader, signed: HistoricalResolver, reference: generic.Reference) -> bool:
    """New objects are: nothing that was there leads to them but an annotation."""
    try:
        before = signed(reference)
    except (PdfReadError, KeyError):
        return True
    if isinstance(before, generic.NullObject):
        return True
    after = reader.get_object(reference)
    if written(before) == written(after) or _describes(reader, signed, reference, before, after):
        return True
    if not isinstance(before, generic.DictionaryObject) or not isinstance(after, generic.DictionaryObject):
        return isinstance(before, generic.ArrayObject) and _is_annots(reader, reference)
    kind = before.get("/Type"), after.get("/Type")
    if kind == ("/Page", "/Page"):
        return written(before, "/Annots") == written(after, "/Annots")
    return before.get("/Subtype") == after.get("/Subtype") and _is_note(before) and _is_note(after)


def _is_note(value: Any) -> bool:
    return "/Rect" in value and value.get("/Subtype") not in (None, "/Widget")


def _describes(reader: PdfFileReader, signed: HistoricalResolver, reference: generic.Reference, *both: Any) -> bool:
    """Info and metadata: who changed the file when."""
    if all(isinstance(each, generic.StreamObject) and each.get("/Type") == "/Metadata" for each in both):
        return True
    infos = [view.raw_get("/Info") for view in (reader.trailer, signed.trailer_view) if "/Info" in view]
    return any(isinstance(each, generic.IndirectObject) and each.reference == reference for each in infos)


def _is_annots(reader: PdfFileReader, reference: generic.Reference) -> bool:
    lists = (page.raw_get("/Annots") for _, page in pages_of(reader) if "/Annots" in page)
    return any(isinstance(each, generic.IndirectObject) and each.reference == reference for each in lists)


def written(value: Any, *leaving: str) -> bytes:
    """As it stands in the file, references not followed."""
    if leaving:
        value = generic.DictionaryObject({key: value.raw_get(key) for key in value if key not in leaving})
    made = io.BytesIO()
    value.write_to_stream(made, None)
    return made.getvalue()
