"""The practice CA's service over a practice USBKEY's home, and somebody who asks it by hand."""

from __future__ import annotations

import asyncio
import http.client
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hebca_helper.issuer.protocol import NONCE_BYTES, Payload, ServiceOperation, ServiceRequest, SignedAnswer
from hebca_helper.pki.certificates import Certificate
from hebca_helper.practice.ca_service.server import CaService
from hebca_helper.practice.record import MadeToken, read_record


@dataclass(frozen=True)
class Reply:
    status: int
    kind: str
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        table: dict[str, Any] = json.loads(self.body)
        return table


@dataclass(frozen=True)
class Asker:
    """Somebody with a certificate. `token` is what the practice USBKEY's record says of it."""

    service: CaService
    home: Path

    @property
    def token(self) -> MadeToken:
        record = read_record(self.home)
        assert record is not None
        return record.tokens[0]

    async def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        return await asyncio.to_thread(self._ask, method, path, body, headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        host = self.service.origin.removeprefix("http://")
        connection = http.client.HTTPConnection("127.0.0.1", int(host.partition(":")[2]), timeout=60)
        named = {"Host": host} | ({"Content-Type": "application/json"} if body is not None else {})
        try:
            connection.request(method, path, body, named | {k.replace("_", "-"): v for k, v in headers.items()})
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers["content-type"], reply.read())
        finally:
            connection.close()

    async def order(self, serial: str | None = None) -> str:
        wanted = {"certificate": serial or self.token.certificates[0].serial}
        reply = await self.ask("POST", "/orders", json.dumps(wanted).encode())
        assert reply.status == 200
        return str(reply.json["order"])

    async def reset(
        self,
        certificate: bytes,
        order: str = "",
        token: str | None = None,
        operation: ServiceOperation = ServiceOperation.RESET_PIN,
    ) -> Payload:
        """The content of the answer, which must fit the request."""
        request = ServiceRequest(
            operation,
            secrets.token_bytes(NONCE_BYTES),
            self.token.serial if token is None else token,
            certificate,
        )
        reply = await self.ask("POST", f"/online?order={order}", request.dump())
        assert (reply.status, reply.kind) == (200, "application/json")
        payload = Payload.parse(SignedAnswer.parse(reply.body).payload)
        assert (payload.nonce, payload.token_serial) == (request.nonce, request.token_serial)
        assert payload.certificate == Certificate.parse(certificate).fingerprint
        return payload
