"""A notice inside the window that goes by itself and wants no answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from hebca_helper.desktop.look.widgets import button, label

SECONDS = 6.0
MARGIN = 24


class Toast(QFrame):
    """At the lower edge of its parent; one at a time, the newest wins. Screen readers read it out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self._text = label("", "toastText", wrap=True)
        self._action = button("", "toastButton", self._act)
        self._then: Callable[[], None] | None = None
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 10, 16, 10)
        line.setSpacing(16)
        line.addWidget(self._text, 1)
        line.addWidget(self._action)
        self._timer = QTimer(self, singleShot=True, interval=int(SECONDS * 1000))
        self._timer.timeout.connect(self.hide)
        self._space = parent
        parent.installEventFilter(self)
        self.hide()

    def tell(self, text: str, action: str = "", then: Callable[[], None] | None = None) -> None:
        self._text.setText(text)
        self._then = then
        self._action.setText(action)
        self._action.setVisible(then is not None)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _act(self) -> None:
        self.hide()
        if self._then is not None:
            self._then()

    def _place(self) -> None:
        space = self._space.rect()
        width = min(560, space.width() - 2 * MARGIN)
        self.setFixedWidth(width)
        height = max(self.heightForWidth(width), self.sizeHint().height())
        self.setGeometry((space.width() - width) // 2, space.height() - height - MARGIN, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False
