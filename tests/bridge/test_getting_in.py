"""Who gets in, over real sockets. The assistant is a stand-in (standin.py)."""

from __future__ import annotations

import asyncio
import os
import socket
import struct

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from hebca_helper.assistant.asker.asking import Asker, Channel
from tests.bridge.client import ask, headers, page, upgrade
from tests.bridge.standin import ORIGIN, StandIn, running

pytestmark = pytest.mark.anyio


@pytest.fixture
def standin() -> StandIn:
    return StandIn()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
async def test_a_page_gets_in_by_every_name_and_is_known_by_its_origin(standin: StandIn, host: str) -> None:
    async with running(standin) as service, page(service, host) as opened:
        await opened.send("0|1700000000000")
        greeting = await opened.recv()
        assert str(greeting).startswith("0|Welcome ")
        assert (await ask(opened, "1|GetCertCount"))["count"] == 3
        assert service.url == f"ws://localhost:{service.port}/test"
    assert standin.connected == [Asker(Channel.CERTIFICATE_SERVICE, ORIGIN)]


async def test_calls_work_before_and_without_the_greeting(standin: StandIn) -> None:
    async with running(standin) as service, page(service) as opened:
        assert (await ask(opened, "1|GetSignCertCount"))["count"] == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://Portal.example"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": None}, 403),
        ({"Host": "localhost:1"}, 403),
        ({"Upgrade": None}, 426),
        ({"Sec-WebSocket-Key": "x"}, 400),
    ],
)
async def test_a_stranger_is_refused_before_the_upgrade(
    standin: StandIn, change: dict[str, str | None], status: int
) -> None:
    async with running(standin) as service:
        lines = [line for line in headers(service.port) if line.split(":")[0] not in change]
        answer = await upgrade(service.port, *lines, *(f"{name}: {text}" for name, text in change.items() if text))
        assert answer.startswith(f"HTTP/1.1 {status} ".encode())
        assert b"Server:" not in answer
        assert b"ebca" not in answer
        assert (await upgrade(service.port, *headers(service.port))).startswith(b"HTTP/1.1 101 ")
    assert len(standin.connected) == len(standin.closed) == 1


async def test_nothing_is_negotiated(standin: StandIn) -> None:
    async with running(standin) as service:
        offered = [*headers(service.port), "Sec-WebSocket-Extensions: permessage-deflate", "Sec-WebSocket-Protocol: x"]
        answer = await upgrade(service.port, *offered)
        assert answer.startswith(b"HTTP/1.1 101 ")
        assert b"Extensions" not in answer
        assert b"Protocol:" not in answer


async def test_two_origins_are_one_too_many(standin: StandIn) -> None:
    async with running(standin) as service:
        doubled = [*headers(service.port), f"Origin: {ORIGIN}"]
        assert (await upgrade(service.port, *doubled)).startswith(b"HTTP/1.1 403 ")


async def test_another_path_is_not_found(standin: StandIn) -> None:
    async with running(standin) as service:
        with pytest.raises(InvalidStatus, match="404"):
            await connect(f"ws://localhost:{service.port}/", origin=ORIGIN, proxy=None)  # type: ignore[arg-type]


async def test_more_connections_than_the_limit_are_refused_until_one_goes(standin: StandIn) -> None:
    async with running(standin, largest_connections=2) as service, page(service) as first, page(service):
        with pytest.raises(InvalidStatus, match="503"):
            async with page(service):
                pass
        await first.close()
        async with page(service) as third:
            assert (await ask(third, "1|GetCertCount"))["ret"] == 0


async def test_a_thousand_sockets_opened_and_dropped_leave_nothing(standin: StandIn) -> None:
    async with running(standin, largest_connections=4) as service:
        for _ in range(20):
            crowd = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(50)]
            await asyncio.sleep(0)
            for one in crowd:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.close()
        async with page(service) as opened:
            assert (await ask(opened, "1|GetCertCount"))["ret"] == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_another_user_s_program_is_refused(standin: StandIn) -> None:
    async with running(standin) as service:
        foreign = socket.socket()
        os.fchown(foreign.fileno(), 65534, 65534)  # what the kernel's socket table then tells
        foreign.connect(("127.0.0.1", service.port))
        reader, writer = await asyncio.open_connection(sock=foreign)
        writer.write("\r\n".join(["GET /test HTTP/1.1", *headers(service.port), "", ""]).encode())
        assert (await reader.read(2000)).startswith(b"HTTP/1.1 403 ")
        writer.close()
        await writer.wait_closed()
    assert standin.connected == []
