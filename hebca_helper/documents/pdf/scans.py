"""Photographs and scans as an A4 PDF, a page each. Runs in the document host."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

import pypdfium2
from fpdf import FPDF
from PIL import Image, ImageOps

from hebca_helper.documents.pdf.viewing import OpenDocument
from hebca_helper.documents.pictures import FAILURES, MOST_PIXELS
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

A4_SHORT, A4_LONG, MARGIN = 210.0, 297.0, 8.0
"""Millimetres."""
LARGEST_SIDE = 3508
"""Pixels that are kept: A4 at 300 dots per inch."""
MOST_PICTURES = 100
_PDF = b"%PDF-"
_KINDS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")


def one_document(parts: Sequence[bytes]) -> bytes:
    """Pictures and PDFs, in their order, as one PDF; PDFs keep their pages as they are.

    HelperError as `pdf_of_pictures`, DOCUMENT_ENCRYPTED.
    """
    if not any(part.startswith(_PDF) for part in parts):
        return pdf_of_pictures(parts)
    whole = pypdfium2.PdfDocument.new()
    try:
        for part in parts:
            _append(whole, part if part.startswith(_PDF) else pdf_of_pictures([part]))
        made = io.BytesIO()
        whole.save(made)
        return made.getvalue()
    finally:
        whole.close()


def _append(whole: pypdfium2.PdfDocument, part: bytes) -> None:
    with OpenDocument(part) as document:
        if document.pages > MOST_PICTURES:
            raise HelperError(Code.TOO_MANY, tr("{n} 页").format(n=document.pages))
        document.copy_into(whole)


def pdf_of_pictures(pictures: Sequence[bytes]) -> bytes:
    """Each upright as the camera noted it, as large as the page allows; wide ones on a page that lies.

    HelperError(DOCUMENT_UNREADABLE, TOO_LARGE, TOO_MANY).
    """
    if not 0 < len(pictures) <= MOST_PICTURES:
        raise HelperError(Code.TOO_MANY, tr("{n} 张图片").format(n=len(pictures)))
    document = FPDF(unit="mm", format="A4")
    document.set_auto_page_break(False)
    document.set_creator("hebca-helper")
    for number, data in enumerate(pictures):
        _add_page(document, _read(data, number + 1))
    return bytes(document.output())


def _add_page(document: FPDF, picture: Image.Image) -> None:
    lies = picture.width > picture.height
    document.add_page(orientation="L" if lies else "P")
    width, height = (A4_LONG, A4_SHORT) if lies else (A4_SHORT, A4_LONG)
    scale = min((width - 2 * MARGIN) / picture.width, (height - 2 * MARGIN) / picture.height)
    shown = picture.width * scale, picture.height * scale
    # a scan of a whole A4 sheet stays true to its size
    if abs(picture.width / picture.height - width / height) < 0.02:
        shown = width, width * picture.height / picture.width
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=90)
    document.image(made, (width - shown[0]) / 2, (height - shown[1]) / 2, *shown)


def _read(data: bytes, number: int) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = Image.open(io.BytesIO(data), formats=_KINDS)
            if image.width * image.height > MOST_PIXELS * 2:
                raise HelperError(Code.TOO_LARGE, tr("第 {n} 张图片").format(n=number))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            flat = Image.new("RGB", upright.size, "white")
            flat.paste(upright, mask=upright.getchannel("A") if "A" in upright.getbands() else None)
            return flat
    except FAILURES:
        raise HelperError(Code.DOCUMENT_UNREADABLE, tr("第 {n} 张图片").format(n=number)) from None
