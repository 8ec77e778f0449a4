"""Who gets an answer from the HTTPS API, over hand-written HTTP to the running service: the tables of the 17212 suite,
and what only HTTP has: CORS, methods, bodies (house rule 1)."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import struct
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from hebca_helper import __version__
from hebca_helper.bridge.https.table import ROWS
from tests.https_page import HttpsPage, any_tls, nonce
from tests.practice_homes import put_practice_usbkey
from tests.security.conftest import BLOCKED, PORTAL, REMEMBERED, STRANGER, Guarded, guarded
from tests.security.test_other_users import NOBODY
from tests.security.test_other_users import pytestmark as needs_root
from tests.security.test_who_gets_in import LOOK_ALIKES, NO_ORIGINS, WRONG_HOSTS, says_nothing

POSTS = [row for row in ROWS if row.method == "POST"]
PATIENCE = 60
"""Seconds until which what must happen has happened, on a busy machine too."""


def port_of(running: Guarded) -> int:
    return int(running.service.urls["https"].rpartition(":")[2])


def exchange(running: Guarded, head: list[str], body: bytes = b"") -> bytes:
    """One connection, these lines exactly, and what comes back."""
    with connected(running) as wire:
        wire.sendall("\r\n".join([*head, "Connection: close", "", ""]).encode("latin-1", "replace") + body)
        answer = b""
        with suppress(OSError):
            while part := wire.recv(65536):
                answer += part
    return answer


def connected(running: Guarded) -> ssl.SSLSocket:
    bare = socket.create_connection(("127.0.0.1", port_of(running)), PATIENCE)
    return any_tls().wrap_socket(bare, server_hostname="localhost")


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def get(running: Guarded, host: str | None, *origins: str | None, path: str = "/v1/status") -> bytes:
    lines = [f"GET {path} HTTP/1.1", *([] if host is None else [f"Host: {host}"])]
    return exchange(running, lines + [f"Origin: {origin}" for origin in origins if origin is not None])


def refused(answer: bytes) -> None:
    assert status_of(answer) == 403
    assert b"access-control" not in answer.lower()
    says_nothing(answer)


def ours(running: Guarded) -> str:
    return f"localhost:{port_of(running)}"


def test_an_allowed_origin_is_answered_and_may_read_it(running: Guarded) -> None:
    for host in ("localhost", "127.0.0.1", "[::1]", "LOCALHOST"):
        answer = get(running, f"{host}:{port_of(running)}", PORTAL)
        assert status_of(answer) == 200
        assert __version__.encode() in answer
        assert f"access-control-allow-origin: {PORTAL}\r\n".encode() in answer.lower()
        assert b"allow-credentials" not in answer.lower()


@pytest.mark.parametrize("origin", [*NO_ORIGINS])
def test_what_is_no_serialised_origin_gets_403_and_no_cors(running: Guarded, origin: str | None) -> None:
    for path in ("/v1/status", "/v1/events", "/"):
        refused(get(running, ours(running), origin, path=path))


@pytest.mark.parametrize("host", WRONG_HOSTS)
def test_rebinding_names_get_403(running: Guarded, host: str | None) -> None:
    answer = get(running, host and host.format(port=port_of(running)), PORTAL)
    assert status_of(answer) in (400, 403)  # no Host at all: not HTTP/1.1
    assert b"access-control" not in answer.lower()
    says_nothing(answer)


@pytest.mark.parametrize("origin", [STRANGER, BLOCKED, *LOOK_ALIKES])
def test_strangers_learn_that_they_may_not_and_nothing_else(running: Guarded, origin: str) -> None:
    """Every call, right or wrong, has the same answer."""
    answers = set()
    with HttpsPage(origin, running.service) as page:
        asked = [("GET", "/v1/status", b""), ("GET", "/v1/openapi.json", b""), ("POST", "/v1/nothing", b"{}")]
        asked += [
            ("POST", row.path, body) for row in POSTS if row.name != "cancel" for body in (b"{}", b"[", b'{"x":1}')
        ]
        for method, path, body in asked:
            status, headers, answer = page.request(method, path, body or None, {"Content-Type": "application/json"})
            assert status == 403
            assert headers["access-control-allow-origin"] == origin
            answers.add(answer)
    (told,) = answers
    assert json.loads(told)["error"]["code"] == "denied-by-policy"
    assert __version__.encode() not in told


def test_a_blocked_site_gets_no_events_socket_and_a_doubled_header_nothing(running: Guarded) -> None:
    upgrade = ["Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
    head = ["GET /v1/events HTTP/1.1", f"Host: {ours(running)}", "Connection: Upgrade", *upgrade]

    def upgraded(*lines: str) -> bytes:
        with connected(running) as wire:
            wire.sendall("\r\n".join([*head, *lines, "", ""]).encode())
            return wire.recv(4096)

    assert status_of(upgraded(f"Origin: {PORTAL}")) == 101
    for refused_lines in (
        [f"Origin: {BLOCKED}"],
        ["Origin: null"],
        [],
        [f"Origin: {PORTAL}", "Origin: https://evil.example"],
        [f"Origin: {PORTAL}", "Host: evil.example"],
    ):
        answer = upgraded(*refused_lines)
        assert status_of(answer) in (400, 403), refused_lines
        says_nothing(answer)


@pytest.mark.parametrize("row", POSTS, ids=lambda row: row.name)
def test_no_page_can_call_without_a_preflight(running: Guarded, row: object) -> None:
    """What a form or a simple fetch can send (fetch.spec.whatwg.org, "CORS-safelisted") has no effect anywhere."""
    assert isinstance(row, type(POSTS[0]))
    with HttpsPage(PORTAL, running.service) as page:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
            headers = {"Content-Type": kind} if kind else {}
            assert page.request("POST", row.path, b"{}", headers)[0] == 415
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
            assert page.request(method, row.path)[0] == 405


def test_a_preflight_allows_exactly_what_an_operation_takes(running: Guarded) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,hebca-session"}
    with HttpsPage(STRANGER, running.service) as page:
        status, headers, body = page.request("OPTIONS", "/v1/sign", headers=asked)
        assert (status, body) == (204, b"")
        assert headers["access-control-allow-origin"] == STRANGER
        assert headers["access-control-allow-methods"] == "POST"
        assert headers["access-control-allow-headers"] == "content-type, hebca-request, hebca-session"
        assert headers["vary"] == "Origin"
        assert "*" not in "".join(headers.values())
        assert "access-control-allow-private-network" not in headers
        private = page.request(
            "OPTIONS", "/v1/sign", headers=asked | {"Access-Control-Request-Private-Network": "true"}
        )
        assert private[1]["access-control-allow-private-network"] == "true"
        for wrong in (
            ("/v1/sign", {"Access-Control-Request-Method": "DELETE"}),
            ("/v1/sign", {"Access-Control-Request-Method": "GET"}),
            ("/v1/sign", {}),
            ("/v1/sign", asked | {"Access-Control-Request-Headers": "content-type, authorization"}),
            ("/v1/nothing", asked),
            ("/", asked),
        ):
            status, headers, _ = page.request("OPTIONS", wrong[0], headers=wrong[1])
            assert status in (403, 404)
            assert not [name for name in headers if name.startswith("access-control")]


def test_tls_begins_at_1_2(running: Guarded) -> None:
    for version, works in (("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)):
        command = [
            "openssl",
            "s_client",
            version,
            "-cipher",
            "ALL:@SECLEVEL=0",
            "-connect",
            f"127.0.0.1:{port_of(running)}",
        ]
        done = subprocess.run(command, input=b"", capture_output=True, timeout=PATIENCE, check=False)
        assert (b"Server certificate" in done.stdout) == works, version


def test_plain_http_is_no_http_here(running: Guarded) -> None:
    with socket.create_connection(("127.0.0.1", port_of(running)), PATIENCE) as bare:
        bare.sendall(f"GET /v1/status HTTP/1.1\r\nHost: {ours(running)}\r\nOrigin: {PORTAL}\r\n\r\n".encode())
        with suppress(ConnectionError):
            says_nothing(bare.recv(4096))


def test_bodies_have_an_end(running: Guarded) -> None:
    """413 by the length that is told, and by what comes without one; the next request is answered."""
    head = [f"Host: {ours(running)}", f"Origin: {PORTAL}", "Content-Type: application/json"]
    answer = exchange(running, ["POST /v1/sign HTTP/1.1", *head, f"Content-Length: {17 * 1024 * 1024}"])
    assert status_of(answer) == 413
    assert b"too-large" in answer
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with HttpsPage(PORTAL, running.service) as page:
        page.connection.putrequest("POST", "/v1/sign")
        for name, text in (("Origin", PORTAL), ("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")):
            page.connection.putheader(name, text)
        page.connection.endheaders()
        for _ in range(17):
            page.connection.send(piece)
        page.connection.send(b"0\r\n\r\n")
        answered = page.connection.getresponse()
        assert (answered.status, b"too-large" in answered.read()) == (413, True)
        assert page.call("status")["version"]
    assert status_of(exchange(running, ["GET /v1/status HTTP/1.1", *head, f"X: {'x' * 100_000}"]) or b"H 431 ") >= 400


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"[" * 100_000, b'{"nonce":NaN}', b"\xff\xfe", b'{"items":[]}', b'{"items":1}'],
)
def test_what_is_no_request_is_answered_as_such(running: Guarded, body: bytes) -> None:
    with HttpsPage(PORTAL, running.service) as page:
        status, _, answer = page.request("POST", "/v1/sign", body, {"Content-Type": "application/json"})
        assert (status, json.loads(answer)["error"]["code"]) == (400, "bad-request")


def test_slow_heads_and_handshakes_are_cut_and_hold_nobody_up(running: Guarded) -> None:
    """Slowloris, before TLS, in it, and in the request. A page that waits with its socket open is no such thing."""
    patient = HttpsPage(PORTAL, running.service)
    patient.open_session()
    began = time.monotonic()
    bare = [socket.create_connection(("127.0.0.1", port_of(running)), PATIENCE) for _ in range(20)]
    shaken = [connected(running) for _ in range(20)]
    alive: list[socket.socket] = [*bare, *shaken]
    while alive and time.monotonic() - began < PATIENCE:
        alive = [each for each in alive if drip(each)]
        with HttpsPage(PORTAL, running.service) as page:
            assert page.call("status")
        time.sleep(0.5)
    for each in (*bare, *shaken):
        each.close()
    assert not alive
    assert patient.call("status")["session"]
    patient.close()


def drip(wire: socket.socket) -> bool:
    """One more byte of what never ends; False once the other side has hung up."""
    try:
        wire.sendall(b"G" if isinstance(wire, ssl.SSLSocket) else b"\x16")
        wire.settimeout(0)
        return wire.recv(4096) != b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    finally:
        with suppress(OSError):
            wire.settimeout(PATIENCE)


def test_floods_are_told_to_wait_and_limits_give_way(home: Path) -> None:
    with guarded(put_practice_usbkey(home), "largest_connections = 5\n") as running:
        pages = [HttpsPage(PORTAL, running.service) for _ in range(6)]
        statuses = [page.request("GET", "/v1/status")[0] for page in pages]
        assert statuses == [200] * 5 + [503]
        for page in pages[1:]:
            page.close()
        assert _comes_in(running)
        for _ in range(100):
            dropped = socket.create_connection(("127.0.0.1", port_of(running)), PATIENCE)
            dropped.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            dropped.close()
        assert pages[0].request("GET", "/v1/status")[0] == 200
        pages[0].close()


def test_sockets_opened_and_dropped_leave_nothing(own: Guarded) -> None:
    """Before TLS, in it, after it, with half a request, with an events socket."""

    def crowd(size: int) -> None:
        for number in range(size):
            bare = socket.create_connection(("127.0.0.1", port_of(own)), PATIENCE)
            wire: socket.socket = bare
            if number % 4 == 1:
                bare.sendall(b"\x16\x03\x01\x02\x00\x01")
            elif number % 4 > 1:
                wire = any_tls().wrap_socket(bare, server_hostname="localhost")
                wire.sendall(b"POST /v1/sign HTTP/1.1\r\nHost: x\r\n")
            if number % 2:
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            wire.close()
        for _ in range(size // 20):
            with HttpsPage(PORTAL, own.service) as page:
                page.open_session()
                page.call("certificates")

    crowd(20)
    with HttpsPage(PORTAL, own.service) as page:
        page.call("status")
        descriptors = own.descriptors()
    crowd(600)  # closed TLS connections wait for the garbage collector: some megabytes, then no more
    memory = own.memory()
    crowd(300)
    assert _descriptors_in_the_end(own, descriptors) <= descriptors
    assert own.memory() - memory < 32 * 1024 * 1024


def _descriptors_in_the_end(own: Guarded, wanted: int) -> int:
    """While one page is connected, as they were counted before; asked until they are as few as wanted."""
    deadline = time.monotonic() + PATIENCE
    with HttpsPage(PORTAL, own.service) as page:
        page.call("status")
        while (now := own.descriptors()) > wanted and time.monotonic() < deadline:
            page.call("status")
    return now


def _comes_in(running: Guarded) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException), HttpsPage(PORTAL, running.service) as page:
            if page.request("GET", "/v1/status")[0] == 200:
                return True
    return False


@pytest.mark.parametrize("origin", [REMEMBERED, "https://www.hebca.com"])
def test_known_sites_are_not_shown_practice_certificates(running: Guarded, origin: str) -> None:
    with HttpsPage(origin, running.service) as page:
        if origin == REMEMBERED:
            assert page.call("certificates") == {"certificates": []}
        assert page.ask("login", {"nonce": nonce()})[1]["error"]["code"] in ("no-certificate", "denied-by-policy")


@needs_root
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_another_user_s_program_gets_403(running: Guarded, address: str) -> None:
    command = f"GET /v1/status HTTP/1.1\r\nHost: {ours(running)}\r\nOrigin: {PORTAL}\r\nConnection: close\r\n\r\n"
    client = ["openssl", "s_client", "-quiet", "-connect", f"[{address}]:{port_of(running)}"]
    for prefix, status in ((["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"], 403), ([], 200)):
        done = subprocess.run(
            [*prefix, *client, "-ign_eof"],
            input=command.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            cwd="/",
        )
        assert status_of(done.stdout) == status
