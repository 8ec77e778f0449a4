"""Pages of the seal service before a real assistant, token host, document host and SoftHSM2; only the person is a script."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hebca_helper.assistant.person.prompts import ConfirmKind
from tests.bridge.seal_service.office import Office, opened


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def office(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One for many questions; the person refuses whatever is asked."""
    async with opened(tmp_path_factory.mktemp("office")) as office:
        office.refuse(*ConfirmKind)
        office.person.pins.extend([None] * 100)
        yield office
