"""Small building blocks of pages and dialogs. How they look is in `resources/style.qss`, by object name and property."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.pressing import PushButton

SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
Box = TypeVar("Box", QHBoxLayout, QVBoxLayout)
_UNBREAKABLE = re.compile(r"[^\s/\u2e80-\uffef]{48}(?=\S)")
"""Qt breaks a line between words only: a longer one would be as wide as it is, beyond the edge of the screen."""
LONG = 32
"""Width of a text in Latin letters; a Chinese character counts as two."""
_TELL_ICONS = {"good": "good", "amber": "warning", "red": "problem"}


def label(text: str, name: str, *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Always plain text: what a page or a USBKEY says is never read as markup."""
    made = QLabel(_UNBREAKABLE.sub("\\g<0>\u200b", text) if wrap else text)
    made.setObjectName(name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if selectable:
        made.setTextInteractionFlags(SELECTABLE)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return made


class ElidedLabel(QLabel):
    """A line that never asks for more room than there is: what does not fit is left out, and told when pointed at."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""

    def tell(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fitting = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        self.setText(fitting)
        self.setToolTip("" if fitting == self._whole else self._whole)


def is_long(text: str) -> bool:
    """Whether it may need more than half of a card's width."""
    return sum(2 if character > "\u2e80" else 1 for character in text) > LONG


def panel(name: str) -> QWidget:
    """A plain area with a ground of its own."""
    made = QWidget()
    made.setObjectName(name)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return made


def separator() -> QWidget:
    made = panel("separator")
    made.setFixedHeight(1)
    return made


def card_of(box: QLayout) -> QFrame:
    made = QFrame()
    made.setObjectName("card")
    made.setLayout(box)
    return made


def scrolled(inside: QWidget, name: str = "", focus: Qt.FocusPolicy = Qt.FocusPolicy.NoFocus) -> QScrollArea:
    """As wide as there is room, never wider; high things are scrolled."""
    made = QScrollArea()
    made.setObjectName(name)
    made.setWidgetResizable(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFocusPolicy(focus)
    made.setWidget(inside)
    return made


def grouped(digest: str, size: int) -> str:
    """Blanks, so that a line may break in it."""
    return " ".join(digest[start : start + size] for start in range(0, len(digest), size))


def unmarked(title: str) -> str:
    """An ampersand in a name marks no key."""
    return title.replace("&", "&&")


def badge(text: str, level: str = "") -> QLabel:
    made = label(text, "badge")
    made.setProperty("level", level)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def button(text: str, name: str, clicked: Callable[[], object], kind: str = "") -> QPushButton:
    """`kind` is primary, danger, link or nothing."""
    made = PushButton(text)
    made.setObjectName(name)
    made.setProperty("kind", kind)
    made.setAutoDefault(False)
    made.clicked.connect(lambda: clicked())
    return made


def restyle(widget: QWidget, **properties: str) -> None:
    """Set dynamic properties and let the style sheet look at the widget again; it has yet to look at one not shown."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def row(*items: QWidget | int | None, spacing: int = 8) -> QHBoxLayout:
    """A line of widgets; a number is a gap in px, None takes the space that is left."""
    return _filled(QHBoxLayout(), items, spacing)


def column(*items: QWidget | QLayout | int | None, spacing: int = 8) -> QVBoxLayout:
    return _filled(QVBoxLayout(), items, spacing)


def _filled(box: Box, items: Iterable[QWidget | QLayout | int | None], spacing: int) -> Box:
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(spacing)
    for item in items:
        if item is None:
            box.addStretch(1)
        elif isinstance(item, int):
            box.addSpacing(item)
        elif isinstance(item, QLayout):
            box.addLayout(item)
        else:
            box.addWidget(item)
    return box


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if inner is not None:
            empty(inner)
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def fields(items: Iterable[tuple[str, str]], columns: int = 1) -> QGridLayout:
    """Names and values side by side, `columns` pairs in a line; values can be selected with the mouse."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    for place, (name, value) in enumerate(items):
        line, pair = divmod(place, columns)
        grid.addWidget(label(name, "fieldName"), line, 2 * pair, Qt.AlignmentFlag.AlignTop)
        said = label(value, "fieldValue", wrap=True, selectable=True)
        said.setAlignment(Qt.AlignmentFlag.AlignTop)
        grid.addWidget(said, line, 2 * pair + 1)
        grid.setColumnStretch(2 * pair + 1, 1)
    return grid


class Tell(QFrame):
    """A sentence that wants to be seen; `level` is good, amber, red, grey or nothing. May carry one button, and a `title`
    that says it in a word."""

    def __init__(self, text: str, level: str = "", action: QPushButton | None = None, *, title: str = "") -> None:
        super().__init__()
        self.setObjectName("tell")
        self.setProperty("level", level)
        picture = icon_label(_TELL_ICONS.get(level, "information"), 20)
        said = label(text, "tellText", wrap=True, selectable=True)
        heading = label(title, "tellTitle", wrap=True) if title else None
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 12, 8)
        line.setSpacing(8)
        if action is None or heading is not None:  # beside the middle of the first line
            first = heading or said
            first.ensurePolished()
            above = max(first.fontMetrics().height() - picture.height(), 0) // 2
            line.addLayout(column(above, picture, None, spacing=0))
        else:
            line.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addLayout(column(*([heading] if heading else []), said, spacing=2), 1)
        if action is not None:
            line.addWidget(action, 0, Qt.AlignmentFlag.AlignVCenter)
