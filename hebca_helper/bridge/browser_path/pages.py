"""The test page and what it needs to test with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from hebca_helper.bridge.browser_path.answers import LARGEST_REPORT, Answers
from hebca_helper.errors import HelperError
from hebca_helper.places import shipped

FOLDER = ("resources", "pages")
_PUBLIC = "treat-as-public-address"
"""Content-Security-Policy directive of Chromium: this page counts as one from the internet, so that Local Network
Access treats it like a portal's. Other browsers pass over it, and the page then says that it cannot tell."""
_POLICY = f"{_PUBLIC}; default-src 'none'; script-src 'self'; connect-src ws://localhost:* ws://127.0.0.1:*"


class Facts:
    """What the page has to know: where to knock. `allowed` origins may read what the TLS port says."""

    def __init__(self, service: str, browser: str) -> None:
        self.service = service
        self.browser = browser
        self.tls_base = ""
        self.origin = ""

    def table(self) -> dict[str, str]:
        return {"service": self.service, "browser": self.browser, "tls": self.tls_base}


def browser_pages(facts: Facts, answers: Answers) -> Starlette:
    async def told(request: Request) -> Response:
        return JSONResponse(facts.table())

    async def reported(request: Request) -> Response:
        return await _take_report(request, answers)

    async def over_tls(request: Request) -> Response:
        return Response("ok\n", headers={"access-control-allow-origin": facts.origin})

    return Starlette(
        routes=[
            Route("/", _file("browser.html")),
            Route("/public", _file("public.html", headers={"content-security-policy": _POLICY})),
            Route("/popup", _file("popup.html")),
            Route("/facts", told),
            Route("/answers", reported, methods=["POST"]),
            Route("/tls", over_tls),
            Route("/sample.pdf", _file("sample.pdf", media_type="application/pdf")),
            Route("/download", _file("sample.pdf", filename="hebca-test.pdf")),
            WebSocketRoute("/echo", _say_hello),
            Mount("/static", StaticFiles(directory=shipped(*FOLDER, "static"))),
        ]
    )


def _file(name: str, **options: Any) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return FileResponse(shipped(*FOLDER, name), **options)

    return answer


async def _take_report(request: Request, answers: Answers) -> Response:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_REPORT:
            return Response(status_code=413)
    try:
        answers.report(bytes(body))
    except HelperError:
        return Response(status_code=400)
    return Response(status_code=204)


async def _say_hello(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()
