# mypy: disable-error-code="no-untyped-call"
"""A PDF made ready for a signature: the seal's appearances and an empty signature, added as one update at the end.

The document host cannot sign and does not ask for it: it says where the signature goes, and whoever has the key digests
the octets itself. Earlier signatures stay as they are, since nothing before the update changes (ISO 32000-1, 7.5.6).
"""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter, ensure_sig_flags, prepare_sig_field
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.validation.dss import DocumentSecurityStore

from hebca_helper.documents.pdf.appearances import Ink, Place, dress_field_widget
from hebca_helper.documents.pdf.carried_seal import ENTRY
from hebca_helper.documents.pdf.demands import Offer, agree
from hebca_helper.documents.pdf.empty_fields import field_called
from hebca_helper.documents.pdf.entries import entry, items
from hebca_helper.documents.pdf.filled_values import draw_values
from hebca_helper.documents.pdf.geometry import Sheet, sheet_of
from hebca_helper.documents.pdf.locks import Fields, require_fillable, require_stampable
from hebca_helper.documents.pdf.pictures import SealPicture
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.documents.pdf.plan import Note, Plan, Prepared, SubFilter
from hebca_helper.documents.pdf.reading import FAILURES, opened, unlock, unreadable
from hebca_helper.documents.pdf.reasons import no_page
from hebca_helper.documents.pdf.spots import Pages, fitted, is_cut, spots
from hebca_helper.documents.pdf.viewing import OpenDocument
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

_PDF_A_PART = re.compile(rb"pdfaid:part\s*(?:=\s*[\"']|>)\s*(\d)")
"""ISO 19005-1, 6.7.11: as an attribute or as an element."""
_RGB = 3


def prepare(document: bytes, picture: SealPicture, plan: Plan) -> Prepared:
    """HelperError: DOCUMENT_ENCRYPTED, DOCUMENT_UNREADABLE, DOCUMENT_LOCKED, SEAL_PLACE_MISSING, SEAL_FIELD_REFUSED."""
    try:
        return _prepare(document, picture, plan)
    except FAILURES as problem:
        raise unreadable(document, problem) from None


def _prepare(document: bytes, picture: SealPicture, plan: Plan) -> Prepared:
    reader = opened(document)
    writer = _writer(reader)
    if reader.encrypted:
        unlock(writer)
    _mend_form(writer)
    notes = _notes_on(writer)
    plain = _part_of(writer.root) == 1
    ink = Ink(picture.put(writer, plain=plain), plain)
    if plan.placement.mode is Mode.FIELD:
        done = _in_field(reader, writer, ink, plan)
    else:
        done = _at_spots(document, reader, writer, ink, plan)
    if plan.seal:
        done.signature[pdf_name(ENTRY)] = _InClear(plan.seal)
    if plan.crls or plan.ocsps:
        _add_validation_data(writer, plan)
    update, hole = _written(document, writer, done.signature)
    pages = tuple(dict.fromkeys(page + 1 for page in done.pages))
    return Prepared(update, hole, pages, done.sub_filter, done.reason, (*notes, *done.notes))


@dataclass(frozen=True, slots=True)
class _Done:
    """`pages` from 0."""

    signature: SignatureObject
    pages: tuple[int, ...]
    sub_filter: SubFilter
    reason: str
    notes: tuple[Note, ...] = ()


class _InClear(generic.ByteStringObject):
    """As the signature itself (ISO 32000-1, 7.6.1): whoever checks it finds its octets in what is signed."""

    def write_to_stream(self, stream: Any, handler: Any = None, container_ref: Any = None) -> None:
        super().write_to_stream(stream)


class _Writer(IncrementalPdfFileWriter):
    """Leaves Info and metadata alone: who made the file is no matter of the seal, and in PDF/A both have to agree
    (ISO 19005-1, 6.7.3). Writes the update only: a large document is not copied."""

    def _write_header(self, stream: Any) -> None:
        """Nothing: what it goes behind is there."""

    def _update_meta(self) -> None:
        """Nothing."""


def _writer(reader: PdfFileReader) -> IncrementalPdfFileWriter:
    """Some programs write a Size that is too small (pdfunite does): new objects would take the numbers of old ones.
    Others write an ID that is none."""
    revisions = range(reader.xrefs.total_revisions)
    numbers = (int(each.idnum) for one in revisions for each in reader.xrefs.explicit_refs_in_revision(one))
    size = max(numbers, default=0) + 1
    if size > int(reader.trailer["/Size"]):
        reader.trailer["/Size"] = generic.NumberObject(size)
    if "/ID" in reader.trailer and not _is_id(reader.trailer["/ID"]):
        fresh = generic.ByteStringObject(os.urandom(16))
        reader.trailer["/ID"] = generic.ArrayObject([fresh, fresh])
    return _Writer.from_reader(reader)


