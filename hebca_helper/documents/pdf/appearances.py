# mypy: disable-error-code="no-untyped-call"
"""The seal on pages: widgets of a signature field and stamp annotations, with their appearance streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from hebca_helper.documents.pdf.empty_fields import Widget
from hebca_helper.documents.pdf.entries import entry
from hebca_helper.documents.pdf.geometry import Sheet, sheet_of
from hebca_helper.documents.pdf.spots import Spot, fitted

PRINT, LOCKED = 4, 128
FLAGS = PRINT | LOCKED
"""Printed, and locked so that nobody drags a seal about (ISO 32000-1, 12.5.3)."""
_HIDING = 1 | 2 | 32
"""Invisible, Hidden, NoView."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The seal's picture as it lies in the file. `plain`: without transparency, as PDF/A-1 wants it."""

    image: generic.IndirectObject
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """The seal within a frame: sizes and place of the whole picture in it, from the frame's lower left, in mm."""

    frame: tuple[float, float]
    left: float
    bottom: float
    width: float
    height: float

    def form(self, sheet: Sheet, ink: Ink) -> generic.StreamObject:
        """Form XObject whose box is the frame: what goes beyond is cut off (ISO 32000-1, 8.10)."""
        matrix = f"{self.width:.4f} 0 0 {self.height:.4f} {self.left:.4f} {self.bottom:.4f} cm"
        drawing = f"q {matrix} /Seal Do Q" if ink.plain else f"q /Ink gs {matrix} /Seal Do Q"
        resources = {pdf_name("/XObject"): generic.DictionaryObject({pdf_name("/Seal"): ink.image})}
        if not ink.plain:
            resources[pdf_name("/ExtGState")] = generic.DictionaryObject({pdf_name("/Ink"): _multiplied()})
        return generic.StreamObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): _numbers(0, 0, *self.frame),
                pdf_name("/Matrix"): _numbers(*sheet.matrix),
                pdf_name("/Resources"): generic.DictionaryObject(resources),
            },
            stream_data=drawing.encode("ascii"),
        )


class Place:
    """One place of the seal, or a slice of it, on a page."""

    def __init__(self, writer: BasePdfFileWriter, spot: Spot, ink: Ink) -> None:
        self._writer, self._spot, self._ink = writer, spot, ink
        self.page: generic.IndirectObject = writer.find_page_for_modification(spot.page)[0]
        page = self.page.get_object()
        if "/Annots" in page and not isinstance(entry(page, "/Annots"), generic.ArrayObject):
            del page["/Annots"]  # it is none, and pyHanko would take it for a list
        self._sheet = sheet_of(page)
        self.box = tuple(round(each, 3) for each in self._sheet.rectangle(spot.left, spot.top, spot.width, spot.height))

    def dress(self, widget: generic.DictionaryObject) -> None:
        spot = self._spot
        whole = spot.width / (spot.slice[1] - spot.slice[0])
        drawing = Drawing((spot.width, spot.height), -spot.slice[0] * whole, 0, whole, spot.height)
        widget[pdf_name("/Rect")] = generic.ArrayObject(generic.FloatObject(each) for each in self.box)
        widget[pdf_name("/F")] = generic.NumberObject(FLAGS)
        widget[pdf_name("/AP")] = _appearance(self._writer, drawing.form(self._sheet, self._ink))

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


def dress_field_widget(writer: Any, widget: Widget, ink: Ink, width: float, height: float) -> None:
    """The seal in the middle of a widget that the form brought; only what a signature may change is changed.

    `width`, `height`: the seal's own size in mm.
    """
    across, up = widget.box[2] - widget.box[0], widget.box[3] - widget.box[1]
    wide, high = fitted(widget.box, width, height)
    drawing = Drawing((across, up), (across - wide) / 2, (up - high) / 2, wide, high)
    flags = int(entry(widget.dictionary, "/F", 0))
    widget.dictionary[pdf_name("/F")] = generic.NumberObject((flags | PRINT) & ~_HIDING)
    widget.dictionary[pdf_name("/AP")] = _appearance(writer, drawing.form(widget.sheet, ink))
    writer.update_container(widget.dictionary)


def _appearance(writer: BasePdfFileWriter, form: generic.StreamObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name("/N"): writer.add_object(form)})


def _numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject(generic.FloatObject(round(each, 4)) for each in values)


def _multiplied() -> generic.DictionaryObject:
    """As ink on paper: what is printed under the seal stays readable (ISO 32000-1, 11.3.5)."""
    return generic.DictionaryObject({pdf_name("/BM"): pdf_name("/Multiply")})
