"""The service over real sockets: order, limits, closing. The assistant is a stand-in; the whole path is tested elsewhere."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from hebca_helper.assistant.asking import Asker, Channel
from hebca_helper.assistant.assistant import Assistant
from hebca_helper.bridge import transport
from hebca_helper.bridge.listening import listen
from hebca_helper.bridge.service import CertificateService
from hebca_helper.errors import Code, HelperError
from hebca_helper.settings import Settings
from tests.bridge.standin import ORIGIN, StandIn, running

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024


@pytest.fixture
def standin() -> StandIn:
    return StandIn()


@asynccontextmanager
async def page(
    service: CertificateService, host: str = "localhost", **options: object
) -> AsyncIterator[ClientConnection]:
    settings = {"origin": ORIGIN, "compression": None, "max_size": None, "proxy": None, "ping_interval": None} | options
    async with connect(f"ws://{host}:{service.port}/test", **settings) as opened:  # type: ignore[arg-type]
        yield opened


async def ask(opened: ClientConnection, frame: str) -> dict[str, object]:
    await opened.send(frame)
    reply = await opened.recv()
    assert isinstance(reply, str)
    found: dict[str, object] = json.loads(reply.split("|")[2])
    return found


async def upgrade(port: int, *lines: str, host: str = "127.0.0.1") -> bytes:
    """The answer to a hand-written upgrade request."""
    reader, writer = await asyncio.open_connection(host, port)
    request = "\r\n".join(["GET /test HTTP/1.1", *lines, "", ""])
    writer.write(request.encode("latin-1"))
    answer = await asyncio.wait_for(reader.read(2000), 10)
    writer.close()
    await writer.wait_closed()
    return answer


def headers(port: int, host: str = "", origin: str = ORIGIN) -> list[str]:
    return [f"Host: {host or f'localhost:{port}'}", f"Origin: {origin}", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]  # fmt: skip


# --- getting in


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


# --- talking


async def test_a_flood_of_pipelined_requests_is_answered_in_order(standin: StandIn) -> None:
    async with running(standin) as service, page(service) as opened:
        await ask(opened, "1|SelectSignCert")
        frames = [f'1|SignText|{{"signText":"{n}"}}' if n % 3 else f"1|No_{n}" for n in range(5000)]

        async def send() -> None:
            for frame in frames:
                await opened.send(frame)

        sending = asyncio.create_task(send())
        for n, frame in enumerate(frames):
            reply = str(await opened.recv())
            assert reply.startswith(f"1|{frame.split('|')[1]}|"), (n, reply)
        await sending
        assert [text for _, text in standin.signed] == [str(n) for n in range(5000) if n % 3]


async def test_bad_frames_get_one_error_each_and_the_next_request_works(standin: StandIn) -> None:
    async with running(standin) as service, page(service) as opened:
        for frame in (b"\x00\xff", "", "1|", "9|x", "1|SignText|{", b""):
            await opened.send(frame)
        await opened.send("1|GetCertCount")
        names = [str(await opened.recv()).split("|")[1] for _ in range(7)]
        assert names == ["Error", "Error", "Error", "Error", "SignText", "Error", "GetCertCount"]


async def test_a_fragmented_message_is_one_request(standin: StandIn) -> None:
    async with running(standin) as service, page(service) as opened:
        await opened.send(["1|Get", "Cert", "Count"])
        assert str(await opened.recv()).startswith('1|GetCertCount|{"ret":0')


async def test_a_message_over_the_limit_closes_1009_and_the_next_page_works(standin: StandIn) -> None:
    async with running(standin) as service:
        opened = await connect(f"ws://localhost:{service.port}/test", origin=ORIGIN, compression=None, proxy=None)  # type: ignore[arg-type]
        with pytest.raises(ConnectionClosed):
            await opened.send("x" * (64 * MIB))
            await opened.recv()
        assert opened.close_code == 1009
        async with page(service) as opened:
            assert (await ask(opened, "1|GetCertCount"))["ret"] == 0


async def test_a_message_just_under_the_limit_is_read(standin: StandIn) -> None:
    async with running(standin) as service, page(service) as opened:
        await ask(opened, "1|SelectSignCert")
        text = "x" * (16 * MIB - 100)
        assert (await ask(opened, '1|SignText|{"signText":"' + text + '"}'))["ret"] == 0
        assert standin.signed[0][1] == text


async def test_text_that_is_no_utf8_ends_only_its_own_page(standin: StandIn) -> None:
    async with running(standin) as service:
        async with page(service) as opened:
            await opened.send(b"1|Get\xff", text=True)
            with pytest.raises(ConnectionClosed):
                await opened.recv()
            assert opened.close_code == 1007
        async with page(service) as opened:
            assert (await ask(opened, "1|GetCertCount"))["ret"] == 0


# --- closing


async def test_a_page_that_closes_takes_its_dialog_with_it(standin: StandIn) -> None:
    standin.dialog = True
    async with running(standin) as service:
        async with page(service) as opened:
            await ask(opened, "1|SelectSignCert")
            await opened.send("1|UILogin")
            await opened.send("1|GetCertCount")
            await standin.asked.wait()
        await asyncio.wait_for(standin.cancelled.wait(), 5)
    assert standin.closed


async def test_a_page_that_is_torn_down_takes_its_dialog_with_it(standin: StandIn) -> None:
    standin.dialog = True
    async with running(standin) as service, page(service) as opened:
        await ask(opened, "1|SelectSignCert")
        await opened.send("1|UILogin")
        await standin.asked.wait()
        opened.transport.abort()
        await asyncio.wait_for(standin.cancelled.wait(), 5)


async def test_a_dialog_of_one_page_does_not_hold_up_another(standin: StandIn) -> None:
    standin.dialog = True
    async with running(standin) as service, page(service) as first, page(service) as second:
        await ask(first, "1|SelectSignCert")
        await first.send("1|UILogin")
        await standin.asked.wait()
        assert (await ask(second, "1|GetCertCount"))["count"] == 3


async def test_what_a_page_sends_during_a_dialog_is_bounded_and_answered_after_it(standin: StandIn) -> None:
    standin.dialog = True
    async with running(standin, largest_frame=64 * 1024) as service, page(service) as opened:
        await ask(opened, "1|SelectSignCert")
        await opened.send("1|UILogin")
        await standin.asked.wait()
        frame = '1|SignText|{"signText":"' + "x" * 60_000 + '"}'

        async def flood() -> None:
            for _ in range(200):
                await opened.send(frame)

        flooding = asyncio.create_task(flood())
        with pytest.raises(TimeoutError):  # 12 MB do not fit: the page's own sending waits
            await asyncio.wait_for(asyncio.shield(flooding), 0.5)
        assert standin.signed == []
        standin.finish()
        for _ in range(201):
            await opened.recv()
        await flooding
        assert len(standin.signed) == 200


async def test_stopping_says_going_away_and_leaves_no_task(standin: StandIn) -> None:
    standin.dialog = True
    before = asyncio.all_tasks()
    async with running(standin) as service:
        half_open = socket.create_connection(("127.0.0.1", service.port))
        async with page(service) as busy, page(service) as idle:
            await ask(busy, "1|SelectSignCert")
            await busy.send("1|UILogin")
            await standin.asked.wait()
            await asyncio.wait_for(service.stop(), 5)
            for one in (busy, idle):
                with pytest.raises(ConnectionClosed):
                    await one.recv()
                assert one.close_code == 1001
        half_open.close()
    assert standin.cancelled.is_set()
    assert standin.listeners == 0
    assert len(standin.closed) == 2
    assert asyncio.all_tasks() == before


async def test_a_page_that_does_not_read_is_dropped(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.PageConnection, "stalled_after", 0.2)
    standin.big = 8 * MIB
    async with running(standin) as service:
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port, limit=1024)
        writer.write(("\r\n".join(["GET /test HTTP/1.1", *headers(service.port), "", ""])).encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        for frame in ("1|SelectSignCert", '1|SignText|{"signText":"x"}'):
            writer.write(bytes([0x81, 0x80 | len(frame), 0, 0, 0, 0]) + frame.encode())
        await asyncio.wait_for(standin.gone.wait(), 5)
        writer.transport.abort()


async def test_a_slow_but_reading_page_gets_its_big_answer(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.PageConnection, "stalled_after", 0.05)
    standin.big = 8 * MIB
    async with running(standin) as service, page(service) as opened:
        await ask(opened, "1|SelectSignCert")
        assert len(str((await ask(opened, '1|SignText|{"signText":"x"}'))["signature"])) > 8 * MIB


async def test_a_peer_that_never_finishes_closing_is_cut(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "CLOSE_TIMEOUT", 0.1)
    async with running(standin) as service:
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        writer.write(("\r\n".join(["GET /test HTTP/1.1", *headers(service.port), "", ""])).encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(bytes([0x88, 0x80, 0, 0, 0, 0]))
        await asyncio.wait_for(standin.gone.wait(), 5)
        writer.transport.abort()


# --- the port


def other_program(family: socket.AddressFamily, host: str, port: int = 0) -> socket.socket:
    holder = socket.socket(family)
    holder.bind((host, port))
    holder.listen()
    return holder


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")])  # fmt: skip  # noqa: S104
async def test_a_taken_port_is_told_with_who_holds_it(
    standin: StandIn, family: socket.AddressFamily, host: str
) -> None:
    with other_program(family, host) as holder:
        port = holder.getsockname()[1]
        service = CertificateService(cast(Assistant, standin), Settings(certificate_port=port))
        with pytest.raises(HelperError) as caught:
            await service.start()
        assert caught.value.code is Code.PORT_TAKEN
        assert f"端口 {port} 被 python" in caught.value.detail
        await service.stop()
    assert standin.listeners == 0


async def test_a_patient_service_listens_when_the_port_is_free(standin: StandIn) -> None:
    changed = asyncio.Event()
    with other_program(socket.AF_INET6, "::1") as holder:
        settings = Settings(certificate_port=holder.getsockname()[1])
        service = CertificateService(cast(Assistant, standin), settings, retry_after=0.02)
        service.on_change = changed.set
        await service.start(wait=True)
        assert (service.problem is not None, service.listening) == (True, False)
        changed.clear()
    await asyncio.wait_for(changed.wait(), 5)
    assert (service.problem, service.listening) == (None, True)
    async with page(service) as opened:
        assert (await ask(opened, "1|GetCertCount"))["ret"] == 0
    await service.stop()


async def test_a_waiting_service_can_be_stopped(standin: StandIn) -> None:
    before = asyncio.all_tasks()
    with other_program(socket.AF_INET, "127.0.0.1") as holder:
        service = CertificateService(cast(Assistant, standin), Settings(certificate_port=holder.getsockname()[1]))
        await service.start(wait=True)
        await service.stop()
    assert asyncio.all_tasks() == before


async def test_a_service_can_start_again_on_its_port_at_once(standin: StandIn) -> None:
    async with running(standin) as service, page(service) as opened:
        port = service.port
        await ask(opened, "1|GetCertCount")
        await service.stop()  # we close first: the port lingers in TIME_WAIT
    async with running(standin, certificate_port=port) as again:
        assert again.port == port


def test_both_families_get_one_port() -> None:
    sockets = listen(0)
    assert {one.getsockname()[:2] for one in sockets} == {
        (host, sockets[0].getsockname()[1]) for host in ("127.0.0.1", "::1")
    }
    with pytest.raises(HelperError):
        listen(sockets[0].getsockname()[1])
    for one in sockets:
        one.close()


async def test_frames_are_never_logged_even_at_debug(standin: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with running(standin) as service, page(service, logger=logging.getLogger("quiet")) as opened:
            await ask(opened, "1|SelectSignCert")
            await ask(opened, '1|Login|{"pin":"pin-of-the-page"}')
    assert not [record for record in caplog.records if record.name.startswith("hebca_helper.bridge") and "pin-of" in record.getMessage()]  # fmt: skip
