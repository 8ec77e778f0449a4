"""Forms that leave the drawing of their values to the reader show the same under the seal as before, or are refused."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader

from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.errors import Code, HelperError
from tests.documents.pdf import papers
from tests.documents.pdf.raw_pdf import page_with, stream, utf16, written
from tests.documents.pdf.stamper import Stamper, pdfsig

_DEFAULT = "/DA (/Helv 12 Tf 0 g)"
STALE = stream(
    "/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /Helv 3 0 R >> >>",
    "/Tx BMC q BT /Helv 12 Tf 2 4 Td (0) Tj ET Q EMC",
)


def form(*fields: str, acro: str = "/NeedAppearances true", **more: bytes) -> bytes:
    """Objects from 20 on are the fields; 30 is a picture that says 0, whatever the value is."""
    refs = " ".join(f"{20 + place} 0 R" for place in range(len(fields)))
    fonts = "/Font << /Helv 3 0 R >>"
    objects: dict[int, Any] = page_with(f"/Annots [{refs}]", "BT /Helv 18 Tf 72 780 Td (FORM) Tj ET", fonts)
    objects[1] = f"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{refs}] {acro} /DR << {fonts} >> >> >>"
    objects[3] = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects |= {20 + place: f"<< /Type /Annot /Subtype /Widget /F 4 {each} >>" for place, each in enumerate(fields)}
    return written({**objects, 30: STALE})


def text(value: str, more: str = "", *, height: int = 20) -> str:
    return f"/FT /Tx /T (a) /V {utf16(value)} {_DEFAULT} /Rect [72 600 272 {600 + height}] {more}"


def read_by_poppler(document: bytes, folder: Path) -> list[str]:
    path = folder / "read.pdf"
    path.write_bytes(document)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
    return done.stdout.split()


def read_by_pdfium(document: bytes) -> str:
    """With the pictures of the fields, as they stand in the file."""
    with pypdfium2.PdfDocument(document) as opened:
        opened.init_forms()
        opened[0].flatten()
        return "".join(opened[0].get_textpage().get_text_range().split())


def drawn_by_poppler(document: bytes, folder: Path) -> Image.Image:
    path = folder / "drawn.pdf"
    path.write_bytes(document)
    subprocess.run(["pdftoppm", "-r", "36", "-singlefile", "-png", str(path), str(path)], check=True)
    return Image.open(io.BytesIO((folder / "drawn.pdf.png").read_bytes())).convert("L").crop((0, 100, 160, 130))


@pytest.mark.parametrize(
    "fields",
    [
        (text("999", "/AP << /N 30 0 R >>"),),
        (
            text("999", "/AP << /N 30 0 R >>"),
            text("777", "/AP << /N 30 0 R >>").replace("600", "500").replace("(a)", "(b)"),
        ),
        (text("", "/AP << /N 30 0 R >>"),),
        (text("first\rsecond line that is so long that it goes on in another", "/Ff 4096", height=80),),
        (text("12345", "/Ff 16777216 /MaxLen 8"),),
        (text("middle", "/Q 1"),),
        (text("turned", "/MK << /R 90 >>", height=60),),
        (text("no such font").replace("Helv", "F9"),),
        (text("of any size").replace("12 Tf", "0 Tf"),),
        ("/FT /Ch /Ff 131072 /T (a) /Opt [[(v1) (one)] [(v2) (two)]] /V (v2) /Rect [72 600 272 620] " + _DEFAULT,),
        ("/FT /Ch /T (a) /Opt [(one) (two)] /V (two) /I [1] /Rect [72 600 272 660] " + _DEFAULT,),
        ("/FT /Btn /Ff 65536 /T (a) /MK << /CA (Print) >> /Rect [72 600 272 620] " + _DEFAULT,),
    ],
    ids=[
        "stale",
        "shared",
        "emptied",
        "lines",
        "comb",
        "quadding",
        "turned",
        "font",
        "size",
        "combo",
        "list",
        "button",
    ],
)
def test_values_stay_what_they_are_under_the_seal(stamper: Stamper, tmp_path: Path, fields: tuple[str, ...]) -> None:
    paper = form(*fields)
    stamped = stamper.stamp(paper, Placement())
    assert read_by_poppler(stamped, tmp_path) == read_by_poppler(paper, tmp_path)
    before, after = drawn_by_poppler(paper, tmp_path), drawn_by_poppler(stamped, tmp_path)
    inked = [each.point(lambda value: 255 if value < 200 else 0).getbbox() for each in (before, after)]
    assert (inked[0] is None) == (inked[1] is None)
    if inked[0] and inked[1]:
        assert inked[1][:2] == pytest.approx(inked[0][:2], abs=4)
    (tmp_path / "a.pdf").write_bytes(stamped)
    assert pdfsig(tmp_path / "a.pdf").count("Signature is Valid") == 1
    assert "/NeedAppearances" not in PdfFileReader(io.BytesIO(stamped)).root["/AcroForm"]


@pytest.mark.parametrize("value", ["河北省石家庄市", "单位ABC-123（元）"])
@pytest.mark.parametrize("more", ["", "/Ff 4096"])
def test_chinese_in_a_font_without_chinese_is_written(stamper: Stamper, value: str, more: str) -> None:
    stamped = stamper.stamp(form(text(value, more)), Placement())
    assert value in read_by_pdfium(stamped)


@pytest.mark.parametrize("ticked", [True, False])
def test_a_tick_without_a_picture_gets_one(stamper: Stamper, tmp_path: Path, ticked: bool) -> None:
    state = "/Yes" if ticked else "/Off"
    paper = form(f"/FT /Btn /T (a) /V {state} /AS {state} /MK << /CA (4) >> /DA (/ZaDb 0 Tf) /Rect [72 600 92 620]")
    pictures = [drawn_by_poppler(each, tmp_path) for each in (paper, stamper.stamp(paper, Placement()))]
    assert [each.point(lambda value: value < 128).getbbox() is not None for each in pictures] == [ticked, ticked]


def test_a_tick_with_pictures_stays_as_it_is_seen(stamper: Stamper, tmp_path: Path) -> None:
    paper = form("/FT /Btn /T (a) /V /Yes /AS /Yes /AP << /N << /Yes 30 0 R >> >> /Rect [72 600 272 620]")
    stamped = stamper.stamp(paper, Placement())
    state = PdfFileReader(io.BytesIO(stamped)).root["/AcroForm"]["/Fields"][0]["/AP"]["/N"].raw_get("/Yes")
    assert state.idnum == 30


def test_a_value_that_no_font_can_write_is_refused_in_words(stamper: Stamper) -> None:
    with pytest.raises(HelperError) as told:
        stamper.stamp(form(text("𠮷田")), Placement())
    assert told.value.code is Code.DOCUMENT_FORM_OPEN
    assert "𠮷田" in told.value.detail


def test_a_form_that_somebody_signed_is_left_as_it_is(stamper: Stamper, tmp_path: Path) -> None:
    """Drawing its values now would change what was signed."""
    earlier = papers.form("Earlier", paper=form(text("999", "/AP << /N 30 0 R >>")), box=(300, 100, 420, 200))
    signed = stamper.stamp(form(text("plain"), acro=""), Placement(x_mm=150, y_mm=250))
    opened = papers.left_to_readers(signed)
    again = stamper.stamp(opened, Placement(x_mm=60, y_mm=200))
    assert PdfFileReader(io.BytesIO(again)).root["/AcroForm"]["/NeedAppearances"]
    in_field = stamper.stamp(earlier, Placement(Mode.FIELD))
    assert read_by_poppler(in_field, tmp_path) == ["FORM", "999"]


def test_what_needs_no_drawing_is_not_drawn(stamper: Stamper) -> None:
    paper = form(text("999", "/AP << /N 30 0 R >>"), acro="/NeedAppearances false")
    stamped = stamper.stamp(paper, Placement())
    field = PdfFileReader(io.BytesIO(stamped)).root["/AcroForm"]["/Fields"][0]
    assert field["/AP"].raw_get("/N").idnum == 30
