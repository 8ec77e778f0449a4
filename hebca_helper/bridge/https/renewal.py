"""The TLS identity of a program that runs for months: looked at when a client connects, and at most once a day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from hebca_helper.bridge.identity.identity import RENEW_BEFORE, Identity
from hebca_helper.errors import HelperError

_log = logging.getLogger("hebca_helper.bridge")
LOOK_AGAIN = timedelta(days=1)
"""Where it is due and could not be renewed."""


class Renewal:
    """No timer: without clients nobody needs a new identity. `renewed` works in a thread."""

    def __init__(self, identity: Identity, now: Callable[[], datetime], renewed: Callable[[], Identity]) -> None:
        self._now = now
        self._renewed = renewed
        self._lock = asyncio.Lock()
        self._next_look = self._after(identity)

    async def look(self, use: Callable[[Identity], None]) -> None:
        """Before the handshake of a client; `use` gets the next one. Those that come while it is renewed wait, for the old one may have ended."""
        if self._now() < self._next_look:
            return
        async with self._lock:
            if self._now() >= self._next_look:
                await self._renew(use)

    async def _renew(self, use: Callable[[Identity], None]) -> None:
        try:
            identity = await asyncio.to_thread(self._renewed)
            use(identity)
            self._next_look = self._after(identity)
        except (HelperError, OSError) as problem:  # no room on the disk: go on with the one in memory
            _log.warning("TLS identity not renewed: %s", type(problem).__name__)
            self._next_look = self._now() + LOOK_AGAIN

    def _after(self, identity: Identity) -> datetime:
        return max(identity.not_after - RENEW_BEFORE, self._now() + LOOK_AGAIN)
