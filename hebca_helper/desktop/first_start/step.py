"""Frame of one step: what it is about in a sentence or two, and what the person can see and do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from hebca_helper.desktop.look.widgets import button, column, empty, label, row
from hebca_helper.desktop.pages.page import Surroundings
from hebca_helper.errors import HelperError
from hebca_helper.pages import PageName


class Step(QWidget):
    def __init__(self, around: Surroundings, title: str, text: str) -> None:
        super().__init__()
        self.setObjectName("firstStep")
        self.around = around
        self.title = title
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        box = column(label(title, "cardTitle"), label(text, "hint", wrap=True), 4, spacing=6)
        box.addLayout(self.body)
        box.addStretch(1)
        self.setLayout(box)

    def come(self) -> None:
        """The person comes to this step, or something in it changed: show how things are now."""

    def failed(self, problem: HelperError) -> None:
        self.around.actions.tell(str(problem))

    def diagnosis(self, title: str) -> QPushButton:
        return button(title, "toDiagnosisButton", lambda: self.around.show_page(PageName.DIAGNOSIS))

    def show_items(self, items: Sequence[QWidget], *buttons: QPushButton) -> None:
        empty(self.body)
        for item in items:
            self.body.addWidget(item)
        if buttons:
            self.body.addLayout(row(*buttons, None))
