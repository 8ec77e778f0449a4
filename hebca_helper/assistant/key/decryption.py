"""Decrypting with a private key: asked each time, and one indistinguishable failure (house rules 3 and 5)."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import NamedTuple, TypeVar

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.journal.recorder import Row
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.person.prompts import ConfirmKind, Content, Wish
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import sm2_encryption
from hebca_helper.pki.cms import envelope as cms
from hebca_helper.pki.keyinfo import KeyKind

_T = TypeVar("_T")
_OF_THE_CONTENT = frozenset(
    {Code.DECRYPTION_FAILED, Code.TOKEN_FAILURE, Code.BAD_REQUEST, Code.EXECUTION_FAILED, Code.TOO_LARGE}
)
"""What libraries make of a ciphertext that does not decrypt: nobody may tell these apart."""
_SHOWN = 64
"""Bytes of a ciphertext that a dialog shows."""


class Decryption:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def decrypt(self, connection: Connection, entry: CertificateEntry, ciphertext: bytes) -> bytes:
        """RSA PKCS#1 v1.5, or SM2 in any form of `sm2_encryption.cipher_der`. HelperError(DECRYPTION_FAILED) whatever is
        wrong with the ciphertext."""
        parts = self._parts
        await parts.admit(connection)
        content = _described(ciphertext)
        with parts.recorder.operation(connection, Operation.DECRYPT, entry=entry, content=content) as row:
            entry = await parts.inventory.require_present(connection, entry)
            if entry.certificate.key_kind is KeyKind.SM2:
                ciphertext = sm2_encryption.cipher_der(ciphertext)
            opened = await self._with_key(row, entry, content, lambda: self._decrypted(entry, ciphertext))
            return opened.octets

    async def open_envelope(self, connection: Connection, message: bytes) -> bytes:
        """The content of a CMS EnvelopedData for one of the encryption certificates this connection is offered."""
        parts = self._parts
        await parts.admit(connection)
        entries = await self._keys(connection)
        if not entries:
            raise HelperError(Code.NO_CERTIFICATE)
        content = _described(message)
        with parts.recorder.operation(connection, Operation.OPEN_ENVELOPE, content=content) as row:
            envelope, entry, recipient = await asyncio.to_thread(_recipient, message, entries)
            found = await self._opened(row, entry, content, lambda: self._by_token(entry, envelope, recipient))
            if found is not None and found.is_content:
                return found.octets
            key = found.octets if found else None
            opened = await asyncio.to_thread(_opened, envelope, recipient.content_key(key, envelope.cipher))
            # a key that was not the right one may open to garbage by chance
            if opened is None or key is None or len(key) != envelope.cipher.key_length:
                raise HelperError(Code.DECRYPTION_FAILED)
            return opened

    async def envelope_key(self, connection: Connection, envelope: cms.Envelope, content: Content) -> bytes:
        """The content key of an envelope too large to hold. A key that did not decrypt shows in the content only.

        For the person: HelperError(NO_CERTIFICATE) where no key at hand was meant, NOT_SUPPORTED before any is used.
        """
        if connection.asker.origin is not None:
            raise HelperError(Code.DENIED_BY_POLICY)
        await self._parts.admit(connection)
        with self._parts.recorder.operation(connection, Operation.OPEN_ENVELOPE, content=content) as row:
            for entry in await self._keys(connection):
                if recipient := cms.recipient_for(envelope, entry.certificate):
                    recipient.require_token_can_open()
                    work = functools.partial(self._decrypted, entry, recipient.encrypted_key)
                    found = await self._opened(row, entry, content, work)
                    return recipient.content_key(found.octets if found else None, envelope.cipher)
            raise HelperError(Code.NO_CERTIFICATE)

    async def _keys(self, connection: Connection) -> list[CertificateEntry]:
        """Replaced certificates too: what was sealed for the old one is still to be opened."""
        offered = await self._parts.inventory.offered(connection)
        return [entry for entry in offered if entry.serves(Usage.ENCRYPT)]

    async def _opened(self, row: Row, entry: CertificateEntry, content: Content, work: Work) -> _Opened | None:
        """None where it does not decrypt; the envelope is worked on all the same, so that this cannot be seen from outside."""
        try:
            return await self._with_key(row, entry, content, work)
        except HelperError as problem:
            if problem.code is not Code.DECRYPTION_FAILED:
                raise
            return None

    async def _with_key(self, row: Row, entry: CertificateEntry, content: Content, work: Work) -> _Opened:
        if entry.usable_kind not in (KeyKind.RSA, KeyKind.SM2):
            raise HelperError(Code.NOT_SUPPORTED)
        device, wish = Device.of(entry), Wish(ConfirmKind.DECRYPT, content)
        return await self._parts.consents.use_key(row, device, wish, lambda: _judged(work()))

    async def _decrypted(self, entry: CertificateEntry, ciphertext: bytes) -> _Opened:
        return _Opened(
            await self._parts.tokens.decrypt(entry.token.id, entry.key_id, ciphertext, entry.certificate.spki)
        )

    async def _by_token(self, entry: CertificateEntry, envelope: cms.Envelope, recipient: cms.Recipient) -> _Opened:
        """The content key; the content itself from an SM2 USBKEY that gives no key out."""
        try:
            return await self._decrypted(entry, recipient.encrypted_key)
        except HelperError as problem:
            if problem.code is not Code.NOT_SUPPORTED or envelope.cipher is not cms.ContentCipher.SM4_CBC:
                raise
        sealed = b"".join(envelope.body.octets())
        vector = envelope.parameters.vector
        sealing = (entry.token.id, entry.key_id, recipient.encrypted_key, vector, sealed)
        try:
            opened = await self._parts.tokens.open_content(*sealing)
        except HelperError as refusal:  # too large is told before any key is used
            raise HelperError(Code.NOT_SUPPORTED) if refusal.code is Code.TOO_LARGE else refusal from None
        return _Opened(envelope.parameters.unpadded(opened), is_content=True)


class _Opened(NamedTuple):
    octets: bytes
    is_content: bool = False
    """Not a content key that opens it."""


Work = Callable[[], Awaitable[_Opened]]


async def _judged(decrypting: Awaitable[_T]) -> _T:
    try:
        return await decrypting
    except HelperError as problem:
        if problem.code in _OF_THE_CONTENT:
            raise HelperError(Code.DECRYPTION_FAILED) from None
        raise


def _recipient(message: bytes, entries: list[CertificateEntry]) -> tuple[cms.Envelope, CertificateEntry, cms.Recipient]:
    """The envelope, the first certificate it was sealed for, and its recipient info. No key is used here: what kind of
    envelope it is may be told (NOT_SUPPORTED)."""
    try:
        envelope = cms.read_envelope(message)
    except HelperError as problem:
        raise problem if problem.code is Code.NOT_SUPPORTED else HelperError(Code.DECRYPTION_FAILED) from None
    for entry in entries:
        recipient = cms.recipient_for(envelope, entry.certificate)
        if recipient is not None:
            recipient.require_token_can_open()
            return envelope, entry, recipient
    raise HelperError(Code.DECRYPTION_FAILED)


def _opened(envelope: cms.Envelope, key: bytes) -> bytes | None:
    try:
        return envelope.decrypt(key)
    except HelperError:
        return None


def _described(ciphertext: bytes) -> Content:
    """Nobody can read it yet: its size and digest, and how it begins."""
    digest = sha256(ciphertext).hexdigest()
    return Content(ciphertext[:_SHOWN].hex(" "), len(ciphertext), digest, readable=False)
