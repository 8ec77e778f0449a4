"""A small HTTP client with a cookie jar of one, for the scripted clerk: the hall only, JSON only."""

from __future__ import annotations

import asyncio
import http.client
import http.cookies
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 30.0

Note = Callable[[str], None]
"""Takes down each call that is made, in a developer's words."""


def unnoted(_: str) -> None:
    """Nobody wants to know."""


class Visitor:
    """One browser session's worth of requests to `origin` (`http://localhost:PORT`)."""

    def __init__(self, origin: str, note: Note = unnoted) -> None:
        self.origin = origin.rstrip("/")
        self._note = note
        self._cookies: dict[str, str] = {}

    async def get(self, path: str) -> str:
        return (await self._request("GET", path, None)).decode()

    async def fetch(self, path: str) -> bytes:
        """A file. OSError where the hall has none."""
        status, content = await asyncio.to_thread(self._send, "GET", path, None)
        if status != http.HTTPStatus.OK:
            raise OSError(content.decode(errors="replace"))
        return content

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """The hall's answer, refusals included (`ok` tells)."""
        answer: dict[str, Any] = json.loads(await self._request("POST", path, json.dumps(body)))
        return answer

    async def _request(self, method: str, path: str, body: str | None) -> bytes:
        return (await asyncio.to_thread(self._send, method, path, body))[1]

    def _send(self, method: str, path: str, body: str | None) -> tuple[int, bytes]:
        self._note(f"{method} {path}")
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, self._headers(body))
            reply = connection.getresponse()
            self._keep(reply.headers.get_all("set-cookie", []))
            return reply.status, reply.read()
        finally:
            connection.close()

    def _headers(self, body: str | None) -> dict[str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Origin": self.origin}
        return headers

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            parsed = http.cookies.SimpleCookie(line)
            self._cookies |= {name: morsel.value for name, morsel in parsed.items()}
