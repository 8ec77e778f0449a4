"""A seal is where somebody sees it and wholly on its page; where that cannot be, it is refused or told before it is set."""

from __future__ import annotations

import io
import unicodedata

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from hebca_helper.documents.pdf.pictures import seal_picture
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.documents.pdf.plan import Note, Plan
from hebca_helper.documents.pdf.preparing import prepare
from hebca_helper.documents.pdf.viewing import OpenDocument
from hebca_helper.errors import Code, HelperError
from tests.documents.pdf import papers
from tests.documents.pdf.raw_pdf import Body, page_with, stream, written
from tests.documents.pdf.stamper import NOW, Stamper
from tests.documents.pdf.test_stamping import red_box

FONT = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
WORD = Placement(Mode.KEYWORD, keyword="here")


def words(*places: tuple[int, int], box: str = "/MediaBox [0 0 595 842] /CropBox [0 0 300 300]") -> bytes:
    content = " ".join(f"BT /F1 12 Tf {x} {y} Td (here) Tj ET" for x, y in places)
    return written(page_with("", content, FONT, box))


def pages(count: int) -> bytes:
    objects: dict[int, Body] = page_with()
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(f'{10 + each} 0 R' for each in range(count))}] /Count {count} >>"
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R >>"
    return written(objects | dict.fromkeys(range(10, 10 + count), page))


def notes(paper: bytes, placement: Placement) -> tuple[Note, ...]:
    return prepare(paper, seal_picture(papers.seal_png()), Plan(placement, 40, 40, NOW, "演练")).notes


def refused(paper: bytes, placement: Placement) -> HelperError:
    with pytest.raises(HelperError) as told:
        notes(paper, placement)
    return told.value


def test_words_that_are_cut_off_the_page_are_not_sealed(stamper: Stamper) -> None:
    assert refused(words((400, 700)), WORD).code is Code.SEAL_PLACE_MISSING
    stamped = stamper.stamp(words((400, 700), (150, 150)), Placement(Mode.KEYWORD, keyword="here", nth=1))
    left, top, right, bottom = red_box(stamped, 0) or (0, 0, 0, 0)
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((57, 51), abs=2)
    with OpenDocument(words((400, 700), (150, 150))) as opened:
        assert len(opened.find("here")) == 1


@pytest.mark.parametrize(
    "placement",
    [
        Placement(Mode.KEYWORD, keyword="here", right_mm=200),
        Placement(Mode.KEYWORD, keyword="here", down_mm=-80),
        Placement(x_mm=120, y_mm=20),
    ],
)
def test_places_beyond_the_page_are_refused_with_its_size(placement: Placement) -> None:
    told = refused(words((150, 150)), placement)
    assert told.code is Code.SEAL_PLACE_MISSING
    assert "106 × 106 mm" in told.detail


def test_slices_at_a_height_that_a_page_does_not_have_are_refused() -> None:
    assert refused(pages(2), Placement(Mode.EDGE, y_mm=300)).code is Code.SEAL_PLACE_MISSING


def test_what_goes_beyond_the_edge_is_told() -> None:
    assert notes(words((150, 150)), WORD) == ()
    assert notes(words((2, 150)), WORD) == (Note.CUT,)
    assert notes(words(), Placement(x_mm=10, y_mm=50)) == (Note.CUT,)


@pytest.mark.parametrize("points", [(284, 142), (142, 284), (120, 120), (114, 600)])
def test_at_the_usual_place_the_seal_is_wholly_on_a_small_page(stamper: Stamper, points: tuple[int, int]) -> None:
    paper = words(box=f"/MediaBox [0 0 {points[0]} {points[1]}]")
    assert notes(paper, Placement()) == ()
    left, top, right, bottom = red_box(stamper.stamp(paper, Placement()), 0) or (0, 0, 0, 0)
    assert (right - left, bottom - top) == pytest.approx((40, 40), abs=1.2)


@pytest.mark.parametrize("mode", [Mode.POSITION, Mode.EVERY_PAGE])
def test_a_page_that_is_smaller_than_the_seal_is_told_as_that(mode: Mode) -> None:
    told = refused(words(box="/MediaBox [0 0 198 51]"), Placement(mode))
    assert told.code is Code.SEAL_NO_ROOM
    assert "18 mm" in told.detail


