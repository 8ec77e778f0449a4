"""A clock that stands still, a practice CA, and openssl as the second opinion."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hebca_helper.practice.ca import PracticeCa

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """openssl judges by the machine's clock, so this one shows today."""
    return lambda: NOW


@pytest.fixture
def ca(home: Path, clock: Callable[[], datetime]) -> PracticeCa:
    return PracticeCa.create(home / "practice" / "ca", clock)


def openssl(*arguments: str | Path, status: int = 0) -> str:
    """What openssl says; it must end with `status`."""
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr
