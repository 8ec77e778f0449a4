"""All that Qt decodes: PNGs that our document host has drawn anew, and the drawings that ship with the program.

Bytes from outside (seals, pages, photographs) are read in the document host only; nothing else in here hands octets or
file names to Qt's readers. A format is named and no other tried, since Qt would otherwise go by what the octets look like.
"""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap


def image_of(png: bytes) -> QImage:
    """A picture from the document host; empty when it is no PNG."""
    return _read(png, b"png", None)


def drawing_of(svg: bytes, size: QSize) -> QPixmap:
    """An icon of ours; it keeps its shape within `size`."""
    return QPixmap.fromImage(_read(svg, b"svg", size))


def _read(data: bytes, form: bytes, size: QSize | None) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    reader = QImageReader(buffer, QByteArray(form))
    reader.setAutoDetectImageFormat(False)
    if size is not None:
        reader.setScaledSize(reader.size().scaled(size, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
