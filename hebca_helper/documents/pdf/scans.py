"""Photographs and scans as an A4 PDF, a page each. Runs in the document host."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

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
_T = TypeVar("_T")
_PDF, _SIGNED = b"%PDF-", b"/ByteRange"
_KINDS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")


def one_document(parts: Sequence[bytes]) -> bytes:
    """Pictures and PDFs, in their order, as one PDF; PDFs keep their pages as they are, a single one its signatures too.

    HelperError as `pdf_of_pictures`, DOCUMENT_ENCRYPTED.
    """
    if not any(part.startswith(_PDF) for part in parts):
        return pdf_of_pictures(parts)
    if len(parts) == 1 and _SIGNED in parts[0]:
        return parts[0]
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
            raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 页").format(n=MOST_PICTURES))
        document.copy_into(whole)


def pdf_of_pictures(pictures: Sequence[bytes]) -> bytes:
    """Each upright as the camera noted it, as large as the page allows; wide ones on a page that lies.

    HelperError(DOCUMENT_UNREADABLE, TOO_LARGE, OVER_LIMIT).
    """
    if not 0 < len(pictures) <= MOST_PICTURES:
        raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 张图片").format(n=MOST_PICTURES))
    document = FPDF(unit="mm", format="A4")
    document.set_auto_page_break(False)
    document.set_creator("hebca-helper")
    for number, data in enumerate(pictures, start=1):
        for picture in _read(data, number):
            if document.pages_count >= MOST_PICTURES:
                raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 页").format(n=MOST_PICTURES))
            _add_page(document, picture)
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


def _read(data: bytes, number: int) -> Iterator[Image.Image]:
    """The picture, or each page of a TIFF as scanners make it."""
    image, frames = _guarded(data, number, lambda: _opened(data))
    for frame in range(min(frames, MOST_PICTURES + 1)):
        yield _guarded(data, number, partial(_flat, image, frame, number))


def _opened(data: bytes) -> tuple[Image.Image, int]:
    image = Image.open(io.BytesIO(data), formats=_KINDS)
    return image, int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1


def _guarded(data: bytes, number: int, work: Callable[[], _T]) -> _T:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return work()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise HelperError(Code.TOO_LARGE, tr("第 {n} 张图片").format(n=number)) from None
    except FAILURES:
        told = tr("第 {n} 张图片").format(n=number)
        if data[4:8] == b"ftyp":
            told = tr("第 {n} 张图片是手机的 HEIC 格式，请先转成 JPG").format(n=number)
        raise HelperError(Code.DOCUMENT_UNREADABLE, told) from None


def _flat(image: Image.Image, frame: int, number: int) -> Image.Image:
    image.seek(frame)
    if image.width * image.height > MOST_PIXELS * 2:
        raise HelperError(Code.TOO_LARGE, tr("第 {n} 张图片").format(n=number))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    flat = Image.new("RGB", upright.size, "white")
    flat.paste(upright, mask=upright.getchannel("A") if "A" in upright.getbands() else None)
    return flat
