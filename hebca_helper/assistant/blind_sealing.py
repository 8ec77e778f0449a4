"""Sealing a digest that a page computed (SealHash of the seal service): the assistant cannot show what is sealed.

Kept apart from everything else that signs: RSA over a SHA-1 digest only, because a bare digest of 32, 48 or 64 bytes could
be that of a login token (design, rule 4), never for unknown sites, each time behind a consent of its own.
"""

from __future__ import annotations

from hebca_helper.assistant.connection import Connection
from hebca_helper.assistant.content import described
from hebca_helper.assistant.device import Device
from hebca_helper.assistant.entries import CertificateEntry
from hebca_helper.assistant.journal import Operation
from hebca_helper.assistant.parts import Parts
from hebca_helper.assistant.prompts import ConfirmKind
from hebca_helper.assistant.risks import Risk
from hebca_helper.assistant.wish import Wish
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import KeyKind
from hebca_helper.tokens.model import Mechanism

SHA1_OCTETS = 20


class BlindSealing:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def sign(self, connection: Connection, entry: CertificateEntry, digest: bytes) -> bytes:
        """PKCS#1 v1.5 signature over a SHA-1 digest.

        HelperError(DENIED_BY_POLICY) for an unknown site, LOGIN_LIKE_CONTENT for a digest of another length,
        NOT_SUPPORTED for a key that is not RSA.
        """
        parts = self._parts
        await parts.admit(connection)
        content = await described(digest, digest.hex())
        with parts.recorder.operation(connection, Operation.SEAL_HASH, entry=entry, content=content):
            parts.policy.require(connection, Risk.BLIND_SIGN)
            if entry.certificate.key_kind is not KeyKind.RSA:
                raise HelperError(Code.NOT_SUPPORTED)
            if len(digest) != SHA1_OCTETS:
                raise HelperError(Code.LOGIN_LIKE_CONTENT)
            device = Device.of(await parts.inventory.require_present(connection, entry))
            wish = Wish(ConfirmKind.SEAL_HASH, content)
            signature, consented = await parts.consents.with_key(
                connection,
                device,
                lambda: parts.consents.authorise(connection, device, wish, parts.prompts()),
                lambda: parts.tokens.sign(device.id, entry.key_id, Mechanism.RSA_PKCS1_SHA1, digest),
            )
        parts.consented(device, consented)
        return signature
