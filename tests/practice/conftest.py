"""A clock that stands still and a practice CA."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from hebca_helper.practice.ca import PracticeCa
from tests.practice.openssl import NOW


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """openssl judges by the machine's clock, so this one shows today."""
    return lambda: NOW


@pytest.fixture
def ca(home: Path, clock: Callable[[], datetime]) -> PracticeCa:
    return PracticeCa.create(home / "practice" / "ca", clock)
