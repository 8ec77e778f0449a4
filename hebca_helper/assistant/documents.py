"""CMS for a page or a person: signing with the content inside. What is shown is what is signed, each time anew."""

from __future__ import annotations

import asyncio
from datetime import datetime

from hebca_helper.assistant.connection import Connection
from hebca_helper.assistant.content import described
from hebca_helper.assistant.device import Device
from hebca_helper.assistant.domains import require_no_login_input
from hebca_helper.assistant.entries import CertificateEntry
from hebca_helper.assistant.journal import Operation
from hebca_helper.assistant.parts import Parts
from hebca_helper.assistant.prompts import ConfirmKind, Content
from hebca_helper.assistant.signing import LARGE, digest_of
from hebca_helper.assistant.wish import Wish
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import KeyKind
from hebca_helper.pki.cms import signing as cms
from hebca_helper.tokens.model import Mechanism

_RSA = {"sha256": Mechanism.RSA_PKCS1_SHA256, "sha1": Mechanism.RSA_PKCS1_SHA1}


class Documents:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def sign(self, connection: Connection, entry: CertificateEntry, data: bytes) -> bytes:
        """CMS SignedData (RFC 5652) with `data` inside, as ContentInfo DER. Always asks the person."""
        await self._parts.admit(connection)
        content = await described(data)
        mechanism = self._mechanism(entry)
        digest = await digest_of(mechanism, data) if mechanism is Mechanism.RSA_PKCS1_SHA1 else None
        attributes, signature = await self.sign_content(
            connection, entry, content, digest or bytes.fromhex(content.digest)
        )
        if len(data) < LARGE:
            return cms.signed_data(data, attributes, entry.certificate, signature)
        return await asyncio.to_thread(cms.signed_data, data, attributes, entry.certificate, signature)

    async def sign_content(
        self, connection: Connection, entry: CertificateEntry, content: Content, digest: bytes
    ) -> tuple[cms.SignedAttributes, bytes]:
        """The signed attributes for content with this digest (under `digest_algorithm`) and the signature over them."""
        parts = self._parts
        await parts.admit(connection)
        with parts.recorder.operation(connection, Operation.SIGN_DOCUMENT, entry=entry, content=content):
            mechanism = self._mechanism(entry)
            device = Device.of(await parts.inventory.require_present(connection, entry))
            attributes = cms.prepare(digest, entry.certificate, self.digest_algorithm(entry), self._moment())
            require_no_login_input(mechanism, attributes.to_sign)
            wish = Wish(ConfirmKind.SIGN_DOCUMENT, content)

            async def sign() -> bytes:
                to_sign = await digest_of(mechanism, attributes.to_sign)
                return await parts.tokens.sign(device.id, entry.key_id, mechanism, to_sign)

            signature, consented = await parts.consents.with_key(
                connection, device, lambda: parts.consents.authorise(connection, device, wish, parts.prompts()), sign
            )
        parts.consented(device, consented)
        return attributes, signature

    def digest_algorithm(self, entry: CertificateEntry) -> cms.DigestAlgorithm:
        """What the content is hashed with."""
        sha1 = self._mechanism(entry) is Mechanism.RSA_PKCS1_SHA1
        return cms.DigestAlgorithm.SHA1 if sha1 else cms.DigestAlgorithm.SHA256

    def _mechanism(self, entry: CertificateEntry) -> Mechanism:
        """RSA by the setting; EC SHA-256. SM2 will sign SM3 here (GM/T 0010)."""
        kind = entry.certificate.key_kind
        if kind is KeyKind.RSA:
            return _RSA[self._parts.settings.cms_digest]
        if kind is KeyKind.EC:
            return Mechanism.ECDSA_SHA256
        raise HelperError(Code.NOT_SUPPORTED)

    def _moment(self) -> datetime:
        return self._parts.clock.now().replace(microsecond=0)
