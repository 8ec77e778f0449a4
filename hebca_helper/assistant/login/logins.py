"""Logins belong to connections; the token knows only one. This table keeps the two apart.

PKCS#11 logs in a whole process (v2.40, section 2.6, "application"), so C_Logout is sent only when the last of our
logins ends, and whoever has no login here is treated as not logged in, whatever the token would allow.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.service import TokenService

_log = logging.getLogger(__name__)


CHALLENGE_SECONDS = 60.0
"""How long after a PIN that was asked for logging in the challenge of that login may be signed."""
LoginListener = Callable[[str, bool], None]
"""Called on the loop with a token's id: True when somebody logged in to it, False when its last login ended."""


@dataclass(slots=True)
class Login:
    """`until` is a loop time; `signatures_left` counts what may still be signed without a dialog, once the person
    `agreed` to one signature. `challenge_until` (monotonic seconds): the PIN was typed to log in, and the signature that
    ends the login may still come."""

    until: float
    signatures_left: int
    timer: asyncio.TimerHandle
    agreed: bool = False
    challenge_until: float = 0.0


class Logins:
    """`lifetime` in seconds; `repeats` signatures without a dialog each."""

    def __init__(self, tokens: TokenService, lifetime: float, repeats: int, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock
        self._lifetime = lifetime
        self._repeats = repeats
        self._held: dict[str, dict[str, Login]] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._expired: set[tuple[str, str]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._ends: list[Callable[[str, str], None]] = []
        self.listeners: list[LoginListener] = []

    def subscribe(self, listener: Callable[[str, str], None]) -> Callable[[], None]:
        """`listener` hears connection and token of each login that ends; the result ends that."""
        self._ends.append(listener)
        return lambda: self._ends.remove(listener)

    def limit(self, lifetime: float, repeats: int) -> None:
        """For logins that begin from now on; those there are keep their time, and may not sign more than `repeats`."""
        self._lifetime, self._repeats = lifetime, repeats
        for login in (login for held in self._held.values() for login in held.values()):
            login.signatures_left = min(login.signatures_left, repeats)

    def of(self, connection: Connection, token_id: str) -> Login | None:
        """The connection's own login to this token, None when it has none or its time is over."""
        login = self._held.get(token_id, {}).get(connection.id)
        if login is None or login.until <= asyncio.get_running_loop().time():
            return None
        return login

    def lasting(self, connection: Connection, token_id: str) -> bool:
        """Whether this connection is logged in to the token, or was until a limit ended it."""
        return self.of(connection, token_id) is not None or (connection.id, token_id) in self._expired

    def any_of(self, connection_id: str) -> bool:
        """Whether this connection is logged in to any token."""
        return any(connection_id in held for held in self._held.values())

    def tokens_in_use(self) -> list[str]:
        """Ids of the tokens that somebody is logged in to."""
        return [token_id for token_id, held in self._held.items() if held]

    async def begin(self, connection: Connection, token_id: str, pin: str) -> None:
        """Log in with a PIN that somebody supplied; the token service judges it. HelperError as TokenService.login."""
        async with self._locks[token_id]:
            try:
                await self._tokens.login(token_id, pin)
            except (asyncio.CancelledError, HelperError) as problem:
                if not isinstance(problem, HelperError) or problem.code is Code.USER_CANCELLED:
                    self._later(self._nobody_waited(token_id))
                raise
            if connection.closed:
                await self._log_out_if_last(token_id)
                return
            self._hold(connection.id, token_id)

    async def end(self, connection_id: str, token_id: str) -> None:
        """End one login; the token is logged out when it was the last one."""
        async with self._locks[token_id]:
            if self._forget(connection_id, token_id):
                self._tell_end(connection_id, token_id)
                await self._log_out_if_last(token_id)

    async def end_connection(self, connection_id: str) -> None:
        self._expired = {each for each in self._expired if each[0] != connection_id}
        for token_id in [token for token, held in self._held.items() if connection_id in held]:
            await self.end(connection_id, token_id)

    async def end_token(self, token_id: str) -> None:
        for connection_id in list(self._held.get(token_id, {})):
            await self.end(connection_id, token_id)

    async def end_all(self) -> None:
        for token_id in list(self._held):
            await self.end_token(token_id)

    def dropped(self, token_id: str) -> None:
        """The token went, or its host started anew: every login is gone already."""
        logins = self._held.pop(token_id, {})
        for connection_id, login in logins.items():
            login.timer.cancel()
            self._tell_end(connection_id, token_id)
        if logins:
            self._tell(token_id, held=False)

    def agreed(self, connection: Connection, token_id: str) -> None:
        """The person agreed to a signature within this login: repeats begin, anew."""
        if (login := self.of(connection, token_id)) is not None:
            login.agreed, login.signatures_left = True, self._repeats

    def expect_challenge(self, connection: Connection, token_id: str) -> None:
        """A PIN was given to log in with: it covers the signature of one challenge that comes soon."""
        if (login := self.of(connection, token_id)) is not None:
            login.challenge_until = self._clock.monotonic() + CHALLENGE_SECONDS

    def spend_challenge(self, login: Login) -> bool:
        """Whether the PIN covers a challenge now. Asked once: what is signed first after a PIN is it, or nothing is."""
        covered = self._clock.monotonic() < login.challenge_until
        login.challenge_until = 0.0
        return covered

    def _hold(self, connection_id: str, token_id: str) -> None:
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._lifetime, self._expire, connection_id, token_id)
        login = Login(loop.time() + self._lifetime, self._repeats, timer)
        self._forget(connection_id, token_id)
        self._expired.discard((connection_id, token_id))
        self._held.setdefault(token_id, {})[connection_id] = login
        self._tell(token_id, held=True)

    def _tell(self, token_id: str, *, held: bool) -> None:
        for listener in list(self.listeners):
            listener(token_id, held)

    def _tell_end(self, connection_id: str, token_id: str) -> None:
        for listener in list(self._ends):
            listener(connection_id, token_id)

    def _forget(self, connection_id: str, token_id: str) -> bool:
        login = self._held.get(token_id, {}).pop(connection_id, None)
        if login is not None:
            login.timer.cancel()
        return login is not None

    async def _log_out_if_last(self, token_id: str) -> None:
        if self._held.get(token_id):
            return
        if self._held.pop(token_id, None) is not None:
            self._tell(token_id, held=False)
        try:
            await self._tokens.logout(token_id)
        except HelperError as problem:
            _log.info("logout: %s", problem.code)  # the token went first: there is nothing left to log out of

    async def _nobody_waited(self, token_id: str) -> None:
        """A login that was given up may still come about in the token."""
        async with self._locks[token_id]:
            await self._log_out_if_last(token_id)

    def _expire(self, connection_id: str, token_id: str) -> None:
        self._expired.add((connection_id, token_id))
        self._later(self.end(connection_id, token_id))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
