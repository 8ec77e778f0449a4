"""A running hall with a clock that tests move, and certificates of its CA."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.hall.server import Hall
from hebca_helper.practice.names import COMPANY, OTHER_COMPANY, Holder
from tests.practice.hall.held import HeldCertificate, Issue, MovingClock, issued


@pytest.fixture
def moving() -> MovingClock:
    return MovingClock()


@pytest.fixture(scope="session")
def made_ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two RSA keys take their time: made once, copied into each home."""
    folder = tmp_path_factory.mktemp("made") / "ca"
    PracticeCa.create(folder, MovingClock())
    return folder


@pytest.fixture
def ca(home: Path, made_ca: Path, moving: MovingClock) -> PracticeCa:
    folder = home / "practice" / "ca"
    shutil.copytree(made_ca, folder)
    return PracticeCa.load(folder, moving)


@pytest.fixture
def issue(ca: PracticeCa, moving: MovingClock) -> Issue:
    """`issued` by this home's CA at the time of the test's clock; `by` names another CA."""

    def _issue(holder: Holder = COMPANY, *, by: PracticeCa = ca, **options: Any) -> HeldCertificate:
        return issued(by, holder, now=moving.now, **options)

    return _issue


@pytest.fixture
async def hall(home: Path, moving: MovingClock) -> AsyncIterator[Hall]:
    running = Hall(home, port=0, clock=moving)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def company(issue: Issue) -> HeldCertificate:
    return issue()


@pytest.fixture
def other_company(issue: Issue) -> HeldCertificate:
    return issue(OTHER_COMPANY)
