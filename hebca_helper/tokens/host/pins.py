"""Log in, change and unblock the PIN: every way a PIN reaches a token, and its counting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pkcs11 import Token
from pkcs11.exceptions import PinIncorrect, PinLocked, PKCS11Error

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.counting import Counting
from hebca_helper.tokens.host.failures import as_failure
from hebca_helper.tokens.host.logins import Logins, check_pin, open_session
from hebca_helper.tokens.host.roster import Roster
from hebca_helper.tokens.model import PinState


class Pins:
    def __init__(self, roster: Roster, logins: Logins, counting: Counting) -> None:
        self._roster = roster
        self._logins = logins
        self._counting = counting

    def login(self, token_id: str, pin: str) -> bool:
        """True when the PIN went to the token, False when it was compared with the accepted one.

        Raises PIN_INCORRECT, PIN_LOCKED, PIN_LENGTH."""
        info, token = self._roster.info(token_id), self._roster.token(token_id)
        check_pin(pin, protected=info.protected_path)
        if self._logins.find(token_id):
            if not info.protected_path:
                self._compare(token_id, pin)
                return False
            # The PIN is typed on the token itself and cannot be compared: it has to ask again.
            self._roster.login_ended(token_id)
        with self._counted(token_id, info.serial, so=False):
            self._logins.login(token_id, token, pin)
        return True

    def change(self, token_id: str, old: str, new: str) -> None:
        """C_SetPIN. An open login compares the old PIN here. Raises as `login`, PIN_WEAK."""
        info, token = self._roster.info(token_id), self._roster.token(token_id)
        check_pin(old)
        check_pin(new)
        accepted = self._logins.find(token_id)
        if accepted:
            self._compare(token_id, old)
        session = accepted.session if accepted else open_session(token, rw=True)
        try:
            with self._counted(token_id, info.serial, so=False):
                session.set_pin(old, new)
        finally:
            if not accepted:
                session.close()
        if accepted:
            self._logins.repeat(token_id, new)

    def unblock(self, token_id: str, so_pin: str, new: str) -> None:
        """C_InitPIN after an SO login; a user's login of this token ends. Raises as `login`, for the SO PIN."""
        info, token = self._roster.info(token_id), self._roster.token(token_id)
        check_pin(so_pin)
        check_pin(new)
        self._roster.login_ended(token_id)
        with self._counted(token_id, info.serial, so=True):
            self.set_first_pin(token, so_pin, new)
        self._counting.right(info.serial, so=False)
        self._roster.refresh()

    def set_first_pin(self, token: Token, so_pin: str, pin: str) -> None:
        """SO login and C_InitPIN."""
        try:
            session = token.open(rw=True, so_pin=so_pin)
        except PKCS11Error:
            self._logins.leaked()
            raise
        try:
            session.init_pin(pin)
        finally:
            session.close()

    def _compare(self, token_id: str, pin: str) -> None:
        if not self._logins.matches(token_id, pin):
            raise HelperError(Code.PIN_INCORRECT)

    @contextmanager
    def _counted(self, token_id: str, serial: str, *, so: bool) -> Iterator[None]:
        """Count a PIN that goes to the token; afterwards its flags are read anew and go into the failure."""
        self._counting.before(serial, so=so)
        try:
            yield
        except (PinIncorrect, PinLocked) as problem:
            if isinstance(problem, PinIncorrect):
                self._counting.wrong(serial, so=so)
            self._roster.refresh()
            raise self._told(token_id, problem, so) from None
        self._counting.right(serial, so=so)
        self._roster.refresh()

    def _told(self, token_id: str, problem: PKCS11Error, so: bool) -> HelperError:
        """The failure with the tries left; the last wrong try already counts as locked."""
        failure = as_failure(problem)
        if so:
            return HelperError(failure.code, "SO")
        try:
            info = self._roster.info(token_id)
        except HelperError as removed:
            return removed
        code = Code.PIN_LOCKED if info.pin_state is PinState.LOCKED else failure.code
        return HelperError(code, failure.detail, tries_left=0 if code is Code.PIN_LOCKED else info.tries_left)
