# mypy: disable-error-code="no-untyped-call"
"""Signature fields that a form brings and nobody signed yet: their names, pages and places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.sign.fields import enumerate_sig_fields

from hebca_helper.documents.pdf.entries import entry, items
from hebca_helper.documents.pdf.geometry import Box, Sheet, sheet_of, upright
from hebca_helper.documents.pdf.reading import FAILURES, opened
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

MOST_FIELDS = 5000
MOST_PAGES = 20_000
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Widget:
    """Where a field is seen. `page` from 0; `box` left, top, right, bottom in mm of the page as it is shown."""

    dictionary: Any
    page: int
    reference: generic.IndirectObject
    sheet: Sheet
    box: Box


@dataclass(frozen=True, slots=True)
class EmptyField:
    """`widgets`: those on a page and with an area, one as a rule."""

    name: str
    dictionary: Any
    widgets: tuple[Widget, ...]


def empty_fields(document: PdfHandler) -> list[EmptyField]:
    """In the order of the form. HelperError(OVER_LIMIT)."""
    found = []
    for count, (name, _, reference) in enumerate(enumerate_sig_fields(document, filled_status=False)):
        if count >= MOST_FIELDS:
            raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 个签名域").format(n=MOST_FIELDS))
        found.append((str(name), reference.get_object()))
    pages = _pages_of_annotations(document) if found else {}
    hidden = _hidden_layers(document)
    return [EmptyField(name, each, tuple(_widgets(each, pages, hidden))) for name, each in found]


def field_called(document: PdfHandler, name: str) -> EmptyField:
    """The one with this name; without a name the only one there is. HelperError(SEAL_PLACE_MISSING)."""
    fields = empty_fields(document)
    known = tr("、").join(each.name for each in fields[:20])
    if not fields:
        raise HelperError(Code.SEAL_PLACE_MISSING, tr("文件中没有未签名的签名域"))
    if not name and len(fields) > 1:
        raise HelperError(Code.SEAL_PLACE_MISSING, tr("文件中有多个签名域：{names}").format(names=known))
    chosen = next((each for each in fields if each.name == name or not name), None)
    if chosen is None:
        told = tr("没有名为“{name}”的空签名域，文件中有：{names}").format(name=name, names=known)
        raise HelperError(Code.SEAL_PLACE_MISSING, told)
    if not chosen.widgets:
        raise HelperError(
            Code.SEAL_PLACE_MISSING, tr("签名域“{name}”在页面上没有看得见的位置").format(name=chosen.name)
        )
    return chosen


def pages_of(document: PdfHandler) -> Iterator[tuple[generic.IndirectObject, Any]]:
    """Reference and dictionary of each page, in their order, however odd the tree is."""
    seen: set[tuple[int, int]] = set()
    waiting = [(document.root.raw_get("/Pages"), 0)]
    count = 0
    while waiting and count < MOST_PAGES:
        reference, depth = waiting.pop()
        if not isinstance(reference, generic.IndirectObject) or depth > _DEEPEST:
            continue
        key = (reference.idnum, reference.generation)
        node = reference.get_object()
        if key in seen or not isinstance(node, generic.DictionaryObject):
            continue
        seen.add(key)
        if "/Kids" in node:
            waiting += [(each, depth + 1) for each in reversed(list(_raw(node["/Kids"])))]
        else:
            count += 1
            yield reference, node


def _pages_of_annotations(document: PdfHandler) -> dict[tuple[int, int], tuple[int, Any, Any]]:
    found: dict[tuple[int, int], tuple[int, Any, Any]] = {}
    for number, (reference, page) in enumerate(pages_of(document)):
        for each in _raw(entry(page, "/Annots", ())):
            if isinstance(each, generic.IndirectObject):
                found.setdefault((each.idnum, each.generation), (number, reference, page))
    return found


def _hidden_layers(document: PdfHandler) -> set[tuple[int, int]]:
    """Optional content that is off when the file is opened (ISO 32000-1, 8.11.4.3)."""
    layers = entry(document.root, "/OCProperties", {})
    first = entry(layers, "/D", {})
    on, off = (_references(entry(first, key, generic.ArrayObject())) for key in ("/ON", "/OFF"))
    return off | (
        _references(entry(layers, "/OCGs", generic.ArrayObject())) - on
        if entry(first, "/BaseState") == "/OFF"
        else set()
    )


def _references(array: Any) -> set[tuple[int, int]]:
    return {(each.idnum, each.generation) for each in _raw(array) if isinstance(each, generic.IndirectObject)}


def _widgets(
    field: Any, pages: dict[tuple[int, int], tuple[int, Any, Any]], hidden: set[tuple[int, int]]
) -> Iterator[Widget]:
    own = [field] if "/Rect" in field else items(entry(field, "/Kids", generic.ArrayObject()))
    for widget in own:
        reference = widget.container_ref
        place = pages.get((reference.idnum, reference.generation)) if hasattr(reference, "idnum") else None
        layer = _references(generic.ArrayObject([widget.raw_get("/OC")])) if "/OC" in widget else set()
        if place is None or "/Rect" not in widget or layer & hidden:
            continue
        number, page_reference, page = place
        sheet = sheet_of(page)
        box = sheet.shown(upright(widget["/Rect"]))
        if box[2] - box[0] > 1 and box[3] - box[1] > 1 and sheet.shows((box[0] + box[2]) / 2, (box[1] + box[3]) / 2):
            yield Widget(widget, number, page_reference, sheet, box)


def _raw(array: Any) -> Iterator[Any]:
    """The elements as they stand, references not followed."""
    for place in range(len(array)):
        yield array.raw_get(place)


def fields_of(data: bytes) -> list[EmptyField]:
    """Empty signature fields; none where the file cannot be read or stamped."""
    try:
        reader = opened(data)
        if reader.encrypted:
            reader.decrypt(b"")
        return empty_fields(reader)
    except FAILURES:
        return []


def page_units(data: bytes) -> list[float]:
    """UserUnit of each page in points (ISO 32000-1, 8.3.2.3); empty where the file cannot be read."""
    try:
        reader = opened(data)
        if reader.encrypted:
            reader.decrypt(b"")
        return units_of(reader)
    except FAILURES:
        return []


def units_of(document: PdfHandler) -> list[float]:
    return [float(entry(page, "/UserUnit", 1)) for _, page in pages_of(document)]