def _is_id(found: Any) -> bool:
    """Two strings (ISO 32000-1, 14.4)."""
    kinds = (generic.ByteStringObject, generic.TextStringObject)
    return isinstance(found, generic.ArrayObject) and [isinstance(each, kinds) for each in items(found)] == [True, True]


def _mend_form(writer: IncrementalPdfFileWriter) -> None:
    """A form that is none, and fields that are none, go: pyHanko would stumble over them."""
    root = writer.root
    form = entry(root, "/AcroForm")
    if not isinstance(form, generic.DictionaryObject):
        if "/AcroForm" in root:
            del root["/AcroForm"]
            writer.update_root()
        return
    fields = entry(form, "/Fields", generic.ArrayObject())
    kept = [
        fields.raw_get(place) for place, each in enumerate(items(fields)) if not isinstance(each, generic.NullObject)
    ]
    if len(kept) < len(fields):
        form[pdf_name("/Fields")] = generic.ArrayObject(kept)
        writer.update_container(form)


def _notes_on(writer: IncrementalPdfFileWriter) -> tuple[Note, ...]:
    """HelperError(SEAL_PLACE_MISSING) for a form whose pages are not in the file but made by the reader (dynamic XFA)."""
    root, found = writer.root, []
    if _part_of(root) and not _keeps_colours(root):
        found.append(Note.ARCHIVAL_LOST)
    if entry(root, "/Collection") is not None:
        found.append(Note.PORTFOLIO)
    if "/XFA" in entry(root, "/AcroForm", {}):
        if entry(root, "/NeedsRendering", False):
            raise HelperError(Code.SEAL_PLACE_MISSING, tr("动态表单（XFA）的页面不在文件里，请先打印为 PDF"))
        found.append(Note.XFA)
    return tuple(found)


def _signature(plan: Plan, sub_filter: SubFilter, reason: str) -> SignatureObject:
    return SignatureObject(
        timestamp=plan.moment,
        subfilter=SigSeedSubFilter(f"/{sub_filter}"),
        name=plan.name or None,
        reason=reason or None,
        bytes_reserved=plan.reserved,
    )


def _in_field(reader: PdfFileReader, writer: IncrementalPdfFileWriter, ink: Ink, plan: Plan) -> _Done:
    """The field stays as the form has it, but for what a signature puts into it."""
    field = field_called(writer, plan.placement.field)
    fields = require_fillable(reader, field.name)
    _settle_looks(writer, fields)
    certificate = plan.certificates[0] if plan.certificates else b""
    wished = SigSeedSubFilter(f"/{plan.sub_filter}")
    agreed = agree(field.dictionary, Offer(wished, certificate, plan.time_stamp, plan.reason))
    sub_filter = SubFilter(agreed.sub_filter.value.lstrip("/"))
    signature = _signature(plan, sub_filter, agreed.reason)
    reference = writer.add_object(signature)
    agreed.lock.apply(reference, writer)
    field.dictionary[pdf_name("/V")] = reference
    writer.update_container(field.dictionary)
    for widget in field.widgets:
        dress_field_widget(writer, widget, ink, plan.width_mm, plan.height_mm)
    _mark_signed(writer, fields)
    size = fitted(field.widgets[0].box, plan.width_mm, plan.height_mm)
    notes = (Note.SMALLER,) if size[0] < plan.width_mm * 0.99 else ()
    return _Done(signature, tuple(each.page for each in field.widgets), sub_filter, agreed.reason, notes)


def _at_spots(document: bytes, reader: PdfFileReader, writer: IncrementalPdfFileWriter, ink: Ink, plan: Plan) -> _Done:
    fields = require_stampable(reader)
    _settle_looks(writer, fields)
    pages = _pages(document, writer, plan.placement)
    found = spots(plan.placement, plan.width_mm, plan.height_mm, pages)
    signature = _signature(plan, plan.sub_filter, plan.reason)
    _add_field(writer, fields, [Place(writer, spot, ink) for spot in found], plan, writer.add_object(signature))
    notes = (Note.CUT,) if any(is_cut(each, pages.sheet(each.page)) for each in found) else ()
    return _Done(signature, tuple(spot.page for spot in found), plan.sub_filter, plan.reason, notes)


def _settle_looks(writer: IncrementalPdfFileWriter, fields: Fields) -> None:
    """What was signed before is left as it is, open or not: drawing it now would change it."""
    if not fields.signed and _left_to_readers(writer.root):
        draw_values(writer)


