"""What SoftHSM2 does not do and a USBKEY does: count wrong PINs, lock, be pulled out. Practice module only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import PinState
from hebca_helper.tokens.practice_state import FILE_NAME, TRIES, PracticeState, change_state, load_state

FEW = 3
"""Tries left from which a practice USBKEY warns."""


class PracticeCounts:
    """Counting as `counting.Counting` wants it, kept in the state file of this home's practice folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp = self._file_stamp()
        self._state = load_state(folder)

    def changed(self) -> bool:
        stamp = self._file_stamp()
        if stamp == self._stamp:
            return False
        self._stamp, self._state = stamp, load_state(self._folder)
        return True

    def absent(self, serial: str) -> bool:
        return serial in self._state.unplugged

    def state(self, serial: str, flags: int) -> tuple[PinState, int | None]:
        left = max(0, TRIES - self._state.wrong_pins.get(serial, 0))
        if left == 0:
            return PinState.LOCKED, left
        if left == 1:
            return PinState.LAST_TRY, left
        return (PinState.FEW_LEFT if left <= FEW else PinState.FINE), left

    def before(self, serial: str, *, so: bool) -> None:
        self.changed()
        if self._counts(self._state, so).get(serial, 0) >= TRIES:
            raise HelperError(Code.PIN_LOCKED, "SO" if so else "", tries_left=0)

    def wrong(self, serial: str, *, so: bool) -> None:
        self._set(serial, so, lambda count: min(TRIES, count + 1))

    def right(self, serial: str, *, so: bool) -> None:
        self._set(serial, so, lambda count: 0)

    def _set(self, serial: str, so: bool, change: Callable[[int], int]) -> None:
        def changed(state: PracticeState) -> PracticeState:
            counts = self._counts(state, so)
            counts = {**counts, serial: change(counts.get(serial, 0))}
            return replace(state, wrong_so_pins=counts) if so else replace(state, wrong_pins=counts)

        self._state = change_state(self._folder, changed)

    @staticmethod
    def _counts(state: PracticeState, so: bool) -> dict[str, int]:
        return state.wrong_so_pins if so else state.wrong_pins

    def _file_stamp(self) -> tuple[int, int]:
        try:
            status = (self._folder / FILE_NAME).stat()
        except FileNotFoundError:
            return (0, 0)
        return (status.st_mtime_ns, status.st_ino)
