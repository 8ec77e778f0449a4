"""One loaded PKCS#11 library and what is in its slots."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.ckr import Ckr
from hebca_helper.tokens.host.cryptoki import Cryptoki, CryptokiError, Session, TokenFlag, TokenRecord

REINITIALIZE = "reinitialize"
"""`catalogue.Rescan.REINITIALIZE`: the library shows a new token only after C_Finalize and C_Initialize."""
_NOTHING_THERE = frozenset({Ckr.TOKEN_NOT_PRESENT, Ckr.SLOT_ID_INVALID})
_START_ANEW = frozenset({Ckr.GENERAL_ERROR, Ckr.CRYPTOKI_NOT_INITIALIZED})
"""What libraries say of all slots after a removal or a sleep."""


class Module:
    def __init__(self, path: str, rescan: str) -> None:
        """Raises MODULE_NOT_LOADED, or the CryptokiError of C_Initialize."""
        if not Path(path).is_absolute():
            raise HelperError(Code.MODULE_NOT_LOADED, f"{path}: not an absolute path")
        try:
            self._library = Cryptoki(path)
        except (OSError, AttributeError, CryptokiError) as problem:
            raise HelperError(Code.MODULE_NOT_LOADED, f"{path}: {problem}") from None
        self._library.initialize()
        self.before_restart: Callable[[], None] = lambda: None
        """Told before every session of this process is lost."""
        self.description = self._library.description()
        self._rescans = rescan == REINITIALIZE
        self._folder = _softhsm_folder() if self._rescans else None
        self._stamp = self._folder_stamp()

    def tokens(self) -> tuple[list[TokenRecord], dict[int, CryptokiError]]:
        """Every token that can be read, and the slots whose token cannot: each for itself."""
        records: list[TokenRecord] = []
        troubles: dict[int, CryptokiError] = {}
        for slot in self._slots():
            try:
                records.append(self._library.token(slot))
            except CryptokiError as problem:
                if problem.number not in _NOTHING_THERE:
                    troubles[slot] = problem
        return records, troubles

    def token(self, slot: int) -> TokenRecord:
        return self._library.token(slot)

    def open(self, slot: int, *, rw: bool) -> Session:
        """A session; a write-protected token gets a read-only one."""
        try:
            return self._library.open(slot, rw=rw)
        except CryptokiError as problem:
            if not rw or problem.number != Ckr.TOKEN_WRITE_PROTECTED:
                raise
            return self._library.open(slot, rw=False)

    def initialise(self, so_pin: str, label: bytes) -> None:
        """C_InitToken in a slot whose token is not initialised. SoftHSM2 always has one."""
        free = next((each.slot for each in self.tokens()[0] if not each.flags & TokenFlag.TOKEN_INITIALIZED), None)
        if free is None:
            raise HelperError(Code.TOKEN_FAILURE, "no free slot")
        self._library.init_token(free, so_pin, label)

    def is_offer(self, record: TokenRecord) -> bool:
        """Whether this is the place where a library of software tokens would make the next one."""
        return self._rescans and not record.serial

    def stale(self) -> bool:
        """Whether only `reinitialize` can show what is there now."""
        return self._rescans and (self._folder is None or self._folder_stamp() != self._stamp)

    def reinitialize(self) -> None:
        """Start the library anew: every session and login of this process is gone."""
        self.before_restart()
        self._stamp = self._folder_stamp()
        self._library.finalize()
        self._library.initialize()

    def _slots(self) -> list[int]:
        if not self._library.initialized:
            # An earlier new start failed half-way.
            self._library.initialize()
        try:
            return self._library.slots()
        except CryptokiError as problem:
            if problem.number not in _START_ANEW:
                raise
        self.reinitialize()
        return self._library.slots()

    def _folder_stamp(self) -> int:
        try:
            return self._folder.stat().st_mtime_ns if self._folder else 0
        except OSError:
            return 0


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
