# mypy: disable-error-code="no-untyped-call"
"""Files as other programs really write them, and those that are none."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.metadata.xmp_xml import MetadataStream, parse_xmp
from pyhanko.pdf_utils.reader import PdfFileReader

from hebca_helper.documents.pdf.empty_fields import page_units
from hebca_helper.documents.pdf.pictures import seal_picture
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.documents.pdf.plan import Note, Plan, Prepared
from hebca_helper.documents.pdf.preparing import prepare
from hebca_helper.documents.pdf.scans import one_document
from hebca_helper.documents.pdf.viewing import OpenDocument, units_in
from hebca_helper.errors import Code, HelperError
from tests.documents.pdf import foreign_pdfs, papers
from tests.documents.pdf.raw_pdf import page_with, written
from tests.documents.pdf.stamper import NOW, Stamper, pdfsig
from tests.documents.pdf.test_stamping import red_box


def prepared(document: bytes) -> Prepared:
    return prepare(document, seal_picture(papers.seal_png()), Plan(Placement(x_mm=80, y_mm=70), 40, 40, NOW, "演练"))


def test_a_size_that_is_too_small_costs_no_object(stamper: Stamper, tmp_path: Path) -> None:
    """pdfunite writes such trailers; new objects must not take the numbers of old ones."""
    paper = papers.register(2)
    size = re.search(rb"/Size (\d\d)", paper)
    assert size is not None
    small = paper.replace(size[0], b"/Size 05", 1)
    stamped = stamper.stamp(small, Placement(x_mm=80, y_mm=70))
    assert red_box(stamped, 0) == pytest.approx((60, 50, 100, 90), abs=1.2)
    with OpenDocument(stamped) as opened:
        assert opened.find("企业养老保险")
    path = tmp_path / "a.pdf"
    path.write_bytes(stamped)
    assert pdfsig(path).count("Signature is Valid") == 1


def test_pages_in_larger_units_have_their_true_size(stamper: Stamper) -> None:
    def larger(writer: IncrementalPdfFileWriter) -> None:
        page = writer.find_page_for_modification(0)[0]
        page.get_object()[pdf_name("/UserUnit")] = generic.NumberObject(2)
        writer.mark_update(page)

    drawing = foreign_pdfs.updated(papers.register(2), larger)
    assert list(units_in(drawing)) == page_units(drawing) == [2.0, 1.0]
    assert units_in(papers.register(2)) == ()
    stamped = stamper.stamp(drawing, Placement(x_mm=200, y_mm=100))
    with OpenDocument(drawing, units_in(drawing)) as opened:
        assert (opened.sheet(0).width_mm, opened.sheet(1).width_mm) == pytest.approx((420, 210), abs=0.1)
    # a reader without units shows everything half as large
    assert red_box(stamped, 0) == pytest.approx((90, 40, 110, 60), abs=1.2)


METADATA = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>{part}</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance></rdf:Description></rdf:RDF></x:xmpmeta>"""


def archived(part: int, colours: int = 3) -> bytes:
    def claim(writer: IncrementalPdfFileWriter) -> None:
        metadata = MetadataStream.from_xmp(parse_xmp(io.BytesIO(METADATA.format(part=part).encode())))
        profile = generic.StreamObject({pdf_name("/N"): generic.NumberObject(colours)}, stream_data=b"icc")
        intent = generic.DictionaryObject(
            {pdf_name("/S"): pdf_name("/GTS_PDFA1"), pdf_name("/DestOutputProfile"): writer.add_object(profile)}
        )
        writer.root[pdf_name("/Metadata")] = writer.add_object(metadata)
        writer.root[pdf_name("/OutputIntents")] = generic.ArrayObject([intent])
        writer.update_root()

    return foreign_pdfs.updated(papers.register(1), claim)


def test_files_for_archives_stay_such_files_or_it_is_told(stamper: Stamper) -> None:
    first = prepared(archived(1))
    assert first.notes == ()
    assert b"/SMask" not in first.update
    assert b"/Multiply" not in first.update
    assert b"/Producer" not in first.update
    assert red_box(stamper.stamp(archived(1), Placement(x_mm=80, y_mm=70)), 0) == pytest.approx(
        (60, 50, 100, 90), abs=1.2
    )
    second = prepared(archived(2))
    assert second.notes == ()
    assert b"/SMask" in second.update
    assert prepared(archived(2, colours=4)).notes == (Note.ARCHIVAL_LOST,)


def xfa(*, dynamic: bool) -> bytes:
    def put(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/AcroForm"][pdf_name("/XFA")] = generic.ArrayObject()
        writer.root[pdf_name("/NeedsRendering")] = generic.BooleanObject(dynamic)
        writer.update_container(writer.root["/AcroForm"])
        writer.update_root()

    return foreign_pdfs.updated(papers.form(), put)


def test_forms_that_readers_draw_themselves() -> None:
    assert prepared(xfa(dynamic=False)).notes == (Note.XFA,)
    with pytest.raises(HelperError) as caught:
        prepared(xfa(dynamic=True))
    assert caught.value.code is Code.SEAL_PLACE_MISSING


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "空的"),
        (b"\0" * 3000, "空的"),
        (b"<!DOCTYPE html><html>", "网页"),
        (b"PK\x03\x04docx", "另存为 PDF"),
        (b"hello", "不是 PDF"),
        (b"\xef\xbb\xbf" + papers.register(1), "开头"),
        (papers.register(1)[:5000], "损坏"),
    ],
)
def test_what_is_no_pdf_is_told_in_words_for_clerks(data: bytes, told: str) -> None:
    with pytest.raises(HelperError) as caught:
        prepared(data)
    assert caught.value.code is Code.DOCUMENT_UNREADABLE
    assert told in caught.value.detail


