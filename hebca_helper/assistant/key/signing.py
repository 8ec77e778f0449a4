"""Signing for a page or a person: consent, login, signature. What is shown is what is signed."""

from __future__ import annotations

import asyncio
import hashlib

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.key.consents import Consented, Consents
from hebca_helper.assistant.key.domains import Kind, is_challenge
from hebca_helper.assistant.login.logins import Login, Logins
from hebca_helper.assistant.person.prompts import ConfirmKind, Content, Notice, Prompts
from hebca_helper.assistant.person.wish import Wish
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import KeyKind
from hebca_helper.texts import tr
from hebca_helper.tokens.model import Mechanism
from hebca_helper.tokens.service import TokenService

LARGE = 1024 * 1024
"""Bytes from which hashing leaves the loop."""
_HASHES = {Mechanism.RSA_PKCS1_SHA1: "sha1", Mechanism.RSA_PKCS1_SHA256: "sha256", Mechanism.ECDSA_SHA256: "sha256"}


_OF_KEY = {
    KeyKind.RSA: (Mechanism.RSA_PKCS1_SHA1, Mechanism.RSA_PKCS1_SHA256),
    KeyKind.EC: (Mechanism.ECDSA_SHA256,),
}


def raw_mechanism(entry: CertificateEntry, wanted: Mechanism | None = None) -> Mechanism:
    """What SignText means for this key: RSA signs SHA-1 (protocol reference, section 3), EC SHA-256 (our choice). With
    `wanted` that one, where the key can do it."""
    able = _OF_KEY.get(entry.certificate.key_kind, ())
    if not able or (wanted is not None and wanted not in able):
        raise HelperError(Code.NOT_SUPPORTED)
    return wanted or able[0]


async def digest_of(mechanism: Mechanism, data: bytes) -> bytes:
    """The digest that the mechanism signs; large data are hashed in a thread."""
    if len(data) < LARGE:
        return hashlib.new(_HASHES[mechanism], data, usedforsecurity=False).digest()
    return await asyncio.to_thread(lambda: hashlib.new(_HASHES[mechanism], data, usedforsecurity=False).digest())


class Signing:
    """`repeat_size`: the largest content in bytes that may be signed again within a login without a dialog."""

    def __init__(self, tokens: TokenService, logins: Logins, consents: Consents, repeat_size: int) -> None:
        self._tokens = tokens
        self._logins = logins
        self._consents = consents
        self._repeat_size = repeat_size

    async def sign_raw(
        self,
        connection: Connection,
        entry: CertificateEntry,
        mechanism: Mechanism,
        data: bytes,
        content: Content,
        prompts: Prompts,
    ) -> tuple[bytes, Consented]:
        """The signature, and how the person agreed to it."""

        async def sign() -> bytes:
            digest = await digest_of(mechanism, data)
            return await self._tokens.sign(entry.token.id, entry.key_id, mechanism, digest)

        return await self._consents.with_key(
            connection, Device.of(entry), lambda: self._authorise(connection, entry, data, content, prompts), sign
        )

    async def sign_silently(
        self,
        connection: Connection,
        entry: CertificateEntry,
        mechanism: Mechanism,
        data: bytes,
        content: Content,
        prompts: Prompts,
    ) -> bytes:
        """Within a login and its repeats only: there is no dialog at all. HelperError(NOT_LOGGED_IN, TOO_LARGE)."""
        login = self._logins.of(connection, entry.token.id)
        if login is None:
            raise HelperError(Code.NOT_LOGGED_IN)
        if content.size > self._repeat_size:
            raise HelperError(Code.TOO_LARGE)
        if not self._is_covered(connection, entry, login, data, content, prompts):
            if not _may_be_repeated(login, content):
                raise HelperError(Code.NOT_LOGGED_IN)
            self._repeat(connection, entry, login, prompts)
        digest = await digest_of(mechanism, data)
        return await self._tokens.sign(entry.token.id, entry.key_id, mechanism, digest)

    async def _authorise(
        self, connection: Connection, entry: CertificateEntry, data: bytes, content: Content, prompts: Prompts
    ) -> Consented:
        login = self._logins.of(connection, entry.token.id)
        if login is not None and not connection.asker.insecure:
            if self._is_covered(connection, entry, login, data, content, prompts):
                return Consented()
            if login.agreed and content.size <= self._repeat_size and _may_be_repeated(login, content):
                self._repeat(connection, entry, login, prompts)
                return Consented()
        wish = Wish(ConfirmKind.SIGN, content)
        consented = await self._consents.authorise(connection, Device.of(entry), wish, prompts)
        self._logins.agreed(connection, entry.token.id)
        return consented

    def _is_covered(
        self,
        connection: Connection,
        entry: CertificateEntry,
        login: Login,
        data: bytes,
        content: Content,
        prompts: Prompts,
    ) -> bool:
        """Whether the person typed the PIN a moment ago to log in, and this is the login's challenge."""
        if not self._logins.spend_challenge(login) or not is_challenge(data, content.readable):
            return False
        text = tr("{name} 已用您的证书签署登录验证码").format(name=connection.asker.name)
        prompts.notify(Notice(text, connection.id, entry.token.id))
        return True

    def _repeat(self, connection: Connection, entry: CertificateEntry, login: Login, prompts: Prompts) -> None:
        login.signatures_left -= 1
        prompts.notify(_notice(connection, entry, login))


def _may_be_repeated(login: Login, content: Content) -> bool:
    """What nobody could read in a notice is asked about each time."""
    return login.signatures_left > 0 and content.readable and content.kind is Kind.PLAIN


def _notice(connection: Connection, entry: CertificateEntry, login: Login) -> Notice:
    text = tr("{name} 又用您的证书签名一次，本次登录还可签名 {left} 次").format(
        name=connection.asker.name, left=login.signatures_left
    )
    return Notice(text, connection.id, entry.token.id)
