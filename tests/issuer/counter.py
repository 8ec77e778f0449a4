"""A practice CA, a certificate of a company, the service's seal, and TLS that only this test knows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hebca_helper.issuer.addresses import AllowedAddresses
from hebca_helper.issuer.answers import Anchors
from hebca_helper.issuer.client import IssuerClient
from hebca_helper.issuer.protocol import Payload, Result, ServiceRequest
from hebca_helper.issuer.transport import Limits
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.ca_service.seal import AnswerSeal
from tests.issuer.peer import Heard, Peer, Speak, response

CODE = "87654321"
SERIAL = "9F0012AB34"
LIMITS = Limits(connect=5, silence=5, whole=20, size=8 * 1024)


@dataclass(frozen=True)
class Counter:
    """A CA with its service, and the certificate of a company that forgot its PIN."""

    ca: PracticeCa
    seal: AnswerSeal
    certificate: bytes

    @property
    def anchors(self) -> Anchors:
        return Anchors(self.ca.certificates(), [Crl.parse(self.ca.crl(datetime.now(UTC)))])

    def answer(self, request: ServiceRequest, **changes: Any) -> Payload:
        """A good answer to this request, but for the changes."""
        told: dict[str, Any] = {
            "operation": request.operation,
            "nonce": request.nonce,
            "token_serial": request.token_serial,
            "certificate": Certificate.parse(request.certificate).fingerprint,
            "result": Result.OK,
            "unlock_code": CODE,
        }
        return Payload(**(told | changes))

    def speak(self, seal: AnswerSeal | None = None, **changes: Any) -> Speak:
        """Answer as a service does, but for the changes."""

        async def speak(heard: Heard, writer: asyncio.StreamWriter) -> None:
            payload = self.answer(ServiceRequest.parse(heard.body), **changes)
            writer.write(response((seal or self.seal).sign(payload).dump()))

        return speak

    def client(self, peer: Peer, **options: Any) -> IssuerClient:
        """One that may call this peer, believes this CA, and keeps the limits short."""
        origins = frozenset({peer.origin})
        allowed = AllowedAddresses(origins) if peer.secure else AllowedAddresses(practice=lambda: origins)
        return IssuerClient(allowed, lambda _: self.anchors, **({"limits": LIMITS} | options))

    async def ask(self, peer: Peer, **options: Any) -> str:
        client = self.client(peer, **options)
        address = client.addresses.require(f"{peer.origin}/online?order=1")
        return await client.reset_code(address, self.certificate, SERIAL)
