"""Requests and replies over real sockets: order, sizes, bad frames. The assistant is a stand-in."""

from __future__ import annotations

import asyncio
import logging

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from hebca_helper.errors import Code, HelperError
from tests.bridge.client import MIB, PATIENCE, ask, masked, open_by_hand, page
from tests.bridge.standin import ORIGIN, StandIn, running

pytestmark = pytest.mark.anyio


@pytest.fixture
def standin() -> StandIn:
    return StandIn()


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


async def test_a_flood_of_one_page_does_not_hold_up_another(standin: StandIn) -> None:
    async with running(standin) as service:
        _, flood = await open_by_hand(service.port)
        async with page(service) as patient:
            await ask(patient, "1|SelectSignCert")
            flood.write(masked("1|SelectSignCert") + masked('1|SignB64|{"b64data":"AA=="}') * 3000)
            await flood.drain()
            await asyncio.wait_for(standin.signing.wait(), PATIENCE)
            assert (await ask(patient, "1|GetCertCount"))["ret"] == 0
            assert len(standin.signed) < 3000
        flood.transport.abort()


async def test_bad_frames_get_one_error_each_and_the_next_request_works(standin: StandIn) -> None:
    async with running(standin) as service, page(service) as opened:
        for frame in (b"\x00\xff", "", "1|", "9|x", "1|SignText|{", b""):
            await opened.send(frame)
        await opened.send("1|GetCertCount")
        names = [str(await opened.recv()).split("|")[1] for _ in range(7)]
        assert names == ["Error", "Error", "Error", "Error", "SignText", "Error", "GetCertCount"]


async def test_a_token_that_is_pulled_out_takes_the_selection_with_it(standin: StandIn) -> None:
    async with running(standin) as service, page(service) as opened:
        await ask(opened, "1|SelectSignCert")
        standin.unplug("token-1")
        assert (await ask(opened, "1|GetCertB64"))["ret"] == HelperError(Code.NO_CERTIFICATE).number
        assert (await ask(opened, "1|GetCertCount"))["count"] == 1


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


async def test_frames_are_never_logged_even_at_debug(standin: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with running(standin) as service, page(service, logger=logging.getLogger("quiet")) as opened:
            await ask(opened, "1|SelectSignCert")
            await ask(opened, '1|Login|{"pin":"pin-of-the-page"}')
    assert not [record for record in caplog.records if record.name.startswith("hebca_helper.bridge") and "pin-of" in record.getMessage()]  # fmt: skip
