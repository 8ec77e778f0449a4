"""Rules for what can be read: nothing clipped, nothing over something else, enough contrast, one language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache
from itertools import combinations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from hebca_helper.desktop.look.toast import Toast
from hebca_helper.desktop.look.widgets import ElidedLabel

LEAST_CONTRAST = 4.5
"""Of text on its ground (WCAG 2.1, success criterion 1.4.3)."""
CHINESE = re.compile(r"[\u3000-\u9fff\uff01-\uff0a\uff0c\uff0e-\uffef]")
SOON = re.compile(r"敬请期待|即将推出|暂未开放|coming soon", re.IGNORECASE)
SMALL = 64
"""Device independent pixels up to which every line of a text is looked at."""
_SLACK = 1
"""Device independent pixels that rounding may cost."""


def texts(window: QWidget) -> list[QWidget]:
    """What shows a text in this window now."""
    kinds = (QLabel, QAbstractButton, QComboBox, QLineEdit)
    return [w for w in window.findChildren(QWidget) if isinstance(w, kinds) and w.isVisible() and shown(w)]


def shown(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QLineEdit):
        return widget.text() or widget.placeholderText()
    return widget.text() if isinstance(widget, (QLabel, QAbstractButton)) else ""


def examine(window: QWidget, *, english: bool, data: Collection[str]) -> Iterator[str]:
    """What is wrong; `data` are names and contents that stay as they are in any language."""
    found = texts(window)
    for widget in found:
        yield from _clipped(widget)
    yield from _overlapping(found)
    yield from contrasts(window, found)
    if english:
        yield from _chinese(window, data)
    for widget in found:
        if SOON.search(shown(widget)):
            yield f"{_name(widget)}: is not there yet"


def _name(widget: QWidget) -> str:
    return f"{widget.objectName() or type(widget).__name__} {shown(widget)[:40]!r}"


# Clipped


def _clipped(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel) and widget.wordWrap():
        lines = widget.heightForWidth(widget.width())
        if lines > widget.height() + _SLACK:
            yield f"{_name(widget)}: needs a height of {lines}, has {widget.height()}"
    elif _needed_width(widget) > widget.width() + _SLACK:
        yield f"{_name(widget)}: needs a width of {_needed_width(widget)}, has {widget.width()}"
    elif widget.height() + _SLACK < widget.fontMetrics().height():
        yield f"{_name(widget)}: is only {widget.height()} high"
    yield from _cut_off(widget)


def _needed_width(widget: QWidget) -> int:
    metrics = widget.fontMetrics()
    if isinstance(widget, QLineEdit):
        return metrics.horizontalAdvance(widget.placeholderText())
    if isinstance(widget, QComboBox):
        return max(metrics.horizontalAdvance(widget.itemText(i)) for i in range(widget.count())) + 26 + 2 * 11
    if isinstance(widget, QCheckBox):
        return widget.sizeHint().width()
    if isinstance(widget, QAbstractButton):
        return widget.minimumSizeHint().width()
    return metrics.size(0, shown(widget)).width()


def _cut_off(widget: QWidget) -> Iterator[str]:
    """Outside an ancestor that does not scroll."""
    parent = widget.parentWidget()
    while parent is not None and not widget.isWindow():
        if isinstance(parent.parentWidget(), QAbstractScrollArea):
            inside = QRect(widget.mapTo(parent, QPoint()), widget.size())
            if inside.right() > parent.width() + _SLACK:
                yield f"{_name(widget)}: reaches {inside.right()} where {parent.width()} can be seen"
            return
        place = QRect(widget.mapTo(parent, QPoint()), widget.size())
        if not parent.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(place):
            yield f"{_name(widget)}: at {place.getRect()} it is cut off by {parent.objectName() or type(parent).__name__}"
            return
        if parent.isWindow():
            return
        parent = parent.parentWidget()


# Overlapping


def _overlapping(found: list[QWidget]) -> Iterator[str]:
    still = [w for w in found if not _floats(w)]
    places = [(w, _seen(w)) for w in still]
    for (first, here), (second, there) in combinations(places, 2):
        related = first.isAncestorOf(second) or second.isAncestorOf(first)
        if not here.isEmpty() and not there.isEmpty() and here.intersects(there) and not related:
            yield f"{_name(first)} and {_name(second)} overlap"


def _floats(widget: QWidget) -> bool:
    return isinstance(widget.parentWidget(), Toast)


def _seen(widget: QWidget) -> QRect:
    """The part that is not scrolled away, on the screen, without its outermost pixels."""
    region = widget.visibleRegion().boundingRect()
    return QRect(widget.mapToGlobal(region.topLeft()), region.size()).adjusted(1, 1, -1, -1)


# Contrast


def contrasts(window: QWidget, found: list[QWidget], *, whole: bool = False) -> Iterator[str]:
    """`whole`: also what is scrolled away. From the picture: the ground is the colour that a text's rectangle has most of, the text what differs most."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ratio = image.devicePixelRatio()
    pixels = memoryview(image.constBits()).cast("I")
    stride = image.bytesPerLine() // 4
    for widget in found:
        region = widget.rect() if whole else widget.visibleRegion().boundingRect()
        if (
            region.width() < 8
            or region.height() < min(widget.fontMetrics().ascent(), widget.height())
            or not widget.isEnabled()
            or not shown(widget).strip()
        ):
            continue
        corner = widget.mapTo(window, region.topLeft())
        left, top = int(corner.x() * ratio), int(corner.y() * ratio)
        right, bottom = int(left + region.width() * ratio), int(top + region.height() * ratio)
        step = int(ratio) if region.width() > SMALL else 1
        counted: Counter[int] = Counter()
        for line in range(max(top, 0), min(bottom, image.height()), step):
            counted.update(pixels[line * stride + max(left, 0) : line * stride + min(right, image.width())])
        if not counted:
            continue
        ground = counted.most_common(1)[0][0]
        best = max(contrast(ground, colour) for colour in counted)
        if best < LEAST_CONTRAST - 0.05:
            yield f"{_name(widget)}: contrast {best:.2f} on #{ground & 0xFFFFFF:06x}"


@cache
def contrast(first: int, second: int) -> float:
    """Contrast ratio (WCAG 2.1, definition) of two 0xRRGGBB."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@cache
def _luminance(colour: int) -> float:
    red, green, blue = (_linear((colour >> shift & 0xFF) / 255) for shift in (16, 8, 0))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


# Language


def _chinese(window: QWidget, data: Collection[str]) -> Iterator[str]:
    for text in _all_words(window):
        left = text
        for known in sorted(data, key=len, reverse=True):
            left = left.replace(known, "")
        if CHINESE.search(left):
            yield f"not English: {text!r}"


def _all_words(window: QWidget) -> Iterator[str]:
    yield window.windowTitle()
    for widget in (w for w in window.findChildren(QWidget) if w.isVisible()):
        if isinstance(widget, QPlainTextEdit):
            continue
        yield "" if isinstance(widget, ElidedLabel) else shown(widget)  # its whole text is the accessible name
        yield widget.accessibleName()
        yield widget.toolTip()
        if isinstance(widget, QComboBox):
            yield from (widget.itemText(place) for place in range(widget.count()))
