"""A dialog of the window that is gone when it is closed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from hebca_helper.desktop.look.icons import icon


class Dialog(QDialog):
    def __init__(self, parent: QWidget, name: str, title: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setWindowIcon(icon("assistant"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def fit(self, width: int) -> None:
        """As high as its wrapped texts need."""
        for widget in (self, *self.findChildren(QWidget)):
            widget.ensurePolished()
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(width, layout.totalHeightForWidth(width))
