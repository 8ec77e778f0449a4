"""Frames that are too large, never end, or come as a flood: the sender loses its socket, nobody else notices."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.security.conftest import PORTAL, STRANGER, Guarded
from tests.security.wire import (
    CLOSE,
    CONTINUATION,
    FINAL,
    LIMIT,
    PING,
    TEXT,
    Wire,
    answer_to,
    frame,
    header,
    usual_headers,
)

MIB = 1024 * 1024
TOO_BIG = 1009
"""Close code (RFC 6455, section 7.4.1)."""
ROOM = 64 * MIB
"""Bytes by which the service may grow for one page: a frame and its text, once or twice."""


def assert_well(through: Guarded) -> None:
    """Another page is answered: it does not wait behind the one that misbehaves, which never ends."""
    with Wire(through.port, PORTAL) as page:
        assert page.ask(through.door.question)["ret"] == 0


def test_a_frame_that_says_it_is_64_mib_is_refused_before_it_comes(through: Guarded) -> None:
    with Wire(through.port, PORTAL) as page:
        page.send(header(FINAL | TEXT, 64 * MIB))
        assert page.close_code() == TOO_BIG
    assert_well(through)


@pytest.mark.parametrize("size", [(1 << 63) - 1, 1 << 63, (1 << 64) - 1])
def test_sizes_at_the_edge_of_what_can_be_written(through: Guarded, size: int) -> None:
    with Wire(through.port, PORTAL) as page:
        page.send(header(FINAL | TEXT, size))
        assert page.close_code() in (TOO_BIG, 1002)
    assert_well(through)


@pytest.mark.parametrize("origin", [PORTAL, STRANGER])
def test_fragments_that_add_up_to_64_mib_are_cut_at_the_limit(through: Guarded, origin: str) -> None:
    before = through.memory()
    sent = 0
    with Wire(through.port, origin) as page:
        flags, part = TEXT, bytes(MIB)
        while sent < 64 * MIB and page.send(header(flags, MIB) + part):
            flags, sent = CONTINUATION, sent + MIB
        assert page.close_code() in (TOO_BIG, 0)  # 0: our own sending was cut off first
    assert_well(through)
    assert through.memory() - before < ROOM


def test_the_largest_frame_is_still_answered(through: Guarded) -> None:
    with Wire(through.port, PORTAL) as page:
        page.send(header(FINAL | TEXT, LIMIT) + b"1|NoSuchFunction|".ljust(LIMIT, b"x"))
        assert page.receive()[1].startswith(b"1|NoSuchFunction|")


def test_empty_fragments_without_end(running: Guarded) -> None:
    before = running.memory()
    with Wire(running.port, PORTAL) as page:
        page.send(header(TEXT, 1) + b"1")
        pieces = header(CONTINUATION, 0) * 10_000
        for _ in range(100):
            if not page.send(pieces):
                break
        assert_well(running)
        assert running.memory() - before < ROOM


def test_pings_that_nobody_reads_the_answers_of(running: Guarded) -> None:
    before = running.memory()
    with Wire(running.port, PORTAL) as page:
        page.socket.settimeout(3)
        pings = (header(FINAL | PING, 125) + bytes(125)) * 8_000
        try:
            for _ in range(100):  # 100 MB
                if not page.send(pings):
                    break
        except TimeoutError:
            pass
        assert_well(running)
        assert running.memory() - before < ROOM


def test_calls_that_nobody_reads_the_replies_of(running: Guarded) -> None:
    before = running.memory()
    with Wire(running.port, PORTAL) as page:
        page.ask("1|SelectSignCert")
        page.socket.settimeout(2)
        calls = frame("1|GetCertB64") * 2_000
        try:
            for _ in range(500):
                if not page.send(calls):
                    break
        except TimeoutError:
            pass
        assert_well(running)
        assert running.memory() - before < ROOM


def test_half_a_frame_costs_nobody_anything(through: Guarded) -> None:
    half = header(FINAL | TEXT, LIMIT) + b"1|SignText|"
    pages = [Wire(through.port, PORTAL) for _ in range(50)]
    for page in pages:
        page.send(half)
    assert_well(through)
    for page in pages:
        page.socket.close()
    assert_well(through)


@pytest.mark.parametrize(
    "bytes_of",
    [
        lambda: bytes([FINAL | TEXT, 5]) + b"hello",  # not masked
        lambda: header(FINAL | 0x3, 0),  # no such opcode
        lambda: header(FINAL | 0x40 | TEXT, 0),  # an extension nobody agreed on
        lambda: header(CONTINUATION | FINAL, 1) + b"x",  # continues nothing
        lambda: header(TEXT, 1) + b"x" + header(FINAL | TEXT, 1) + b"x",  # a second beginning
        lambda: header(PING, 0),  # a fragmented control frame
        lambda: header(FINAL | PING, 126) + bytes(126),
        lambda: header(FINAL | TEXT, 1) + b"\xff",  # no UTF-8
        lambda: header(FINAL | TEXT, 3) + b"\xed\xa0\x80",  # a lone surrogate
        lambda: header(FINAL | CLOSE, 1) + b"x",
        lambda: header(FINAL | CLOSE, 2) + b"\x00\x00",
        lambda: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,  # TLS
        lambda: bytes(range(256)) * 40,
    ],
)
def test_what_breaks_the_protocol_ends_the_socket_and_nothing_else(
    through: Guarded, bytes_of: Callable[[], bytes]
) -> None:
    with Wire(through.port, PORTAL) as page:
        page.send(bytes_of())
        assert page.close_code() in (0, 1002, 1003, 1007)
    assert_well(through)


@pytest.mark.parametrize("offer", ["permessage-deflate", "permessage-deflate; client_max_window_bits", "x, y; z=1"])
def test_no_compression_is_agreed_to(through: Guarded, offer: str) -> None:
    """A small compressed frame could become a huge text."""
    headers = [*usual_headers(f"localhost:{through.port}", PORTAL), ("Sec-WebSocket-Extensions", offer)]
    answer = answer_to(through.port, headers)
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"extensions" not in answer.lower()
