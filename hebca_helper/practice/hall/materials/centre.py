"""The centre's side: papers made of forms and scans, and receipts with the centre's own seal."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hebca_helper.documents.pdf.client import PdfHost, digest_to_sign, filled
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.documents.pdf.plan import Plan
from hebca_helper.errors import HelperError
from hebca_helper.files import write_atomically
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import signing as cms
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.extensions import Usage
from hebca_helper.practice.hall.materials import forms
from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.names import Holder
from hebca_helper.practice.record import ca_folder
from hebca_helper.practice.scenarios import SealPlan
from hebca_helper.practice.seal_drawing import SIZE_MM
from hebca_helper.practice.seal_maker import MadeSeal, practice_seal, rsa_spki, stored_rsa_key

MakePaper = Callable[[bytes, Sequence[bytes]], Awaitable[bytes]]
"""A form (PDF) and scans (JPG, PNG, PDF) as one PDF."""
CENTRE = Holder(forms.CENTRE, "9900000099", "9900000099", credit_code="111300000000000994")
_LIFETIME = timedelta(days=5 * 365)


async def make_paper(form: bytes, scans: Sequence[bytes]) -> bytes:
    """In the document host: scans come from outside. HallError where one of them cannot be used."""
    try:
        return await asyncio.to_thread(_joined, [form, *scans])
    except HelperError as problem:
        raise HallError(Reason.FIELD_WRONG, f"{problem.text}。{problem.remedy}", field="scans") from None


def _joined(parts: Sequence[bytes]) -> bytes:
    with PdfHost() as host:
        return host.collect(parts)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the centre signs with."""

    key: rsa.RSAPrivateKey
    certificate: Certificate
    seal: MadeSeal


class Receipts:
    """Makes receipts with the centre's key, certificate and seal, which the practice CA gave it; made at the first one."""

    def __init__(self, home: Path, clock: Callable[[], datetime]) -> None:
        self._folder = ca_folder(home)
        self._clock = clock
        self._desk: _Desk | None = None
        self._opening = threading.Lock()

    async def receipt(self, filing: forms.Filing, title: str, uploaded: datetime) -> bytes:
        """A sealed PDF. HelperError where the practice CA is missing or its files cannot be read."""
        return await asyncio.to_thread(self._receipt, filing, title, uploaded)

    def _receipt(self, filing: forms.Filing, title: str, uploaded: datetime) -> bytes:
        with self._opening:  # two first receipts at once must not make two keys
            desk = self._opened()
        document = forms.receipt(filing, title, uploaded)
        with PdfHost() as host:
            ready = host.prepare(document, desk.seal.picture, self._plan(desk))
        attributes = cms.prepare(
            digest_to_sign(document, ready), desk.certificate, cms.DigestAlgorithm.SHA256, signing_time=None
        )
        signature = desk.key.sign(attributes.to_sign, padding.PKCS1v15(), hashes.SHA256())
        return filled(document, ready, cms.signed_data(None, attributes, desk.certificate, signature))

    def _plan(self, desk: _Desk) -> Plan:
        return Plan(
            seal=desk.seal.seal,
            width_mm=SIZE_MM,
            height_mm=SIZE_MM,
            placement=Placement(Mode.KEYWORD, keyword=forms.SEAL_KEYWORD),
            moment=self._clock().replace(microsecond=0),
            name=forms.CENTRE,
        )

    def _opened(self) -> _Desk:
        if self._desk is None:
            ca, now = PracticeCa.load(self._folder, self._clock), self._clock()
            key = stored_rsa_key(self._folder / "centre.key")
            certificate = self._folder / "centre.cer"
            if not certificate.exists():
                start = now - timedelta(days=1)
                der = ca.issue(rsa_spki(key), CENTRE, Usage.SIGN, start, now + _LIFETIME)
                write_atomically(certificate, der)
            der = certificate.read_bytes()
            made = Certificate.parse(der).not_before
            self._desk = _Desk(
                key, Certificate.parse(der), practice_seal(ca, CENTRE, SealPlan(purpose="业务专用章"), der, made)
            )
        return self._desk
