"""The floor that the window is measured against: PySide6, one label, nothing else. Run as a script, on a display.

Writes the line `window <monotonic ns>` to the file HEBCA_HELPER_TIMING when the window is first exposed.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel


class FirstExposure(QObject):
    """Event filter of a QWindow: notes the moment at which the window system first shows it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._seen = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Writes the moment once; never keeps an event from the window."""
        if event.type() == QEvent.Type.Expose and not self._seen:
            self._seen = True
            with self._path.open("a", encoding="ascii") as file:
                file.write(f"window {time.monotonic_ns()}\n")
        return super().eventFilter(watched, event)


def main() -> int:
    """Shows the window until SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    application = QApplication(sys.argv)
    label = QLabel("河北CA数字证书助手")
    label.resize(960, 640)
    label.winId()  # makes the native window, so that it can be watched before it is shown
    exposure = FirstExposure(Path(os.environ["HEBCA_HELPER_TIMING"]))
    window = label.windowHandle()
    assert window is not None
    window.installEventFilter(exposure)
    label.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
