"""The program may call Qt as often as it likes."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QApplication, QLabel

pytestmark = pytest.mark.desktop
CALLS = 30_000
"""More than Python before 3.12 has references to None, one of which each such call uses up (PySide6 6.12)."""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal there")
def test_tens_of_thousands_of_calls_leave_python_alive(application: QApplication) -> None:
    label = QLabel("a")
    for _ in range(CALLS):
        label.setText("b")
    assert sys.getrefcount(None) > CALLS
    label.deleteLater()
