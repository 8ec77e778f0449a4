"""Plain questions and notices of the program itself, with the margins of its other dialogs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget

from hebca_helper.desktop.look.icons import icon, picture
from hebca_helper.desktop.look.widgets import restyle
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

ICON = 32


class MessageBox(QMessageBox):
    def __init__(self, parent: QWidget | None, name: str, pictured: str, text: str, more: str) -> None:
        """`text` is the question, `more` what it means; `pictured` an icon of resources/icons."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("河北CA数字证书助手"))
        self.setWindowIcon(icon("assistant"))
        self.setIconPixmap(picture(pictured, ICON, self.devicePixelRatioF()))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setInformativeText(more)
        if (layout := self.layout()) is not None:
            layout.setContentsMargins(24, 20, 24, 20)

    def add(self, text: str, name: str, role: QMessageBox.ButtonRole, kind: str = "") -> QPushButton:
        """`kind` as in `widgets.button`."""
        made = self.addButton(text, role)
        made.setObjectName(name)
        made.setAccessibleName(text)
        restyle(made, kind=kind)
        return made


def ask(parent: QWidget, text: str, more: str, consent: str, agreed: Callable[[], object]) -> QMessageBox:
    """`agreed` is called when the person presses the button called `consent`; 取消 is what Enter and Escape do."""
    box = MessageBox(parent, "settingsQuestion", "warning", text, more)
    yes = box.add(consent, "consentButton", QMessageBox.ButtonRole.AcceptRole, "danger")
    no = box.add(tr("取消"), "cancelButton", QMessageBox.ButtonRole.RejectRole)
    yes.clicked.connect(lambda: agreed())
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.open()
    return box


def trouble(problem: HelperError, anew: int, parent: QWidget | None = None, holder: int | None = None) -> MessageBox:
    """What keeps the program from starting, and the ways out: to begin anew (with `holder`, a process of ours that hangs,
    after ending it) and to leave. The box ends Qt's loop with `anew` or 1."""
    more = "\n\n".join(filter(None, (problem.detail, problem.remedy)))
    box = MessageBox(parent, "startTrouble", "warning", problem.text, more)
    roles = QMessageBox.ButtonRole
    again = box.add(tr("重试"), "againButton", roles.AcceptRole, "primary")
    again.clicked.connect(lambda: QApplication.exit(anew))
    if holder:
        end = box.add(tr("结束它并重新打开"), "endButton", roles.DestructiveRole, "danger")
        end.clicked.connect(lambda: _end(holder, anew))
    leave = box.add(tr("退出"), "leaveButton", roles.RejectRole)
    leave.clicked.connect(lambda: QApplication.exit(1))
    box.setDefaultButton(again)
    box.setEscapeButton(leave)
    return box


def _end(holder: int, anew: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(holder, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    QApplication.exit(anew)
