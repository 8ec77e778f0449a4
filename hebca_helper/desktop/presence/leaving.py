"""The last word when the person quits: the USBKEY should not stay in the computer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from hebca_helper.desktop.look.message_box import MessageBox
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.texts import tr

SECONDS = 6.0
"""The program does not wait for an answer: it ends by itself."""


class LeavingBox(MessageBox):
    """Ends the program when it is closed, when the USBKEY is pulled out, or after a few seconds."""

    def __init__(self, parent: QWidget, state: TokenState, leave: Callable[[], None]) -> None:
        more = tr("用完请拔下 USBKEY 妥善保管，不要交给他人。证书助手马上退出。")
        super().__init__(parent, "leavingBox", "information", tr("USBKEY 还插在电脑上"), more)
        self.add(tr("退出"), "leaveNowButton", QMessageBox.ButtonRole.AcceptRole, "primary")
        self.finished.connect(lambda _: leave())
        self._state = state
        state.changed.connect(self._look)
        QTimer.singleShot(int(SECONDS * 1000), self, self.accept)

    def _look(self) -> None:
        if not self._state.busy and not self._state.tokens:
            self.accept()
