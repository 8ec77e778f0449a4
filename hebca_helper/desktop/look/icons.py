"""Icons of the program: one family of SVG files in `resources/icons`, drawn when first shown, in the look in use."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLabel

from hebca_helper.desktop.look.pictures import drawing_of
from hebca_helper.desktop.look.theme import is_dark, recoloured
from hebca_helper.places import shipped

_FAINT = 0.4
"""Opacity of an icon on a disabled control."""


@cache
def icon(name: str) -> QIcon:
    """The icon; one with a file `NAME-on.svg` shows that when it is checked."""
    return QIcon(_Engine(name))


def picture(name: str, size: int, ratio: float) -> QPixmap:
    """`size` in device independent pixels, sharp at the screen's `ratio`."""
    return icon(name).pixmap(QSize(size, size), ratio)


def icon_label(name: str, size: int) -> IconLabel:
    return IconLabel(name, size)


class IconLabel(QLabel):
    """Asks for its icon each time it is painted: in the look in use, sharp on the screen where it is."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(size, size)

    def use(self, name: str) -> None:
        """Another icon in the same place."""
        self._name = name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icon(self._name).paint(painter, self.rect())
        painter.end()


class _Engine(QIconEngine):
    """Asks for the look each time it draws, so that nobody has to be told when that changes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def clone(self) -> QIconEngine:
        return _Engine(self._name)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = drawn(self._file(state), size.width(), size.height(), is_dark())
        return _faint(made) if mode is QIcon.Mode.Disabled else made

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect, self.pixmap(rect.size() * ratio, mode, state))

    def _file(self, state: QIcon.State) -> str:
        on = f"{self._name}-on"
        return on if state is QIcon.State.On and shipped("resources", "icons", f"{on}.svg").exists() else self._name


@cache
def drawn(name: str, width: int, height: int, dark: bool) -> QPixmap:
    """The icon keeps its shape and stands in the middle."""
    drawing = recoloured(shipped("resources", "icons", f"{name}.svg").read_bytes(), dark)
    return drawing_of(drawing, QSize(width, height))


def _faint(bright: QPixmap) -> QPixmap:
    made = QPixmap(bright.size())
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setOpacity(_FAINT)
    painter.drawPixmap(QPoint(0, 0), bright)
    painter.end()
    return made
