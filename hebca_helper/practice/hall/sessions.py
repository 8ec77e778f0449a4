"""Browser sessions, in memory: a restarted hall asks everybody to log in again."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from hebca_helper.texts import tr

COOKIE = "practice_hall_session"
LIFETIME = timedelta(minutes=30)
LARGEST = 2000


class Method(StrEnum):
    """How somebody logged in."""

    PASSWORD = "password"
    CERTIFICATE = "certificate"
    UNIT = "unit"

    @property
    def label(self) -> str:
        titles = {
            Method.PASSWORD: tr("用户名登录"),
            Method.CERTIFICATE: tr("CA证书登录"),
            Method.UNIT: tr("单位用户登录"),
        }
        return titles[self]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the hall shows of a verified certificate; texts as people read them (Beijing time)."""

    unique_id: str
    holder: str
    issuer: str
    serial: str
    not_before: str
    not_after: str
    days_left: int


@dataclass(slots=True)
class Session:
    """`id` is 128 random bits. `verified` is a certificate that was checked and waits for the next step: of the account
    `waiting` (the code from the telephone), or of nobody yet (the former user name and password, 石家庄)."""

    id: str
    seen: datetime
    account: int | None = None
    method: Method | None = None
    certificate: Shown | None = None
    logged_in_at: datetime | None = None
    captcha: str = ""
    waiting: int | None = None
    verified: Shown | None = None


class SessionBook:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def find(self, number: str | None) -> Session | None:
        """The session while it lives; each use prolongs it."""
        session = self._sessions.get(number or "")
        if session is None or self._clock() - session.seen > LIFETIME:
            self._sessions.pop(number or "", None)
            return None
        session.seen = self._clock()
        return session

    def create(self) -> Session:
        self._make_room()
        session = Session(secrets.token_hex(16), self._clock())
        self._sessions[session.id] = session
        return session

    def renew(self, session: Session) -> Session:
        """The same person under a new id: what somebody planted before the login is worth nothing after it."""
        fresh = replace(session, id=secrets.token_hex(16))
        self.end(session)
        self._sessions[fresh.id] = fresh
        return fresh

    def end(self, session: Session) -> None:
        self._sessions.pop(session.id, None)

    def _make_room(self) -> None:
        if len(self._sessions) < LARGEST:
            return
        now = self._clock()
        alive = {key: value for key, value in self._sessions.items() if now - value.seen <= LIFETIME}
        oldest = sorted(alive.values(), key=lambda session: session.seen)
        for session in oldest[: max(0, len(alive) - LARGEST // 2)]:
            del alive[session.id]
        self._sessions = alive
