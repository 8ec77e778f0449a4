"""Who counts wrong PINs: a real token tells by its flags; the practice USBKEY needs it done for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from hebca_helper.tokens.host.cryptoki import TokenFlag
from hebca_helper.tokens.model import PinState

TOLD_BY_FLAGS: Mapping[str, int] = {PinState.LAST_TRY: 1, PinState.LOCKED: 0}
"""CKF_USER_PIN_FINAL_TRY and _LOCKED are numbers by their definition (PKCS#11 v2.40 base, table 6)."""


class Counting(Protocol):
    """What differs between a real module and the practice module."""

    def changed(self) -> bool:
        """Whether PIN states or plugs changed behind our back since the last call."""

    def absent(self, serial: str) -> bool:
        """Whether the token counts as pulled out although its library serves it."""

    def state(self, serial: str, flags: int) -> tuple[PinState, int | None]:
        """The user PIN's state, and the tries left where known."""

    def before(self, serial: str, *, so: bool) -> None:
        """Refuse a PIN before it reaches the token. Raises PIN_LOCKED."""

    def wrong(self, serial: str, *, so: bool) -> None: ...

    def right(self, serial: str, *, so: bool) -> None: ...


class TokenCounts:
    """Real tokens count by themselves. `tries` is the driver file's table."""

    def __init__(self, tries: Mapping[str, int]) -> None:
        self._tries = {**TOLD_BY_FLAGS, **tries}

    def changed(self) -> bool:
        return False

    def absent(self, serial: str) -> bool:
        return False

    def state(self, serial: str, flags: int) -> tuple[PinState, int | None]:
        state = state_from(flags)
        return state, self._tries.get(state)

    def before(self, serial: str, *, so: bool) -> None:
        pass

    def wrong(self, serial: str, *, so: bool) -> None:
        pass

    def right(self, serial: str, *, so: bool) -> None:
        pass


def state_from(flags: int) -> PinState:
    """The strongest of the CKF_USER_PIN_ flags."""
    if flags & TokenFlag.USER_PIN_LOCKED:
        return PinState.LOCKED
    if flags & TokenFlag.USER_PIN_FINAL_TRY:
        return PinState.LAST_TRY
    if flags & TokenFlag.USER_PIN_COUNT_LOW:
        return PinState.FEW_LEFT
    return PinState.FINE
