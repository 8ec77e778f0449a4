"""Every page and dialog in both languages, both looks, at 1x and 2x and with larger texts: readable, reachable, and not in two languages.

Pictures of all of them go to the folder that HEBCA_HELPER_GALLERY names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hebca_helper.places import HOME_VARIABLE
from tests.displays import VirtualDisplay
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.desktop

LOOKS = (
    ("zh_CN", "light", "1", "100"),
    ("en", "dark", "1", "130"),
    ("zh_CN", "dark", "2", "100"),
    ("en", "light", "2", "100"),
)
"""Language, colours, scale of the screen, size of texts in percent: each pair of the first three comes once."""
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(600)
def test_every_page_and_dialog_can_be_read_and_reached(tmp_path: Path) -> None:
    pictures = os.environ.get("HEBCA_HELPER_GALLERY", "")
    homes = [put_practice_usbkey(_folder(tmp_path / f"home-{number}")) for number in range(len(LOOKS))]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda look, home: _gallery(home, look, pictures), LOOKS, homes))
    wrong = {"-".join(look): told for look, told in zip(LOOKS, found, strict=True) if told}
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _gallery(home: Path, look: tuple[str, str, str, str], pictures: str) -> dict[str, list[str]]:
    language, theme, scale, percent = look
    with VirtualDisplay(window_manager=True, tray=True, size="2200x1800x24") as display:
        environment = display.environment(QT_SCALE_FACTOR=scale, **{HOME_VARIABLE: str(home)})
        environment["XDG_CONFIG_HOME"] = str(home / "config")
        command = [sys.executable, "-m", "tests.desktop.gallery", str(home), language, theme, percent]
        done = subprocess.run(
            [*command, str(Path(pictures, "-".join(look))) if pictures else ""],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=500,
        )
    assert done.returncode == 0, done.stderr
    told: dict[str, list[str]] = json.loads(done.stdout)
    return told
