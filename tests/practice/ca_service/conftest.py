"""The practice CA's service over a practice USBKEY's home, and somebody who asks it by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hebca_helper.practice.ca_service.server import CaService
from tests.practice.ca_service.asker import Asker
from tests.practice.hall.held import MovingClock


@pytest.fixture
def moving() -> MovingClock:
    return MovingClock()


@pytest.fixture
async def asker(home: Path, moving: MovingClock) -> AsyncIterator[Asker]:
    service = CaService(home, 0, clock=moving)
    await service.start()
    yield Asker(service, home)
    await service.stop()
