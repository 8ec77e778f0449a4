"""A document on the screen: its pages one at a time, turned and enlarged, drawn in the document host."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from hebca_helper.desktop.link import Call, Link
from hebca_helper.desktop.look.widgets import button, label, row
from hebca_helper.desktop.pages.documents.view import DOTS_PER_INCH, DocumentPage
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.views import DocumentView

RESIZE_PAUSE = 150
"""Milliseconds."""
SMALLEST = 0.2
ZOOMS = (0.25, 0.35, 0.5, 0.65, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)


class DocumentViewer(QWidget):
    """`turned` when another page is shown. The whole page is seen until the person enlarges it."""

    turned = Signal()

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link
        self._runtime: Runtime | None = None
        self._view: DocumentView | None = None
        self._sheets: tuple[tuple[float, float], ...] = ()
        self._call: Call | None = None
        self.number = 0
        self._zoom: float | None = None
        self._shown: tuple[tuple[tuple[float, float], ...], int] | None = None
        self._resized = QTimer(self, singleShot=True, interval=RESIZE_PAUSE)
        self._resized.timeout.connect(self._fit_again)
        self.page = DocumentPage()
        self._area = QScrollArea()
        self._area.setObjectName("documentArea")
        self._area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area.setWidget(self.page)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._where = label("", "pageNumber")
        self.problem = label("", "problemLine", wrap=True)
        self.problem.hide()
        self._back = _small("‹", tr("上一页"), "previousPageButton", lambda: self.turn(-1))
        self._on = _small("›", tr("下一页"), "nextPageButton", lambda: self.turn(1))
        smaller = _small("－", tr("缩小"), "zoomOutButton", lambda: self._zoom_by(-1))
        larger = _small("＋", tr("放大"), "zoomInButton", lambda: self._zoom_by(1))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(row(self._back, self._where, self._on, None, smaller, larger, spacing=6))
        box.addWidget(self.problem)
        box.addWidget(self._area, 1)
        self._area.setMinimumHeight(260)

    @property
    def sheets(self) -> tuple[tuple[float, float], ...]:
        return self._sheets

    @property
    def sheet(self) -> tuple[float, float]:
        return self._sheets[self.number]

    def show_document(
        self, runtime: Runtime, view: DocumentView, sheets: tuple[tuple[float, float], ...], page: int = 0
    ) -> None:
        self._runtime, self._view, self._sheets = runtime, view, sheets
        self.number = min(page, len(sheets) - 1)
        self._show()

    def turn(self, pages: int) -> None:
        self.go_to(self.number + pages)

    def go_to(self, number: int) -> None:
        if self._sheets and 0 <= number < len(self._sheets):
            self.number = number
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.turn(step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resized.start()

    @property
    def zoom(self) -> float:
        if self._zoom is not None:
            return self._zoom
        room = self._area.maximumViewportSize()
        wide, high = (each / 25.4 * DOTS_PER_INCH for each in self.sheet)
        return max(SMALLEST, min((room.width() - 2) / wide, (room.height() - 2) / high))

    def _fit_again(self) -> None:
        if self._zoom is None:
            self._show()

    def _zoom_by(self, steps: int) -> None:
        if not self._sheets:
            return
        place = min(range(len(ZOOMS)), key=lambda each: abs(ZOOMS[each] - self.zoom)) + steps
        self._zoom = ZOOMS[min(max(place, 0), len(ZOOMS) - 1)]
        self._show()

    def _show(self) -> None:
        """The empty sheet at once, its picture when it comes."""
        if self._runtime is None or self._view is None or not self._sheets:
            return
        self._where.setText(tr("第 {n} / {of} 页").format(n=self.number + 1, of=len(self._sheets)))
        self._back.setEnabled(self.number > 0)
        self._on.setEnabled(self.number < len(self._sheets) - 1)
        self.problem.hide()
        zoom = self.zoom
        shown = (self._sheets, self.number)
        self.page.show_sheet(
            self.sheet, zoom, same=self._shown is not None and self._shown[0] is shown[0] and self._shown[1] == shown[1]
        )
        self._shown = shown
        if self._call is not None:
            self._call.cancel()
        resolution = DOTS_PER_INCH * zoom * self.devicePixelRatioF()
        work = self._view.page(self.number, resolution)
        self._call = self._link.submit(self._runtime.loop, work, self.page.show_picture, self._failed, told="")
        self.turned.emit()

    def _failed(self, problem: HelperError) -> None:
        self.problem.setText(str(problem))
        self.problem.show()


def _small(sign: str, name: str, object_name: str, clicked: Callable[[], object]) -> QPushButton:
    """The smallest window has no room for words here."""
    made = button(sign, object_name, clicked, "key")
    made.setFixedSize(34, 30)
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made
