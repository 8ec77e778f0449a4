"""The practice CA's service as one ASGI application."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from hebca_helper.errors import HelperError
from hebca_helper.issuer.protocol import ProtocolError, ServiceRequest
from hebca_helper.pki.certificates import Certificate
from hebca_helper.places import shipped
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.ca_service.desk import Desk
from hebca_helper.practice.ca_service.orders import OrderBook
from hebca_helper.practice.ca_service.seal import AnswerSeal
from hebca_helper.practice.hall.guards import Guard

ONLINE = "/online"
_SERIAL = re.compile(r"0*([0-9a-f]{1,40})")
"""At most 20 octets (RFC 5280, section 4.1.2.2)."""
_JSON = "application/json"


@dataclass(frozen=True)
class CaCounter:
    """What the service works with; `origin()` is its own, known when it listens. `certificate_port` is where its page
    looks for the certificate service."""

    ca: PracticeCa
    desk: Desk
    orders: OrderBook
    seal: AnswerSeal
    certificate_port: int
    clock: Callable[[], datetime]
    origin: Callable[[], str]

    def page(self, _request: Request) -> Response:
        """重置证书密码: places an order and asks the certificate service for the reset."""
        template = string.Template(shipped("resources", "ca", "counter.html").read_text("utf-8"))
        return HTMLResponse(template.substitute(port=self.certificate_port))

    def script(self, _request: Request) -> Response:
        return Response(shipped("resources", "ca", "counter.js").read_bytes(), media_type="text/javascript")

    async def order(self, request: Request) -> Response:
        """Order a reset: `{"certificate": "<serial in hex>"}`, or `{"der": "<base64>"}` of the whole certificate.

        Checking papers is the counter's work; here anybody at this computer is believed.
        """
        serial = _ordered(await request.body())
        if serial is None:
            return _bad("certificate")
        name = self.orders.place(serial)
        return JSONResponse({"order": name, "url": f"{self.origin()}{ONLINE}?order={name}"})

    async def online(self, request: Request) -> Response:
        """The online protocol."""
        try:
            asked = ServiceRequest.parse(await request.body())
            payload = await asyncio.to_thread(self.desk.judge, asked, request.query_params.get("order", ""))
        except ProtocolError as problem:
            return _bad(str(problem))
        except HelperError as problem:
            return _bad(problem.code)
        return Response((await asyncio.to_thread(self.seal.sign, payload)).dump(), media_type=_JSON)

    def revocation_list(self, _request: Request) -> Response:
        """The issuing CA's list, DER (RFC 2585, section 4.2)."""
        return Response(self.ca.crl(self.clock()), media_type="application/pkix-crl")

    def root_revocation_list(self, _request: Request) -> Response:
        return Response(self.ca.root_crl(self.clock()), media_type="application/pkix-crl")

    def certificates(self, _request: Request) -> Response:
        """Root and issuing CA, PEM."""
        bundle = "".join(_pem(certificate.der) for certificate in self.ca.certificates())
        return Response(bundle, media_type="application/x-pem-file")


def application(counter: CaCounter) -> ASGIApp:
    static = StaticFiles(directory=shipped("resources", "hall", "static"))
    routes: list[BaseRoute] = [
        Route("/", counter.page),
        Route("/counter.js", counter.script),
        Mount("/static", static),
        Route("/orders", counter.order, methods=["POST"]),
        Route(ONLINE, counter.online, methods=["POST"]),
        Route("/crl", counter.revocation_list),
        Route("/root-crl", counter.root_revocation_list),
        Route("/ca", counter.certificates),
    ]
    return Guard(Starlette(routes=routes), counter.origin)


def _ordered(content: bytes) -> str | None:
    """The serial, lower-case hex without leading zeros; None when there is none."""
    try:
        table = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(table, dict):
        return None
    return _serial_of(table["der"]) if "der" in table else _serial(table.get("certificate"))


def _serial(text: object) -> str | None:
    found = _SERIAL.fullmatch(text.strip().lower()) if isinstance(text, str) else None
    return found[1] if found else None


def _serial_of(text: object) -> str | None:
    try:
        return Certificate.parse(base64.b64decode(text, validate=True)).serial_hex if isinstance(text, str) else None
    except (ValueError, HelperError):
        return None


def _bad(field: str) -> Response:
    return JSONResponse({"problem": field}, 400)


def _pem(der: bytes) -> str:
    """RFC 7468, section 5."""
    lines = base64.b64encode(der).decode()
    body = "\n".join(lines[place : place + 64] for place in range(0, len(lines), 64))
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
