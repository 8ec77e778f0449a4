"""Who is logged in to which token. PKCS#11 knows one login per process; each further one is compared here."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.ckr import Ckr
from hebca_helper.tokens.host.cryptoki import (
    Attribute,
    CryptokiError,
    ObjectClass,
    Session,
    TokenFlag,
    User,
    flag,
    number,
)

LONGEST_PIN = 255
"""Bytes; the most that known libraries take (SoftHSM2: MAX_PIN_LEN)."""
OWN_PIN_SECONDS = 60.0
"""How long a PIN that was just typed may go to a key that asks for it at each use (CKA_ALWAYS_AUTHENTICATE)."""


@dataclass(slots=True)
class Accepted:
    """An open login: its session, a salted digest of the PIN, and the keys used so far.

    `asks_each_time`: a key of this token wants the PIN before each use; then the last one typed waits here for one."""

    session: Session
    protected: bool
    salt: bytes = b""
    digest: bytes = b""
    keys: dict[tuple[bytes, bytes, str], list[int]] = field(default_factory=dict)
    asks_each_time: bool = False
    own_pin: str | None = None
    own_pin_until: float = 0.0

    def keep(self, pin: str) -> None:
        """This PIN was right: later ones are compared with it."""
        self.salt = secrets.token_bytes(16)
        self.digest = _digest(self.salt, pin)
        self.typed(pin)

    def typed(self, pin: str) -> None:
        if self.asks_each_time:
            self.own_pin, self.own_pin_until = pin, time.monotonic() + OWN_PIN_SECONDS

    def own_login(self) -> Callable[[], None]:
        """C_Login for one operation, to be called when that is begun. Raises PIN_AGAIN unless the PIN was typed for it."""
        pin, self.own_pin = self.own_pin, None
        if not self.protected and (pin is None or time.monotonic() > self.own_pin_until):
            raise HelperError(Code.PIN_AGAIN)

        def log_in() -> None:
            try:
                self.session.login(User.CONTEXT_SPECIFIC, pin)
            except CryptokiError as problem:
                # Libraries that do not know this way of logging in do not need it either: the operation itself will tell.
                if problem.number not in (Ckr.OPERATION_NOT_INITIALIZED, Ckr.USER_TYPE_INVALID):
                    raise

        return log_in


class Logins:
    def __init__(self) -> None:
        self._accepted: dict[str, Accepted] = {}

    def any(self) -> bool:
        return bool(self._accepted)

    def sessions(self) -> list[tuple[str, Session]]:
        return [(token_id, accepted.session) for token_id, accepted in self._accepted.items()]

    def open(self, token_id: str) -> Accepted:
        """The login of this token. Raises NOT_LOGGED_IN."""
        try:
            return self._accepted[token_id]
        except KeyError:
            raise HelperError(Code.NOT_LOGGED_IN) from None

    def find(self, token_id: str) -> Accepted | None:
        return self._accepted.get(token_id)

    def compare(self, token_id: str, pin: str) -> None:
        """Raises PIN_INCORRECT unless this is the accepted PIN of the open login."""
        accepted = self.open(token_id)
        if not hmac.compare_digest(accepted.digest, _digest(accepted.salt, pin)):
            raise HelperError(Code.PIN_INCORRECT)
        accepted.typed(pin)

    def login(self, token_id: str, session: Session, pin: str, flags: int) -> None:
        """C_Login as user; the session is closed where it fails. `flags` are the token's. Raises CryptokiError."""
        protected = bool(flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH)
        try:
            _log_in(session, None if protected else pin)
        except CryptokiError as problem:
            # A token that has no PIN and asks for none lets everybody use its keys.
            if problem.number != Ckr.USER_PIN_NOT_INITIALIZED or flags & TokenFlag.LOGIN_REQUIRED:
                with suppress(CryptokiError):
                    session.close()
                raise
        accepted = Accepted(session, protected, asks_each_time=asks_each_time(session))
        accepted.keep(pin)
        self._accepted[token_id] = accepted

    def end(self, token_id: str) -> bool:
        """Log out; True when there was a login. A library that fails here has no login left either."""
        accepted = self._accepted.pop(token_id, None)
        if accepted is None:
            return False
        for last in (accepted.session.logout, accepted.session.close):
            with suppress(CryptokiError):
                last()
        return True

    def forget(self) -> list[str]:
        """The library starts anew: all logins are gone; whose they were."""
        tokens = list(self._accepted)
        self._accepted.clear()
        return tokens


def check_pin(pin: str, *, protected: bool = False) -> None:
    """Refuse what no token would take, before it costs a try. Raises PIN_LENGTH."""
    if protected and not pin:
        return
    if not pin or len(pin.encode("utf-8", "replace")) > LONGEST_PIN or "\0" in pin:
        raise HelperError(Code.PIN_LENGTH)


def _log_in(session: Session, pin: str | None) -> None:
    try:
        session.login(User.USER, pin)
    except CryptokiError as problem:
        if problem.number != Ckr.USER_ALREADY_LOGGED_IN:
            raise
        # A login that we do not know of, left by a failure in between: end it and ask the token itself.
        with suppress(CryptokiError):
            session.logout()
        session.login(User.USER, pin)


def asks_each_time(session: Session) -> bool:
    with suppress(CryptokiError):
        keys = session.find({Attribute.CLASS: number(ObjectClass.PRIVATE_KEY), Attribute.TOKEN: flag(True)})
        return any(session.get(key, Attribute.ALWAYS_AUTHENTICATE) == flag(True) for key in keys)
    return False


def _digest(salt: bytes, pin: str) -> bytes:
    """Lives only in this process's memory, beside the library that holds the PIN itself: no slow hash is needed."""
    return hmac.digest(salt, pin.encode("utf-8", "replace"), "sha256")
