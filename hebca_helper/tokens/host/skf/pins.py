"""Log in, change and unblock the PIN. A PIN is never sent twice, and only after a look at the device it goes to."""

from __future__ import annotations

import ctypes
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.skf.failures import ALREADY_LOGGED_IN, PIN_INCORRECT, PIN_LOCKED, STALE, SkfError
from hebca_helper.tokens.host.skf.library import Number, Skf
from hebca_helper.tokens.host.skf.roster import MOST_TRIES, USER, Application, Roster, pin_state

ADMINISTRATOR = 0
SHORTEST_PIN, LONGEST_PIN = 1, 255
"""Octets. What lies between is the token's to judge: it says so without taking a try."""
LOCK_MILLISECONDS = 5000
UNTOUCHED = 0xFFFFFFFF
_NO_PIN_JUDGED = frozenset({*STALE, 0x0A000006, 0x0A000026, 0x0A000027, ALREADY_LOGGED_IN})
"""SAR_… that say that no PIN was compared."""


class Pins:
    def __init__(self, skf: Skf, roster: Roster) -> None:
        self._skf = skf
        self._roster = roster
        self._accepted: dict[str, tuple[bytes, bytes]] = {}

    def login(self, token_id: str, pin: str) -> bool:
        """True when the PIN went to the token, False when it was compared with the accepted one.

        Raises PIN_INCORRECT, PIN_LOCKED, PIN_LENGTH."""
        encoded = _checked(pin)
        self._roster.application(token_id)
        if self._roster.is_logged_in(token_id):
            self._compare(token_id, encoded)
            return False
        application = self._roster.confirmed(token_id)
        with self._judged(token_id, application, USER):
            self._verify(application, encoded)
        self._remember(token_id, encoded)
        self._roster.login_began(token_id)
        self._roster.refresh()
        return True

    def change(self, token_id: str, old: str, new: str) -> None:
        """An open login compares the old PIN here and stays. Raises as `login`."""
        old_octets, new_octets = _checked(old), _checked(new)
        application = self._roster.confirmed(token_id)
        logged_in = self._roster.is_logged_in(token_id)
        if logged_in:
            self._compare(token_id, old_octets)
        with self._judged(token_id, application, USER), self._skf.locked(application.device.handle, LOCK_MILLISECONDS):
            self._send("ChangePIN", (application.handle, USER), old_octets, new_octets)
        if logged_in:
            self._remember(token_id, new_octets)
        self._roster.refresh()

    def unblock(self, token_id: str, administrator: str, new: str) -> None:
        """A login of this token ends. Raises as `login`, for the administrator's PIN (detail "SO")."""
        admin_octets, new_octets = _checked(administrator), _checked(new)
        application = self._roster.confirmed(token_id)
        self._roster.login_ended(token_id)
        lock = self._skf.locked(application.device.handle, LOCK_MILLISECONDS)
        with self._judged(token_id, application, ADMINISTRATOR), lock:
            self._send("UnblockPIN", (application.handle,), admin_octets, new_octets)
        self._roster.refresh()

    def _verify(self, application: Application, pin: bytes) -> None:
        try:
            self._send("VerifyPIN", (application.handle, USER), pin)
        except SkfError as problem:
            if problem.number != ALREADY_LOGGED_IN:
                raise
            # Another program's login: the PIN was not compared, and nobody signs here with a PIN that was not.
            self._skf.call("ClearSecureState", application.handle)
            self._send("VerifyPIN", (application.handle, USER), pin)

    def _send(self, function: str, before: tuple[int, ...], *pins: bytes) -> None:
        """With the tries left in the error's place, where the library writes them."""
        buffers = [ctypes.create_string_buffer(pin) for pin in pins]
        left = Number(UNTOUCHED)
        try:
            self._skf.call(function, *before, *buffers, left)
        except SkfError as problem:
            if problem.number in (PIN_INCORRECT, PIN_LOCKED) and left.value <= MOST_TRIES:
                raise _RefusedError(problem, left.value) from None
            raise
        finally:
            for buffer in buffers:
                ctypes.memset(buffer, 0, len(buffer))

    @contextmanager
    def _judged(self, token_id: str, application: Application, kind: int) -> Iterator[None]:
        """What became of a PIN that was sent, with the true number of tries left."""
        _, before = pin_state(self._skf, application.handle, kind)
        try:
            yield
        except SkfError as problem:
            if problem.number in _NO_PIN_JUDGED:
                raise
            left = problem.left if isinstance(problem, _RefusedError) else None
            if left is None:
                with suppress(SkfError):
                    _, left = pin_state(self._skf, application.handle, kind)
            code = problem.failure.code
            # Some makers have numbers of their own: what they counted says whether it was the PIN.
            fewer = before is not None and left is not None and left < before
            if fewer or (left == 0 and code is Code.TOKEN_FAILURE):
                code = Code.PIN_INCORRECT
            if code not in (Code.PIN_INCORRECT, Code.PIN_LOCKED):
                raise
            self._roster.refresh()
            if left == 0:
                code = Code.PIN_LOCKED
            if kind == ADMINISTRATOR:
                raise HelperError(code, "SO") from None
            tries = 0 if code is Code.PIN_LOCKED else left
            raise HelperError(code, tries_left=tries) from None

    def _remember(self, token_id: str, pin: bytes) -> None:
        salt = secrets.token_bytes(16)
        self._accepted[token_id] = (salt, hmac.digest(salt, pin, "sha256"))

    def _compare(self, token_id: str, pin: bytes) -> None:
        """The token would accept anything now, some of them in another program's name."""
        salt, digest = self._accepted[token_id]
        if not hmac.compare_digest(digest, hmac.digest(salt, pin, "sha256")):
            raise HelperError(Code.PIN_INCORRECT)


class _RefusedError(SkfError):
    def __init__(self, problem: SkfError, left: int) -> None:
        super().__init__(problem.number, problem.function)
        self.left = left


def _checked(pin: str) -> bytes:
    """Refuse what no token would take. Raises PIN_LENGTH."""
    encoded = pin.encode("utf-8", "replace")
    if not SHORTEST_PIN <= len(encoded) <= LONGEST_PIN or b"\0" in encoded:
        raise HelperError(Code.PIN_LENGTH)
    return encoded
