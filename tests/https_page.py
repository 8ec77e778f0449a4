"""A page's side of the HTTPS API, for tests of whatever stands behind it.

with serving("--unattended", "--allow-origin", PORTAL, environment=…) as service, HttpsPage(PORTAL, service) as page:
    page.open_session()
    token = page.call("login", nonce=nonce())
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import ssl
from contextlib import ExitStack
from typing import Any, Self
from urllib.parse import urlsplit

from hebca_helper.errors import Code
from tests.events_socket import EventsSocket
from tests.running import Service

SECONDS = 60


def nonce() -> str:
    """What a server issues: 256 random bits in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def any_tls() -> ssl.SSLContext:
    """Trusts whoever listens: for tests that are not about TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class FailedCallError(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code


class HttpsPage:
    """One HTTPS connection of a page, and its events socket once it is opened. `url` is the service's "https" one."""

    def __init__(self, origin: str, service: Service | str, tls: ssl.SSLContext | None = None) -> None:
        self.origin = origin
        self.session = ""
        self.events: EventsSocket | None = None
        self._opened = ExitStack()
        self._tls = tls or any_tls()
        self._url = service if isinstance(service, str) else service.urls["https"]
        parts = urlsplit(self._url)
        self.port = parts.port or 443
        self.connection = http.client.HTTPSConnection("localhost", self.port, context=self._tls, timeout=SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._opened.close()
        self.connection.close()

    def open_session(self) -> str:
        """Open the events socket; calls carry its session from now on."""
        address = self._url.replace("https:", "wss:") + "/v1/events"
        self.events = self._opened.enter_context(EventsSocket(address, self.origin, self._tls, SECONDS))
        told = self.next_event()
        assert told["event"] == "session"
        self.session = told["session"]
        return self.session

    def next_event(self, seconds: float = SECONDS) -> dict[str, Any]:
        assert self.events is not None
        told: dict[str, Any] = json.loads(self.events.recv(timeout=seconds))
        return told

    def call(self, name: str, /, *, request_id: str = "", **arguments: Any) -> dict[str, Any]:
        """The answer's object. FailedCallError for any other status than 200."""
        status, answer = self.ask(name, arguments, request_id=request_id)
        if status != 200:
            raise FailedCallError(status, answer["error"]["code"])
        return answer

    def fails(self, code: Code, name: str, /, **arguments: Any) -> bool:
        status, answer = self.ask(name, arguments)
        assert status != 200, answer
        assert list(answer) == ["error"]
        assert answer["error"]["code"] == code, answer
        return True

    def ask(self, name: str, arguments: dict[str, Any], *, request_id: str = "") -> tuple[int, dict[str, Any]]:
        """Status and object. GET for the operations that have no effect."""
        reading = name in ("status", "openapi.json")
        headers = {"Hebca-Session": self.session, "Hebca-Request": request_id, "Content-Type": "application/json"}
        status, answered, body = self.request(
            "GET" if reading else "POST",
            f"/v1/{name}",
            None if reading else json.dumps(arguments).encode(),
            {each: text for each, text in headers.items() if text},
        )
        assert answered.get("hebca-request", "") == request_id
        found: dict[str, Any] = json.loads(body)
        return status, found

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Any request with this page's origin: status, headers by lower-case name, body."""
        self.connection.request(method, path, body, {"Origin": self.origin, **(headers or {})})
        answer = self.connection.getresponse()
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
