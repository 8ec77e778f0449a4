"""Where files are dropped, or chosen by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hebca_helper.desktop.file_dialogs import files_to_open
from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import button, column, label, restyle, row
from hebca_helper.texts import tr


class DropArea(QWidget):
    """Says what may be dropped; `given` is called with the files. `kinds` is a filter for the file dialog."""

    def __init__(self, title: str, text: str, kinds: str, given: Callable[[list[Path]], object], name: str) -> None:
        super().__init__()
        self.setObjectName("dropArea")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._kinds, self._given = kinds, given
        heading, said = label(title, "emptyTitle", wrap=True), label(text, "emptyText", wrap=True)
        for each in (heading, said):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.choose = button(tr("选择文件…"), name, self._ask, "primary")
        self._picture = icon_label("document", 56)
        self._said = said
        inside = column(None, row(None, self._picture, None), 4, heading, said, 8, spacing=8)
        inside.addLayout(row(None, self.choose, None))
        inside.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(40, 24, 40, 24)
        outer.addLayout(inside)

    def give_way(self) -> None:
        """To results below: still there for the next file, no higher than it must be."""
        self._picture.hide()
        self._said.hide()
        self.setFixedHeight(scaled(130))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files_in(event.mimeData()):
            restyle(self, over="true")
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        restyle(self, over="false")

    def dropEvent(self, event: QDropEvent) -> None:
        restyle(self, over="false")
        event.acceptProposedAction()
        self._given(files_in(event.mimeData()))

    def _ask(self) -> None:
        chosen = files_to_open(self, tr("选择文件"), self._kinds)
        if chosen:
            self._given(chosen)


def files_in(data: QMimeData) -> list[Path]:
    """Those of this computer only."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def are_pictures(files: Sequence[Path]) -> bool:
    return any(each.suffix.lower() in (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".gif") for each in files)
