# mypy: disable-error-code="no-untyped-call"
"""What a check says of updates that change nothing, and of those that nobody can analyse; each verdict with its reason."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from hebca_helper.cli import findings
from hebca_helper.desktop.pages.documents import check_points
from hebca_helper.documents.checking import check
from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.documents.report import Report, decoded
from hebca_helper.seals.findings import Roots
from tests.documents.pdf import papers
from tests.documents.pdf.foreign_pdfs import updated
from tests.documents.pdf.stamper import NOW, Stamper


@pytest.fixture(scope="module")
def stamped(stamper: Stamper) -> bytes:
    return stamper.stamp(papers.register(1), Placement())


def found(document: bytes) -> dict[str, Any]:
    return check(document, Roots(), NOW)


def told(row: dict[str, Any]) -> tuple[str, str]:
    """In the terminal, and in the window."""
    report = decoded(Report, row)
    points = "\n".join(": ".join(point) for point in check_points.of_signature(report.signatures[0], alone=False))
    return findings.told("a.pdf", report), points


def new_title(writer: IncrementalPdfFileWriter) -> None:
    writer.set_info(writer.add_object(generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("册")})))


def validation_data(writer: IncrementalPdfFileWriter) -> None:
    empty = generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject()})
    writer.root[pdf_name("/DSS")] = writer.add_object(empty)
    writer.update_root()


@pytest.mark.parametrize("change", [new_title, validation_data])
def test_info_only_update_is_nobodys_signature(stamped: bytes, change: Any) -> None:
    row = found(updated(stamped, change))
    assert (row["verdict"], row["signatures"][0]["details"]["after"]) == ("unidentified", "records")
    for words in told(row):
        assert "之后的变动: 只更新了文件说明或验证资料" in words
        assert "又有人" not in words


def test_a_period_in_a_fields_name_is_no_change(stamper: Stamper) -> None:
    """As some generators write it."""
    paper = papers.form("AxB").replace(b"(AxB)", b"(A.B)")
    assert b"(A.B)" in paper
    twice = stamper.stamp(stamper.stamp(paper, Placement()), Placement(x_mm=40, y_mm=40))
    assert [each["document"] for each in found(twice)["signatures"]] == ["unchanged", "unchanged"]


@pytest.mark.parametrize(
    ("state", "said"), [("invalid", "不是名义上的签发机构签发的"), ("unknown", "有无法核对的证书或内容")]
)
def test_certificates_beside_a_signature_that_speak_against_it_are_told(stamped: bytes, state: str, said: str) -> None:
    row = found(stamped)
    assert all("附带的证书" not in words for words in told(row))
    row["signatures"][0]["details"]["certificates"] = state
    assert all(f"附带的证书: {said}" in words for words in told(row))


def text_form() -> bytes:
    """A form with a filled text field and its appearance."""
    writer = IncrementalPdfFileWriter(io.BytesIO(papers.register(1)))
    box = generic.ArrayObject(generic.NumberObject(each) for each in (50, 50, 200, 70))
    shown = generic.StreamObject(
        {pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form"), pdf_name("/BBox"): box},
        stream_data=b"q 0 0 9 9 re f Q",
    )
    page = writer.find_page_for_modification(0)[0]
    entries = {
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name("/Widget"),
        "/FT": pdf_name("/Tx"),
        "/T": generic.pdf_string("amount"),
        "/V": generic.pdf_string("100"),
        "/Rect": box,
        "/P": page,
        "/AP": generic.DictionaryObject({pdf_name("/N"): writer.add_object(shown)}),
    }
    field = writer.add_object(generic.DictionaryObject({pdf_name(key): each for key, each in entries.items()}))
    writer.register_annotation(page, field)
    form = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([field])})
    writer.root[pdf_name("/AcroForm")] = writer.add_object(form)
    writer.update_root()
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def other_value(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/V")] = generic.pdf_string("900")
    writer.update_container(field)


def other_look(writer: IncrementalPdfFileWriter) -> None:
    """Of the same field: its appearance stream is written anew."""
    shown = writer.root["/AcroForm"]["/Fields"][0]["/AP"]["/N"]
    shown._data, shown._encoded_data = b"q 0 0 2 2 re f Q", None
    writer.update_container(shown)


def needs_appearances(writer: IncrementalPdfFileWriter) -> None:
    """From now on readers draw the values, not the signed appearances."""
    form = writer.root["/AcroForm"]
    form[pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
    writer.update_container(form)


def test_form_stamped_twice_is_unchanged(stamper: Stamper) -> None:
    once = stamper.stamp(text_form(), Placement())
    row = found(stamper.stamp(once, Placement(x_mm=40, y_mm=40)))
    assert [each["document"] for each in row["signatures"]] == ["unchanged", "unchanged"]
    assert (row["verdict"], row["signatures"][0]["details"]["after"]) == ("unidentified", "signatures")


@pytest.mark.parametrize("change", [other_value, other_look, needs_appearances])
def test_a_form_that_shows_something_else_is_changed(stamper: Stamper, change: Any) -> None:
    row = found(updated(stamper.stamp(text_form(), Placement()), change))
    assert (row["verdict"], row["signatures"][0]["document"]) == ("invalid", "changed")


def test_nor_does_a_second_seal_cover_a_new_value(stamper: Stamper) -> None:
    filled_in = updated(stamper.stamp(text_form(), Placement()), other_value)
    first, second = found(stamper.stamp(filled_in, Placement(x_mm=40, y_mm=40)))["signatures"]
    assert (first["document"], first["details"]["after"], second["document"]) == ("changed", "forms", "unchanged")
