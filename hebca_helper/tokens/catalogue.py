"""The driver catalogue: one TOML file per token family in `drivers/`. A file with an error is named with its line and skipped."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from hebca_helper import tables
from hebca_helper.errors import Code, HelperError
from hebca_helper.tables import TableError
from hebca_helper.texts import SOURCE_LANGUAGE, language, tr
from hebca_helper.tokens.messages import Work
from hebca_helper.tokens.model import PinState

Kind = TypeVar("Kind", bound=StrEnum)


class System(StrEnum):
    """Operating systems a driver names libraries for."""

    LINUX = "linux"
    WINDOWS = "windows"
    MACOS = "macos"


class Confidence(StrEnum):
    """How sure the catalogue is of a driver's names: read in the library or in many sources, in one, or a guess."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Rescan(StrEnum):
    """How a module notices a token that came while it was loaded."""

    SLOTS = "slots"
    """C_GetSlotList tells."""
    REINITIALIZE = "reinitialize"
    """Only C_Finalize and C_Initialize do (SoftHSM2)."""


class Condition(StrEnum):
    """When a library that is there is also in use; loading it otherwise only costs memory and warnings."""

    ALWAYS = "always"
    SOFTHSM_CONFIGURED = "softhsm-configured"
    SMART_CARD_SERVICE = "smart-card-service"


DEFAULT_LIMITS: Mapping[Work, float] = {
    Work.LOAD: 20.0,
    Work.LOGIN: 30.0,
    Work.SIGN: 30.0,
    Work.GENERATE: 180.0,
    Work.OTHER: 30.0,
}
"""Seconds after which a library that has not answered counts as hung, where the driver's file says nothing."""


@dataclass(frozen=True, slots=True)
class Libraries:
    """Library files of one system: names (looked for in `folders`) and whole paths. Folders may hold `*` and `~`."""

    names: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Driver:
    """One token family. `usb_ids` are "vvvv:pppp" in lower case hex; with `shared_usb_id` they do not tell the maker alone.

    `limits` are seconds; `tries` maps a PIN state to the tries left, where this driver's tokens are known to tell it.
    """

    name: str
    title: str
    english: str = ""
    """The title for those who read the window in English."""
    maker: str = ""
    confidence: Confidence = Confidence.LOW
    usb_ids: tuple[str, ...] = ()
    shared_usb_id: bool = False
    libraries: Mapping[System, Libraries] = field(default_factory=dict)
    """PKCS#11 ones."""
    skf: Mapping[System, Libraries] = field(default_factory=dict)
    """SKF ones (GM/T 0016)."""
    limits: Mapping[Work, float] = field(default_factory=lambda: DEFAULT_LIMITS)
    tries: Mapping[PinState, int] = field(default_factory=dict)
    rescan: Rescan = Rescan.SLOTS
    present_when: Condition = Condition.ALWAYS
    notes: str = ""

    @property
    def shown_title(self) -> str:
        """In the language in use, where the file has it."""
        return self.title if language() == SOURCE_LANGUAGE else self.english or self.title

    def limit(self, work: Work) -> float:
        return self.limits[work]


GENERIC = Driver(name="generic", title="其他 PKCS#11 驱动", english="Other PKCS#11 driver")
"""For a library the person named and no driver knows."""
GENERIC_SKF = Driver(name="generic-skf", title="其他国密 (SKF) 驱动", english="Other SKF driver (SM2)")
"""For one that speaks SKF."""


def load_catalogue(folder: Path) -> tuple[list[Driver], list[HelperError]]:
    """Drivers of all `*.toml` files in name order, and a DRIVER_FILE_WRONG (detail "file:line: what") for each bad one."""
    drivers: dict[str, Driver] = {}
    problems = []
    for path in sorted(folder.glob("*.toml")):
        try:
            driver = parse_driver(path.read_bytes(), path.stem)
            drivers[driver.name] = driver
        except _FileError as wrong:
            problems.append(HelperError(Code.DRIVER_FILE_WRONG, f"{path.name}:{wrong.line}: {wrong.what}"))
        except OSError as problem:
            problems.append(HelperError(Code.DRIVER_FILE_WRONG, f"{path.name}:1: {problem.strerror}"))
    return list(drivers.values()), problems


