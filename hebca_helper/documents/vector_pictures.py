"""Seals drawn as SVG, turned into PNG by way of a PDF page. Runs in the document host.

Only what is certain to come out whole is drawn: a seal that lacks its letters would be another seal.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from hebca_helper.documents.ofd import xml
from hebca_helper.documents.ofd.xml import Node
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_SVG = 1024 * 1024
_SIDE = 960
"""Pixels of the longer side; points of the page, so that one is the other."""
_DRAWN = {
    "svg": frozenset({"version", "baseProfile", "viewBox", "width", "height", "x", "y", "id", "preserveAspectRatio"}),
    "g": frozenset(),
    "path": frozenset({"d"}),
    "circle": frozenset({"cx", "cy", "r"}),
    "ellipse": frozenset({"cx", "cy", "rx", "ry"}),
    "rect": frozenset({"x", "y", "width", "height", "rx", "ry"}),
    "line": frozenset({"x1", "y1", "x2", "y2"}),
    "polyline": frozenset({"points"}),
    "polygon": frozenset({"points"}),
}
_SILENT = frozenset({"title", "desc", "metadata"})
_LOOKS = frozenset(
    {
        "xmlns",
        "xlink",
        "space",
        "enable-background",
        "id",
        "transform",
        "fill",
        "fill-rule",
        "fill-opacity",
        "opacity",
        "stroke",
        "stroke-width",
        "stroke-opacity",
    }
    | {"stroke-linecap", "stroke-linejoin", "stroke-miterlimit"}
)
"""With the declarations of name spaces, whose prefixes `xml` drops."""
_DOCUMENT_TYPE = re.compile(rb"<!DOCTYPE\s+svg\b[^\[\]<>]{0,400}>")
"""As drawing programs write it, naming the standard and defining nothing."""
_ELSEWHERE = re.compile(r"url\s*\(|var\s*\(", re.IGNORECASE)


_FAILURES = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    OSError,
    SyntaxError,
    RecursionError,
)
"""What fpdf2 is known to raise on drawings that it does not understand."""


def drawn_svg(data: bytes) -> Image:
    """RGBA on nothing. HelperError(NOT_SUPPORTED) where something in it cannot be drawn, SEAL_UNREADABLE, TOO_LARGE."""
    if len(data) > LARGEST_SVG:
        raise HelperError(Code.TOO_LARGE, tr("印章图片太大"))
    data = _DOCUMENT_TYPE.sub(b"", data, count=1)
    try:
        root = xml.parse(data)
    except HelperError as problem:
        raise HelperError(Code.SEAL_UNREADABLE, tr("印章图片已损坏")) from problem
    _require_drawable(root)
    return _rendered(data, _proportion(root))


def _require_drawable(root: Node) -> None:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.name in _SILENT:
            continue
        allowed = _DRAWN.get(node.name)
        if allowed is None or set(node.attributes) - allowed - _LOOKS:
            raise HelperError(Code.NOT_SUPPORTED, "SVG")
        if any(_ELSEWHERE.search(value) for value in node.attributes.values()):
            raise HelperError(Code.NOT_SUPPORTED, "SVG")
        waiting.extend(node.children)


def _proportion(root: Node) -> float:
    """Width by height of the drawing."""
    try:
        *_, width, height = [float(each) for each in root.attributes["viewBox"].replace(",", " ").split()]
    except (KeyError, ValueError):
        return 1.0
    return width / height if 0.05 < (width / height if height else 0) < 20 else 1.0


def _rendered(data: bytes, proportion: float) -> Image:
    import pypdfium2
    from fpdf import FPDF
    from fpdf.errors import FPDFException

    width, height = _SIDE * min(proportion, 1.0), _SIDE / max(proportion, 1.0)
    page = FPDF(unit="pt", format=(width, height))
    page.set_margin(0)
    page.set_auto_page_break(False)
    page.add_page()
    try:
        page.image(io.BytesIO(data), x=0, y=0, w=width, h=height)
        document = pypdfium2.PdfDocument(bytes(page.output()))
        picture = document[0].render(scale=1, fill_color=(255, 255, 255, 0), rev_byteorder=True).to_pil()
    except (FPDFException, pypdfium2.PdfiumError, *_FAILURES) as problem:
        raise HelperError(Code.NOT_SUPPORTED, "SVG") from problem
    made: Image = picture.convert("RGBA")
    return made
