"""New keys and their certificates: a certification request, and taking in what the issuer made of it."""

from __future__ import annotations

import hashlib
import secrets

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.person.prompts import ConfirmKind, Wish
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import certification_request
from hebca_helper.pki.certificates import Certificate
from hebca_helper.tokens.model import Mechanism
from hebca_helper.tokens.service import KeyPairKind

KEY_ID_BYTES = 20


class KeyPairs:
    """For the issuer's sites and the person only."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def request(self, connection: Connection, device: Device, common_name: str) -> bytes:
        """A new RSA-2048 key pair on the token; a PKCS#10 request (RFC 2986, DER) for it, signed under SHA-256."""
        parts = self._parts
        await parts.admit(connection)
        with parts.recorder.operation(connection, Operation.GENERATE_KEY, token_id=device.id):
            parts.policy.require_on(connection, Risk.TOKEN_CHANGE, device.token)
            certification_request.require_common_name(common_name)
            wish = Wish(ConfirmKind.GENERATE_KEY, subject=visible_name(common_name))
            return await parts.consents.use_key(connection, device, wish, lambda: self._make(device.id, common_name))

    async def import_certificate(
        self, connection: Connection, device: Device, certificate: Certificate, usage: Usage
    ) -> None:
        """HelperError(NO_PRIVATE_KEY) unless its key is on the token, BAD_REQUEST where it is not for this usage."""
        parts = self._parts
        await parts.admit(connection)
        with parts.recorder.operation(connection, Operation.IMPORT_CERTIFICATE, token_id=device.id):
            parts.policy.require_on(connection, Risk.TOKEN_CHANGE, device.token)
            if not (certificate.signs if usage is Usage.SIGN else certificate.encrypts):
                raise HelperError(Code.BAD_REQUEST)
            wish = Wish(ConfirmKind.IMPORT_CERTIFICATE, subject=visible_name(certificate.holder))
            await parts.consents.use_key(connection, device, wish, lambda: self._write(device.id, certificate))

    async def _make(self, token_id: str, common_name: str) -> bytes:
        parts, key_id = self._parts, secrets.token_bytes(KEY_ID_BYTES)
        spki = await parts.tokens.generate_key_pair(token_id, KeyPairKind.RSA_2048, key_id, common_name)
        body = certification_request.body(spki, common_name)
        digest = hashlib.sha256(body).digest()
        signature = await parts.tokens.sign(token_id, key_id, Mechanism.RSA_PKCS1_SHA256, digest, spki)
        parts.inventory.forget()
        return certification_request.assembled(body, signature)

    async def _write(self, token_id: str, certificate: Certificate) -> None:
        parts = self._parts
        key_id = await parts.tokens.find_key(token_id, certificate.spki)
        held = await parts.tokens.certificates(token_id)
        if all(each.der != certificate.der for each in held):
            await parts.tokens.write_certificate(token_id, certificate.der, key_id, certificate.holder)
            parts.inventory.forget()
