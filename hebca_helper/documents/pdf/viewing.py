"""A PDF opened with pypdfium2: pages as PNG, text searched. Runs in the document host."""

from __future__ import annotations

import io
from collections.abc import Sequence
from types import TracebackType

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from hebca_helper.documents.pdf.geometry import A4, Sheet
from hebca_helper.documents.pdf.reasons import no_page, reason
from hebca_helper.documents.pdf.searching import Hit, hits_on
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

LARGEST_PICTURE = 24_000_000
"""Pixels of a rendered page."""
MOST_PAGES = 20_000
_USER_UNIT, _PACKED = b"/UserUnit", b"/ObjStm"


class OpenDocument:
    """HelperError(DOCUMENT_ENCRYPTED, DOCUMENT_UNREADABLE) where it cannot be opened."""

    def __init__(self, data: bytes, units: Sequence[float] = ()) -> None:
        """`units`: points of a unit for each page, where that is not one."""
        self._units = units
        try:
            self._document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as problem:
            if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or "password" in str(problem).lower():
                raise HelperError(Code.DOCUMENT_ENCRYPTED) from None
            raise HelperError(Code.DOCUMENT_UNREADABLE, reason(data)) from None
        count = len(self._document)
        if not 0 < count <= MOST_PAGES:
            self.close()
            raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 页").format(n=MOST_PAGES)) if count else no_page()
        self._document.init_forms()

    @property
    def pages(self) -> int:
        return len(self._document)

    def sheet(self, number: int) -> Sheet:
        """`number` from 0."""
        page = self._page(number)
        left, bottom, right, top = page.get_bbox()
        box = (left, bottom, right, top) if left < right and bottom < top else A4
        return Sheet(box, page.get_rotation() % 360, self._unit(number))

    def picture(self, number: int, dots_per_inch: float) -> bytes:
        """PNG of a page with its annotations and form fields. Smaller than asked for where it would be too large."""
        made = io.BytesIO()
        self.drawn(number, dots_per_inch).save(made, "PNG", compress_level=1)
        return made.getvalue()

    def drawn(self, number: int, dots_per_inch: float, *, bare: bool = False) -> Image.Image:
        """`bare`: without annotations and form fields."""
        page = self._page(number)
        width, height = page.get_size()
        scale = max(0.05, min(dots_per_inch, 600.0) / 72) * self._unit(number)
        scale = min(scale, (LARGEST_PICTURE / max(1.0, width * height)) ** 0.5)
        try:
            bitmap = page.render(scale=scale, may_draw_forms=not bare, draw_annots=not bare, rev_byteorder=True)
            picture: Image.Image = bitmap.to_pil().convert("RGB")
        except (pypdfium2.PdfiumError, ValueError, OSError):
            raise HelperError(Code.DOCUMENT_UNREADABLE, tr("第 {n} 页").format(n=number + 1)) from None
        return picture

    def find(self, keyword: str, most: int = 500) -> list[Hit]:
        """In the order of the pages; what is cut off a page is not seen and does not count."""
        found: list[Hit] = []
        for number in range(self.pages):
            text = self._page(number).get_textpage()
            try:
                found += [each for each in hits_on(text.raw, number, keyword) if self._shows(number, each)]
            finally:
                text.close()
            if len(found) >= most:
                break
        return found[:most]

    def _shows(self, number: int, hit: Hit) -> bool:
        sheet = self.sheet(number)
        return sheet.shows(*sheet.middle(hit.box))

    def copy_into(self, whole: pypdfium2.PdfDocument) -> None:
        """All pages behind those of `whole`. HelperError(DOCUMENT_UNREADABLE)."""
        try:
            whole.import_pages(self._document)
        except pypdfium2.PdfiumError:
            raise HelperError(Code.DOCUMENT_UNREADABLE) from None

    def close(self) -> None:
        self._document.close()

    def __enter__(self) -> OpenDocument:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _unit(self, number: int) -> float:
        unit = self._units[number] if number < len(self._units) else 1.0
        return unit if 0 < unit <= 10_000 else 1.0

    def _page(self, number: int) -> pypdfium2.PdfPage:
        if not 0 <= number < self.pages:
            raise HelperError(Code.BAD_REQUEST, tr("文件只有 {n} 页").format(n=self.pages))
        try:
            return self._document[number]
        except pypdfium2.PdfiumError:
            raise HelperError(Code.DOCUMENT_UNREADABLE, tr("第 {n} 页").format(n=number + 1)) from None


def units_in(data: bytes) -> Sequence[float]:
    """Points of a unit for each page; empty when all have one. Drawings of machines and buildings have larger ones, of which
    pdfium does not know. pyHanko is loaded only where the file may say more.
    """
    if _USER_UNIT not in data and _PACKED not in data:
        return ()
    from hebca_helper.documents.pdf.empty_fields import page_units

    found = page_units(data)
    return () if all(each == 1 for each in found) else found
