# mypy: disable-error-code="no-untyped-call"
"""Random updates behind a signature: what a list allows is never accused, what it does not name is never called unchanged.

pyHanko's own comparison is a second judge of what is allowed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel

from hebca_helper.documents.checking import check
from hebca_helper.documents.pdf.judging.coverage import coverage_of
from hebca_helper.documents.pdf.judging.two_states import Readings
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.documents.pdf.reading import FAILURES, opened
from hebca_helper.documents.pdf.signatures import signatures_in
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.words import Content
from tests.documents.pdf import foreign_pdfs, papers, updates
from tests.documents.pdf.stamper import NOW, Stamper
from tests.documents.pdf.test_later_updates import new_title, text_form, validation_data

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
_ALLOWED = ("/SigFlags", "/Length", "/Version")
Update = Callable[[bytes], bytes]


@cache
def stamper() -> Stamper:
    return Stamper()


@cache
def signed() -> bytes:
    """A form with a value, a link and an empty signature field, signed once."""
    paper = papers.form("Empty", paper=foreign_pdfs.updated(text_form(), updates.linked), box=(330, 380, 480, 480))
    return stamper().stamp(paper, Placement(x_mm=150, y_mm=250))


def sealed(x: int, y: int) -> Update:
    return lambda document: stamper().stamp(document, Placement(x_mm=x, y_mm=y))


def written(change: updates.Change) -> Update:
    return lambda document: foreign_pdfs.updated(document, change)


def in_the_field(document: bytes) -> bytes:
    taken = any(b"/T (Empty)" in each and b"/V " in each for each in document.split(b"endobj"))
    return document if taken else stamper().stamp(document, Placement(Mode.FIELD, field="Empty"))


def by_another(name: str) -> Update:
    return lambda document: foreign_pdfs.signed(
        stamper().message, paper=document, name=name, shows=b"0 0 1 RG 20 20 900 900 re S", box=(30, 30, 120, 90)
    )


def as_it_was(document: bytes) -> bytes:
    """Some programs write objects again that they did not change."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.update_root()
        writer.mark_update(updates.page_of(writer))

    return foreign_pdfs.updated(document, change)


legal = st.lists(
    st.one_of(
        st.builds(sealed, st.integers(30, 180), st.integers(150, 270)),
        st.sampled_from([in_the_field, as_it_was, written(new_title), written(validation_data)]),
        st.just(written(lambda writer: writer.add_object(generic.pdf_string("unused")))),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=8, derandomize=True, database=None, suppress_health_check=SLOW, deadline=None)
@given(legal, st.booleans())
def test_what_is_allowed_is_never_accused(steps: list[Update], other: bool) -> None:
    document = by_another("Other")(signed()) if other else signed()
    for step in steps:
        document = step(document)
    row = check(document, Roots(), NOW)
    assert {(str(each["document"]), str(each["signature"])) for each in row["signatures"]} == {("unchanged", "valid")}
    reader = PdfFileReader(io.BytesIO(document))
    judged = DEFAULT_DIFF_POLICY.review_file(reader, first_revision(reader))
    assert isinstance(judged, DiffResult)
    assert judged.modification_level <= ModificationLevel.FORM_FILLING


def first_revision(reader: PdfFileReader) -> int:
    """Of the first signature."""
    return int(min(each.signed_revision for each in reader.embedded_signatures))


def leaves(document: bytes) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Number of an object that the catalog leads to, and the way to each value in it."""
    reader = PdfFileReader(io.BytesIO(document))
    waiting, seen = [reader.trailer.raw_get("/Root")], set()
    while waiting:
        reference = waiting.pop()
        if reference.idnum in seen:
            continue
        seen.add(reference.idnum)
        for way, value in inside(reference.get_object(), ()):
            yield reference.idnum, way
            if isinstance(value, generic.IndirectObject):
                waiting.append(value)


def inside(value: Any, way: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, generic.StreamObject):
        yield (*way, None), value
    if isinstance(value, generic.DictionaryObject):
        for key in value:
            yield from inside(value.raw_get(key), (*way, key))
    elif isinstance(value, generic.ArrayObject):
        for place in range(len(value)):
            yield from inside(value.raw_get(place), (*way, place))
    elif way and way[-1] not in _ALLOWED:
        yield way, value


@cache
def all_leaves() -> list[tuple[int, tuple[Any, ...]]]:
    return list(leaves(signed()))


def changed(document: bytes, number: int, way: tuple[Any, ...], how: int) -> bytes:
    """The value there is another one, or is gone; a stream has other octets."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        holder = writer.get_object(generic.Reference(number, 0, writer))
        for step in way[:-1]:
            holder = holder.raw_get(step)
        if way[-1] is None:
            holder._encoded_data, holder._data = holder.encoded_data + b" ", None
            holder._encoded_data = holder._encoded_data if "/Filter" in holder else None
            holder._data = None if "/Filter" in holder else b"0 0 9 9 re f"
        elif how == 0 and isinstance(holder, generic.DictionaryObject):
            del holder[way[-1]]
        else:
            holder[way[-1]] = other(holder.raw_get(way[-1]))
        writer.mark_update(generic.Reference(number, 0, writer))

    return foreign_pdfs.updated(document, change)


def other(value: Any) -> Any:
    if isinstance(value, generic.NameObject):
        return pdf_name(f"{value}X")
    if isinstance(value, generic.TextStringObject):
        return generic.pdf_string(f"{value}X")
    if isinstance(value, generic.NumberObject):
        return generic.NumberObject(int(value) + 1)
    if isinstance(value, generic.FloatObject):
        return generic.FloatObject(float(value) + 1)
    return generic.NullObject() if not isinstance(value, generic.NullObject) else pdf_name("/X")


def content_of(document: bytes) -> Content:
    """As the objects tell it, without pictures."""
    reader = opened(document)
    return coverage_of(Readings(reader, document), signatures_in(reader)[0], {}).document


@settings(max_examples=400, derandomize=True, database=None, suppress_health_check=SLOW, deadline=None)
@given(st.data(), st.integers(0, 1))
def test_what_the_list_does_not_name_is_never_called_unchanged(data: st.DataObject, how: int) -> None:
    number, way = data.draw(st.sampled_from(all_leaves()))
    try:
        found = content_of(changed(signed(), number, way, how))
    except FAILURES:  # no signature to be found, or no file: not called anything
        return
    assert found is not Content.UNCHANGED, (number, way)


@pytest.mark.parametrize("later", [sealed(100, 200), written(new_title)])
def test_nor_does_anything_legal_behind_it_hide_it(later: Update) -> None:
    for number, way in all_leaves()[:: len(all_leaves()) // 5]:
        first = check(later(changed(signed(), number, way, 1)), Roots(), NOW)["signatures"]
        assert all(str(each["document"]) != "unchanged" for each in first[:1]), (number, way)
