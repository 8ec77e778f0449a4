"""Seals where they belong, in pages as they really are; earlier signatures live on; what may not be stamped says so."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.documents.pdf.viewing import OpenDocument
from hebca_helper.errors import Code, HelperError
from tests.documents.pdf import papers
from tests.documents.pdf.stamper import Stamper, pdfsig

RESOLUTION = 72.0


def red_box(document: bytes, page: int) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom in mm of what is red on a page."""
    with OpenDocument(document) as opened:
        image = Image.open(io.BytesIO(opened.picture(page, RESOLUTION)))
    red, green, _ = image.split()
    reddish = ImageChops.subtract(red, green).point(lambda value: 255 if value > 60 else 0)
    found = reddish.getbbox()
    if found is None:
        return None
    left, top, right, bottom = (each * 25.4 / RESOLUTION for each in found)
    return left, top, right, bottom


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_seal_has_its_size_and_place_however_the_page_is_turned(stamper: Stamper, rotation: int) -> None:
    paper = papers.register(1) if rotation == 0 else papers.turned(papers.register(1), rotation)
    stamped = stamper.stamp(paper, Placement(x_mm=80, y_mm=70))
    box = red_box(stamped, 0)
    assert box is not None
    assert box == pytest.approx((60, 50, 100, 90), abs=1.2)
    assert stamped.startswith(paper)


def test_keywords_are_found_with_gaps_and_in_other_widths(stamper: Stamper) -> None:
    paper = papers.register(3)
    for written in ("单位（盖章）", "单位(盖章)", "单 位 （ 盖章"):
        stamped = stamper.stamp(paper, Placement(Mode.KEYWORD, keyword=written))
        assert [red_box(stamped, page) is not None for page in range(3)] == [True, True, True]
    second = stamper.stamp(paper, Placement(Mode.KEYWORD, keyword="单位（盖章）", nth=2))
    boxes = [red_box(second, page) for page in range(3)]
    assert [box is not None for box in boxes] == [False, True, False]
    left, top, right, bottom = boxes[1] or (0, 0, 0, 0)
    assert top < 218 < bottom
    assert left < 140 < right


def test_a_riding_seal_is_one_signature_over_all_edges(stamper: Stamper, tmp_path: Path) -> None:
    stamped = stamper.stamp(papers.register(4), Placement(Mode.EDGE))
    boxes = [red_box(stamped, page) for page in range(4)]
    for box in boxes:
        assert box is not None
        assert box[2] == pytest.approx(210, abs=1)
        assert box[2] - box[0] <= 10.5
    path = tmp_path / "a.pdf"
    path.write_bytes(stamped)
    assert pdfsig(path).count("Signature is Valid") == 1


def test_several_seals_after_each_other_all_hold(stamper: Stamper, tmp_path: Path) -> None:
    stamped = papers.register(3)
    ways = [
        Placement(Mode.EDGE),
        Placement(page=2, x_mm=60, y_mm=60),
        Placement(Mode.EVERY_PAGE),
        Placement(Mode.KEYWORD, keyword=papers.KEYWORD, nth=1),
    ]
    for way in ways:
        stamped = stamper.stamp(stamped, way, pkcs7=way.mode is Mode.KEYWORD)
    path = tmp_path / "a.pdf"
    path.write_bytes(stamped)
    said = pdfsig(path)
    assert said.count("Signature is Valid") == len(ways)
    assert said.count("ETSI.CAdES.detached") == len(ways) - 1
    found = PdfFileReader(io.BytesIO(stamped)).embedded_signatures
    assert len(found) == len(ways)
    for each in found:
        judged = validate_pdf_signature(each, ValidationContext(trust_roots=[]))
        assert judged.intact
        assert judged.valid
        assert judged.docmdp_ok


def refused(stamper: Stamper, paper: bytes, placement: Placement) -> Code:
    with pytest.raises(HelperError) as told:
        stamper.stamp(paper, placement)
    return told.value.code


def test_what_may_not_be_stamped_says_why(stamper: Stamper) -> None:
    register = papers.register(2)
    assert refused(stamper, papers.encrypted(), Placement()) is Code.DOCUMENT_ENCRYPTED
    assert refused(stamper, register[: len(register) // 2], Placement()) is Code.DOCUMENT_UNREADABLE
    assert refused(stamper, b"%PDF-1.7\n", Placement()) is Code.DOCUMENT_UNREADABLE
    assert refused(stamper, register, Placement(page=3)) is Code.SEAL_PLACE_MISSING
    assert refused(stamper, register, Placement(x_mm=500, y_mm=10)) is Code.SEAL_PLACE_MISSING
    assert refused(stamper, register, Placement(Mode.KEYWORD, keyword="没有的字")) is Code.SEAL_PLACE_MISSING
    assert refused(stamper, papers.register(1), Placement(Mode.EDGE)) is Code.SEAL_PLACE_MISSING
    assert refused(stamper, register, Placement(page=0)) is Code.BAD_REQUEST
    for allowed in MDPPerm:
        assert refused(stamper, papers.certified(register, allowed), Placement()) is Code.DOCUMENT_LOCKED
    assert refused(stamper, papers.locked(register), Placement()) is Code.DOCUMENT_LOCKED
