"""A question before something in 设置 is done that a person may regret."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from hebca_helper.desktop.look.message_box import MessageBox
from hebca_helper.texts import tr


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