def test_a_field_beyond_the_page_takes_no_seal() -> None:
    form = papers.form("Far", paper=words(), box=(400, 700, 500, 800))
    assert refused(form, Placement(Mode.FIELD)).code is Code.SEAL_PLACE_MISSING
    assert notes(papers.form("Near", paper=words(), box=(100, 100, 250, 250)), Placement(Mode.FIELD)) == ()


@pytest.mark.parametrize(
    ("state", "shown"), [("/OFF [50 0 R]", False), ("/BaseState /OFF", False), ("/BaseState /OFF /ON [50 0 R]", True)]
)
def test_a_field_in_a_hidden_layer_takes_no_seal(state: str, shown: bool) -> None:
    layers = f"/OCProperties << /OCGs [50 0 R] /D << {state} >> >>"
    field = "<< /FT /Sig /T (a) /Type /Annot /Subtype /Widget /F 4 /P 5 0 R /OC 50 0 R /Rect [100 100 250 250] >>"
    objects = page_with("/Annots [41 0 R]")
    objects[1] = f"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [41 0 R] >> {layers} >>"
    form = written({**objects, 41: field, 50: "<< /Type /OCG /Name (Layer) >>"})
    if shown:
        assert notes(form, Placement(Mode.FIELD)) == ()
    else:
        assert refused(form, Placement(Mode.FIELD)).code is Code.SEAL_PLACE_MISSING


@pytest.mark.parametrize("mode", [Mode.EVERY_PAGE, Mode.EDGE])
def test_limits_are_told_as_limits(mode: Mode) -> None:
    for count in (1001, 20_001):
        told = refused(pages(count), Placement(mode))
        assert told.code is Code.OVER_LIMIT
        assert "1000" in told.detail
        assert str(count) in told.detail
    with pytest.raises(HelperError) as many:
        OpenDocument(pages(20_001))
    assert many.value.code is Code.OVER_LIMIT
    assert "20000" in many.value.detail


@pytest.mark.parametrize("odd", ["/ID null", "/ID [<00>]", "/ID [null null]", "/ID <00>"])
def test_an_id_that_is_none_is_replaced(stamper: Stamper, odd: str) -> None:
    stamped = stamper.stamp(written(page_with(), odd), Placement())
    assert [len(each) for each in PdfFileReader(io.BytesIO(stamped)).trailer["/ID"]] == [16, 16]


def radicals() -> list[tuple[str, str]]:
    """What fonts give in place of whole characters, and these."""
    kangxi = [chr(each) for each in range(0x2F00, 0x2FD6)]
    made = [(each, unicodedata.normalize("NFKC", each)) for each in kangxi]
    made += zip(
        "⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳⺟⺠⻁",
        "西见角贝车长门青页风飞马骨鬼鱼鸟卤麦黄齐齿龙龟母民虎",
        strict=True,
    )
    made += [("⼾", "户"), ("⾭", "青"), ("\uf9d1", "六"), ("（", "("), ("︵", "("), ("Ａ", "a"), ("㇐", "一")]
    return [
        *made,
        *(("盖\u00ad章", "盖章"), ("盖\u200b章", "盖章"), ("盖\ufe00章", "盖章"), ("盖\U000e0100章", "盖章")),
    ]


def test_letters_of_every_block_are_found_as_what_they_look_like() -> None:
    """Each stands on the page as one code of a font whose table says so (ISO 32000-1, 9.10.3)."""
    for start in range(0, len(radicals()), 90):
        part = radicals()[start : start + 90]
        rows = "\n".join(f"<{code:02x}> <{each.encode('utf-16-be').hex()}>" for code, (each, _) in enumerate(part, 33))
        table = f"begincmap 1 begincodespacerange <00> <ff> endcodespacerange {len(part)} beginbfchar\n{rows}\nendbfchar endcmap"
        font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 8 0 R >>"
        lines = " ".join(
            f"BT /F1 8 Tf {30 + place % 10 * 50} {800 - place // 10 * 60} Td <{code:02x}> Tj ET"
            for place, code in enumerate(range(33, 33 + len(part)))
        )
        objects = {**page_with("", lines, "/Font << /F1 7 0 R >>"), 7: font, 8: stream("", table)}
        with OpenDocument(written(objects)) as opened:
            missing = [wanted for _, wanted in part if not opened.find(wanted)]
        assert missing == []
