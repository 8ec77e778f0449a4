"""Which libraries are found: only where a driver, the person or our own practice folder says, and only by whole paths."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.places import shipped
from hebca_helper.settings import Settings
from hebca_helper.tokens.catalogue import DEFAULT_LIMITS, Condition, Driver, Libraries, System, load_catalogue
from hebca_helper.tokens.discovery import find_modules, practice_library
from hebca_helper.tokens.messages import Work
from hebca_helper.tokens.model import Interface
from hebca_helper.tokens.skf_libraries import registered
from tests.tokens.shim.build import SOFTHSM


def library(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x7fELF")
    return path


def driver(name: str, *, names: tuple[str, ...] = (), folders: tuple[str, ...] = (), paths: tuple[str, ...] = (),
           present_when: Condition = Condition.ALWAYS) -> Driver:  # fmt: skip
    libraries = {System.LINUX: Libraries(names, folders, paths)}
    return Driver(name=name, title=name, libraries=libraries, present_when=present_when)


def found(drivers: list[Driver], settings: Settings, home: Path, **environment: str) -> list[tuple[str, Path]]:
    places = find_modules(drivers, settings, home, environment=environment, on=System.LINUX)
    return [(place.driver.name, place.path) for place in places]


def test_the_first_library_of_a_driver(tmp_path: Path, home: Path) -> None:
    second = library(tmp_path / "opt" / "vendor-2" / "lib" / "libtoken.so")
    drivers = [driver("token", names=("libtoken.so",), folders=(f"{tmp_path}/none", f"{tmp_path}/opt/*/lib"))]
    assert found(drivers, Settings(), home) == [("token", second)]


def test_other_systems_names_are_not_looked_for(tmp_path: Path, home: Path) -> None:
    path = library(tmp_path / "libtoken.so")
    drivers = [driver("token", paths=(str(path),))]
    assert find_modules(drivers, Settings(), home, environment={}, on=System.WINDOWS) == []


def test_a_library_the_person_named(tmp_path: Path, home: Path) -> None:
    """A known file name gets its driver; any other the generic one; a bare or relative name is never loaded."""
    known, other = library(tmp_path / "own" / "libToken.so"), library(tmp_path / "own" / "other.so")
    settings = Settings(modules=[str(known), str(other), "libtoken.so", "./other.so"])
    assert found([driver("token", names=("libtoken.so",))], settings, home) == [("token", known), ("other", other)]


def test_one_host_for_one_library(tmp_path: Path, home: Path) -> None:
    path = library(tmp_path / "libtoken.so.1")
    link = tmp_path / "libtoken.so"
    link.symlink_to(path)
    drivers = [driver("a", paths=(str(path),)), driver("b", paths=(str(link),))]
    assert found(drivers, Settings(modules=[str(link)]), home) == [("a", path)]


@pytest.mark.parametrize(("environment", "expected"), [({}, 0), ({"SOFTHSM2_CONF": "/x"}, 1)])
def test_softhsm_is_used_only_where_somebody_configured_it(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: int
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("hebca_helper.tokens.discovery.SOFTHSM_TOKENS", tmp_path / "tokens")
    path = library(tmp_path / "libsofthsm2.so")
    drivers = [driver("softhsm2", paths=(str(path),), present_when=Condition.SOFTHSM_CONFIGURED)]
    assert len(found(drivers, Settings(), home, **environment)) == expected
    (tmp_path / "tokens" / "a-token").mkdir(parents=True)
    assert len(found(drivers, Settings(), home, **environment)) == 1


def test_opensc_needs_the_smart_card_service(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = library(tmp_path / "opensc-pkcs11.so")
    drivers = [driver("opensc", paths=(str(path),), present_when=Condition.SMART_CARD_SERVICE)]
    socket = tmp_path / "pcscd.comm"
    monkeypatch.setattr("hebca_helper.tokens.discovery.SMART_CARD_SOCKET", socket)
    assert found(drivers, Settings(), home) == []
    socket.touch()
    assert found(drivers, Settings(), home) == [("opensc", path)]


def test_the_practice_module_comes_with_its_configuration(home: Path) -> None:
    drivers, _ = load_catalogue(shipped("drivers"))
    assert practice_library(drivers, Settings()) == SOFTHSM
    assert not any(place.practice for place in find_modules(drivers, Settings(), home, environment={}))
    (home / "practice").mkdir()
    (home / "practice" / "softhsm2.conf").touch()
    place = find_modules(drivers, Settings(), home, environment={})[0]
    assert (place.practice, place.path, place.practice_folder) == (True, SOFTHSM, home / "practice")
    assert place.environment == {"SOFTHSM2_CONF": str(home / "practice" / "softhsm2.conf")}


def test_the_practice_library_of_the_settings(tmp_path: Path) -> None:
    path = library(tmp_path / "own.so")
    assert practice_library([], Settings(practice_module=str(path))) == path
    assert practice_library([], Settings(practice_module="own.so")) is None
    assert practice_library([], Settings(practice_module=str(tmp_path / "missing.so"))) is None


def test_one_file_may_speak_both(tmp_path: Path, home: Path) -> None:
    """A host for each interface; a file that the person named is asked by what it exports."""
    both, skf, neither = (library(tmp_path / name) for name in ("both.so", "skf.so", "neither.so"))
    both.write_bytes(b"\x7fELF C_GetFunctionList SKF_EnumDev")
    skf.write_bytes(b"\x7fELF SKF_EnumDev")
    known = {System.LINUX: Libraries(paths=(str(both),))}
    drivers = [replace(driver("maker", paths=(str(both),)), skf=known)]
    settings = Settings(modules=[str(both), str(skf), str(neither), str(tmp_path / "missing.so")])
    places = find_modules(drivers, settings, home, environment={}, on=System.LINUX)
    assert [(place.driver.name, place.path.name, place.interface) for place in places] == [
        ("maker", "both.so", Interface.PKCS11),
        ("maker", "both.so", Interface.SKF),
        ("skf", "skf.so", Interface.SKF),
        ("neither", "neither.so", Interface.PKCS11),
        ("missing", "missing.so", Interface.PKCS11),
    ]
    assert places[2].driver.title == "其他国密 (SKF) 驱动"


class Registry:
    """`winreg` as far as it is used: providers by view, each with its SKFImagePath or None."""

    HKEY_LOCAL_MACHINE, KEY_READ, KEY_WOW64_64KEY, KEY_WOW64_32KEY = 1, 2, 0x100, 0x200

    def __init__(self, wide: dict[str, str | None], narrow: dict[str, str | None]) -> None:
        self._views = {0x100: wide, 0x200: narrow}

    @contextmanager
    def OpenKey(self, key: Any, name: str, reserved: int, access: int) -> Iterator[Any]:
        view = self._views[access & ~self.KEY_READ]
        if key == self.HKEY_LOCAL_MACHINE:
            assert name == r"SOFTWARE\Microsoft\Cryptography\Defaults\Provider"
            yield view
        else:
            yield view[name]

    def QueryInfoKey(self, key: dict[str, str | None]) -> tuple[int, int, int]:
        return len(key), 0, 0

    def EnumKey(self, key: dict[str, str | None], number: int) -> str:
        return list(key)[number]

    def QueryValueEx(self, key: str | None, name: str) -> tuple[str, int]:
        if key is None:
            raise FileNotFoundError(name)
        return key, 1


def test_libraries_in_the_registry_of_windows(tmp_path: Path) -> None:
    """Of both views, a provider's 64-bit one first; what is not there or no whole path is left out."""
    wide, narrow, other = (library(tmp_path / name) for name in ("wide.dll", "narrow.dll", "other.dll"))
    registry = Registry(
        {"maker": str(wide), "plain csp": None, "bare": "skf.dll", "gone": str(tmp_path / "gone.dll")},
        {"maker": str(narrow), "old maker": str(other), "again": str(wide)},
    )
    assert registered(registry) == [wide, other]
    assert registered() == []  # on this system


def test_the_time_limit_of_the_settings_only_shortens(home: Path) -> None:
    slow, quick = replace(driver("slow", paths=(str(SOFTHSM),)), limits={**DEFAULT_LIMITS}), 5.0
    [place] = find_modules([slow], Settings(operation_time_limit=quick), home, environment={}, on=System.LINUX)
    assert set(place.driver.limits.values()) == {quick}
    [place] = find_modules([slow], Settings(operation_time_limit=25.0), home, environment={}, on=System.LINUX)
    assert place.driver.limit(Work.LOAD) == DEFAULT_LIMITS[Work.LOAD]
    [place] = find_modules([slow], Settings(), home, environment={}, on=System.LINUX)
    assert place.driver.limits == DEFAULT_LIMITS
