"""What the token host answers to each request."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens import messages as m
from hebca_helper.tokens.host import keys, objects
from hebca_helper.tokens.host.ckr import LOST, failure_of
from hebca_helper.tokens.host.counting import Counting, TokenCounts
from hebca_helper.tokens.host.cryptoki import CryptokiError, Session
from hebca_helper.tokens.host.logins import Accepted, Logins, check_pin
from hebca_helper.tokens.host.module import Module
from hebca_helper.tokens.host.pins import Pins
from hebca_helper.tokens.host.roster import Roster

LABEL_SIZE = 32
"""Bytes of CK_TOKEN_INFO.label, padded with blanks (PKCS#11 v2.40 base, section 5.5, C_InitToken)."""


class Host:
    """One module with everything known about its tokens. Handlers raise HelperError or CryptokiError."""

    def __init__(self, load: m.Load) -> None:
        """Loads the library. Raises MODULE_NOT_LOADED, or the library's CryptokiError."""
        self._practice = bool(load.practice_folder)
        self._counting = _counting(load)
        self._module = Module(load.path, load.rescan)
        self._logins = Logins()
        self._roster = Roster(self._module, self._counting, self._logins, load.driver, self._practice)
        self._pins = Pins(self._roster, self._logins, self._counting)
        self._module.before_restart = self._sessions_gone
        self._roster.refresh()
        self._handlers: dict[type[m.Message], Callable[[Any], m.Message]] = {
            m.Refresh: self._refresh,
            m.ListCertificates: self._certificates,
            m.Login: self._login,
            m.Logout: self._logout,
            m.Sign: self._sign,
            m.Decrypt: self._decrypt,
            m.ChangePin: self._change_pin,
            m.Unblock: self._unblock,
            m.ListDataObjects: self._data_objects,
            m.ReadData: self._read_data,
            m.WriteData: self._write_data,
            m.DeleteData: self._delete_data,
            m.WriteCertificate: self._write_certificate,
            m.DeleteCertificate: self._delete_certificate,
            m.GenerateKeyPair: self._generate,
            m.FindKey: self._find_key,
            m.Initialise: self._initialise,
        }

    def loaded(self) -> m.Loaded:
        return self._roster.loaded()

    def poll(self) -> None:
        """Notice tokens that came or went. A library that fails here is asked again at the next poll."""
        with suppress(CryptokiError):
            self._roster.poll()

    def news(self) -> m.Tokens | None:
        return self._roster.news()

    def answer(self, request: m.Message) -> m.Message:
        """The answer to a request; a failure is an answer too."""
        try:
            return self._handlers[type(request)](request)
        except HelperError as failure:
            return _failed(failure)
        except CryptokiError as problem:
            return _failed(self._judged(request, problem))

    def close(self) -> None:
        """Log out everywhere."""
        for info in self._roster.infos:
            self._logins.end(info.id)

    def _judged(self, request: m.Message, problem: CryptokiError) -> HelperError:
        """What a library's failure means: after a removal libraries say all sorts of things, so look at the slots."""
        failure = failure_of(problem.number)
        if problem.number not in LOST or not isinstance(request, m.TokenRequest):
            return failure
        with suppress(CryptokiError):
            self._roster.refresh()
        if all(info.id != request.token_id for info in self._roster.infos):
            return HelperError(Code.TOKEN_REMOVED, failure.detail)
        if failure.code in (Code.NOT_LOGGED_IN, Code.TOKEN_REMOVED):
            self._roster.login_ended(request.token_id)
        return failure

    def _sessions_gone(self) -> None:
        self._roster.all_logins_ended(self._logins.forget())

    @contextmanager
    def _session(self, token_id: str) -> Iterator[Session]:
        """The login's session, else one for this request only."""
        self._roster.record(token_id)
        accepted = self._logins.find(token_id)
        if accepted:
            yield accepted.session
            return
        session = self._roster.open(token_id)
        try:
            yield session
        finally:
            with suppress(CryptokiError):
                session.close()

    def _open(self, request: m.TokenRequest) -> Accepted:
        """The login of this token. Raises TOKEN_REMOVED before NOT_LOGGED_IN: the one explains the other."""
        self._roster.record(request.token_id)
        return self._logins.open(request.token_id)

    def _refresh(self, request: m.Refresh) -> m.Message:
        if not self._logins.any():
            with suppress(CryptokiError):
                self._module.reinitialize()
        self._roster.refresh()
        return m.Done()

    def _certificates(self, request: m.ListCertificates) -> m.Message:
        with self._session(request.token_id) as session:
            return m.Certificates(objects.certificates(session, request.token_id))

    def _login(self, request: m.Login) -> m.Message:
        return m.LoggedIn(self._pins.login(request.token_id, request.pin))

    def _logout(self, request: m.Logout) -> m.Message:
        self._logins.end(request.token_id)
        return m.Done()

    def _sign(self, request: m.Sign) -> m.Message:
        accepted = self._for_key(request)
        which, what = (request.key_id, request.spki), (request.mechanism, request.digest)
        return m.Value(keys.sign(accepted, *which, *what, request.passed_over))

    def _decrypt(self, request: m.Decrypt) -> m.Message:
        return m.Value(keys.decrypt(self._for_key(request), request.key_id, request.spki, request.ciphertext))

    def _for_key(self, request: m.TokenRequest) -> Accepted:
        accepted = self._open(request)
        if accepted.asks_each_time:  # a PIN may go with it
            self._roster.require_same(request.token_id)
        return accepted

    def _change_pin(self, request: m.ChangePin) -> m.Message:
        self._pins.change(request.token_id, request.old, request.new)
        return m.Done()

    def _unblock(self, request: m.Unblock) -> m.Message:
        self._pins.unblock(request.token_id, request.so_pin, request.new_pin)
        return m.Done()

    def _data_objects(self, request: m.ListDataObjects) -> m.Message:
        self._gate(request, request.private)
        with self._session(request.token_id) as session:
            return m.DataObjects(objects.data_objects(session, request.token_id, request.private))

    def _read_data(self, request: m.ReadData) -> m.Message:
        self._gate(request, request.private)
        with self._session(request.token_id) as session:
            return m.Value(objects.read_data(session, request.label, request.private))

    def _gate(self, request: m.TokenRequest, private: bool) -> None:
        if private:
            self._open(request)

    def _write_data(self, request: m.WriteData) -> m.Message:
        session = self._open(request).session
        objects.write_data(session, request.label, request.private, request.value)
        return self._changed(request)

    def _delete_data(self, request: m.DeleteData) -> m.Message:
        objects.delete_data(self._open(request).session, request.label, request.private)
        return self._changed(request)

    def _write_certificate(self, request: m.WriteCertificate) -> m.Message:
        objects.write_certificate(self._open(request).session, request.der, request.key_id, request.label)
        return self._changed(request)

    def _delete_certificate(self, request: m.DeleteCertificate) -> m.Message:
        objects.delete_certificate(self._open(request).session, request.der)
        return self._changed(request)

    def _generate(self, request: m.GenerateKeyPair) -> m.Message:
        info = keys.generate(self._open(request).session, request.kind, request.key_id, request.label)
        self._changed(request)
        return m.Value(info)

    def _find_key(self, request: m.FindKey) -> m.Message:
        return m.Value(keys.matching_key(self._open(request).session, request.spki))

    def _changed(self, request: m.TokenRequest) -> m.Message:
        self._roster.changed(request.token_id)
        return m.Done()

    def _initialise(self, request: m.Initialise) -> m.Message:
        """Practice only: on a real USBKEY this would erase the keys."""
        if not self._practice:
            raise HelperError(Code.PRACTICE_ONLY)
        check_pin(request.so_pin)
        check_pin(request.pin)
        known = {info.id for info in self._roster.infos}
        label = request.label.encode()
        if not label or len(label) > LABEL_SIZE:
            raise HelperError(Code.BAD_REQUEST, f"label: {len(label)}")
        self._module.initialise(request.so_pin, label.ljust(LABEL_SIZE))
        self._module.reinitialize()
        self._roster.refresh()
        made = [info for info in self._roster.infos if info.id not in known]
        if len(made) != 1:
            raise HelperError(Code.TOKEN_FAILURE, f"{len(made)} new tokens")
        self._pins.set_first_pin(made[0].id, request.so_pin, request.pin)
        self._roster.refresh()
        return m.Initialised(self._roster.info(made[0].id))


def _failed(failure: HelperError) -> m.Failed:
    return m.Failed(failure.code, failure.detail, failure.tries_left)


def _counting(load: m.Load) -> Counting:
    if not load.practice_folder:
        return TokenCounts(load.tries)
    # Only the practice host needs it: the others save its imports.
    from hebca_helper.tokens.host.practice import PracticeCounts

    folder = Path(load.practice_folder)
    configuration = os.environ.get("SOFTHSM2_CONF", "")
    # SoftHSM2 would otherwise serve, and let us initialise, the tokens of the whole computer.
    # A making in progress has its configuration in a folder below (practice room).
    if not configuration or not Path(configuration).resolve().is_relative_to(folder.resolve()):
        raise HelperError(Code.MODULE_NOT_LOADED, "SOFTHSM2_CONF")
    return PracticeCounts(folder)
