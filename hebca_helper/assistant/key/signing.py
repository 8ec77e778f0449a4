"""Signing for a page or a person: consent, login, signature. What is shown is what is signed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.journal.recorder import Row
from hebca_helper.assistant.key.consents import Consents
from hebca_helper.assistant.key.domains import is_challenge
from hebca_helper.assistant.login.logins import Login, Logins
from hebca_helper.assistant.person.kinds import Kind
from hebca_helper.assistant.person.prompts import ConfirmKind, Content, Notice, Wish
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.texts import tr
from hebca_helper.tokens.model import MECHANISMS, Mechanism
from hebca_helper.tokens.service import TokenService

LARGE = 1024 * 1024
"""Bytes from which hashing leaves the loop."""
_HASHES = {mechanism: name for (_, name), mechanism in MECHANISMS.items()}


def raw_mechanism(entry: CertificateEntry, wanted: Mechanism | None = None) -> Mechanism:
    """What SignText means for this key: RSA signs SHA-1 (resources/protocol.md, section 3), EC SHA-256 (our choice), SM2
    SM3. With `wanted` that one, where the key can do it."""
    kind = entry.usable_kind
    able = [MECHANISMS[kind, name] for name in ("sha1", "sha256", "sm3") if (kind, name) in MECHANISMS]
    if not able or (wanted is not None and wanted not in able):
        raise HelperError(Code.NOT_SUPPORTED)
    return wanted or able[0]


async def digest_of(mechanism: Mechanism, data: bytes, certificate: Certificate) -> bytes:
    """The digest that the mechanism signs for this certificate's key; large data are hashed in a thread."""
    if len(data) < LARGE:
        return _digest(mechanism, data, certificate)
    return await asyncio.to_thread(_digest, mechanism, data, certificate)


def _digest(mechanism: Mechanism, data: bytes, certificate: Certificate) -> bytes:
    if mechanism is not Mechanism.SM2_SM3:
        return hashlib.new(_HASHES[mechanism], data, usedforsecurity=False).digest()
    from hebca_helper.pki import sm2
    from hebca_helper.pki.sm3 import sm3

    prefix = sm2.prefix(certificate.spki)
    if prefix is None:
        raise HelperError(Code.CERTIFICATE_UNREADABLE)
    return sm3(prefix, data)


@dataclass(frozen=True, slots=True)
class Raw:
    """One raw signature: `content` describes `data` for showing."""

    entry: CertificateEntry
    mechanism: Mechanism
    data: bytes
    content: Content


class Signing:
    """`repeat_size`: the largest content in bytes that may be signed again within a login without a dialog; `notify` shows
    what was signed so."""

    def __init__(
        self,
        tokens: TokenService,
        logins: Logins,
        consents: Consents,
        notify: Callable[[Notice], None],
        repeat_size: int,
    ) -> None:
        self._tokens = tokens
        self._logins = logins
        self._consents = consents
        self._notify = notify
        self._repeat_size = repeat_size

    async def sign_raw(self, row: Row, raw: Raw) -> bytes:
        """Asks the person unless the login covers it, or repeats do."""
        connection, silent = row.connection, False

        def goes_silently() -> bool:
            nonlocal silent
            silent = self._goes_silently(connection, raw)
            return silent

        device, wish = Device.of(raw.entry), Wish(ConfirmKind.SIGN, raw.content)
        signature = await self._consents.use_key(row, device, wish, lambda: self._sign(raw), agreed=goes_silently)
        if not silent:
            self._logins.agreed(connection, device.id)
        return signature

    async def sign_silently(self, connection: Connection, raw: Raw) -> bytes:
        """Within a login and its repeats only: there is no dialog at all. HelperError(NOT_LOGGED_IN, TOO_LARGE)."""
        login = self._logins.of(connection, raw.entry.token.id)
        if login is None:
            raise HelperError(Code.NOT_LOGGED_IN)
        if raw.content.size > self._repeat_size:
            raise HelperError(Code.TOO_LARGE)
        if not self._is_covered(connection, login, raw) and not self._is_repeated(connection, login, raw):
            raise HelperError(Code.NOT_LOGGED_IN)
        try:
            return await self._sign(raw)
        except HelperError as problem:
            # a key that wants the PIN at each use: what the page can do about it is to have the person log in
            raise HelperError(Code.NOT_LOGGED_IN) if problem.code is Code.PIN_AGAIN else problem from None

    async def _sign(self, raw: Raw) -> bytes:
        digest = await digest_of(raw.mechanism, raw.data, raw.entry.certificate)
        entry = raw.entry
        return await self._tokens.sign(entry.token.id, entry.key_id, raw.mechanism, digest, entry.certificate.spki)

    def _goes_silently(self, connection: Connection, raw: Raw) -> bool:
        login = self._logins.of(connection, raw.entry.token.id)
        if login is None or connection.asker.insecure:
            return False
        if self._is_covered(connection, login, raw):
            return True
        small = raw.content.size <= self._repeat_size
        return login.agreed and small and self._is_repeated(connection, login, raw)

    def _is_covered(self, connection: Connection, login: Login, raw: Raw) -> bool:
        """Whether the person typed the PIN a moment ago to log in, and this is the login's challenge. Shown, then."""
        if not self._logins.spend_challenge(login) or not is_challenge(raw.data, raw.content):
            return False
        text = tr("{name} 已用您的证书签署登录验证码").format(name=connection.asker.name)
        self._notify(Notice(text, connection.id, raw.entry.token.id))
        return True

    def _is_repeated(self, connection: Connection, login: Login, raw: Raw) -> bool:
        """Counted and shown. What nobody could read in a notice is asked about each time."""
        if login.signatures_left <= 0 or not raw.content.readable or raw.content.kind is not Kind.PLAIN:
            return False
        login.signatures_left -= 1
        text = tr("{name} 又用您的证书签名一次，本次登录还可签名 {left} 次").format(
            name=connection.asker.name, left=login.signatures_left
        )
        self._notify(Notice(text, connection.id, raw.entry.token.id))
        return True
