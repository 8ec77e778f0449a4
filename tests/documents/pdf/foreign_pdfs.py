# mypy: disable-error-code="no-untyped-call"
"""PDFs signed as other programs do it: any Filter and SubFilter, any octets in Contents, and what was done to them later."""

from __future__ import annotations

import io
from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from tests.documents.pdf import papers, updates

ROOM = 16384
"""Hexadecimal digits."""


def signed(
    contents: Callable[[bytes], bytes],
    *,
    sub_filter: str = "adbe.pkcs7.detached",
    handler: str = "Adobe.PPKLite",
    paper: bytes = b"",
    name: str = "Other",
    certificate: bytes = b"",
    moment: str = "",
    gap: int = 0,
    direct: bool = False,
    change: Callable[[generic.DictionaryObject], object] = lambda _: None,
    at: int = 0,
    odd: bool = False,
    box: tuple[int, int, int, int] = (350, 100, 460, 200),
    shows: bytes = b"",
    there: bool = False,
) -> bytes:
    """`contents` makes the signature from the covered octets. `gap`: octets that ByteRange leaves out beside Contents.
    `direct`: the signature stands in its field. `change`: further entries of the signature. `at`: the object
    whose number it takes. `odd`: with one hexadecimal digit less. `shows`: what the field draws. `there`: the field is."""
    writer = IncrementalPdfFileWriter(io.BytesIO(paper or papers.register(1)))
    if not there:
        fields.append_signature_field(writer, fields.SigFieldSpec(name, box=box))
    made = SignatureObject(subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED, bytes_reserved=ROOM)
    made[pdf_name("/SubFilter")] = pdf_name(f"/{sub_filter}")
    made[pdf_name("/Filter")] = pdf_name(f"/{handler}")
    if certificate:
        made[pdf_name("/Cert")] = generic.ByteStringObject(certificate)
    if moment:
        made[pdf_name("/M")] = generic.pdf_string(moment)
    field = next(fields.enumerate_sig_fields(writer, with_name=name))[2].get_object()
    change(made)
    if at:
        made.container_ref = generic.Reference(at, 0, writer)
        writer.objects[(0, at)] = made
        field[pdf_name("/V")] = generic.IndirectObject(at, 0, writer)
    else:
        field[pdf_name("/V")] = made if direct else writer.add_object(made)
    if shows:
        field[pdf_name("/AP")] = updates.dictionary(N=updates.drawing(writer, shows))
    writer.update_container(field)
    output = io.BytesIO()
    writer.digest_aware_write = True
    writer.write(output)
    start, end = made.contents.offsets
    if odd:
        output.seek(end - 2)
        output.write(b"> ")
        end -= 1
        output.seek(0, io.SEEK_END)
    made.byte_range.fill_offsets(output, start - gap, end, output.tell())
    whole = bytearray(output.getvalue())
    message = contents(bytes(whole[: start - gap] + whole[end:])).hex().encode("ascii")
    whole[start + 1 : start + 1 + len(message)] = message
    return bytes(whole)


def updated(document: bytes, change: Callable[[IncrementalPdfFileWriter], object]) -> bytes:
    """With one more update at the end."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def annotated(kind: str) -> Callable[[IncrementalPdfFileWriter], object]:
    """A note, a text or a stamp that somebody put on the page."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = writer.find_page_for_modification(0)[0]
        entries = {
            "/Type": pdf_name("/Annot"),
            "/Subtype": pdf_name(kind),
            "/Rect": generic.ArrayObject(generic.NumberObject(each) for each in (100, 500, 400, 600)),
            "/Contents": generic.pdf_string("同意"),
            "/F": generic.NumberObject(4),
        }
        note = generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})
        writer.register_annotation(page, writer.add_object(note))

    return change


def filled_in(writer: IncrementalPdfFileWriter) -> None:
    """A text field of the form gets another value."""
    for each in writer.root["/AcroForm"]["/Fields"]:
        field = each.get_object()
        if field.get("/FT") == "/Tx":
            field[pdf_name("/V")] = generic.pdf_string("99999")
            writer.update_container(field)


def hidden_page(writer: IncrementalPdfFileWriter) -> None:
    """Shadow attack "replace": the page's content is another object now."""
    page = writer.find_page_for_modification(0)[0]
    page.get_object()[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"0 0 9 9 re f"))
    writer.mark_update(page)


def other_font(writer: IncrementalPdfFileWriter) -> None:
    """Shadow attack: the signed text is drawn with other letters."""
    resources = writer.find_page_for_modification(0)[0].get_object()["/Resources"]
    for key in resources["/Font"]:
        reference = resources["/Font"].raw_get(key)
        reference.get_object()[pdf_name("/BaseFont")] = pdf_name("/Other")
        writer.mark_update(reference)


def other_pages(writer: IncrementalPdfFileWriter) -> None:
    """Shadow attack "hide and replace": the catalog leads to another page tree."""
    page = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Page")})
    tree = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Pages"),
            pdf_name("/Count"): generic.NumberObject(1),
            pdf_name("/Kids"): generic.ArrayObject([writer.add_object(page)]),
            pdf_name("/MediaBox"): generic.ArrayObject(generic.NumberObject(each) for each in (0, 0, 300, 300)),
        }
    )
    writer.root[pdf_name("/Pages")] = writer.add_object(tree)
    writer.update_root()
