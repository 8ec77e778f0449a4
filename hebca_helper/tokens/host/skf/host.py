"""What the host of an SKF library answers to each request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens import messages as m
from hebca_helper.tokens.host.skf import containers, files
from hebca_helper.tokens.host.skf.failures import STALE, USER_NOT_LOGGED_IN, SkfError
from hebca_helper.tokens.host.skf.keys import Keys
from hebca_helper.tokens.host.skf.library import Skf
from hebca_helper.tokens.host.skf.pins import Pins
from hebca_helper.tokens.host.skf.roster import Application, Roster

_REPEATABLE = (m.ListCertificates, m.ListDataObjects, m.ReadData)
"""What may be asked of a USBKEY once more when it was pulled out and is there again: reading."""


class SkfHost:
    """One library. Handlers raise HelperError or SkfError."""

    def __init__(self, load: m.Load) -> None:
        """Loads the library. Raises MODULE_NOT_LOADED, DRIVER_MISMATCH."""
        self._skf = Skf(load.path)
        self._description = f"SKF {Path(load.path).name}"
        self._roster = Roster(self._skf, load.driver)
        self._pins = Pins(self._skf, self._roster)
        self._keys = Keys(self._skf)
        self._roster.refresh()
        self._roster.news()
        self._handlers: dict[type[m.Message], Callable[[Any], m.Message]] = {
            m.Refresh: self._refresh,
            m.ListCertificates: self._certificates,
            m.Login: self._login,
            m.Logout: self._logout,
            m.Sign: self._sign,
            m.Decrypt: self._decrypt,
            m.OpenContent: self._open_content,
            m.ChangePin: self._change_pin,
            m.Unblock: self._unblock,
            m.ListDataObjects: self._data_objects,
            m.ReadData: self._read_data,
            m.WriteData: self._write_data,
            m.DeleteData: self._delete_data,
            m.WriteCertificate: self._write_certificate,
            m.GenerateKeyPair: self._generate,
            m.ImportKeyPair: self._import_pair,
            m.FindKey: self._find_key,
        }

    def loaded(self) -> m.Loaded:
        return m.Loaded(self._description, self._roster.infos, [])

    def poll(self) -> None:
        self._roster.poll()

    def news(self) -> m.Tokens | None:
        return self._roster.news()

    def answer(self, request: m.Message) -> m.Message:
        try:
            return self._answered(request)
        except HelperError as failure:
            return m.Failed(failure.code, failure.detail, failure.tries_left)

    def close(self) -> None:
        self._roster.close()

    def _answered(self, request: m.Message) -> m.Message:
        handler = self._handlers.get(type(request))
        if handler is None:
            code = Code.PRACTICE_ONLY if isinstance(request, m.Initialise) else Code.NOT_SUPPORTED
            raise HelperError(code, type(request).__name__)
        try:
            return handler(request)
        except SkfError as problem:
            failure = self._judged(request, problem)
            if failure is not None:
                raise failure from None
            return self._once_more(request, handler)

    def _once_more(self, request: m.Message, handler: Callable[[Any], m.Message]) -> m.Message:
        try:
            return handler(request)
        except SkfError as problem:
            raise self._judged(request, problem) or problem.failure from None

    def _judged(self, request: m.Message, problem: SkfError) -> HelperError | None:
        """What a library's failure means: after a removal libraries say all sorts of things, so look at the device. None
        where the request can be made once more."""
        if not isinstance(request, m.TokenRequest):
            return problem.failure
        if self._roster.lost(request.token_id, certainly=problem.number in STALE):
            if all(info.id != request.token_id for info in self._roster.infos):
                return HelperError(Code.TOKEN_REMOVED, problem.failure.detail)
            if isinstance(request, _REPEATABLE):
                return None
            return HelperError(Code.NOT_LOGGED_IN, problem.failure.detail)
        if problem.number == USER_NOT_LOGGED_IN:
            self._roster.login_ended(request.token_id)
        return problem.failure

    def _application(self, request: m.TokenRequest) -> Application:
        return self._roster.application(request.token_id)

    def _open(self, request: m.TokenRequest) -> Application:
        """Of a login. Raises TOKEN_REMOVED before NOT_LOGGED_IN: the one explains the other."""
        application = self._application(request)
        if not self._roster.is_logged_in(request.token_id):
            raise HelperError(Code.NOT_LOGGED_IN)
        return application

    def _gated(self, request: m.TokenRequest, private: bool) -> Application:
        return self._open(request) if private else self._application(request)

    def _changed(self, request: m.TokenRequest) -> m.Message:
        self._roster.changed(request.token_id)
        return m.Done()

    def _refresh(self, request: m.Refresh) -> m.Message:
        self._roster.refresh()
        return m.Done()

    def _certificates(self, request: m.ListCertificates) -> m.Message:
        return m.Certificates(containers.certificates(self._skf, self._application(request)))

    def _login(self, request: m.Login) -> m.Message:
        return m.LoggedIn(self._pins.login(request.token_id, request.pin))

    def _logout(self, request: m.Logout) -> m.Message:
        self._roster.logged_out(request.token_id)
        return m.Done()

    def _sign(self, request: m.Sign) -> m.Message:
        if request.passed_over:
            raise HelperError(Code.NO_PRIVATE_KEY)  # a container's name names one key
        return m.Value(
            self._keys.sign(self._open(request), request.key_id, request.spki, request.mechanism, request.digest)
        )

    def _decrypt(self, request: m.Decrypt) -> m.Message:
        return m.Value(self._keys.decrypt(self._open(request), request.key_id, request.ciphertext))

    def _open_content(self, request: m.OpenContent) -> m.Message:
        application = self._open(request)
        return m.Value(
            self._keys.open_content(application, request.key_id, request.wrapped, request.vector, request.content)
        )

    def _change_pin(self, request: m.ChangePin) -> m.Message:
        self._pins.change(request.token_id, request.old, request.new)
        return m.Done()

    def _unblock(self, request: m.Unblock) -> m.Message:
        self._pins.unblock(request.token_id, request.so_pin, request.new_pin)
        return m.Done()

    def _data_objects(self, request: m.ListDataObjects) -> m.Message:
        return m.DataObjects(files.data_objects(self._skf, self._gated(request, request.private), request.private))

    def _read_data(self, request: m.ReadData) -> m.Message:
        application = self._gated(request, request.private)
        return m.Value(files.read_data(self._skf, application, request.label, request.private))

    def _write_data(self, request: m.WriteData) -> m.Message:
        files.write_data(self._skf, self._open(request), request.label, request.private, request.value)
        return self._changed(request)

    def _delete_data(self, request: m.DeleteData) -> m.Message:
        files.delete_data(self._skf, self._open(request), request.label, request.private)
        return self._changed(request)

    def _write_certificate(self, request: m.WriteCertificate) -> m.Message:
        containers.write_certificate(self._skf, self._open(request), request.der, request.key_id)
        return self._changed(request)

    def _generate(self, request: m.GenerateKeyPair) -> m.Message:
        key = self._keys.generate(self._open(request), request.kind, request.key_id.hex().encode())
        self._changed(request)
        return m.Value(key)

    def _import_pair(self, request: m.ImportKeyPair) -> m.Message:
        self._keys.import_pair(self._open(request), request.blob)
        return self._changed(request)

    def _find_key(self, request: m.FindKey) -> m.Message:
        return m.Value(containers.find_key(self._skf, self._open(request), request.spki))