def _left_to_readers(root: Any) -> bool:
    return bool(entry(entry(root, "/AcroForm", {}), "/NeedAppearances", False))


def _mark_signed(writer: IncrementalPdfFileWriter, fields: Fields) -> None:
    open_looks = fields.signed and _left_to_readers(writer.root)
    ensure_sig_flags(writer, lock_sig_flags=True)  # takes NeedAppearances away
    if open_looks:
        writer.root["/AcroForm"][pdf_name("/NeedAppearances")] = generic.BooleanObject(True)


def _written(
    document: bytes, writer: IncrementalPdfFileWriter, signature: SignatureObject
) -> tuple[bytes, tuple[int, int]]:
    """The update, and where the empty signature is."""
    output = _Behind(len(document))
    writer.digest_aware_write = True
    writer.write(output)
    start, end = signature.contents.offsets
    signature.byte_range.fill_offsets(output, start, end, output.tell())
    return output.getvalue(), (start, end)


class _Behind(io.BytesIO):
    """What goes behind so many octets, with its places counted from their beginning."""

    def __init__(self, octets: int) -> None:
        super().__init__()
        self._before = octets

    def tell(self) -> int:
        return super().tell() + self._before

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return super().seek(place - self._before if whence == io.SEEK_SET else place, whence) + self._before


def _pages(document: bytes, writer: IncrementalPdfFileWriter, placement: Placement) -> Pages:
    count = int(writer.root["/Pages"]["/Count"])

    def sheet(number: int) -> Sheet:
        return sheet_of(writer.find_page_for_modification(number)[0].get_object())

    def find(keyword: str) -> list[tuple[int, float, float]]:
        with OpenDocument(document) as opened:
            hits = opened.find(keyword, most=max(500, placement.nth))
        made = []
        for hit in hits:
            made.append((hit.page, *sheet(hit.page).middle(hit.box)))
        return made

    if count < 1:
        raise no_page()
    return Pages(count, sheet, find)


def _free_name(names: frozenset[str]) -> str:
    number = 1
    while f"Seal{number}" in names:
        number += 1
    return f"Seal{number}"


def _names_in(root: Any) -> set[str]:
    """Of the fields at the top of the form, whatever their kind."""
    form = entry(root, "/AcroForm", {})
    return {str(entry(each, "/T", "")) for each in items(entry(form, "/Fields", ()))}


def _add_field(
    writer: IncrementalPdfFileWriter,
    fields: Fields,
    places: list[Place],
    plan: Plan,
    signature: generic.IndirectObject,
) -> None:
    """One signature field (ISO 32000-1, 12.7.4.5) whose widget is the first place.

    PDF 2.0 wants one widget a signature, so further places are stamp annotations, all under the signature. After an
    earlier signature only form fields may be added without breaking it: then they are widgets of the same field.
    """
    name = _free_name(fields.names | _names_in(writer.root))
    first, *others = places
    widgets = bool(others) and fields.signed
    _, reference = prepare_sig_field(
        name,
        writer.root,
        update_writer=writer,
        box=first.box,
        include_on_page=first.page,
        combine_annotation=not widgets,
    )
    _mark_signed(writer, fields)
    field = reference.get_object()
    field[pdf_name("/V")] = signature
    field[pdf_name("/TU")] = generic.pdf_string(plan.name or name)
    # the first of several has no Parent: poppler finds no signature in a field whose kids all have one
    first.dress(field["/Kids"][0] if widgets else field)
    for place in others:
        if widgets:
            field["/Kids"].append(place.widget(reference))
        else:
            place.stamp()
    writer.update_container(field)


def _add_validation_data(writer: IncrementalPdfFileWriter, plan: Plan) -> None:
    """Document security store (ISO 32000-2, 12.8.4.3), under the signature it is about."""
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(each) for each in plan.certificates],
        crls=[asn1_crl.CertificateList.load(each) for each in plan.crls],
        ocsps=[asn1_ocsp.OCSPResponse.load(each) for each in plan.ocsps],
    )


def _part_of(root: Any) -> int:
    """Which part of ISO 19005 the document claims to keep, 0 for none."""
    try:
        metadata = entry(root, "/Metadata")
        found = _PDF_A_PART.search(metadata.data) if hasattr(metadata, "data") else None
    except (PdfError, ValueError):
        return 0
    return int(found[1]) if found else 0


def _keeps_colours(root: Any) -> bool:
    """Whether a picture in DeviceRGB may come in (ISO 19005-2, 6.2.4.3): the output intent has to be for RGB."""
    for intent in items(entry(root, "/OutputIntents", [])):
        profile = entry(intent, "/DestOutputProfile")
        if profile is not None and entry(profile, "/N") == _RGB:
            return True
    return False
