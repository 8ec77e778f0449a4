"""The signature of a stamped PDF. Made here, where the key is asked for: the document host only left a place for it."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass

from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.key.domains import require_no_login_input
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.stamping.authorities import Authorities
from hebca_helper.documents.pdf.client import Ready, digest_to_sign, filled
from hebca_helper.documents.pdf.plan import SubFilter
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import chains
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import signing as cms
from hebca_helper.pki.revocation import Crl
from hebca_helper.tokens.model import MECHANISMS

_SUB_FILTERS = {"pades": SubFilter.PADES, "pkcs7": SubFilter.PKCS7}
"""By the setting's word."""
_ROOM, _ROOM_FOR_TIME_STAMP = 2048, 12 * 1024
"""Octets for what a signature holds beside certificates."""


@dataclass(frozen=True, slots=True)
class Companions:
    """What goes into the file beside the signature: the certificates above the signer's up to the root, by which nothing
    of them can be changed unnoticed, and the lists that are at hand. `trusted`: the root is one we vouch for."""

    chain: tuple[Certificate, ...]
    crls: tuple[Crl, ...]
    trusted: bool


def companions(entry: CertificateEntry, authorities: Authorities, parts: Parts) -> Companions:
    """HelperError(CERTIFICATE_REVOKED, CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID): then nothing may be stamped."""
    trusted = [Certificate.parse(each) for each in authorities.trusted]
    crls = [Crl.parse(each) for each in authorities.crls]
    report = chains.check(entry.certificate, trusted, crls, parts.clock.now(), require_crl=False)
    for code in (report.validity, report.revocation):
        if code is not None:
            raise HelperError(code)
    chain = report.chain[1:]
    issuers = {each.subject.der for each in report.chain}
    return Companions(tuple(chain), tuple(crl for crl in crls if crl.issuer.der in issuers), report.trust is None)


class PdfSigner:
    """Of one certificate, for any number of documents under one consent."""

    def __init__(self, parts: Parts, entry: CertificateEntry, beside: Companions) -> None:
        mechanism = MECHANISMS.get((entry.certificate.key_kind, "sha256"))
        if mechanism is None:
            raise HelperError(Code.NOT_SUPPORTED)  # SM2 keys sign through SKF
        self._parts = parts
        self._entry = entry
        self._beside = beside
        self._mechanism = mechanism
        self._url = parts.settings.time_stamp_url
        self.sub_filter = _SUB_FILTERS[parts.settings.pdf_signature]

    @property
    def time_stamps(self) -> bool:
        return bool(self._url)

    @property
    def reserved(self) -> int:
        """Hexadecimal digits to leave for the signature."""
        octets = sum(len(each.der) for each in (self._entry.certificate, *self._beside.chain)) + _ROOM
        return 2 * (octets + (_ROOM_FOR_TIME_STAMP if self._url else 0))

    async def sign(self, document: bytes, ready: Ready) -> bytes:
        """The whole stamped file. HelperError as TokenService.sign, TIME_STAMP_FAILED."""
        return filled(document, ready, await self._message(digest_to_sign(document, ready), ready.sub_filter))

    async def _message(self, digest: bytes, sub_filter: SubFilter) -> bytes:
        """CMS (RFC 5652), detached. PAdES has the signing time in the file and not in the CMS (EN 319 142-1, 6.3)."""
        certificate = self._entry.certificate
        moment = None if sub_filter is SubFilter.PADES else self._parts.clock.now()
        attributes = cms.prepare(digest, certificate, cms.DigestAlgorithm.SHA256, moment)
        require_no_login_input(self._mechanism, attributes.to_sign)
        signature = await self._parts.tokens.sign(
            self._entry.token.id, self._entry.key_id, self._mechanism, attributes.to_sign_digest, certificate.spki
        )
        stamp = await self._time_stamp(signature) if self._url else None
        return cms.signed_data(None, attributes, certificate, signature, self._beside.chain, stamp)

    async def _time_stamp(self, signature: bytes) -> bytes:
        from hebca_helper.issuer.time_stamps import fetch
        from hebca_helper.pki import time_stamps

        nonce = secrets.randbits(63)
        request = time_stamps.request(hashlib.sha256(signature).digest(), nonce)
        response = await asyncio.to_thread(fetch, self._url, request, self._parts.settings.proxy)
        return await asyncio.to_thread(time_stamps.token_in, response, signature, nonce)
