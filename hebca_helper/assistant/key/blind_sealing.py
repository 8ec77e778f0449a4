"""Sealing a digest that a page computed (SealHash of the seal service): the assistant cannot show what is sealed.

The page gets a CMS message with signed attributes around the digest, which is good for what it says and nothing else.
A bare signature over a digest fits whatever has that digest: only a site that the person named in 设置 gets one, RSA over
SHA-1 only, because a digest of 32, 48 or 64 octets could be that of a login token (house rule 4). Both ask each time,
and never for unknown sites.
"""

from __future__ import annotations

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.person.content import described
from hebca_helper.assistant.person.prompts import ConfirmKind, Wish
from hebca_helper.assistant.sites.origins import OriginBook
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.cms import signing as cms
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.tokens.model import Mechanism

SHA1_OCTETS, SHA256_OCTETS = 20, 32
_WAYS = {
    (KeyKind.RSA, SHA1_OCTETS): (Mechanism.RSA_PKCS1_SHA1, cms.DigestAlgorithm.SHA1),
    (KeyKind.RSA, SHA256_OCTETS): (Mechanism.RSA_PKCS1_SHA256, cms.DigestAlgorithm.SHA256),
    (KeyKind.EC, SHA256_OCTETS): (Mechanism.ECDSA_SHA256, cms.DigestAlgorithm.SHA256),
}


class BlindSealing:
    def __init__(self, parts: Parts, origins: OriginBook) -> None:
        self._parts = parts
        self._origins = origins

    async def sign(self, connection: Connection, entry: CertificateEntry, digest: bytes) -> bytes:
        """Detached CMS SignedData (RFC 5652), ContentInfo DER, over content with this SHA-1 or SHA-256 digest; or the bare
        PKCS#1 v1.5 signature over a SHA-1 digest, for a site that the person allows it.

        HelperError(DENIED_BY_POLICY) for an unknown site, LOGIN_LIKE_CONTENT for a digest of another length or one that
        this kind of key does not sign.
        """
        parts = self._parts
        await parts.admit(connection)
        bare = self._origins.may_have_bare(connection.asker.origin or "")
        content = await described(digest, digest.hex())
        operation = Operation.SEAL_HASH_BARE if bare else Operation.SEAL_HASH
        with parts.recorder.operation(connection, operation, entry=entry, content=content) as row:
            parts.policy.require(connection, Risk.BLIND_SIGN)
            mechanism, algorithm = _way(entry, digest, bare)
            device = Device.of(await parts.inventory.require_present(connection, entry))
            wish = Wish(ConfirmKind.SEAL_HASH_BARE if bare else ConfirmKind.SEAL_HASH, content)
            prepared = None if bare else cms.prepare(digest, entry.certificate, algorithm, parts.clock.now())
            to_sign = prepared.to_sign_digest if prepared else digest
            key = (device.id, entry.key_id, mechanism, to_sign, entry.certificate.spki)
            signature = await parts.consents.use_key(row, device, wish, lambda: parts.tokens.sign(*key))
        return cms.signed_data(None, prepared, entry.certificate, signature) if prepared else signature


def _way(entry: CertificateEntry, digest: bytes, bare: bool) -> tuple[Mechanism, cms.DigestAlgorithm]:
    way = _WAYS.get((entry.certificate.key_kind, len(digest)))
    if way is None or (bare and way[0] is not Mechanism.RSA_PKCS1_SHA1):
        raise HelperError(Code.LOGIN_LIKE_CONTENT)
    return way
