"""What every request passes before a page sees it: Host, origin of a POST, its size, and the headers of the answer.

Ports of localhost are one "site" to browsers, so SameSite alone would let a page of another local port post here:
the Origin header decides. Scripts that are not browsers send none.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hebca_helper.practice.hall.refusals import Reason
from hebca_helper.texts import tr

LARGEST_BODY = 256 * 1024
LARGEST_SCANS = 24 * 1024 * 1024
"""Octets of the request that brings scans, base64 in JSON."""
_SCANS = "/api/materials/scans"

_POLICY = (
    "default-src 'none'; script-src 'self'{eval}; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws://localhost:* https://localhost:* wss://localhost:*; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; frame-src p11:"
)
# Pages that talk to the certificate service evaluate its answers: every portal's copy of the client does, and the hall
# is to be a faithful portal (resources/protocol.md, section 1). All other pages do without.
EVALUATING_PAGES = frozenset({"/login", "/bind/ca", "/business", "/scan"})


class Guard:
    """ASGI wrapper. `origin()` is the hall's own, e.g. `http://localhost:17280`."""

    def __init__(self, app: ASGIApp, origin: Callable[[], str]) -> None:
        self._app = app
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(scope["path"], MutableHeaders(scope=message))
            await send(message)

        answer = self._judge(scope, Headers(scope=scope)) or self._app
        await answer(scope, receive, send_guarded)
        return None

    def _judge(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        """An answer that ends the request, or None to let it through."""
        host = self._origin().removeprefix("http://")
        if headers.get("host") != host:
            return self._elsewhere(scope, headers, host)
        if scope["method"] in ("GET", "HEAD"):
            return None
        return self._judge_post(headers, LARGEST_SCANS if scope["path"] == _SCANS else LARGEST_BODY)

    def _elsewhere(self, scope: Scope, headers: Headers, host: str) -> ASGIApp:
        """The same hall by its address goes to its name, where the cookie and the consent live; all else is refused."""
        port = host.rpartition(":")[2]
        if scope["method"] == "GET" and headers.get("host") in (f"127.0.0.1:{port}", f"[::1]:{port}"):
            return RedirectResponse(self._origin() + scope["path"], 307)
        return PlainTextResponse("wrong Host", 403)

    def _judge_post(self, headers: Headers, largest: int) -> ASGIApp | None:
        if headers.get("origin", self._origin()) != self._origin():
            return PlainTextResponse("wrong Origin", 403)
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _bad(415, tr("请求须为 JSON"))
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > largest:
            return _bad(413, tr("请求内容太大"))
        return None


def _bad(status: int, text: str) -> JSONResponse:
    return JSONResponse({"ok": False, "reason": Reason.BAD_REQUEST, "message": text}, status)


def _add_headers(path: str, headers: MutableHeaders) -> None:
    evaluating = " 'unsafe-eval'" if path in EVALUATING_PAGES else ""
    headers["content-security-policy"] = _POLICY.format(eval=evaluating)
    headers["x-content-type-options"] = "nosniff"
    headers["referrer-policy"] = "no-referrer"
    headers["cross-origin-opener-policy"] = "same-origin"
    headers["cross-origin-resource-policy"] = "same-origin"
    headers["cache-control"] = "no-store"
