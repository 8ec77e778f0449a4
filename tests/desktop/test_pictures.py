"""Qt's picture readers see our own pictures only: PNGs that the document host drew anew, and drawings that ship with us."""

from __future__ import annotations

import ast
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from hebca_helper.desktop.look.pictures import drawing_of, image_of
from hebca_helper.documents.pictures import normal_picture

pytestmark = pytest.mark.desktop
DESKTOP = Path(__file__).parents[2] / "hebca_helper" / "desktop"
READERS = {
    "loadFromData", "fromData", "QImageReader", "QMovie", "QPicture", "QSvgRenderer", "QSvgWidget", "QPixmapCache",
    "QTextBrowser", "QTextDocument", "QFontDatabase", "addApplicationFont", "setHtml", "QMediaPlayer", "QPdfDocument",
}  # fmt: skip
FROM_FILES = {"QPixmap", "QImage", "QIcon", "QBitmap", "QCursor"}
"""They read a file when they are made from its name."""
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'


def encoded(form: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(made, form)
    return made.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "BMP", "GIF", "ICO", "PPM", "WEBP", "TIFF"])
def test_what_is_no_png_is_not_read_whatever_qt_could_read(application: QApplication, form: str) -> None:
    assert image_of(encoded("PNG")).width() == 8
    assert image_of(encoded(form)).isNull()


def test_a_drawing_is_no_picture_and_a_picture_no_drawing(application: QApplication) -> None:
    assert not drawing_of(SQUARE.encode(), QSize(8, 8)).isNull()
    assert image_of(SQUARE.encode()).isNull()
    assert drawing_of(encoded("PNG"), QSize(8, 8)).isNull()


def test_the_document_host_draws_pictures_anew() -> None:
    """Nothing of the file from outside is left in what Qt gets: neither its other chunks nor what stands behind its end."""
    outside = encoded("PNG")
    chunk = b"tEXtouter\0from outside"
    chunk = (len(chunk) - 4).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4)
    drawn = normal_picture(outside[:33] + chunk + outside[33:] + b"from outside").png
    assert b"outside" not in drawn
    assert drawn.endswith(b"IEND\xaeB`\x82")


def reads(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            yield from {name} & READERS
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FROM_FILES:
            told = ast.unparse(node)
            if any(word in told for word in ("'", "str(", "path", "file", "Path")):
                yield told


def test_one_module_alone_hands_octets_to_qt_s_readers() -> None:
    found = {path.name: list(reads(ast.parse(path.read_text("utf-8")))) for path in DESKTOP.rglob("*.py")}
    assert {name for name, names in found.items() if names} == {"pictures.py"}
