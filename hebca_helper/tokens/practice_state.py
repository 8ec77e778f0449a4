"""The practice USBKEY's state: wrong PINs counted and what is "unplugged", in `<home>/practice/state.json`.

The token host writes it at each PIN, the practice room when it unplugs or prepares a scenario: each change is made under
a lock file and replaces the file as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from hebca_helper.errors import Code, HelperError
from hebca_helper.files import locked, set_aside, write_atomically

FILE_NAME = "state.json"
LOCK_NAME = "state.lock"
TRIES = 10
"""Wrong PINs that lock a practice USBKEY; the same for the SO PIN."""


@dataclass(frozen=True, slots=True)
class PracticeState:
    """By token serial: wrong user PINs and wrong SO PINs since the last right one; serials that count as absent."""

    wrong_pins: dict[str, int] = field(default_factory=dict)
    wrong_so_pins: dict[str, int] = field(default_factory=dict)
    unplugged: list[str] = field(default_factory=list)


def load_state(folder: Path) -> PracticeState:
    """The state in this practice folder. A damaged file is set aside and the USBKEY counts as locked nowhere."""
    path = folder / FILE_NAME
    try:
        return _parse(path.read_bytes())
    except FileNotFoundError:
        return PracticeState()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        set_aside(path)
        return PracticeState()


def set_unplugged(folder: Path, serials: list[str]) -> None:
    """Exactly these tokens count as pulled out."""
    change_state(folder, lambda state: replace(state, unplugged=sorted(set(serials))))


def set_wrong_count(folder: Path, serial: str, count: int) -> None:
    """Wrong user PINs so far (0 to TRIES); TRIES is locked."""
    _check_count(count)
    change_state(folder, lambda state: replace(state, wrong_pins={**state.wrong_pins, serial: count}))


def set_wrong_so_count(folder: Path, serial: str, count: int) -> None:
    """Wrong SO PINs so far (0 to TRIES); TRIES is locked."""
    _check_count(count)
    change_state(folder, lambda state: replace(state, wrong_so_pins={**state.wrong_so_pins, serial: count}))


def change_state(folder: Path, change: Callable[[PracticeState], PracticeState]) -> PracticeState:
    """Read, change and write the state as one step among all processes."""
    with locked(folder / LOCK_NAME):
        state = load_state(folder)
        changed = change(state)
        if changed != state:
            write_atomically(folder / FILE_NAME, json.dumps(asdict(changed), indent=1).encode())
    return changed


def _parse(content: bytes) -> PracticeState:
    table = json.loads(content)
    return PracticeState(
        {str(serial): int(count) for serial, count in table["wrong_pins"].items()},
        {str(serial): int(count) for serial, count in table["wrong_so_pins"].items()},
        [str(serial) for serial in table["unplugged"]],
    )


def _check_count(count: int) -> None:
    if not 0 <= count <= TRIES:
        raise HelperError(Code.BAD_REQUEST, f"0..{TRIES}")
