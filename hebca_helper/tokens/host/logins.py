"""Who is logged in to which token. PKCS#11 knows one login per process; each further one is compared here."""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from pkcs11 import PROTECTED_AUTH, Mechanism, Session, Token, TokenFlag
from pkcs11.attributes import AttributeMapper
from pkcs11.constants import Attribute
from pkcs11.exceptions import PKCS11Error, TokenWriteProtected, UserAlreadyLoggedIn

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.module import Module

LONGEST_PIN = 255
"""Bytes; the most that known libraries take (SoftHSM2: MAX_PIN_LEN)."""


class UsableKey(Protocol):
    """A private key object as python-pkcs11 makes it at run time, by what the key may do."""

    def sign(self, data: bytes, *, mechanism: Mechanism, buffer_size: int) -> bytes: ...

    def decrypt(self, data: bytes, *, mechanism: Mechanism) -> bytes: ...


@dataclass(slots=True)
class Accepted:
    """An open login: its session (closing it logs out the process), a salted digest of the PIN, and the keys used so far."""

    session: Session
    salt: bytes
    digest: bytes
    keys: dict[tuple[bytes, str], UsableKey] = field(default_factory=dict)


class Logins:
    def __init__(self, module: Module) -> None:
        self._module = module
        self._accepted: dict[str, Accepted] = {}
        self._leaked = False

    def any(self) -> bool:
        return bool(self._accepted)

    def open(self, token_id: str) -> Accepted:
        """The login of this token. Raises NOT_LOGGED_IN."""
        try:
            return self._accepted[token_id]
        except KeyError:
            raise HelperError(Code.NOT_LOGGED_IN) from None

    def find(self, token_id: str) -> Accepted | None:
        return self._accepted.get(token_id)

    def matches(self, token_id: str, pin: str) -> bool:
        """Whether this is the accepted PIN of the open login."""
        accepted = self.open(token_id)
        return hmac.compare_digest(accepted.digest, _digest(accepted.salt, pin))

    def login(self, token_id: str, token: Token, pin: str) -> None:
        """C_Login as user. Raises the library's PKCS11Error."""
        protected = bool(token.flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH)
        try:
            session = _open_user(token, PROTECTED_AUTH if protected else pin)
        except UserAlreadyLoggedIn:
            # A login that we do not know of, left by a failure in between: end it and ask the token itself.
            self._module.reinitialize()
            session = _open_user(token, PROTECTED_AUTH if protected else pin)
        except PKCS11Error:
            self.leaked()
            raise
        self._accepted[token_id] = _accepted(session, pin)

    def repeat(self, token_id: str, pin: str) -> None:
        """The PIN was changed: later logins compare with the new one."""
        accepted = self.open(token_id)
        accepted.salt = secrets.token_bytes(16)
        accepted.digest = _digest(accepted.salt, pin)

    def end(self, token_id: str) -> bool:
        """Log out; True when there was a login. A library that fails here has no login left either."""
        accepted = self._accepted.pop(token_id, None)
        if accepted is None:
            return False
        with suppress(PKCS11Error):
            accepted.session.close()
        self._mend()
        return True

    def forget(self) -> list[str]:
        """The library starts anew: all logins are gone; whose they were."""
        tokens = list(self._accepted)
        self._accepted.clear()
        self._leaked = False
        return tokens

    def leaked(self) -> None:
        """python-pkcs11 leaves the session of a failed login open, after which an SO login fails: only a new start mends
        it, which waits until nobody is logged in to any token of the module."""
        self._leaked = True
        self._mend()

    def _mend(self) -> None:
        if self._leaked and not self._accepted:
            self._leaked = False
            self._module.reinitialize()


def check_pin(pin: str, *, protected: bool = False) -> None:
    """Refuse what no token would take, before it costs a try. Raises PIN_LENGTH."""
    if protected and not pin:
        return
    if not pin or len(pin.encode("utf-8", "replace")) > LONGEST_PIN or "\0" in pin:
        raise HelperError(Code.PIN_LENGTH)


class LenientMapper(AttributeMapper):
    """Labels as real tokens have them: UTF-8, GB18030, or anything."""

    def __init__(self) -> None:
        super().__init__()
        self.register_handler(Attribute.LABEL, lambda text: text.encode(), lenient_text)


def lenient_text(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.rstrip(b"\0").decode(encoding)
    return data.decode("latin-1")


def open_session(token: Token, *, rw: bool = False) -> Session:
    return token.open(rw=rw, attribute_mapper=LenientMapper())


def _open_user(token: Token, pin: object) -> Session:
    """A session that can also write; a write-protected token gets a read-only one."""
    try:
        return token.open(rw=True, user_pin=pin, attribute_mapper=LenientMapper())
    except TokenWriteProtected:
        return token.open(rw=False, user_pin=pin, attribute_mapper=LenientMapper())


def _accepted(session: Session, pin: str) -> Accepted:
    salt = secrets.token_bytes(16)
    return Accepted(session, salt, _digest(salt, pin))


def _digest(salt: bytes, pin: str) -> bytes:
    """Lives only in this process's memory, beside the library that holds the PIN itself: no slow hash is needed."""
    return hmac.digest(salt, pin.encode("utf-8", "replace"), "sha256")