def test_words_in_a_column_are_sealed_in_their_middle(stamper: Stamper) -> None:
    paper = FPDF(format="A4")
    paper.add_page()
    paper.add_font("chinese", "", str(papers.FONT))
    paper.set_font("chinese", size=12)
    for line, letter in enumerate("法定代表人"):
        paper.text(100, 100 + 5 * line, letter)
    stamped = stamper.stamp(bytes(paper.output()), Placement(Mode.KEYWORD, keyword="法定代表人"))
    box = red_box(stamped, 0)
    assert box is not None
    assert (box[1] + box[3]) / 2 == pytest.approx(108, abs=2)


def test_revocation_data_lies_in_the_file(stamper: Stamper) -> None:
    lists = [stamper.authority.crl()]
    plan = Plan(Placement(), 40, 40, NOW, "演练", certificates=[stamper.certificate.der], crls=lists)
    made = prepare(papers.register(1), seal_picture(papers.seal_png()), plan)
    store = PdfFileReader(io.BytesIO(papers.register(1) + made.update)).root["/DSS"]
    assert [each.get_object().data for each in store["/CRLs"]] == lists
    assert "/OCSPs" not in store


def scan(**more: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (210, 297), "white").save(made, **more)
    return made.getvalue()


def test_every_page_of_a_scanners_file_is_there() -> None:
    pages = [Image.new("L", (210, 297), "white") for _ in range(3)]
    with OpenDocument(one_document([scan(format="TIFF", save_all=True, append_images=pages)])) as opened:
        assert opened.pages == 4
    with OpenDocument(one_document([scan(format="JPEG"), papers.register(2)])) as opened:
        assert opened.pages == 3


def test_a_signed_document_by_itself_stays_signed(stamper: Stamper) -> None:
    signed = stamper.stamp(papers.register(1), Placement())
    assert one_document([signed]) == signed


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(100), Code.DOCUMENT_UNREADABLE, "HEIC"),
        (scan(format="JPEG")[:500], Code.DOCUMENT_UNREADABLE, "第 1 张"),
    ],
)
def test_pictures_that_cannot_be_read_are_told(data: bytes, code: Code, told: str) -> None:
    with pytest.raises(HelperError) as caught:
        one_document([data])
    assert caught.value.code is code
    assert told in caught.value.detail


LINE = "/Type /Annot /Subtype /Widget /Rect [10 10 50 30]"


@pytest.mark.parametrize(
    ("catalogue", "page"),
    [
        ("", "/Annots null"),
        ("", "/Annots 40 0 R"),
        ("", "/Annots 99 0 R"),
        ("", "/Annots << >>"),
        ("", "/Annots [null 99 0 R]"),
        ("", "/Rotate null /CropBox null"),
        ("/AcroForm null", ""),
        ("/AcroForm 40 0 R", ""),
        ("/AcroForm 99 0 R", ""),
        ("/AcroForm []", ""),
        ("/AcroForm << /Fields null >>", ""),
        ("/AcroForm << /Fields 99 0 R >>", ""),
        ("/AcroForm << /Fields [null 99 0 R] >>", ""),
        ("/Perms null /Metadata null /DSS null /OutputIntents null", ""),
    ],
)
def test_what_is_null_is_not_there(stamper: Stamper, tmp_path: Path, catalogue: str, page: str) -> None:
    objects = {**page_with(page), 1: f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>", 40: "null"}
    (tmp_path / "a.pdf").write_bytes(stamper.stamp(written(objects), Placement()))
    assert pdfsig(tmp_path / "a.pdf").count("Signature is Valid") == 1


def test_a_name_that_any_field_has_is_not_taken_again(stamper: Stamper) -> None:
    form = "/AcroForm << /Fields [41 0 R 42 0 R] /DR << >> >>"
    objects = {**page_with("/Annots [41 0 R 42 0 R]"), 1: f"<< /Type /Catalog /Pages 2 0 R {form} >>"}
    objects |= {41: f"<< /FT /Tx /T (Seal1) /V (a) {LINE} >>", 42: f"<< /FT /Btn /T (Seal2) {LINE} >>"}
    fields = PdfFileReader(io.BytesIO(stamper.stamp(written(objects), Placement()))).root["/AcroForm"]["/Fields"]
    assert [fields[place]["/T"] for place in range(3)] == ["Seal1", "Seal2", "Seal3"]


@pytest.mark.parametrize("odd", ["/Rotate 90.0", "/Rotate (x)", "/UserUnit (x)", "/CropBox [/a 0 0 0]"])
def test_a_page_of_which_readers_think_differently_is_refused_in_words(odd: str) -> None:
    with pytest.raises(HelperError) as told:
        prepared(written(page_with(odd)))
    assert told.value.code is Code.DOCUMENT_UNREADABLE
    assert "大小或方向" in told.value.detail


def test_that_a_reader_may_hide_the_cover_is_told() -> None:
    collection = "<< /Type /Catalog /Pages 2 0 R /Collection << /View /D >> >>"
    assert prepared(written({**page_with(), 1: collection})).notes == (Note.PORTFOLIO,)
