"""On the smallest screens of offices no name, however long, pushes a button out of sight."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.displays import VirtualDisplay

pytestmark = pytest.mark.desktop
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("scale", ["1", "1.5"])
def test_buttons_stay_on_a_screen_of_1366_by_768(tmp_path: Path, scale: str) -> None:
    pictures = os.environ.get("HEBCA_HELPER_GALLERY", "")
    with VirtualDisplay(window_manager=True, size="1366x768x24") as display:
        folder = str(Path(pictures, f"small-{scale}")) if pictures else ""
        done = subprocess.run(
            [sys.executable, "-m", "tests.desktop.small_screen", str(tmp_path), folder],
            env=display.environment(QT_SCALE_FACTOR=scale),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}
