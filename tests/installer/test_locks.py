"""The lock files: everything that pyproject.toml asks for, pinned, with hashes, from nowhere in particular."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN_LOCK = ROOT / "installer" / "requirements.lock"
TEST_LOCK = ROOT / "installer" / "requirements-test.lock"
LOCKS = (RUN_LOCK, TEST_LOCK)


def plain(name: str) -> str:
    """A project's name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(lock: Path) -> dict[str, str]:
    """Project name → its whole entry (pin, marker, hashes)."""
    text = re.sub(r"^#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    return {plain(re.split(r"[=<>~! ;\[]", line)[0]): line for line in text.splitlines() if line.strip()}


def declared() -> tuple[set[str], set[str]]:
    """Names that pyproject.toml asks for: to run and be built, and in its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    extras = [name for names in project["project"]["optional-dependencies"].values() for name in names]
    return tuple({plain(re.split(r"[=<>~! ;\[]", name)[0]) for name in names} for names in (run, extras))  # type: ignore[return-value]


def test_what_the_program_needs_is_locked() -> None:
    run, _ = declared()

    assert run | {"editables"} <= requirements(RUN_LOCK).keys()


def test_what_tests_and_packaging_need_is_locked() -> None:
    _, extras = declared()

    assert extras <= requirements(TEST_LOCK).keys() | requirements(RUN_LOCK).keys()


def test_no_project_is_pinned_twice() -> None:
    assert not requirements(RUN_LOCK).keys() & requirements(TEST_LOCK).keys()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_entry_has_one_version_and_hashes(lock: Path) -> None:
    for name, entry in requirements(lock).items():
        assert re.match(r"^[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.!+]*( ;[^\\]*?)? +--hash=sha256:[0-9a-f]{64}", entry), name


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_place_to_download_from(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")

    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b", text, re.MULTILINE)
    assert "/" not in re.sub(r"^#.*", "", text, flags=re.MULTILINE)
