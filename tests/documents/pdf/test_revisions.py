# mypy: disable-error-code="no-untyped-call"
"""Attacks on what was signed, each by an update behind the signature; and what people do there that is no attack."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm

from hebca_helper.documents.checking import check
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.seals.findings import Roots
from tests.documents.pdf import foreign_pdfs, papers, updates
from tests.documents.pdf.foreign_pdfs import updated
from tests.documents.pdf.stamper import NOW, Stamper
from tests.documents.pdf.test_later_updates import other_value, text_form
from tests.documents.pdf.test_later_updates import told as in_words
from tests.documents.pdf.updates import WHITE, by_hand, dictionary, new_field, text

NOTHING_COVERED = Placement(x_mm=150, y_mm=250)


@cache
def signed(prepared: updates.Change | None = None) -> bytes:
    """A sealed register of two pages; `prepared`: what its maker put in before."""
    paper = papers.register(2)
    return Stamper().stamp(updated(paper, prepared) if prepared else paper, Placement())


def first_of(document: bytes) -> dict[str, Any]:
    found: dict[str, Any] = check(document, Roots(), NOW)["signatures"][0]
    return found


def told(document: bytes) -> tuple[str, str]:
    first = first_of(document)
    assert first["signature"] == "valid"
    return first["document"], first["details"]["after"]


URL = dictionary(S=pdf_name("/URI"), URI=text("https://example.org/"))
SCRIPT = dictionary(S=pdf_name("/JavaScript"), JS=text("app.alert(1)"))


@pytest.mark.parametrize(
    "change",
    [
        new_field(shows=WHITE),
        new_field(shows=WHITE, box=(60, 690, 400, 730)),
        new_field(shows=WHITE, signature=True),
        new_field(A=URL),
        new_field(AA=dictionary(E=SCRIPT)),
        updates.in_form("/NeedAppearances", generic.BooleanObject(True)),
        updates.in_form("/XFA", generic.ArrayObject()),
        updates.in_catalog("/OpenAction", SCRIPT),
        updates.in_catalog("/AA", dictionary(WC=SCRIPT)),
        updates.in_catalog("/Names", dictionary(JavaScript=dictionary(Names=generic.ArrayObject([text("a"), SCRIPT])))),
        updates.in_catalog("/OCProperties", dictionary(OCGs=generic.ArrayObject())),
        updates.in_page("/Rotate", generic.NumberObject(180)),
        updates.in_page("/CropBox", updates.numbers(0, 0, 300, 300)),
        updates.in_page("/AA", dictionary(O=SCRIPT)),
        updates.same_number_other_content,
        updates.other_font_program,
        updates.no_page,
        updates.nobody_signs_here_any_more,
        updates.other_picture_of_the_seal,
        foreign_pdfs.hidden_page,
        foreign_pdfs.other_font,
        foreign_pdfs.other_pages,
    ],
)
def test_what_is_shown_or_done_otherwise_is_a_change(change: updates.Change) -> None:
    assert told(updated(signed(), change)) == ("changed", "changes")


def test_nor_does_a_later_seal_make_it_good(stamper: Stamper) -> None:
    attacked = updated(signed(), new_field(shows=WHITE))
    row = check(stamper.stamp(attacked, NOTHING_COVERED), Roots(), NOW)
    assert [each["document"] for each in row["signatures"]] == ["changed", "unchanged"]


@pytest.mark.parametrize(
    ("prepared", "change"),
    [
        (updates.linked, updates.other_link),
        (updates.with_form_defaults, updates.other_default_font),
        (updates.with_form_defaults, updates.in_form("/DA", text("/F1 40 Tf 1 g"))),
        (updates.with_form_defaults, updates.in_form("/DR", dictionary())),
    ],
)
def test_what_stood_by_is_not_exchanged(prepared: updates.Change, change: updates.Change) -> None:
    assert told(updated(signed(prepared), change)) == ("changed", "changes")


def test_tricks_with_the_table_of_objects_are_changes() -> None:
    page = PdfFileReader(io.BytesIO(signed())).root["/Pages"]["/Kids"][0]
    content = page.raw_get("/Contents").idnum
    freed = by_hand(signed(), {}, {content: b"0000000000 00001 f"})
    also_freed = by_hand(signed(), {}, {content: b"0000000000 65535 f"})
    again = signed() + b"\n%d 1 obj\n<</Length 14>>stream\n0 0 99 99 re f\nendstream\nendobj" % content
    other_generation = by_hand(again, {}, {content: b"%010d 00001 n" % (len(signed()) + 1)})
    for each in (freed, also_freed, other_generation):
        assert told(each)[0] == "changed"


def test_an_entry_that_is_written_twice_is_uncertain() -> None:
    """Readers differ in which of the two they take."""
    page = PdfFileReader(io.BytesIO(signed())).root["/Pages"]["/Kids"].raw_get(0)
    newest = signed().rindex(b"\n%d 0 obj" % page.idnum)
    as_it_is = re.compile(rb"\n%d 0 obj\s(.+?)\sendobj" % page.idnum, re.DOTALL).search(signed(), newest)
    assert as_it_is is not None
    twice = by_hand(signed(), {page.idnum: as_it_is[1][:-2] + b"/Contents 1 0 R>>"})
    row = check(twice, Roots(), NOW)
    first = row["signatures"][0]
    assert (row["verdict"], first["document"], first["signature"]) == ("indeterminate", "unknown", "valid")
    assert (first["details"]["after"], first["details"]["covers_its_revision"]) == ("unknown", True)
    assert all("之后的变动: 无法分析，不能确定内容是否被改动" in words for words in in_words(row))


def test_two_tables_for_old_and_for_new_readers_are_uncertain() -> None:
    entry = b"\1" + signed().index(b"1 0 obj").to_bytes(4, "big") + b"\0"
    table = (
        b"\n90 0 obj\n<</Type/XRef/Size 91/W[1 4 1]/Index[1 1]/Root 2 0 R/Length 6>>stream\n%b\nendstream\nendobj"
        % entry
    )
    hybrid = by_hand(signed() + table, {89: b"null"}, more=b"/XRefStm %d" % (len(signed()) + 1))
    assert told(hybrid) == ("unknown", "unknown")


def test_what_was_signed_does_not_reach_behind_its_end() -> None:
    """Its maker left places in the signed table for what comes later: the content, and a link."""
    paper, place = updated(papers.register(2), updates.linked), 100_000
    page = PdfFileReader(io.BytesIO(paper)).root["/Pages"]["/Kids"][0]
    link = b"<</Type/Annot/Subtype/Link/Rect[0 0 300 300]/A<</S/URI/URI(https://example.com/)>>>>"
    content = b"<</Length 14>>stream\n0 0 99 99 re f\nendstream"
    for reference, shadow in ((page.raw_get("/Contents"), content), (page["/Annots"].raw_get(0), link)):
        entry = b"%010d 00000 n" % (paper.index(b"\n%d 0 obj" % reference.idnum) + 1)
        assert paper.count(entry) == 1
        prepared = Stamper().stamp(paper.replace(entry, b"%010d 00000 n" % place), Placement())
        later = prepared.ljust(place) + b"%d 0 obj\n%b\nendobj\n" % (reference.idnum, shadow)
        assert told(by_hand(later, {89: b"null"})) == ("changed", "changes")


# ---- what later signatures may do ----


def test_a_seal_over_text_hides_nothing_and_a_white_one_does(stamper: Stamper) -> None:
    over_text = stamper.stamp(signed(), Placement(x_mm=60, y_mm=60))
    assert told(over_text) == ("unchanged", "signatures")
    covered = foreign_pdfs.signed(stamper.message, paper=signed(), shows=WHITE, box=(60, 690, 400, 730))
    row = check(covered, Roots(), NOW)
    first = row["signatures"][0]
    assert (row["verdict"], first["document"], first["details"]["after"]) == ("indeterminate", "unknown", "covered")
    [place] = [each for each in first["details"]["differences"] if each["kind"] == "covered"]
    assert place["page"] == 1
    assert place["box"] == pytest.approx([21, 39.5, 141, 54], abs=0.5)
    where = "第 1 页（左起 21、上起 40 毫米，宽 120、高 14 毫米）：后来的签章遮住了签过的内容"
    assert all(where in words and "之后的变动: 后来的签章遮住" in words for words in in_words(row))


def test_each_of_many_places_is_allowed_and_the_twenty_largest_are_compared(stamper: Stamper) -> None:
    paper = stamper.stamp(papers.register(23), Placement())
    every_page = stamper.stamp(paper, Placement(Mode.EVERY_PAGE, x_mm=100, y_mm=250))
    details = first_of(every_page)["details"]
    assert details["after"] == "signatures"
    assert details["not_compared"] == [21, 22, 23]
    assert all("没有比对画面: 第 21、22、23 页" in words for words in in_words(check(every_page, Roots(), NOW)))


def test_a_later_signature_is_lent_to_no_second_field(stamper: Stamper) -> None:
    twice = stamper.stamp(signed(), NOTHING_COVERED)
    row = check(updated(twice, new_field(shows=WHITE, signature=True)), Roots(), NOW)
    assert [each["document"] for each in row["signatures"]] == ["changed", "changed"]


def test_a_second_signature_that_is_none_is_a_change(stamper: Stamper) -> None:
    forged = foreign_pdfs.signed(lambda content: stamper.message(content + b"x"), paper=signed(), shows=WHITE)
    assert told(forged) == ("changed", "changes")


def test_an_empty_field_is_told_as_what_it_is() -> None:
    assert told(updated(signed(), new_field())) == ("unchanged", "fields")


def test_an_unused_object_is_nothing() -> None:
    assert told(updated(signed(), lambda writer: writer.add_object(text("nobody asks for it")))) == (
        "unchanged",
        "records",
    )


# ---- what a signature allows ----


@pytest.mark.parametrize(
    ("level", "change", "document", "after"),
    [
        (MDPPerm.NO_CHANGES, other_value, "changed", "forms"),
        (MDPPerm.FILL_FORMS, other_value, "unchanged", "forms"),
        (MDPPerm.ANNOTATE, other_value, "unchanged", "forms"),
        (MDPPerm.NO_CHANGES, foreign_pdfs.annotated("/FreeText"), "changed", "annotations"),
        (MDPPerm.FILL_FORMS, foreign_pdfs.annotated("/FreeText"), "changed", "annotations"),
        (MDPPerm.ANNOTATE, foreign_pdfs.annotated("/FreeText"), "unknown", "annotations"),
        (MDPPerm.ANNOTATE, new_field(shows=WHITE), "changed", "changes"),
        (MDPPerm.NO_CHANGES, new_field(), "changed", "changes"),
        (MDPPerm.FILL_FORMS, new_field(), "unchanged", "fields"),
        (MDPPerm.FILL_FORMS, updates.same_number_other_content, "changed", "changes"),
    ],
)
def test_a_certified_form_takes_what_it_allows(level: Any, change: Any, document: str, after: str) -> None:
    assert told(updated(papers.certified(text_form(), level), change)) == (document, after)


def test_a_certified_document_takes_no_new_seal(stamper: Stamper) -> None:
    """Ours are not put there; others are, and readers since the attacks on certified documents refuse them."""
    certified = papers.certified(papers.form("Here"), MDPPerm.FILL_FORMS)
    added = foreign_pdfs.signed(stamper.message, paper=certified, shows=b"0 0 9 9 re f")
    assert told(added) == ("changed", "changes")
    expected = stamper.stamp(certified, Placement(Mode.FIELD, field="Here"))
    assert told(expected) == ("unchanged", "signatures")


@pytest.mark.parametrize(
    ("lock", "document"),
    [
        (FieldMDPSpec(FieldMDPAction.ALL), "changed"),
        (FieldMDPSpec(FieldMDPAction.INCLUDE, ["Here"]), "changed"),
        (FieldMDPSpec(FieldMDPAction.EXCLUDE, ["Here"]), "unchanged"),
    ],
)
def test_locked_fields_are_signed_by_nobody(stamper: Stamper, lock: Any, document: str) -> None:
    locked = papers.locked(papers.form("Here"), lock)
    later = foreign_pdfs.signed(stamper.message, paper=locked, name="Here", there=True)
    assert told(later)[0] == document
