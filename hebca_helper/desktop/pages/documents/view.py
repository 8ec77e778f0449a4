"""A page of a document on the screen, with the seal that can be dragged to its place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from hebca_helper.desktop.look.pictures import image_of
from hebca_helper.desktop.look.theme import colours
from hebca_helper.texts import tr

DOTS_PER_INCH = 96.0
"""At a zoom of 1; Qt counts so on every screen."""
_STEPS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
"""Millimetres; ten times as many with Shift."""
Spot = tuple[float, float]
"""The seal's centre in mm from the page's top left."""


class DocumentPage(QWidget):
    """`moved` tells the new centre in mm. Several spots are shown and cannot be dragged."""

    moved = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("documentPage")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._picture = QImage()
        self._sheet = (210.0, 297.0)
        self._zoom = 1.0
        self._seal = QImage()
        self._seal_size = (40.0, 40.0)
        self._spots: list[Spot] = []
        self._slice: tuple[float, float] | None = None
        self._movable = False
        self._grabbed: QPointF | None = None
        self._tell()

    @property
    def pixels_per_mm(self) -> float:
        return DOTS_PER_INCH * self._zoom / 25.4

    @property
    def spots(self) -> list[Spot]:
        return list(self._spots)

    def show_sheet(self, sheet: tuple[float, float], zoom: float, *, same: bool = False) -> None:
        """An empty sheet of this size (mm) until its picture comes; with `same` the picture there is, stretched."""
        self._sheet, self._zoom = sheet, zoom
        if not same:
            self._picture = QImage()
        self.setFixedSize(self.sizeHint())
        self.update()

    def show_picture(self, png: bytes) -> None:
        self._picture = image_of(png)
        self.update()

    def show_seal(self, png: bytes, size_mm: tuple[float, float]) -> None:
        """Empty octets take it away."""
        self._seal, self._seal_size = image_of(png), size_mm
        self.update()

    def place(
        self, spots: Sequence[Spot], *, movable: bool = False, slice_of: tuple[float, float] | None = None
    ) -> None:
        """`slice_of`: which part of the seal's width is seen, from 0 to 1."""
        self._spots, self._movable, self._slice = list(spots), movable, slice_of
        self._tell()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._sheet[0] * self.pixels_per_mm), round(self._sheet[1] * self.pixels_per_mm))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        if not self._picture.isNull():
            painter.drawImage(QRectF(self.rect()), self._picture)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        if not self._seal.isNull():
            seal = self._sharp_seal()
            for spot in self._spots:
                painter.drawImage(self._rectangle(spot), seal, self._source(seal))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if self._movable and self._spots:
            painter.setPen(QPen(QColor(colours(dark=False)["accent"]), 1, Qt.PenStyle.DashLine))
            painter.drawRect(self._rectangle(self._spots[0]).adjusted(-2, -2, 2, 2))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours(dark=False)["accent"]), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._movable or event.button() is not Qt.MouseButton.LeftButton:
            return
        self.setFocus()
        if self._spots and self._rectangle(self._spots[0]).contains(event.position()):
            self._grabbed = event.position() - self._rectangle(self._spots[0]).center()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            self._grabbed = QPointF(0, 0)
            self._move_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self._move_to(event.position() - self._grabbed)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None
        self.unsetCursor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or not self._movable or not self._spots:
            super().keyPressEvent(event)
            return
        far = 10.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        x, y = self._spots[0]
        self._set(x + step[0] * far, y + step[1] * far)

    def _move_to(self, point: QPointF) -> None:
        self._set(point.x() / self.pixels_per_mm, point.y() / self.pixels_per_mm)

    def _set(self, x: float, y: float) -> None:
        """The seal stays on the page with its centre."""
        spot = (min(max(x, 0.0), self._sheet[0]), min(max(y, 0.0), self._sheet[1]))
        self._spots = [spot]
        self._tell()
        self.update()
        self.moved.emit(*spot)

    def _rectangle(self, spot: Spot) -> QRectF:
        width, height = (each * self.pixels_per_mm for each in self._seal_size)
        if self._slice is not None:
            width *= self._slice[1] - self._slice[0]
        x, y = (each * self.pixels_per_mm for each in spot)
        return QRectF(x - width / 2, y - height / 2, width, height)

    def _sharp_seal(self) -> QImage:
        """In the screen's own pixels: a painter alone would leave out most of a large picture's."""
        factor = self.pixels_per_mm * self.devicePixelRatioF()
        size = QSize(*(max(1, round(each * factor)) for each in self._seal_size))
        return self._seal.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)

    def _source(self, seal: QImage) -> QRectF:
        first, last = self._slice or (0.0, 1.0)
        return QRectF(first * seal.width(), 0, (last - first) * seal.width(), seal.height())

    def _tell(self) -> None:
        where = tr("，没有盖章位置")
        if self._spots:
            x, y = self._spots[0]
            where = tr("，印章中心在左起 {x} 毫米、上起 {y} 毫米处，可用方向键移动").format(x=round(x), y=round(y))
        self.setAccessibleName(tr("文件页面") + where)
