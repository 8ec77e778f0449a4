"""The HTTPS service on a real assistant, token host and SoftHSM2, in the test's own loop; only the person is a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.practice_homes import put_practice_usbkey


@pytest.fixture
def make_home(home: Path) -> Callable[..., Path]:
    def make(scenario: str = "fresh", *, ec: bool = False) -> Path:
        return put_practice_usbkey(home, scenario, ec=ec)

    return make


@pytest.fixture
def practice_home(make_home: Callable[..., Path]) -> Iterator[Path]:
    yield make_home()
