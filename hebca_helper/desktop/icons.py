"""Icons of the program: one family of SVG files in `resources/icons`, read when first shown."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QLabel

from hebca_helper.places import shipped


@cache
def icon(name: str) -> QIcon:
    """The icon; one with a file `NAME-on.svg` shows that when it is checked."""
    made = QIcon(str(shipped("resources", "icons", f"{name}.svg")))
    on = shipped("resources", "icons", f"{name}-on.svg")
    if on.exists():
        made.addFile(str(on), mode=QIcon.Mode.Normal, state=QIcon.State.On)
    return made


def picture(name: str, size: int, ratio: float) -> QPixmap:
    """`size` in device independent pixels, sharp at the screen's `ratio`."""
    return icon(name).pixmap(QSize(size, size), ratio)


def icon_label(name: str, size: int) -> QLabel:
    label = QLabel()
    label.setPixmap(picture(name, size, label.devicePixelRatioF()))
    label.setFixedSize(size, size)
    return label
