"""The program as a process of its own, in a home with a practice USBKEY."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.practice_homes import put_practice_usbkey
from tests.running import Run


@pytest.fixture
def practice_home(home: Path) -> Path:
    return put_practice_usbkey(home)


@pytest.fixture
def run(home: Path) -> Run:
    """Run `hebca-helper ARGUMENTS` with text on standard input and without a display."""

    def run_program(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        command = [sys.executable, "-m", "hebca_helper", *arguments]
        return subprocess.run(
            command, input=text, capture_output=True, text=True, env=environment, check=False, timeout=100
        )

    return run_program
