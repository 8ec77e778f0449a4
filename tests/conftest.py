"""Shared by all tests: a home of its own for each, and asyncio as the only loop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from hebca_helper.bridge.system_root import VARIABLE as SYSTEM_ROOT
from hebca_helper.places import HOME_VARIABLE

if TYPE_CHECKING:
    from tests.tokens.soft_skf import SoftSkf

hypothesis.settings.register_profile(
    "anywhere", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)  # how long an example takes is a question of the computer; what must end soon says so itself
hypothesis.settings.load_profile("anywhere")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HEBCA_HELPER_HOME for this test."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv(HOME_VARIABLE, str(folder))
    monkeypatch.setenv(
        SYSTEM_ROOT, str(tmp_path / "system")
    )  # policies and CA certificates never go into this computer
    return folder


@pytest.fixture(scope="session")
def soft_skf_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.tokens.soft_skf import build

    return build(tmp_path_factory.mktemp("softskf"))


@pytest.fixture
def soft(tmp_path: Path, soft_skf_library: Path) -> SoftSkf:
    """An SKF library and one USBKEY with SM2 keys."""
    from tests.tokens.soft_skf import SoftSkf, provision

    return provision(SoftSkf(soft_skf_library, tmp_path / "softskf"))
