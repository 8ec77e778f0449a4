"""Answers Qt's own file dialog, which runs a loop of its own until it is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit

LOOK_MILLISECONDS = 20


@contextmanager
def saving_as(path: Path) -> Iterator[None]:
    """While the block runs, the next file dialog that appears is answered with `path`."""
    timer = QTimer(interval=LOOK_MILLISECONDS)

    def look() -> None:
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QFileDialog) and dialog.isVisible():
                timer.stop()
                edit = dialog.findChild(QLineEdit, "fileNameEdit")
                assert isinstance(edit, QLineEdit)
                edit.setText(str(path))
                box = dialog.findChild(QDialogButtonBox)
                assert isinstance(box, QDialogButtonBox)
                QTest.mouseClick(box.button(QDialogButtonBox.StandardButton.Save), Qt.MouseButton.LeftButton)

    timer.timeout.connect(look)
    timer.start()
    yield
    assert not timer.isActive(), "no file dialog came"
