"""One loaded PKCS#11 library. Only one thread may use it: C_Initialize is called without locking."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pkcs11
from pkcs11 import Slot, Token, TokenFlag
from pkcs11.exceptions import GeneralError, PKCS11Error, TokenNotPresent, TokenNotRecognised

from hebca_helper.errors import Code, HelperError

REINITIALIZE = "reinitialize"
"""`catalogue.Rescan.REINITIALIZE`: the library shows a new token only after C_Finalize and C_Initialize."""


class Module:
    def __init__(self, path: str, rescan: str) -> None:
        """Raises MODULE_NOT_LOADED."""
        if not Path(path).is_absolute():
            raise HelperError(Code.MODULE_NOT_LOADED, f"{path}: not an absolute path")
        try:
            self._library = pkcs11.lib(path)
        except PKCS11Error as problem:
            raise HelperError(Code.MODULE_NOT_LOADED, f"{path}: {problem or type(problem).__name__}") from None
        self.path = path
        self.before_restart: Callable[[], None] = lambda: None
        """Told before every session of this process is lost."""
        self._rescans = rescan == REINITIALIZE
        self._folder = _softhsm_folder() if self._rescans else None
        self._stamp = self._folder_stamp()

    @property
    def description(self) -> str:
        """Library and version, for the help desk."""
        version = ".".join(map(str, self._library.library_version))
        return f"{self._library.manufacturer_id} {self._library.library_description} {version}".strip()

    def slots(self) -> list[Slot]:
        """Slots with a token, as the library says now. GeneralError (after a removal) is mended by a new start."""
        if not self._library.initialized:
            # An earlier new start failed half-way.
            self._library.initialize()
        try:
            return self._library.get_slots(token_present=True)
        except GeneralError:
            self.reinitialize()
            return self._library.get_slots(token_present=True)

    def tokens(self) -> list[Token]:
        """Initialised tokens now present."""
        return [token for slot in self.slots() for token in _token(slot) if token.flags & TokenFlag.TOKEN_INITIALIZED]

    def free_slot(self) -> Slot:
        """A slot whose token is not initialised. SoftHSM2 always has one."""
        for slot in self.slots():
            if any(not token.flags & TokenFlag.TOKEN_INITIALIZED for token in _token(slot)):
                return slot
        raise HelperError(Code.TOKEN_FAILURE, "no free slot")

    def stale(self) -> bool:
        """Whether only `reinitialize` can show what is there now."""
        return self._rescans and (self._folder is None or self._folder_stamp() != self._stamp)

    def reinitialize(self) -> None:
        """Start the library anew: every session and login of this process is gone."""
        self.before_restart()
        self._stamp = self._folder_stamp()
        self._library.reinitialize()

    def _folder_stamp(self) -> int:
        try:
            return self._folder.stat().st_mtime_ns if self._folder else 0
        except OSError:
            return 0


def _token(slot: Slot) -> list[Token]:
    """The slot's token, or none when it went since the slots were listed."""
    try:
        return [slot.get_token()]
    except (TokenNotPresent, TokenNotRecognised):
        return []


def _softhsm_folder() -> Path | None:
    """`directories.tokendir` of the SoftHSM2 configuration in use (softhsm2.conf(5)): its time of change shows a token
    that another process made or deleted. None when it cannot be known."""
    places = [os.environ.get("SOFTHSM2_CONF", ""), "~/.config/softhsm2/softhsm2.conf", "/etc/softhsm/softhsm2.conf"]
    for place in filter(None, places):
        try:
            lines = Path(place).expanduser().read_text("utf-8", "replace").splitlines()
        except (OSError, RuntimeError):
            continue
        values = [
            value.strip()
            for name, _, value in (line.partition("=") for line in lines)
            if name.strip() == "directories.tokendir"
        ]
        return Path(values[-1]) if values else None
    return None