class _FileError(Exception):
    def __init__(self, line: int, what: str) -> None:
        super().__init__(line, what)
        self.line = line
        self.what = what


def parse_driver(content: bytes, name: str) -> Driver:
    """The driver in a file's content; its name is the file's. Internal error type with line and reason on any other content."""
    try:
        text = content.decode()
        table = tomllib.loads(text)
    except UnicodeDecodeError as problem:
        raise _FileError(content.count(b"\n", 0, problem.start) + 1, "UTF-8") from None
    except RecursionError:
        raise _FileError(1, "nested too deeply") from None
    except tomllib.TOMLDecodeError as problem:
        raise _FileError(_syntax_line(str(problem), content), str(problem)) from None
    try:
        return Driver(name=name, **tables.fields(table, _FIELDS, ("title",), ""))
    except TableError as wrong:
        raise _FileError(_line_of(text, wrong.key), str(wrong)) from None


def _syntax_line(message: str, content: bytes) -> int:
    """tomllib tells the place only in words: "(at line 3, column 5)" or "(at end of document)"."""
    found = re.search(r"at line (\d+)", message)
    return int(found[1]) if found else content.count(b"\n") + 1


def _line_of(text: str, key: str) -> int:
    """Line where a key stands, 1 when it is missing."""
    name = re.escape(key)
    pattern = re.compile(rf'^\s*(\[+[^\]]*\b{name}\]+|"?{name}"?\s*=|.*[{{,]\s*"?{name}"?\s*=)')
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)


def _libraries(value: Any, place: str) -> dict[System, Libraries]:
    table = tables.typed(value, dict, place)
    return {_SYSTEM(key, f"{place}.{key}"): _of_one_system(part, f"{place}.{key}") for key, part in table.items()}


def _of_one_system(value: Any, place: str) -> Libraries:
    found = Libraries(**tables.fields(value, dict.fromkeys(("names", "folders", "paths"), tables.texts), (), place))
    if any(Path(name).name != name or "\\" in name for name in found.names):
        raise TableError(f"{place}.names", tr("应为文件名，不含路径"))
    return found


def _usb_ids(value: Any, place: str) -> tuple[str, ...]:
    ids = tuple(item.lower() for item in tables.texts(value, place))
    if not all(re.fullmatch("[0-9a-f]{4}:[0-9a-f]{4}", item) for item in ids):
        raise TableError(place, tr("应为 vvvv:pppp 的样子，四位十六进制数"))
    return ids


def _numbers(kind: type[Kind], low: float, high: float) -> Callable[[Any, str], dict[Kind, Any]]:
    member = tables.one_of(kind)

    def numbers(value: Any, place: str) -> dict[Kind, Any]:
        table = tables.typed(value, dict, place)
        return {member(key, f"{place}.{key}"): tables.number(table[key], f"{place}.{key}", low, high) for key in table}

    return numbers


_SYSTEM = tables.one_of(System)
_LIMITS = _numbers(Work, 0.1, 3600)
_FIELDS: Mapping[str, tables.Parse] = {
    "title": tables.text,
    "english": tables.anything,
    "maker": tables.anything,
    "confidence": tables.one_of(Confidence),
    "usb_ids": _usb_ids,
    "shared_usb_id": tables.flag,
    "libraries": _libraries,
    "skf": _libraries,
    "limits": lambda value, place: {**DEFAULT_LIMITS, **_LIMITS(value, place)},
    "tries": _numbers(PinState, 0, 100),
    "rescan": tables.one_of(Rescan),
    "present_when": tables.one_of(Condition),
    "notes": tables.anything,
}
