"""Log in, change and unblock the PIN: every way a PIN reaches a token, and its counting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.ckr import Ckr, failure_of
from hebca_helper.tokens.host.counting import Counting
from hebca_helper.tokens.host.cryptoki import CryptokiError, Session, User
from hebca_helper.tokens.host.logins import Logins, check_pin
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
        info = self._roster.info(token_id)
        check_pin(pin, protected=info.protected_path)
        if self._logins.find(token_id):
            if not info.protected_path:
                self._logins.compare(token_id, pin)
                return False
            # The PIN is typed on the token itself and cannot be compared: it has to ask again.
            self._roster.login_ended(token_id)
        with self._counted(token_id, info.serial, so=False):
            session = self._roster.open(token_id, rw=True)
            self._logins.login(token_id, session, pin, self._roster.record(token_id).flags)
        return True

    def change(self, token_id: str, old: str, new: str) -> None:
        """C_SetPIN. An open login compares the old PIN here. Raises as `login`, PIN_WEAK."""
        info = self._roster.info(token_id)
        check_pin(old)
        check_pin(new)
        accepted = self._logins.find(token_id)
        if accepted:
            self._logins.compare(token_id, old)
        with self._counted(token_id, info.serial, so=False):
            if accepted:
                self._roster.require_same(token_id)
                accepted.session.set_pin(old, new)
                accepted.keep(new)
            else:
                with self._session(token_id) as session:
                    session.set_pin(old, new)

    def unblock(self, token_id: str, so_pin: str, new: str) -> None:
        """C_InitPIN after an SO login; a user's login of this token ends. Raises as `login`, for the SO PIN."""
        info = self._roster.info(token_id)
        check_pin(so_pin)
        check_pin(new)
        self._roster.login_ended(token_id)
        with self._counted(token_id, info.serial, so=True):
            self.set_first_pin(token_id, so_pin, new)
        self._counting.right(info.serial, so=False)
        self._roster.refresh()

    def set_first_pin(self, token_id: str, so_pin: str, pin: str) -> None:
        """SO login and C_InitPIN."""
        with self._session(token_id) as session:
            session.login(User.SECURITY_OFFICER, so_pin)
            try:
                session.init_pin(pin)
            finally:
                with suppress(CryptokiError):
                    session.logout()

    @contextmanager
    def _session(self, token_id: str) -> Iterator[Session]:
        session = self._roster.open(token_id, rw=True)
        try:
            yield session
        finally:
            with suppress(CryptokiError):
                session.close()

    @contextmanager
    def _counted(self, token_id: str, serial: str, *, so: bool) -> Iterator[None]:
        """Count a PIN that goes to the token; afterwards its flags are read anew and go into the failure."""
        self._counting.before(serial, so=so)
        try:
            yield
        except CryptokiError as problem:
            if problem.number not in (Ckr.PIN_INCORRECT, Ckr.PIN_LOCKED):
                raise
            if problem.number == Ckr.PIN_INCORRECT:
                self._counting.wrong(serial, so=so)
            self._roster.refresh()
            raise self._told(token_id, problem, so) from None
        self._counting.right(serial, so=so)
        self._roster.refresh()

    def _told(self, token_id: str, problem: CryptokiError, so: bool) -> HelperError:
        """The failure with the tries left; the last wrong try already counts as locked."""
        failure = failure_of(problem.number)
        if so:
            return HelperError(failure.code, "SO")
        try:
            info = self._roster.info(token_id)
        except HelperError as removed:
            return removed
        code = Code.PIN_LOCKED if info.pin_state is PinState.LOCKED else failure.code
        return HelperError(code, failure.detail, tries_left=0 if code is Code.PIN_LOCKED else info.tries_left)
