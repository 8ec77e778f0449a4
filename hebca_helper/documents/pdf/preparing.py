# mypy: disable-error-code="no-untyped-call"
"""A PDF made ready for a signature: the seal's appearances and an empty signature, added as one update at the end.

The document host cannot sign and does not ask for it: it says where the signature goes, and whoever has the key digests
the octets itself. Earlier signatures stay as they are, since nothing before the update changes (ISO 32000-1, 7.5.6).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asn1crypto import crl as asn1_crl
from asn1crypto import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter, ensure_sig_flags, prepare_sig_field
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.validation.dss import DocumentSecurityStore

from hebca_helper.documents.pdf.carried_seal import ENTRY
from hebca_helper.documents.pdf.failures import FAILURES
from hebca_helper.documents.pdf.geometry import Sheet, sheet_of
from hebca_helper.documents.pdf.locks import Fields, require_stampable
from hebca_helper.documents.pdf.pictures import SealPicture
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.documents.pdf.spots import Pages, Spot, spots
from hebca_helper.documents.pdf.viewing import OpenDocument
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

FLAGS = 4 | 128
"""Print, and Locked so that nobody drags a seal about (ISO 32000-1, 12.5.3)."""


class SubFilter(StrEnum):
    """How the signature is written: PAdES (ETSI EN 319 142-1), or as readers before 2010 know it."""

    PADES = "ETSI.CAdES.detached"
    PKCS7 = "adbe.pkcs7.detached"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be stamped how. Sizes in mm; `moment` aware; `reserved` octets for the signature.

    `certificates` and `crls` (DER) go into the file for those who check it later (PAdES B-LT).
    """

    placement: Placement
    width_mm: float
    height_mm: float
    moment: datetime
    name: str
    sub_filter: SubFilter = SubFilter.PADES
    reason: str = ""
    reserved: int = 16384
    certificates: Sequence[bytes] = ()
    crls: Sequence[bytes] = ()
    seal: bytes = b""
    """SESeal, carried in the signature dictionary (`carried_seal`)."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """`update` goes behind the document. `hole`: first octet of `<` and the one after `>` of the empty signature,
    counted in document and update together. `pages`: those with a seal, from 1."""

    update: bytes
    hole: tuple[int, int]
    pages: tuple[int, ...]


def prepare(document: bytes, picture: SealPicture, plan: Plan) -> Prepared:
    """HelperError: DOCUMENT_ENCRYPTED, DOCUMENT_UNREADABLE, DOCUMENT_LOCKED, SEAL_PLACE_MISSING."""
    try:
        return _prepare(document, picture, plan)
    except FAILURES as problem:
        raise HelperError(Code.DOCUMENT_UNREADABLE, f"{type(problem).__name__}: {problem}"[:200]) from None


def _prepare(document: bytes, picture: SealPicture, plan: Plan) -> Prepared:
    reader = PdfFileReader(io.BytesIO(document), strict=False)
    if reader.encrypted:
        raise HelperError(Code.DOCUMENT_ENCRYPTED)
    fields = require_stampable(reader)
    writer = IncrementalPdfFileWriter.from_reader(reader)
    found = spots(plan.placement, plan.width_mm, plan.height_mm, _pages(document, writer, plan.placement))
    signature = SignatureObject(
        timestamp=plan.moment,
        subfilter=SigSeedSubFilter(f"/{plan.sub_filter}"),
        name=plan.name or None,
        reason=plan.reason or None,
        bytes_reserved=plan.reserved,
    )
    if plan.seal:
        signature[pdf_name(ENTRY)] = generic.ByteStringObject(plan.seal)
    _add_field(writer, fields, found, picture, plan, writer.add_object(signature))
    if plan.crls:
        _add_validation_data(writer, plan)
    return _written(document, writer, signature, found)


def _written(
    document: bytes, writer: IncrementalPdfFileWriter, signature: SignatureObject, found: list[Spot]
) -> Prepared:
    output = io.BytesIO()
    writer.digest_aware_write = True
    writer.write(output)
    start, end = signature.contents.offsets
    signature.byte_range.fill_offsets(output, start, end, output.tell())
    made = output.getbuffer()
    if made[: len(document)] != document:
        raise HelperError(Code.DOCUMENT_UNREADABLE, tr("文件开头之前有多余的内容"))
    pages = tuple(dict.fromkeys(spot.page + 1 for spot in found))
    return Prepared(bytes(made[len(document) :]), (start, end), pages)


def _pages(document: bytes, writer: IncrementalPdfFileWriter, placement: Placement) -> Pages:
    count = int(writer.root["/Pages"]["/Count"])

    def sheet(number: int) -> Sheet:
        return sheet_of(_page(writer, number).get_object())

    def find(keyword: str) -> list[tuple[int, float, float]]:
        with OpenDocument(document) as opened:
            hits = opened.find(keyword, most=max(500, placement.nth))
        made = []
        for hit in hits:
            left, top, right, bottom = sheet(hit.page).shown(hit.box)
            made.append((hit.page, (left + right) / 2, (top + bottom) / 2))
        return made

    if count < 1 or (placement.mode is Mode.EVERY_PAGE and count > 20_000):
        raise HelperError(Code.DOCUMENT_UNREADABLE)
    return Pages(count, sheet, find)


def _page(writer: IncrementalPdfFileWriter, number: int) -> generic.IndirectObject:
    reference: generic.IndirectObject = writer.find_page_for_modification(number)[0]
    return reference


def _free_name(names: frozenset[str]) -> str:
    number = 1
    while f"Seal{number}" in names:
        number += 1
    return f"Seal{number}"


def _add_field(
    writer: IncrementalPdfFileWriter,
    fields: Fields,
    found: list[Spot],
    picture: SealPicture,
    plan: Plan,
    signature: generic.IndirectObject,
) -> None:
    """One signature field (ISO 32000-1, 12.7.4.5) whose widget is the first place.

    PDF 2.0 wants one widget a signature, so further places are stamp annotations, all under the signature. After an
    earlier signature only form fields may be added without breaking it: then they are widgets of the same field.
    """
    name, image = _free_name(fields.names), picture.put(writer)
    first, *others = [_Place(writer, spot, image) for spot in found]
    widgets = bool(others) and fields.signed
    _, reference = prepare_sig_field(
        name,
        writer.root,
        update_writer=writer,
        box=first.box,
        include_on_page=first.page,
        combine_annotation=not widgets,
    )
    ensure_sig_flags(writer, lock_sig_flags=True)
    field = reference.get_object()
    field[pdf_name("/V")] = signature
    field[pdf_name("/TU")] = generic.pdf_string(plan.name or name)
    first.dress(field["/Kids"][0] if widgets else field)
    for place in others:
        if widgets:
            field["/Kids"].append(place.widget(reference))
        else:
            place.stamp()
    writer.update_container(field)


class _Place:
    """One widget: the seal, or a slice of it, on a page."""

    def __init__(self, writer: IncrementalPdfFileWriter, spot: Spot, image: generic.IndirectObject) -> None:
        self._writer, self._spot, self._image = writer, spot, image
        self.page = _page(writer, spot.page)
        self._sheet = sheet_of(self.page.get_object())
        self.box = tuple(round(each, 3) for each in self._sheet.rectangle(spot.left, spot.top, spot.width, spot.height))

    def dress(self, widget: generic.DictionaryObject) -> None:
        widget[pdf_name("/Rect")] = generic.ArrayObject(generic.FloatObject(each) for each in self.box)
        widget[pdf_name("/F")] = generic.NumberObject(FLAGS)
        widget[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): self._writer.add_object(self._form())})

    def widget(self, parent: generic.IndirectObject) -> generic.IndirectObject:
        """A further widget of the signature field."""
        return self._annotation("/Widget", {"/Parent": parent})

    def stamp(self) -> None:
        """A stamp annotation (ISO 32000-1, 12.5.6.12) that shows the seal."""
        self._annotation("/Stamp", {"/Name": pdf_name("/Seal")})

    def _annotation(self, kind: str, more: dict[str, generic.PdfObject]) -> generic.IndirectObject:
        entries = {"/Type": pdf_name("/Annot"), "/Subtype": pdf_name(kind), "/P": self.page, **more}
        made = generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})
        self.dress(made)
        reference: generic.IndirectObject = self._writer.add_object(made)
        self._writer.register_annotation(self.page, reference)
        return reference

    def _form(self) -> generic.StreamObject:
        """Form XObject: its box cuts the slice out of the whole picture (ISO 32000-1, 8.10)."""
        spot = self._spot
        share = spot.slice[1] - spot.slice[0]
        whole = spot.width / share
        drawing = f"q /Ink gs {whole:.4f} 0 0 {spot.height:.4f} {-spot.slice[0] * whole:.4f} 0 cm /Seal Do Q"
        resources = {
            pdf_name("/XObject"): generic.DictionaryObject({pdf_name("/Seal"): self._image}),
            pdf_name("/ExtGState"): generic.DictionaryObject({pdf_name("/Ink"): _ink()}),
        }
        return generic.StreamObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): _numbers(0, 0, spot.width, spot.height),
                pdf_name("/Matrix"): _numbers(*self._sheet.matrix),
                pdf_name("/Resources"): generic.DictionaryObject(resources),
            },
            stream_data=drawing.encode("ascii"),
        )


def _numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject(generic.FloatObject(round(each, 4)) for each in values)


def _add_validation_data(writer: IncrementalPdfFileWriter, plan: Plan) -> None:
    """Document security store (ISO 32000-2, 12.8.4.3), under the signature it is about."""
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(each) for each in plan.certificates],
        crls=[asn1_crl.CertificateList.load(each) for each in plan.crls],
    )


def _ink() -> generic.DictionaryObject:
    """As ink on paper: what is printed under the seal stays readable (ISO 32000-1, 11.3.5)."""
    return generic.DictionaryObject({pdf_name("/BM"): pdf_name("/Multiply")})
