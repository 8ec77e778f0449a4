"""A seal's picture in the size it has on paper."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QShowEvent, QWindow
from PySide6.QtWidgets import QSizePolicy, QWidget

from hebca_helper.desktop.look.pictures import image_of
from hebca_helper.desktop.look.theme import colours
from hebca_helper.texts import tr

MM_PER_INCH = 25.4
_LIKELY = (60.0, 400.0)
"""Dots per inch that a screen can have; others are a display's invention."""
_MARGIN = 14
_LARGEST_MM = 100.0
"""Wider seals do not exist; a larger number is a maker's mistake and would fill the window."""


class SealPicture(QWidget):
    """`size_mm` is width and height on paper. Without a picture its place is shown with dashes and `instead`."""

    def __init__(self, png: bytes, size_mm: tuple[float, float], name: str, instead: str) -> None:
        super().__init__()
        self.setObjectName("sealPicture")
        self.setAccessibleName(tr("印章图片：{name}").format(name=name))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._size_mm = tuple(min(max(each, 5.0), _LARGEST_MM) for each in size_mm)
        self._image = image_of(png)
        self._instead = instead
        self._followed: QWindow | None = None

    @property
    def dots_per_inch(self) -> float:
        """Of the screen as it says; the usual 96 where it says nothing likely."""
        told = self.screen().physicalDotsPerInch()
        return told if _LIKELY[0] <= told <= _LIKELY[1] else self.screen().logicalDotsPerInch()

    def sizeHint(self) -> QSize:
        width, height = (round(each / MM_PER_INCH * self.dots_per_inch) for each in self._size_mm)
        return QSize(width + 2 * _MARGIN, height + 2 * _MARGIN)

    def minimumSizeHint(self) -> QSize:
        """True size is not given up for room."""
        return self.sizeHint()

    def showEvent(self, event: QShowEvent) -> None:
        """On another screen it has another size."""
        super().showEvent(event)
        handle = self.window().windowHandle()
        if handle is not None and handle is not self._followed:
            self._followed = handle
            handle.screenChanged.connect(self.updateGeometry)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours(dark=False)["line"])))
        painter.setBrush(Qt.GlobalColor.white)  # paper, in a dark window too
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        draw_seal(
            painter, QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN), self._image, self._instead
        )
        painter.end()


def draw_seal(painter: QPainter, place: QRectF, image: QImage, instead: str) -> None:
    """The picture filling `place`, or a dashed frame with `instead` in it."""
    if not image.isNull():
        if painter.device().devType() != _PRINTER:
            image = _scaled(image, place, painter.device().devicePixelRatioF())
        painter.drawImage(place, image)
        return
    painter.setPen(QPen(QColor(colours(dark=False)["icon-faint"]), 0, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, instead)


_PRINTER = 4
"""QInternal::Printer."""


def _scaled(image: QImage, place: QRectF, ratio: float) -> QImage:
    """Averaged down to the screen's own pixels: drawing it smaller at once would leave out thin strokes."""
    size = QSize(max(round(place.width() * ratio), 1), max(round(place.height() * ratio), 1))
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
