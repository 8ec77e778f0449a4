"""Frame of a page: title, hint, and a body that scrolls; what a page may use of its window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from hebca_helper.desktop.actions import Actions
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.widgets import column, label, panel, row, scrolled
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.portals.catalogue import Portal

NEAR_END = 600
"""Pixels before the end of what is there at which a page may add more."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`runtime` is None until the rest of the program has started."""

    state: TokenState
    link: Link
    actions: Actions
    runtime: Callable[[], Runtime | None]
    open_portal: Callable[[Portal], None]
    open_link: Callable[[str], None]
    """Opens a quick link by its id in the catalogue."""
    show_page: Callable[[str], None]


class Page(QWidget):
    near_end = Signal()
    """The person comes to the end of what is shown. For pages that show a little at a time."""

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 20, 12, 0)
        outer.setSpacing(12)
        words = column(label(title, "pageTitle"), spacing=2)
        if hint:
            words.addWidget(label(hint, "pageHint", wrap=True))
        self.top = QHBoxLayout()
        self.top.setContentsMargins(0, 0, 12, 0)
        self.top.addLayout(words, 1)
        outer.addLayout(self.top)
        self.above = QVBoxLayout()
        """Between title and body; does not scroll."""
        self.above.setContentsMargins(0, 0, 12, 0)
        outer.addLayout(self.above)
        inside = panel("pageBody")
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(0, 4, 12, 24)
        self.body.setSpacing(12)
        self._area = scrolled(inside)
        outer.addWidget(self._area, 1)
        self._area.verticalScrollBar().valueChanged.connect(self._scrolled)

    def to_top(self) -> None:
        """After the body was filled with something else."""
        self._area.verticalScrollBar().setValue(0)

    def _scrolled(self, place: int) -> None:
        if place >= self._area.verticalScrollBar().maximum() - NEAR_END:
            self.near_end.emit()

    def shown_first(self) -> None:
        """Called whenever the person comes to this page. For pages that look something up."""


def nothing_here(picture: str, title: str, text: str, *actions: QWidget) -> QWidget:
    """An empty page says what is missing and what to do."""
    area = panel("emptyState")
    said = column(*(_centred(sentence) for sentence in text.splitlines()), spacing=8)
    heading = label(title, "emptyTitle", wrap=True)
    heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    image = row(None, icon_label(picture, 56), None)
    box = column(40, image, 8, heading, said, 8, row(None, *actions, None))
    box.setContentsMargins(60, 0, 60, 0)
    area.setLayout(box)
    return area


def _centred(text: str) -> QWidget:
    said = label(text, "emptyText", wrap=True)
    said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return said


def waiting(text: str) -> QWidget:
    """Something is being looked up: never an empty page."""
    bar = QProgressBar()
    bar.setRange(0, 0)
    bar.setTextVisible(False)
    bar.setFixedWidth(160)
    said = label(text, "emptyText")
    said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    area = panel("waiting")
    area.setLayout(column(80, said, row(None, bar, None), spacing=12))
    return area
