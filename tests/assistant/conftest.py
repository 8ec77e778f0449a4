"""The home that the stories about the assistant begin in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice_homes import put_practice_usbkey


@pytest.fixture
def practice_home(home: Path) -> Path:
    return put_practice_usbkey(home)
