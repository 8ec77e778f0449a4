"""Papers sealed as the assistant seals them, with keys of the practice CA instead of a USBKEY."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hebca_helper.documents.pdf.client import PdfHost, digest_to_sign, filled
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.documents.pdf.plan import Plan
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import signing as cms
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.hall.materials.calls import PIECE
from hebca_helper.practice.hall.materials.forms import SEAL_KEYWORD
from hebca_helper.practice.names import COMPANY, Holder
from hebca_helper.practice.scenarios import SealPlan
from hebca_helper.practice.seal_maker import MadeSeal, practice_seal
from tests.practice.hall.held import HeldCertificate, MovingClock
from tests.practice.hall.people import Person, accepted

Answer = dict[str, Any]


@dataclass
class Sealing:
    """Seals at the words of the form. `seal_for` names another certificate for the seal's list than the signer's."""

    host: PdfHost
    ca: PracticeCa
    clock: MovingClock
    _seals: dict[bytes, MadeSeal] = field(default_factory=dict)

    def seal(
        self, document: bytes, signer: HeldCertificate, *, seal_for: HeldCertificate | None = None, bare: bool = False
    ) -> bytes:
        certificate, made = Certificate.parse(signer.der), self._seal((seal_for or signer).der)
        ready = self.host.prepare(document, made.picture, self._plan(made, bare=bare))
        attributes = cms.prepare(
            digest_to_sign(document, ready), certificate, cms.DigestAlgorithm.SHA256, signing_time=None
        )
        assert isinstance(signer.key, rsa.RSAPrivateKey)
        signature = signer.key.sign(attributes.to_sign, padding.PKCS1v15(), hashes.SHA256())
        return filled(document, ready, cms.signed_data(None, attributes, certificate, signature))

    def _seal(self, der: bytes, holder: Holder = COMPANY) -> MadeSeal:
        if der not in self._seals:
            self._seals[der] = practice_seal(self.ca, holder, SealPlan(), der, self.clock() - timedelta(days=1))
        return self._seals[der]

    def _plan(self, made: MadeSeal, *, bare: bool) -> Plan:
        return Plan(
            seal=b"" if bare else made.seal,
            width_mm=40,
            height_mm=40,
            placement=Placement(Mode.KEYWORD, keyword=SEAL_KEYWORD),
            moment=self.clock(),
            name="演练",
        )


@dataclass
class Upload:
    """One file on its way to the hall, as upload.js sends it."""

    person: Person
    paper: int
    content: bytes
    digest: str = ""

    def __post_init__(self) -> None:
        self.digest = self.digest or hashlib.sha256(self.content).hexdigest()

    @property
    def count(self) -> int:
        return -(-len(self.content) // PIECE)

    async def received(self) -> Answer:
        return await self.person.visitor.post("/api/materials/progress", paper=self.paper, digest=self.digest)

    async def piece(self, number: int, /, **changes: Any) -> Answer:
        content = base64.b64encode(self.content[number * PIECE : (number + 1) * PIECE]).decode()
        fields = {"paper": self.paper, "digest": self.digest, "place": number, "count": self.count, "content": content}
        return await self.person.visitor.post("/api/materials/piece", **{**fields, **changes})

    async def send(self) -> Answer:
        """The answer to the last piece."""
        answer: Answer = {}
        for place in range(accepted(await self.received())["received"], self.count):
            answer = await self.piece(place)
        return answer
