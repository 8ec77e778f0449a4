"""One line that says that the window is waiting for something, and lets the person stop waiting."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QProgressBar

from hebca_helper.desktop.link import Call, Link
from hebca_helper.desktop.look.widgets import button, label
from hebca_helper.texts import tr

PATIENCE_MILLISECONDS = 300
"""What is quicker needs no word (issue 4, "Behaviour")."""


class ProgressStrip(QFrame):
    """Shown while a call of the window lasts longer than a person notices; hidden while a dialog asks: then it is the
    person that everybody waits for."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self.setObjectName("progressStrip")
        self._calls: list[Call] = []
        self._text = label("", "progressText")
        bar = QProgressBar()
        bar.setObjectName("progressBar")
        bar.setAccessibleName(tr("正在处理"))
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedWidth(120)
        line = QHBoxLayout(self)
        line.setContentsMargins(24, 6, 24, 6)
        line.setSpacing(12)
        line.addWidget(bar)
        line.addWidget(self._text, 1)
        give_up = button(tr("不再等待"), "giveUpButton", self._give_up)
        give_up.setAccessibleName(tr("不再等待"))
        line.addWidget(give_up)
        link.started.connect(self._began)
        link.ended.connect(self.end)
        self.hide()

    def _began(self, call: Call) -> None:
        self._calls.append(call)
        self._look_later(call)

    def show_call(self, call: Call) -> None:
        """One that has lasted long enough already."""
        self._calls.append(call)
        self._late(call)

    def _look_later(self, call: Call) -> None:
        QTimer.singleShot(PATIENCE_MILLISECONDS, self, lambda: self._late(call))

    def _late(self, call: Call) -> None:
        if call not in self._calls:
            return
        if QApplication.activeModalWidget() is not None:
            self.hide()
            self._look_later(call)
            return
        self._text.setText(call.told)
        self.show()

    def end(self, call: Call) -> None:
        if call in self._calls:
            self._calls.remove(call)
        if not self._calls:
            self.hide()

    def _give_up(self) -> None:
        """All of it: the person sees one line, not how many calls are behind it."""
        for call in list(self._calls):
            call.give_up()
