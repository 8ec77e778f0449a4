"""The driver catalogue: one TOML file per token family in `drivers/`. A file with an error is named with its line and skipped."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import SOURCE_LANGUAGE, language
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
        return _driver(table, name)
    except _FieldError as wrong:
        raise _FileError(_line_of(text, wrong.key), f"{wrong.key}: {wrong.what}") from None


class _FieldError(Exception):
    def __init__(self, key: str, what: str) -> None:
        super().__init__(key, what)
        self.key = key
        self.what = what


def _syntax_line(message: str, content: bytes) -> int:
    """tomllib tells the place only in words: "(at line 3, column 5)" or "(at end of document)"."""
    found = re.search(r"at line (\d+)", message)
    return int(found[1]) if found else content.count(b"\n") + 1


def _line_of(text: str, key: str) -> int:
    """Line where a key stands (dotted for one in a table), 1 when it is missing."""
    last = key.rsplit(".", 1)[-1]
    pattern = re.compile(
        rf'^\s*(\[+[^\]]*\b{re.escape(last)}\]+|"?{re.escape(last)}"?\s*=|.*[{{,]\s*"?{re.escape(last)}"?\s*=)'
    )
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)


def _driver(table: dict[str, Any], name: str) -> Driver:
    known = {item.name for item in fields(Driver)} - {"name"}
    for key in table:
        if key not in known:
            raise _FieldError(key, "unknown")
    if not _text(table, "title"):
        raise _FieldError("title", "missing")
    return Driver(
        name=name,
        title=_text(table, "title"),
        english=_text(table, "english"),
        maker=_text(table, "maker"),
        confidence=_choice(table, "confidence", Confidence, Confidence.LOW),
        usb_ids=_usb_ids(table),
        shared_usb_id=_flag(table, "shared_usb_id"),
        libraries=_libraries(_table(table, "libraries")),
        limits={**DEFAULT_LIMITS, **_numbers(table, "limits", Work, float, 0.1, 3600)},
        tries=_numbers(table, "tries", PinState, int, 0, 100),
        rescan=_choice(table, "rescan", Rescan, Rescan.SLOTS),
        present_when=_choice(table, "present_when", Condition, Condition.ALWAYS),
        notes=_text(table, "notes"),
    )


def _libraries(table: dict[str, Any]) -> dict[System, Libraries]:
    found = {}
    for key in table:
        part = _table(table, key)
        for inner in part:
            if inner not in ("names", "folders", "paths"):
                raise _FieldError(f"{key}.{inner}", "unknown")
        system = _member(System, key, key)
        found[system] = Libraries(*(_texts(part, inner) for inner in ("names", "folders", "paths")))
        if any(Path(path).name != path or "\\" in path for path in found[system].names):
            raise _FieldError(f"{key}.names", "a file name, no path")
    return found


def _usb_ids(table: dict[str, Any]) -> tuple[str, ...]:
    ids = tuple(item.lower() for item in _texts(table, "usb_ids"))
    if not all(re.fullmatch("[0-9a-f]{4}:[0-9a-f]{4}", item) for item in ids):
        raise _FieldError("usb_ids", "vvvv:pppp")
    return ids


def _numbers(
    table: dict[str, Any], key: str, kind: type[Any], number: type[Any], low: float, high: float
) -> dict[Any, Any]:
    part = _table(table, key)
    for name, value in part.items():
        if isinstance(value, bool) or not isinstance(value, int | float if number is float else int):
            raise _FieldError(f"{key}.{name}", "not a number")
        if not low <= value <= high:
            raise _FieldError(f"{key}.{name}", f"{low}..{high}")
    return {_member(kind, name, f"{key}.{name}"): number(value) for name, value in part.items()}


def _choice(table: dict[str, Any], key: str, kind: type[Kind], default: Kind) -> Kind:
    return _member(kind, _text(table, key), key) if key in table else default


def _member(kind: type[Kind], text: str, key: str) -> Kind:
    try:
        return kind(text)
    except ValueError:
        raise _FieldError(key, " / ".join(kind)) from None


def _text(table: dict[str, Any], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise _FieldError(key, "not a text")
    return value


def _texts(table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise _FieldError(key, "not a list of texts")
    return tuple(value)


def _table(table: dict[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise _FieldError(key, "not a table")
    return value


def _flag(table: dict[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise _FieldError(key, "not true or false")
    return value
