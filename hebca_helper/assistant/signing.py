"""Signing for a page or a person: consent, login, signature. What is shown is what is signed."""

from __future__ import annotations

import asyncio
import hashlib

from hebca_helper.assistant.connection import Connection
from hebca_helper.assistant.dialogs import DialogQueue
from hebca_helper.assistant.entries import CertificateEntry
from hebca_helper.assistant.logins import Login, Logins
from hebca_helper.assistant.pins import Pins
from hebca_helper.assistant.prompts import Confirm, ConfirmKind, Content, Decision, Notice, Prompts
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import KeyKind
from hebca_helper.texts import tr
from hebca_helper.tokens.model import Mechanism
from hebca_helper.tokens.service import TokenService

LARGE = 1024 * 1024
"""Bytes from which hashing leaves the loop."""
_HASHES = {Mechanism.RSA_PKCS1_SHA1: "sha1", Mechanism.RSA_PKCS1_SHA256: "sha256", Mechanism.ECDSA_SHA256: "sha256"}


def raw_mechanism(entry: CertificateEntry) -> Mechanism:
    """What SignText means for this key: RSA signs SHA-1 (protocol reference, section 3), EC SHA-256 (our choice)."""
    kind = entry.certificate.key_kind
    if kind is KeyKind.RSA:
        return Mechanism.RSA_PKCS1_SHA1
    if kind is KeyKind.EC:
        return Mechanism.ECDSA_SHA256
    raise HelperError(Code.NOT_SUPPORTED)


async def digest_of(mechanism: Mechanism, data: bytes) -> bytes:
    """The digest that the mechanism signs; large data are hashed in a thread."""
    if len(data) < LARGE:
        return hashlib.new(_HASHES[mechanism], data, usedforsecurity=False).digest()
    return await asyncio.to_thread(lambda: hashlib.new(_HASHES[mechanism], data, usedforsecurity=False).digest())


class Signing:
    """`repeat_size`: the largest content in bytes that may be signed again within a login without a dialog."""

    def __init__(
        self, tokens: TokenService, logins: Logins, pins: Pins, dialogs: DialogQueue, repeat_size: int
    ) -> None:
        self._tokens = tokens
        self._logins = logins
        self._pins = pins
        self._dialogs = dialogs
        self._repeat_size = repeat_size

    async def sign_raw(
        self,
        connection: Connection,
        entry: CertificateEntry,
        mechanism: Mechanism,
        data: bytes,
        content: Content,
        prompts: Prompts,
    ) -> tuple[bytes, bool]:
        """The signature, and whether the person just logged in with the initial PIN."""
        initial = await self._authorise(connection, entry, content, prompts)
        digest = await digest_of(mechanism, data)
        try:
            signature = await self._tokens.sign(entry.token.id, entry.key_id, mechanism, digest)
        except HelperError as problem:
            if problem.code is not Code.NOT_LOGGED_IN:
                raise
            # the token host started anew since we logged in: the person logs in again, once
            self._logins.dropped(entry.token.id)
            initial = await self._authorise(connection, entry, content, prompts)
            signature = await self._tokens.sign(entry.token.id, entry.key_id, mechanism, digest)
        return signature, initial

    async def _authorise(
        self, connection: Connection, entry: CertificateEntry, content: Content, prompts: Prompts
    ) -> bool:
        login = self._logins.of(connection, entry.token.id)
        if login is None:
            return await self._pins.log_in(connection, entry, prompts, content)
        repeats = login.signatures_left > 0 and content.size <= self._repeat_size
        if repeats and not connection.asker.insecure:
            login.signatures_left -= 1
            prompts.notify(_notice(connection, entry, login))
            return False
        async with self._dialogs.turn(connection.asker):
            question = Confirm(connection.asker, ConfirmKind.SIGN, "", entry, content, may_remember=False)
            if await prompts.confirm(question) in (Decision.NO, Decision.BLOCK):
                raise HelperError(Code.USER_CANCELLED)
        self._logins.renew_repeats(login)
        return False


def _notice(connection: Connection, entry: CertificateEntry, login: Login) -> Notice:
    text = tr("{name} 又用您的证书签名一次，本次登录还可签名 {left} 次").format(
        name=connection.asker.name, left=login.signatures_left
    )
    return Notice(text, connection.id, entry.token.id)
