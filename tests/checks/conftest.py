"""Situations in a home of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.checks.surroundings import Surroundings
from tests.checks.situation import Situation, StatedMachine


@pytest.fixture
def situation(home: Path, tmp_path: Path) -> Situation:
    """Surroundings with a stated machine; `machine=` and everything else can be given."""

    def make(machine: Any = None, **more: Any) -> Surroundings:
        environment = {"XDG_CONFIG_HOME": str(tmp_path / "configuration"), "PATH": "/usr/bin:/bin"}
        stated = {"machine": machine or StatedMachine(), "home": home, "environment": environment}
        return Surroundings(**{**stated, **more})

    return make


@pytest.fixture
def machine() -> Callable[..., StatedMachine]:
    return StatedMachine
