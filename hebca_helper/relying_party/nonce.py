"""Challenges for logging in: each belongs to one session, lives for minutes, and counts once."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from hebca_helper.errors import Code, HelperError

LIFETIME = timedelta(seconds=300)
NONCE_OCTETS = 20
"""Random octets, shown as 40 hexadecimal characters: not a length that certificate assistants refuse to sign."""
WEB_EID_OCTETS = 32
"""Web eID asks for 256 random bits, as 44 characters of base64."""
MOST_PER_SESSION = 8
"""A person may have the login page open in several tabs; the oldest challenge goes first."""
MOST_ALTOGETHER = 100_000


def hexadecimal_nonce() -> str:
    return secrets.token_hex(NONCE_OCTETS)


def web_eid_nonce() -> str:
    """Good for every kind of login: long enough for Web eID, and no length that is refused elsewhere."""
    return base64.b64encode(secrets.token_bytes(WEB_EID_OCTETS)).decode()


class NonceBook:
    """Open challenges, in memory. Safe to use from several threads. `clock` returns aware UTC."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        lifetime: timedelta = LIFETIME,
        make: Callable[[], str] = hexadecimal_nonce,
    ) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._make = make
        self._sessions: dict[str, dict[str, datetime]] = {}
        self._lock = Lock()

    def issue(self, session_id: str) -> str:
        """A new challenge for that session, ASCII. HelperError(TOO_MANY) when far too many sessions wait."""
        nonce = self._make()
        with self._lock:
            if session_id not in self._sessions and len(self._sessions) >= MOST_ALTOGETHER:
                self._forget_expired()
            mine = self._sessions.setdefault(session_id, {})
            mine[nonce] = self._clock() + self._lifetime
            while len(mine) > MOST_PER_SESSION:
                mine.pop(next(iter(mine)))
        return nonce

    def redeem(self, session_id: str, nonce: str) -> bool:
        """Whether the challenge was issued to that session, is not too old, and was not redeemed before."""
        with self._lock:
            mine = self._sessions.get(session_id, {})
            end = mine.pop(nonce, None)
            if not mine:
                self._sessions.pop(session_id, None)
            return end is not None and self._clock() <= end

    def _forget_expired(self) -> None:
        now = self._clock()
        fresh = {
            session: {nonce: end for nonce, end in mine.items() if end >= now}
            for session, mine in self._sessions.items()
        }
        self._sessions = {session: mine for session, mine in fresh.items() if mine}
        if len(self._sessions) >= MOST_ALTOGETHER:
            raise HelperError(Code.TOO_MANY)
