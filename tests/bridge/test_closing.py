"""How connections end, whoever ends them. The assistant is a stand-in."""

from __future__ import annotations

import asyncio
import socket

import pytest
from websockets.exceptions import ConnectionClosed

from hebca_helper.bridge.websocket import transport
from tests.bridge.client import MIB, PATIENCE, ask, masked, open_by_hand, page
from tests.bridge.standin import StandIn, running

pytestmark = pytest.mark.anyio
STOP = 45
"""Seconds: a stop that waits for a page takes longer."""


@pytest.fixture
def standin() -> StandIn:
    return StandIn()


async def test_a_page_that_closes_takes_its_dialog_with_it(standin: StandIn) -> None:
    standin.dialog = True
    async with running(standin) as service:
        async with page(service) as opened:
            await ask(opened, "1|SelectSignCert")
            await opened.send("1|UILogin")
            await opened.send("1|GetCertCount")
            await standin.asked.wait()
        await asyncio.wait_for(standin.cancelled.wait(), PATIENCE)
    assert standin.closed


async def test_a_page_that_is_torn_down_takes_its_dialog_with_it(standin: StandIn) -> None:
    standin.dialog = True
    async with running(standin) as service, page(service) as opened:
        await ask(opened, "1|SelectSignCert")
        await opened.send("1|UILogin")
        await standin.asked.wait()
        opened.transport.abort()
        await asyncio.wait_for(standin.cancelled.wait(), PATIENCE)


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


async def test_stopping_says_going_away_and_leaves_no_task(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "CLOSE_TIMEOUT", 2 * STOP)  # nobody here needs to be waited for
    standin.dialog = True
    before = asyncio.all_tasks()
    async with running(standin) as service:
        half_open = socket.create_connection(("127.0.0.1", service.port))
        async with page(service) as busy, page(service) as idle:
            await ask(busy, "1|SelectSignCert")
            await busy.send("1|UILogin")
            await standin.asked.wait()
            await asyncio.wait_for(service.stop(), STOP)
            for one in (busy, idle):
                with pytest.raises(ConnectionClosed):
                    await one.recv()
                assert one.close_code == 1001
        half_open.close()
    assert standin.cancelled.is_set()
    assert standin.listeners == 0
    assert len(standin.closed) == 2
    assert asyncio.all_tasks() == before


async def test_stopping_does_not_wait_for_a_page_that_has_sent_too_much(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "CLOSE_TIMEOUT", 0.1)
    standin.dialog = True
    async with running(standin, largest_frame=4096) as service:
        _, writer = await open_by_hand(service.port)
        writer.write(masked("1|SelectSignCert") + masked("1|UILogin") + masked("1|GetCertCount") * 5000)
        await standin.asked.wait()
        await asyncio.wait_for(service.stop(), STOP)
        writer.transport.abort()
    assert standin.cancelled.is_set()


async def test_a_page_that_does_not_read_is_dropped(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.PageConnection, "stalled_after", 0.2)
    standin.big = 8 * MIB
    async with running(standin) as service:
        _, writer = await open_by_hand(service.port)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        for frame in ("1|SelectSignCert", '1|SignText|{"signText":"x"}'):
            writer.write(masked(frame))
        await asyncio.wait_for(standin.gone.wait(), PATIENCE)
        writer.transport.abort()


async def test_a_slow_but_reading_page_gets_its_big_answer(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    # The kernel moves megabytes at once: our buffer shrinks in steps, which must come more often than this.
    monkeypatch.setattr(transport.PageConnection, "stalled_after", 10.0)
    standin.big = 6 * MIB
    async with running(standin) as service:
        reader, writer = await open_by_hand(service.port)
        writer.write(masked("1|SelectSignCert") + masked('1|SignText|{"signText":"x"}'))
        read = 0
        while read < 8 * MIB:  # base64 of it
            piece = await reader.read(256 * 1024)
            assert piece, f"dropped after {read} bytes"
            read += len(piece)
            await asyncio.sleep(0.02)  # slow is the point
        writer.transport.abort()


async def test_a_peer_that_never_finishes_closing_is_cut(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "CLOSE_TIMEOUT", 0.1)
    async with running(standin) as service:
        _, writer = await open_by_hand(service.port)
        writer.write(bytes([0x88, 0x80, 0, 0, 0, 0]))
        await asyncio.wait_for(standin.gone.wait(), PATIENCE)
        writer.transport.abort()


async def test_a_reply_that_cannot_be_sent_ends_the_page_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    standin = StandIn()
    async with running(standin) as service:
        _, writer = await open_by_hand(service.port)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(transport.PageConnection, "say", broken)
            writer.write(masked("1|GetCertCount"))
            await asyncio.wait_for(standin.gone.wait(), PATIENCE)
        writer.transport.abort()
    assert "reply could not be sent: ZeroDivisionError" in caplog.text


async def broken(page: transport.PageConnection, text: str) -> None:
    raise ZeroDivisionError
