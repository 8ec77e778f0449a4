"""When to suggest pulling out the USBKEY: after log-out and when it was not used for long. Never twice in half an hour."""

from __future__ import annotations

from collections.abc import Callable

from hebca_helper.texts import tr

IDLE_SECONDS = 600.0
SETTLE_SECONDS = 5.0
"""A portal that logs out on one page and in on the next has not finished."""
GAP_SECONDS = 1800.0
"""Between two suggestions, whatever their reason: a reminder, not a nag."""


class UnplugAdvice:
    """Told what happens; `look()` says what is due. Qt-free: whoever owns it wakes it after `due()` seconds."""

    def __init__(self, advise: Callable[[str], None], monotonic: Callable[[], float]) -> None:
        self._advise = advise
        self._monotonic = monotonic
        self._plugged = False
        self._in_use = False
        self._out_at: float | None = None
        self._idle_from: float | None = None
        self._last: float | None = None

    def plugged(self, there: bool) -> None:
        if there and not self._plugged:
            self._idle_from = self._monotonic()
        self._plugged = there
        if not there:
            self._out_at = self._idle_from = None

    def logged_in(self) -> None:
        self._in_use = True
        self._out_at = self._idle_from = None

    def logged_out(self) -> None:
        self._in_use = False
        self._out_at = self._idle_from = self._monotonic()

    def away(self) -> None:
        """Nobody is there to read it."""
        self._out_at = None

    def due(self) -> float | None:
        """Seconds until `look()` has something to say; None while there is nothing to wait for."""
        moments = [at for at, _ in self._waiting()]
        return max(0.0, min(moments) - self._monotonic()) if moments else None

    def look(self) -> None:
        now = self._monotonic()
        for at, text in self._waiting():
            if at <= now:
                self._last = now
                self._out_at = self._idle_from = None
                self._advise(text)
                return

    def _waiting(self) -> list[tuple[float, str]]:
        if not self._plugged or self._in_use:
            return []
        waiting = []
        if self._out_at is not None:
            waiting.append(
                (self._out_at + SETTLE_SECONDS, tr("证书已退出登录。暂时不用的话，请拔下 USBKEY 妥善保管。"))
            )
        if self._idle_from is not None:
            waiting.append((self._idle_from + IDLE_SECONDS, tr("USBKEY 已经十分钟没有使用。用完请拔下，妥善保管。")))
        earliest = 0.0 if self._last is None else self._last + GAP_SECONDS
        return [(max(at, earliest), text) for at, text in waiting]
