"""Homes with a practice USBKEY, made once for each kind and copied for each test: a test may lock or spoil its own."""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from hebca_helper.practice.usbkey import init
from hebca_helper.tokens.discovery import PRACTICE_CONFIGURATION, PRACTICE_FOLDER


@cache
def _template(scenario: str, ec: bool) -> Path:
    folder = Path(mkdtemp(prefix="hebca-practice-"))
    (folder / "settings.toml").write_text('practice_module = "/usr/lib/softhsm/libsofthsm2.so"')
    with ThreadPoolExecutor(1) as thread:  # a loop of its own: the test that asks may run in one
        thread.submit(lambda: asyncio.run(init(folder, scenario=scenario, ec=ec))).result()
    return folder


def put_practice_usbkey(home: Path, scenario: str = "fresh", *, ec: bool = False) -> Path:
    """Copy the practice folder of a finished practice home into `home`; SoftHSM's configuration names the new place."""
    template = _template(scenario, ec)
    shutil.copytree(template / PRACTICE_FOLDER, home / PRACTICE_FOLDER)
    configuration = home / PRACTICE_FOLDER / PRACTICE_CONFIGURATION
    configuration.write_text(configuration.read_text().replace(str(template), str(home)))
    return home
