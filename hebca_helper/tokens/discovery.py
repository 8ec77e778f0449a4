"""Which PKCS#11 and SKF libraries this computer has: those of the drivers, those that Windows knows, those the person
named, and the practice module."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hebca_helper.errors import HelperError
from hebca_helper.settings import Settings
from hebca_helper.tokens.catalogue import GENERIC, GENERIC_SKF, Condition, Driver, Libraries, Rescan, System
from hebca_helper.tokens.model import Interface, SlotTrouble
from hebca_helper.tokens.skf_libraries import interfaces_of, registered

PRACTICE_FOLDER = "practice"
PRACTICE_CONFIGURATION = "softhsm2.conf"
"""`<home>/practice/softhsm2.conf`: written by the practice room; the practice module exists while it does."""
SOFTHSM_DRIVER = "softhsm2"
CONFIGURATION_VARIABLE = "SOFTHSM2_CONF"
SMART_CARD_SOCKET = Path("/run/pcscd/pcscd.comm")
SOFTHSM_TOKENS = Path("/var/lib/softhsm/tokens")


@dataclass(frozen=True, slots=True)
class ModulePlace:
    """A library to serve: its driver, absolute path, what its host's environment has more, and whether it holds practice
    USBKEYs (then `practice_folder` holds their state)."""

    driver: Driver
    path: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    practice: bool = False
    practice_folder: Path | None = None
    interface: Interface = Interface.PKCS11
    """One file may be both, in a host each."""

    @property
    def key(self) -> tuple[str, Path, Interface]:
        """What makes two places the same module."""
        return (self.driver.name, self.path, self.interface)


@dataclass(frozen=True, slots=True)
class ModuleState:
    """A module for the help desk: whether its host runs, the failure that stopped it, what the library calls itself, which
    slots hold what cannot be used, and what it printed last. `diagnosis` is a stranger's text: for the person at this computer only, never logged."""

    place: ModulePlace
    running: bool
    problem: HelperError | None
    library: str
    diagnosis: str = field(default="", repr=False)
    troubles: tuple[SlotTrouble, ...] = ()


def system() -> System:
    return {"win32": System.WINDOWS, "darwin": System.MACOS}.get(sys.platform, System.LINUX)


def find_modules(
    drivers: Sequence[Driver],
    settings: Settings,
    home: Path,
    *,
    environment: Mapping[str, str] = os.environ,
    on: System | None = None,
) -> list[ModulePlace]:
    """Every library to serve, each once; the practice module comes first."""
    chosen = on or system()
    places = [*_practice(drivers, settings, home, chosen)]
    for driver in drivers:
        if _in_use(driver.present_when, environment):
            places += [ModulePlace(driver, path) for path in _found(driver.libraries, chosen)[:1]]
            places += [ModulePlace(driver, path, interface=Interface.SKF) for path in _found(driver.skf, chosen)[:1]]
    found = [(path, Interface.SKF) for path in registered()]
    found += [(path, interface) for path in _named(settings) for interface in interfaces_of(path)]
    places += [ModulePlace(_driver_of(drivers, path, chosen, kind), path, interface=kind) for path, kind in found]
    return [_limited(place, settings.operation_time_limit) for place in _each_once(places)]


def _limited(place: ModulePlace, seconds: float) -> ModulePlace:
    if seconds <= 0:
        return place
    limits = {work: min(limit, seconds) for work, limit in place.driver.limits.items()}
    return replace(place, driver=replace(place.driver, limits=limits))


def _practice(drivers: Sequence[Driver], settings: Settings, home: Path, on: System) -> Iterator[ModulePlace]:
    folder = home / PRACTICE_FOLDER
    configuration = folder / PRACTICE_CONFIGURATION
    library = practice_library(drivers, settings, on)
    if library and configuration.is_file():
        yield practice_place(folder, library)


def practice_place(folder: Path, library: Path) -> ModulePlace:
    """The practice module of the practice folder of a home."""
    driver = Driver(name="practice", title="演练 USBKEY", english="Practice USBKEY", rescan=Rescan.REINITIALIZE)
    return ModulePlace(driver, library, {CONFIGURATION_VARIABLE: str(folder / PRACTICE_CONFIGURATION)}, True, folder)


def practice_library(drivers: Sequence[Driver], settings: Settings, on: System | None = None) -> Path | None:
    """The PKCS#11 library behind practice USBKEYs: the setting, else where SoftHSM2's driver finds it."""
    if settings.practice_module:
        path = Path(settings.practice_module)
        return path if path.is_absolute() and path.is_file() else None
    paths = (
        path for driver in drivers if driver.name == SOFTHSM_DRIVER for path in _found(driver.libraries, on or system())
    )
    return next(paths, None)


def _named(settings: Settings) -> list[Path]:
    """Libraries that the person named. Only whole paths: a bare name would be looked up where others can write."""
    return [path for path in map(Path, settings.modules) if path.is_absolute()]


def _driver_of(drivers: Sequence[Driver], path: Path, on: System, interface: Interface) -> Driver:
    """The driver that knows a library of this file name, else the generic one."""
    for driver in drivers:
        known = driver.skf if interface is Interface.SKF else driver.libraries
        libraries = known.get(on, Libraries())
        names = {*libraries.names, *(Path(item).name for item in libraries.paths)}
        if path.name.lower() in {name.lower() for name in names}:
            return driver
    return replace(GENERIC_SKF if interface is Interface.SKF else GENERIC, name=path.stem)


def _found(known: Mapping[System, Libraries], on: System) -> list[Path]:
    """A driver's libraries that are there, in the order of its file."""
    libraries = known.get(on, Libraries())
    patterns = [*libraries.paths, *(f"{folder}/{name}" for name in libraries.names for folder in libraries.folders)]
    return [path for pattern in patterns for path in _expand(pattern) if path.is_file()]


def _expand(pattern: str) -> list[Path]:
    """Paths of a pattern with `~`, `%VARIABLE%` (Windows) and `*`; nothing for one that is not absolute."""
    path = Path(os.path.expandvars(pattern)).expanduser()
    if not path.is_absolute():
        return []
    if "*" not in str(path):
        return [path]
    return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def _in_use(condition: Condition, environment: Mapping[str, str]) -> bool:
    return _CONDITIONS[condition](environment)


def _softhsm_configured(environment: Mapping[str, str]) -> bool:
    """SoftHSM2 is often installed as another package's dependency: somebody must have made it their own, or its common
    folder must hold a token that we may see."""
    if environment.get(CONFIGURATION_VARIABLE):
        return True
    try:
        own = Path("~/.config/softhsm2/softhsm2.conf").expanduser().exists()
        return own or any(SOFTHSM_TOKENS.iterdir())
    except (OSError, RuntimeError):
        return False


def _smart_card_service(environment: Mapping[str, str]) -> bool:
    """OpenSC needs pcscd. Windows and macOS always have their own service."""
    return system() is not System.LINUX or SMART_CARD_SOCKET.exists()


_CONDITIONS: Mapping[Condition, Callable[[Mapping[str, str]], bool]] = {
    Condition.ALWAYS: lambda environment: True,
    Condition.SOFTHSM_CONFIGURED: _softhsm_configured,
    Condition.SMART_CARD_SERVICE: _smart_card_service,
}


def _each_once(places: Sequence[ModulePlace]) -> list[ModulePlace]:
    """One host per library file and interface (links followed), but the practice module is one of its own."""
    chosen: dict[tuple[bool, Path, Interface], ModulePlace] = {}
    for place in places:
        chosen.setdefault((place.practice, place.path.resolve(), place.interface), place)
    return list(chosen.values())
