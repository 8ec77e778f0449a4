# mypy: disable-error-code="no-untyped-call"
"""What people, programs and attackers write behind a signature: changes for `foreign_pdfs.updated`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

Change = Callable[[IncrementalPdfFileWriter], object]
WHITE = b"1 g 0 0 1000 1000 re f"


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject(generic.FloatObject(each) for each in values)


def dictionary(**entries: Any) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(f"/{key}"): value for key, value in entries.items()})


def text(value: str) -> Any:
    return generic.pdf_string(value)


def drawing(writer: IncrementalPdfFileWriter, operators: bytes) -> Any:
    """A form XObject as an appearance."""
    made = generic.StreamObject(
        dictionary(Type=pdf_name("/XObject"), Subtype=pdf_name("/Form"), BBox=numbers(0, 0, 1000, 1000)),
        stream_data=operators,
    )
    return writer.add_object(made)


def page_of(writer: IncrementalPdfFileWriter) -> Any:
    return writer.find_page_for_modification(0)[0]


def form_of(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/AcroForm"]


def field_called(writer: IncrementalPdfFileWriter, name: str) -> Any:
    return next(each.get_object() for each in form_of(writer)["/Fields"] if each.get_object()["/T"] == name)


def new_field(
    *, shows: bytes = b"", box: tuple[int, ...] = (0, 0, 595, 842), signature: bool = False, **more: Any
) -> Change:
    """A signature field of anybody; `signature`: it borrows the one that is in the file."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = page_of(writer)
        field = dictionary(
            Type=pdf_name("/Annot"),
            Subtype=pdf_name("/Widget"),
            FT=pdf_name("/Sig"),
            T=text("Other"),
            Rect=numbers(*box),
        )
        field.update(dictionary(F=generic.NumberObject(4), P=page, **more))
        if shows:
            field[pdf_name("/AP")] = dictionary(N=drawing(writer, shows))
        if signature:
            last = list(form_of(writer)["/Fields"])[-1].get_object()
            field[pdf_name("/V")] = last.raw_get("/V")
        reference = writer.add_object(field)
        writer.register_annotation(page, reference)
        form_of(writer)["/Fields"].append(reference)
        writer.update_container(form_of(writer)["/Fields"])

    return change


def in_form(key: str, value: Any) -> Change:
    """An entry of the form that holds for every field."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        form = form_of(writer)
        form[pdf_name(key)] = value
        writer.update_container(form)

    return change


def in_catalog(key: str, value: Any) -> Change:
    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root[pdf_name(key)] = value
        writer.update_root()

    return change


def in_page(key: str, value: Any) -> Change:
    def change(writer: IncrementalPdfFileWriter) -> None:
        page = page_of(writer)
        page.get_object()[pdf_name(key)] = value
        writer.mark_update(page)

    return change


def same_number_other_content(writer: IncrementalPdfFileWriter) -> None:
    """The page's own content stream is written anew."""
    stream = page_of(writer).get_object()["/Contents"]
    stream._data, stream._encoded_data = b"0 0 200 200 re f", None
    writer.update_container(stream)


def other_font_program(writer: IncrementalPdfFileWriter) -> None:
    fonts = page_of(writer).get_object()["/Resources"]["/Font"]
    font = fonts[next(iter(fonts))]["/DescendantFonts"][0].get_object()["/FontDescriptor"]["/FontFile2"]
    font._data, font._encoded_data = b"other letters", None
    writer.update_container(font)


def other_default_font(writer: IncrementalPdfFileWriter) -> None:
    font = form_of(writer)["/DR"]["/Font"]["/F1"]
    font[pdf_name("/BaseFont")] = pdf_name("/Symbol")
    writer.update_container(font)


def no_page(writer: IncrementalPdfFileWriter) -> None:
    """The last page goes."""
    tree = writer.root["/Pages"]
    tree["/Kids"].pop()
    tree[pdf_name("/Count")] = generic.NumberObject(int(tree["/Count"]) - 1)
    writer.update_container(tree)
    writer.update_container(tree["/Kids"])


def link(writer: IncrementalPdfFileWriter, target: str) -> Any:
    box, action = numbers(0, 0, 300, 300), dictionary(S=pdf_name("/URI"), URI=text(target))
    return writer.add_object(dictionary(Type=pdf_name("/Annot"), Subtype=pdf_name("/Link"), Rect=box, A=action))


def linked(writer: IncrementalPdfFileWriter) -> None:
    writer.register_annotation(page_of(writer), link(writer, "https://example.org/"))


def other_link(writer: IncrementalPdfFileWriter) -> None:
    """A link that was there leads elsewhere."""
    for each in page_of(writer).get_object()["/Annots"]:
        if each.get_object()["/Subtype"] == "/Link":
            each.get_object()["/A"][pdf_name("/URI")] = text("https://example.com/")
            writer.update_container(each.get_object()["/A"])


def nobody_signs_here_any_more(writer: IncrementalPdfFileWriter) -> None:
    field = field_called(writer, "Seal1")
    del field["/V"]
    writer.update_container(field)


def other_picture_of_the_seal(writer: IncrementalPdfFileWriter) -> None:
    field = field_called(writer, "Seal1")
    field[pdf_name("/AP")] = dictionary(N=drawing(writer, WHITE))
    writer.update_container(field)


def with_form_defaults(writer: IncrementalPdfFileWriter) -> None:
    """Before signing: a form without fields, with fonts of its own."""
    font = dictionary(Type=pdf_name("/Font"), Subtype=pdf_name("/Type1"), BaseFont=pdf_name("/Helvetica"))
    fonts = dictionary(Font=dictionary(F1=writer.add_object(font)))
    made = dictionary(Fields=generic.ArrayObject(), DR=fonts, DA=text("/F1 12 Tf 0 g"))
    writer.root[pdf_name("/AcroForm")] = writer.add_object(made)
    writer.update_root()


def by_hand(
    document: bytes, objects: dict[int, bytes], entries: dict[int, bytes] | None = None, more: bytes = b""
) -> bytes:
    """An update as no library writes it. `entries`: of the table, for numbers that have no object here."""
    last = document.rindex(b"startxref")
    root, size = (re.findall(rb"/%b (\d+)" % key, document)[-1] for key in (b"Root", b"Size"))
    made, places = bytearray(document + b"\n"), dict(entries or {})
    for number, value in objects.items():
        places[number] = b"%010d 00000 n" % len(made)
        made += b"%d 0 obj\n%b\nendobj\n" % (number, value)
    table = len(made)
    made += b"xref\n" + b"".join(b"%d 1\n%b \n" % each for each in sorted(places.items()))
    previous = document[last:].split()[1]
    made += b"trailer\n<</Root %b 0 R/Size %b/Prev %b%b>>\nstartxref\n%d\n%%%%EOF\n" % (
        root,
        size,
        previous,
        more,
        table,
    )
    return bytes(made)
