"""Print preview of a seal's specimen (印模): the seal at its true size on a sheet, with what it says and a ruler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPen
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QWidget

from hebca_helper.desktop.look.pictures import image_of
from hebca_helper.desktop.pages.seals import points as seal_points
from hebca_helper.desktop.pages.seals.picture import MM_PER_INCH, draw_seal
from hebca_helper.texts import named, tr

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.seals import TokenSeal

_LEFT, _TOP = 25.0, 25.0
"""Millimetres from the paper's edges."""
_RULER = 50


def preview(seal: TokenSeal, parent: QWidget) -> None:
    """Open the preview; the person prints from there."""
    dialog = QPrintPreviewDialog(parent)
    prepare(dialog.printer())
    dialog.setObjectName("sealPrintPreview")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(tr("打印预览：印模"))
    dialog.resize(900, 700)
    dialog.paintRequested.connect(lambda chosen: paint(seal, chosen))
    dialog.open()


def prepare(printer: QPrinter) -> None:
    """A4 upright, the whole sheet."""
    printer.setDocName(tr("印模"))
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setFullPage(True)


def paint(seal: TokenSeal, printer: QPrinter) -> None:
    painter = QPainter(printer)
    dots = printer.resolution() / MM_PER_INCH
    painter.scale(dots, dots)  # millimetres from here on
    painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
    _write(painter, 7, QPointF(_LEFT, _TOP), tr("电子印章印模"))
    line = _TOP + 12
    for name, value in _facts(seal):
        _write(painter, 4, QPointF(_LEFT, line), named(name, value))
        line += 7
    place = QRectF(_LEFT, line + 4, max(seal.width_mm, 5), max(seal.height_mm, 5))
    draw_seal(painter, place, image_of(seal.picture_png), "")
    _draw_ruler(painter, QPointF(_LEFT, place.bottom() + 8))
    note = tr("印模只供核对样式。打印件没有电子签名，不能代替电子签章。")
    _write(painter, 3.4, QPointF(_LEFT, place.bottom() + 24), note)
    if seal.token.practice:
        _write(painter, 3.4, QPointF(_LEFT, place.bottom() + 30), tr("演练印章，没有法律效力。"))
    painter.end()


def _facts(seal: TokenSeal) -> list[tuple[str, str]]:
    found = seal.report
    if found is None:
        return []
    return [
        (tr("印章名称"), seal.name),
        (tr("印章编号"), found.id),
        (tr("尺寸"), tr("{width:g}×{height:g} 毫米").format(width=seal.width_mm, height=seal.height_mm)),
        (
            tr("有效期"),
            tr("{first} 至 {last}").format(
                first=seal_points.day(found.valid_from), last=seal_points.day(found.valid_to)
            ),
        ),
        (tr("检查结果"), seal_points.state(seal).title),
    ]


def _write(painter: QPainter, height: float, place: QPointF, text: str) -> None:
    """Text of that height (millimetres). Fonts have whole sizes, so it is written large and shrunk."""
    painter.save()
    painter.translate(place)
    painter.scale(height / 100, height / 100)
    font = QFont(painter.font())
    font.setPixelSize(100)
    painter.setFont(font)
    painter.setPen(QColor("black"))
    painter.drawText(QPointF(0, 80), text)
    painter.restore()


def _draw_ruler(painter: QPainter, start: QPointF) -> None:
    """Held against a real ruler it tells whether the printer changed the size."""
    painter.setPen(QPen(QColor("black"), 0.15))
    painter.drawLine(start, start + QPointF(_RULER, 0))
    for mm in range(_RULER + 1):
        length = 4 if mm % 10 == 0 else 2.6 if mm % 5 == 0 else 1.6
        painter.drawLine(start + QPointF(mm, 0), start + QPointF(mm, length))
        if mm % 10 == 0:
            _write(painter, 2.4, start + QPointF(mm - 1, length + 0.6), str(mm))
    _write(painter, 2.4, start + QPointF(_RULER + 2, 0), tr("毫米"))
