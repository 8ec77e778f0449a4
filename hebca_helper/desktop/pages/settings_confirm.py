"""A question before something in 设置 is done that a person may regret."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from hebca_helper.texts import tr


def ask(parent: QWidget, text: str, more: str, consent: str, agreed: Callable[[], object]) -> QMessageBox:
    """`agreed` is called when the person presses the button called `consent`; 取消 is what Enter and Escape do."""
    box = QMessageBox(parent)
    box.setObjectName("settingsQuestion")
    box.setWindowTitle(tr("河北CA数字证书助手"))
    box.setText(text)
    box.setInformativeText(more)
    yes = box.addButton(consent, QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton(tr("取消"), QMessageBox.ButtonRole.RejectRole)
    yes.setObjectName("consentButton")
    no.setObjectName("cancelButton")
    yes.clicked.connect(lambda: agreed())
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.open()
    return box
