"""Who may see our own pages: this user's browser, on our own host names, with the word that only the address holds."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hebca_helper.addresses import LOOPBACK_HOSTS
from hebca_helper.peer import is_same_user

_HEADERS = {
    b"cache-control": b"no-store",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"cross-origin-opener-policy": b"same-origin-allow-popups",
}
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; object-src 'self'; "
    b"connect-src 'self' https://localhost:* wss://localhost:* ws://localhost:*; frame-ancestors 'self'; "
    b"base-uri 'none'; form-action 'none'"
)


class Admission:
    """Around an application. The first part of every path is `word`; a wrong one is answered like a missing page, so
    that nobody learns who listens here. `origins` are the only ones whose scripts may send or read."""

    def __init__(self, application: ASGIApp, word: str, origins: Callable[[], frozenset[str]]) -> None:
        self._application = application
        self._word = word
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inside = self._inside(scope)
        if inside is None:
            await self._refuse(scope, receive, send)
        else:
            await self._application({**scope, "path": inside, "raw_path": None}, receive, _with_headers(scope, send))

    def _inside(self, scope: Scope) -> str | None:
        """The path after the word; None for who may not come in."""
        headers = Headers(scope=scope)
        _, word, *rest = scope["path"].split("/", 2)
        right_word = secrets.compare_digest(word.encode(), self._word.encode())
        origin = headers.get("origin")
        same = origin in self._origins() if origin is not None else scope["type"] == "http" and scope["method"] == "GET"
        if not (right_word and same and _names_us(headers.get("host", "")) and _is_ours(scope)):
            return None
        return "/" + "".join(rest)

    @staticmethod
    async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await Response("not found\n", 404)(scope, receive, send)


def _names_us(host: str) -> bool:
    """The port needs no look: what names us on another port never arrives here."""
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK_HOSTS
    except ValueError:
        return False


def _is_ours(scope: Scope) -> bool:
    client, server = scope.get("client"), scope.get("server")
    if client is None or server is None:
        return False
    return is_same_user((client[0], client[1]), (server[0], server[1]))


def _with_headers(scope: Scope, send: Send) -> Send:
    if scope["type"] != "http":
        return send

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            more = [*_HEADERS.items(), (b"content-security-policy", _POLICY)]
            message = {**message, "headers": [*message["headers"], *(pair for pair in more if pair[0] not in there)]}
        await send(message)

    return send_with_headers
