"""New keys and their certificates: a certification request, and taking in what the issuer made of it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.person.prompts import ConfirmKind, Wish
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import certification_request, sm2_encryption
from hebca_helper.pki.certificates import Certificate
from hebca_helper.tokens.model import Interface, Mechanism, TokenInfo
from hebca_helper.tokens.service import KeyPairKind

KEY_ID_BYTES = 20
Make = Callable[[TokenInfo, str], Awaitable[bytes]]


class KeyPairs:
    """For the issuer's sites and the person only."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def request(self, connection: Connection, device: Device, common_name: str) -> bytes:
        """A new RSA-2048 key pair on the token; a PKCS#10 request (RFC 2986, DER) for it, signed under SHA-256."""
        return await self._new(connection, device, common_name, self._make_rsa)

    async def new_sm2(self, connection: Connection, device: Device, common_name: str) -> bytes:
        """A new SM2 key pair on the token; its public key as ECCPUBLICKEYBLOB (GM/T 0016). HelperError(NOT_SUPPORTED)
        for a token that is not behind SKF."""
        _require_skf(device.token)
        return await self._new(connection, device, common_name, self._make_sm2)

    async def import_pair(self, connection: Connection, device: Device, keys: bytes) -> None:
        """The encryption pair that the issuer made: ENVELOPEDKEYBLOB, or SM2EnvelopedKey in DER. HelperError as
        TokenService.import_key_pair, NOT_SUPPORTED as `new_sm2`."""
        parts = self._parts
        await parts.admit(connection)
        with parts.recorder.operation(connection, Operation.IMPORT_KEY_PAIR, token_id=device.id) as row:
            parts.policy.require_on(connection, Risk.TOKEN_CHANGE, device.token)
            _require_skf(device.token)
            blob = sm2_encryption.enveloped_key_blob(keys)
            holder = device.entry.holder if device.entry else visible_name(device.token.label)
            wish = Wish(ConfirmKind.IMPORT_KEY_PAIR, subject=holder)

            async def take_in() -> None:
                await parts.tokens.import_key_pair(device.id, blob)
                parts.inventory.forget()

            await parts.consents.use_key(row, device, wish, take_in)

    async def _new(self, connection: Connection, device: Device, common_name: str, make: Make) -> bytes:
        parts = self._parts
        await parts.admit(connection)
        with parts.recorder.operation(connection, Operation.GENERATE_KEY, token_id=device.id) as row:
            parts.policy.require_on(connection, Risk.TOKEN_CHANGE, device.token)
            certification_request.require_common_name(common_name)
            wish = Wish(ConfirmKind.GENERATE_KEY, subject=visible_name(common_name))
            return await parts.consents.use_key(row, device, wish, lambda: make(device.token, common_name))

    async def import_certificate(
        self, connection: Connection, device: Device, certificate: Certificate, usage: Usage
    ) -> None:
        """HelperError(NO_PRIVATE_KEY) unless its key is on the token, BAD_REQUEST where it is not for this usage."""
        parts = self._parts
        await parts.admit(connection)
        with parts.recorder.operation(connection, Operation.IMPORT_CERTIFICATE, token_id=device.id) as row:
            parts.policy.require_on(connection, Risk.TOKEN_CHANGE, device.token)
            if not (certificate.signs if usage is Usage.SIGN else certificate.encrypts):
                raise HelperError(Code.BAD_REQUEST)
            wish = Wish(ConfirmKind.IMPORT_CERTIFICATE, subject=visible_name(certificate.holder))
            await parts.consents.use_key(row, device, wish, lambda: self._write(device.id, certificate))

    async def _make_rsa(self, token: TokenInfo, common_name: str) -> bytes:
        tokens = self._parts.tokens
        spki = await self._generate(token, KeyPairKind.RSA_2048, common_name)
        key_id = await tokens.find_key(token.id, spki)
        body = certification_request.body(spki, common_name)
        digest = hashlib.sha256(body).digest()
        signature = await tokens.sign(token.id, key_id, Mechanism.RSA_PKCS1_SHA256, digest, spki)
        return certification_request.assembled(body, signature)

    async def _make_sm2(self, token: TokenInfo, common_name: str) -> bytes:
        return sm2_encryption.public_key_blob(await self._generate(token, KeyPairKind.SM2, common_name))

    async def _generate(self, token: TokenInfo, kind: KeyPairKind, common_name: str) -> bytes:
        key_id = secrets.token_bytes(KEY_ID_BYTES)
        spki = await self._parts.tokens.generate_key_pair(token.id, kind, key_id, common_name)
        self._parts.inventory.forget()
        return spki

    async def _write(self, token_id: str, certificate: Certificate) -> None:
        parts = self._parts
        key_id = await parts.tokens.find_key(token_id, certificate.spki)
        held = await parts.tokens.certificates(token_id)
        if all(each.der != certificate.der for each in held):
            await parts.tokens.write_certificate(token_id, certificate.der, key_id, certificate.holder)
            parts.inventory.forget()


def _require_skf(token: TokenInfo) -> None:
    if token.interface is not Interface.SKF:
        raise HelperError(Code.NOT_SUPPORTED)
