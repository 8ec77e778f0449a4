"""The last word when the person quits: the USBKEY should not stay in the computer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from hebca_helper.desktop.icons import picture
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.texts import tr

SECONDS = 6.0
"""The program does not wait for an answer: it ends by itself."""


class LeavingBox(QMessageBox):
    """Ends the program when it is closed, when the USBKEY is pulled out, or after a few seconds."""

    def __init__(self, parent: QWidget, state: TokenState, leave: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setObjectName("leavingBox")
        self.setWindowTitle(tr("河北CA数字证书助手"))
        self.setIconPixmap(picture("information", 32, self.devicePixelRatioF()))
        self.setText(tr("USBKEY 还插在电脑上"))
        self.setInformativeText(tr("用完请拔下 USBKEY 妥善保管，不要交给他人。证书助手马上退出。"))
        made = self.addButton(tr("退出"), QMessageBox.ButtonRole.AcceptRole)
        made.setObjectName("leaveNowButton")
        made.setAccessibleName(tr("退出"))
        self.finished.connect(lambda _: leave())
        self._state = state
        state.changed.connect(self._look)
        QTimer.singleShot(int(SECONDS * 1000), self, self.accept)

    def _look(self) -> None:
        if not self._state.busy and not self._state.tokens:
            self.accept()
