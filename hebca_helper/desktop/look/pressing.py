"""Buttons that Enter presses as well as Space. Qt's own leave Enter to the dialog's default button, so that Enter on
允许 would refuse and Enter on 取消 would send a PIN; outside dialogs they do nothing at all."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def pressed_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Whether that was what the key did. One that is held down presses once."""
    if event.key() not in _ENTER:
        return False
    if not event.isAutoRepeat():
        button.click()
    event.accept()
    return True


class PushButton(QPushButton):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)


class ToolButton(QToolButton):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)
