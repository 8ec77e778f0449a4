"""A SoftHSM2 of its own for each test, with one token that already has keys; and the fault shim in front of it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from hebca_helper.tokens.catalogue import DEFAULT_LIMITS, Driver, Rescan
from hebca_helper.tokens.discovery import ModulePlace, practice_place
from hebca_helper.tokens.service import TokenService
from tests.tokens.scene import Prepared, Seen, _prepare, write_configuration
from tests.tokens.shim.build import SOFTHSM, Shim, build


@pytest.fixture(scope="session")
def shim_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("shim"))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = write_configuration(tmp_path_factory.mktemp("prepared"))
    return asyncio.run(_prepare(folder))


@pytest.fixture
def practice(home: Path, prepared: Prepared) -> Path:
    """The practice folder of this test's home, with the prepared token in it."""
    folder = home / "practice"
    shutil.copytree(prepared.folder / "tokens", folder / "tokens")
    return write_configuration(folder)


@pytest.fixture
def place(practice: Path) -> ModulePlace:
    """The practice module."""
    return practice_place(practice, SOFTHSM)


@pytest.fixture
def shim(tmp_path: Path, shim_library: Path) -> Shim:
    return Shim(shim_library, tmp_path)


@pytest.fixture
def shimmed(practice: Path, shim: Shim) -> ModulePlace:
    """The same token as a real one: behind the fault shim, no practice behaviour."""
    driver = Driver(name="shim", title="测试", rescan=Rescan.REINITIALIZE, limits=DEFAULT_LIMITS)
    environment = {**shim.environment, "SOFTHSM2_CONF": str(practice / "softhsm2.conf")}
    return ModulePlace(driver, shim.library, environment)


@pytest.fixture
async def start(anyio_backend: str) -> AsyncIterator[Callable[..., object]]:
    """Starts a service for some places; it is stopped after the test."""
    services: list[TokenService] = []

    async def started(*places: ModulePlace) -> tuple[TokenService, Seen]:
        service = TokenService(places)
        services.append(service)
        seen = Seen()
        service.subscribe(seen)
        await service.start()
        seen.events.clear()
        return service, seen

    yield started
    for service in services:
        await service.stop()
