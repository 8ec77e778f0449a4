"""CMS for a page or a person: signing with the content inside. What is shown is what is signed, each time anew."""

from __future__ import annotations

import asyncio
from binascii import b2a_base64
from collections.abc import Callable
from datetime import datetime

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.key.domains import require_no_login_input
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.person.content import described
from hebca_helper.assistant.person.prompts import ConfirmKind, Content, Wish
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.cms import signing as cms
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.tokens.model import MECHANISMS, Mechanism

DIGESTS = {mechanism: cms.DigestAlgorithm(name) for (_, name), mechanism in MECHANISMS.items()}
"""What the content of a message is hashed with, by what signs it."""


class Documents:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def sign(self, connection: Connection, entry: CertificateEntry, data: bytes) -> tuple[str, str]:
        """CMS SignedData (RFC 5652) with `data` inside, as ContentInfo DER in base64, in two pieces of one text.

        Always asks the person.
        """
        await self._parts.admit(connection)
        content = await described(data)
        certificate, early, algorithm = entry.certificate, _Early(data), self.digest_algorithm(entry)
        known = algorithm is cms.DigestAlgorithm.SHA256
        digest = bytes.fromhex(content.digest) if known else await asyncio.to_thread(algorithm.of, data)
        attributes, signature = await self.sign_content(
            connection,
            entry,
            content,
            digest,
            lambda attributes: early.encode(cms.frame(len(data), attributes, certificate, bytes(_size_of(entry))).head),
        )
        return early.finish(*cms.frame(len(data), attributes, certificate, signature))

    async def sign_content(
        self,
        connection: Connection,
        entry: CertificateEntry,
        content: Content,
        digest: bytes,
        meanwhile: Callable[[cms.SignedAttributes], None] = lambda _: None,
    ) -> tuple[cms.SignedAttributes, bytes]:
        """The signed attributes for content with this digest (under `digest_algorithm`) and the signature over them.

        `meanwhile` is called while the token signs.
        """
        parts = self._parts
        await parts.admit(connection)
        with parts.recorder.operation(connection, Operation.SIGN_DOCUMENT, entry=entry, content=content) as row:
            mechanism = self.mechanism(entry)
            device = Device.of(await parts.inventory.require_present(connection, entry))
            attributes = cms.prepare(digest, entry.certificate, self.digest_algorithm(entry), self.moment())
            require_no_login_input(mechanism, attributes.to_sign)
            wish, spki = Wish(ConfirmKind.SIGN_DOCUMENT, content), entry.certificate.spki

            async def sign() -> bytes:
                signing = asyncio.ensure_future(
                    parts.tokens.sign(device.id, entry.key_id, mechanism, attributes.to_sign_digest, spki)
                )
                await asyncio.sleep(0)  # the request is on its way to the token host
                meanwhile(attributes)
                return await signing

            signature = await parts.consents.use_key(row, device, wish, sign)
        return attributes, signature

    def digest_algorithm(self, entry: CertificateEntry) -> cms.DigestAlgorithm:
        """What the content is hashed with."""
        return DIGESTS[self.mechanism(entry)]

    def mechanism(self, entry: CertificateEntry) -> Mechanism:
        """RSA by the setting; EC SHA-256; SM2 SM3 (GM/T 0010)."""
        kind = entry.usable_kind
        digest = {KeyKind.RSA: self._parts.settings.cms_digest, KeyKind.SM2: "sm3"}.get(kind, "sha256")
        if (mechanism := MECHANISMS.get((kind, digest))) is None:
            raise HelperError(Code.NOT_SUPPORTED)
        return mechanism

    def moment(self) -> datetime:
        return self._parts.clock.now().replace(microsecond=0)


class _Early:
    """Base64 of head, content and tail, most of it made while the token signs: for a megabyte that takes as long."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._head = b""
        self._text = ""

    def encode(self, head: bytes) -> None:
        whole = (len(head) + len(self._content)) // 3 * 3
        self._head, self._text = head, _base64((head + self._content)[:whole])

    def finish(self, head: bytes, tail: bytes) -> tuple[str, str]:
        """A signature of another length than expected (ECDSA) has another head: then all is made anew."""
        if head != self._head:
            self.encode(head)
        left = (len(head) + len(self._content)) % 3
        return self._text, _base64((head + self._content[-3:])[-left:] + tail if left else tail)


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def _size_of(entry: CertificateEntry) -> int:
    """Bytes of an RSA signature (RFC 8017, 8.2); a guess for others."""
    return (entry.certificate.key_bits + 7) // 8
