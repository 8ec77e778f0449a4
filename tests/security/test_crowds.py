"""Many sockets, slow ones, and more than may come: everything comes back, and a page that behaves is served meanwhile."""

from __future__ import annotations

import socket
import struct
import time
from pathlib import Path

import pytest

from tests.practice_homes import put_practice_usbkey
from tests.security.conftest import OTHER, PORTAL, Guarded, guarded
from tests.security.wire import Wire, answer_to, request, status_of, usual_headers

PATIENCE = 60
"""Seconds until which what must happen has happened, on a busy machine too."""

ROOM = 8 * 1024 * 1024
"""Bytes: the kernel's table of a thousand closed sockets is read as one text, and the journal has its cache."""


def wait_until_back(running: Guarded, descriptors: int) -> int:
    """Open descriptors, once they are as few as before or the patience is at its end."""
    deadline = time.monotonic() + PATIENCE
    while (now := running.descriptors()) > descriptors and time.monotonic() < deadline:
        with Wire(running.port, PORTAL) as page:  # its answer comes after what was queued before it
            page.ask("1|GetCertCount")
    return now


def test_a_thousand_sockets_opened_and_dropped_leave_nothing(own: Guarded) -> None:
    def crowd(size: int) -> None:
        for number in range(size):
            opened = socket.create_connection(("127.0.0.1", own.port), PATIENCE)
            if number % 3 == 0:
                opened.sendall(request(usual_headers(f"localhost:{own.port}", PORTAL)))
            if number % 3 == 1:
                opened.sendall(b"GET /test HT")
            if number % 2:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            opened.close()

    crowd(200)
    with Wire(own.port, PORTAL) as page:
        page.ask("1|GetCertCount")
    descriptors = own.descriptors()
    memory = own.memory()
    crowd(1000)
    assert wait_until_back(own, descriptors) <= descriptors
    assert own.memory() - memory < ROOM


def test_a_thousand_pages_come_and_go_with_all_that_belongs_to_them(own: Guarded) -> None:
    def visits(count: int) -> None:
        for number in range(count):
            with Wire(own.port, (PORTAL, OTHER)[number % 2]) as page:
                page.ask("1|SelectSignCert")
                if number % 10 == 0:
                    page.ask("1|UILogin")

    visits(100)
    descriptors, memory = own.descriptors(), own.memory()
    visits(500)
    assert wait_until_back(own, descriptors) <= descriptors
    assert own.memory() - memory < ROOM


def test_slow_handshakes_are_cut_and_hold_nobody_up(own: Guarded) -> None:
    """Slowloris: a byte now and then, without an end."""
    began = time.monotonic()
    slow = [socket.create_connection(("127.0.0.1", own.port), PATIENCE) for _ in range(60)]
    alive = slow
    while alive and time.monotonic() - began < PATIENCE:
        alive = [each for each in alive if drip(each)]
        with Wire(own.port, PORTAL) as page:
            assert page.ask("1|GetCertCount")["ret"] == 0
        time.sleep(0.5)
    for each in slow:
        each.close()
    assert not alive


def drip(connection: socket.socket) -> bool:
    """Send one more byte of a request that never ends; False once the other side has hung up."""
    try:
        connection.sendall(b"G" if connection.getpeername() else b"")
        connection.setblocking(False)
        return connection.recv(4096) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        connection.setblocking(True)


def test_the_limit_of_connections_is_kept_and_gives_way(home: Path) -> None:
    with guarded(put_practice_usbkey(home), "largest_connections = 5\n") as running:
        pages = [Wire(running.port, PORTAL) for _ in range(5)]
        refused = answer_to(running.port, usual_headers(f"localhost:{running.port}", OTHER))
        assert status_of(refused) == 503
        assert b"hebca" not in refused.lower()
        assert pages[0].ask("1|GetCertCount")["ret"] == 0
        pages.pop().socket.close()
        assert _comes_in(running)
        for page in pages:
            page.socket.close()


def _comes_in(running: Guarded) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if status_of(answer_to(running.port, usual_headers(f"localhost:{running.port}", PORTAL))) == 101:
            return True
    return False


@pytest.mark.parametrize("size", [70_000, 300_000])
def test_a_request_head_has_an_end(running: Guarded, size: int) -> None:
    headers = [
        *usual_headers(f"localhost:{running.port}", PORTAL),
        *((f"X-{n}", "x" * 1000) for n in range(size // 1000)),
    ]
    try:
        answer = answer_to(running.port, headers)
    except ConnectionError:
        return  # cut off in the middle of it
    assert answer == b"" or status_of(answer) >= 400
