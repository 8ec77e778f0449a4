"""Sessions, events, several requests in flight, and what ends with a page."""

from __future__ import annotations

import asyncio
import base64
import http.client
import subprocess
import sys
from pathlib import Path

import pytest

from hebca_helper.assistant.person.prompts import Confirm, ConfirmKind, EnterPin
from hebca_helper.assistant.sites.origins import OriginClass
from hebca_helper.errors import Code
from hebca_helper.practice.usbkey import plug, unplug
from hebca_helper.tokens.model import EventKind
from tests.assistant.scene import HALL, TRUSTED, UNKNOWN
from tests.bridge.https.pages import PIN, Bridge, open_bridge
from tests.https_page import SECONDS, nonce

ITEM = {"data": base64.b64encode(b"text").decode()}


async def logged_out(bridge: Bridge) -> None:
    """Wait until no login is left on the token."""
    async with asyncio.timeout(SECONDS):
        while bridge.scene.assistant._logins._held:  # noqa: ASYNC110 - the page is gone, nobody tells it
            await asyncio.sleep(0.01)


@pytest.mark.anyio
async def test_a_session_keeps_its_login_and_takes_it_along(practice_home: Path) -> None:
    async with open_bridge(practice_home) as bridge:
        page = bridge.page()
        await page.open_session()
        bridge.scene.person.type(PIN)
        for _ in range(3):
            await page.call("sign", items=[ITEM])
        assert len(bridge.scene.person.pin_dialogs()) == 1
        assert len(bridge.scene.person.notices) == 2
        assert await page.call("logout") == {}
        told = await page.next_event()
        assert told["event"] == "login-ended"
        assert told["certificates"]
        bridge.scene.person.type(PIN)
        await page.call("sign", items=[ITEM])
        await asyncio.to_thread(page.page.close)
        await logged_out(bridge)


@pytest.mark.anyio
async def test_without_a_session_each_call_asks(practice_home: Path) -> None:
    async with open_bridge(practice_home) as bridge:
        page = bridge.page()
        bridge.scene.person.type(PIN, PIN)
        for _ in range(2):
            await page.call("sign", items=[ITEM])
            assert not bridge.scene.assistant._logins._held
        assert len(bridge.scene.person.pin_dialogs()) == 2


@pytest.mark.anyio
async def test_a_session_is_good_for_its_own_origin_and_while_it_is_open(practice_home: Path) -> None:
    async with open_bridge(practice_home) as bridge:
        owner, other = bridge.page(), bridge.page(TRUSTED)
        session = await owner.open_session()
        assert len(session) == 32
        bridge.scene.person.type(PIN)
        await owner.call("sign", items=[ITEM])
        await other.call("certificates")
        for made_up in (session, "0" * 32, "x"):
            other.page.session = made_up
            assert await other.fails(Code.SESSION_ENDED, "sign", items=[ITEM])
        await asyncio.to_thread(owner.page.close)
        await logged_out(bridge)
        assert await owner.fails(Code.SESSION_ENDED, "status")


@pytest.mark.anyio
async def test_usbkeys_come_and_go_and_a_stranger_hears_nothing_of_it(practice_home: Path) -> None:
    async with open_bridge(practice_home) as bridge:
        page, stranger = bridge.page(), bridge.page(UNKNOWN)
        await stranger.open_session()
        await page.open_session()
        await bridge.scene.event(EventKind.UNPLUGGED, lambda: unplug(practice_home))
        await bridge.scene.event(EventKind.PLUGGED, lambda: plug(practice_home))
        with pytest.raises(TimeoutError):
            page.page.next_event(0)  # nobody has let it in yet
        offered = (await page.call("certificates"))["certificates"]
        await asyncio.to_thread(unplug, practice_home)
        told = await page.next_event()
        assert told == {"event": "token-unplugged", "certificates": [each["fingerprint"] for each in offered]}
        await asyncio.to_thread(plug, practice_home)
        assert (await page.next_event())["event"] == "token-plugged"
        with pytest.raises(TimeoutError):
            stranger.page.next_event(0)


@pytest.mark.anyio
@pytest.mark.parametrize("way", ["call", "socket", "hang up", "close the page", "stop"])
async def test_a_request_can_be_withdrawn_and_its_dialog_goes(practice_home: Path, way: str) -> None:
    async with open_bridge(practice_home) as bridge:
        page, second = bridge.page(), bridge.page()
        second.page.session = await page.open_session()
        person = bridge.scene.person
        await page.call("certificates")
        person.hold = asyncio.Event()
        person.opened.clear()
        waiting = asyncio.create_task(asyncio.to_thread(page.page.ask, "login", {"nonce": nonce()}, request_id="one"))
        await asyncio.wait_for(person.opened.wait(), SECONDS)
        assert (await second.call("status"))["session"]  # several may be in flight
        if way == "call":
            assert await second.call("cancel", request="another") == {"cancelled": False}
            assert await second.call("cancel", request="one") == {"cancelled": True}
        elif way == "socket":
            assert page.page.events is not None
            await asyncio.to_thread(page.page.events.send, '{"cancel": "one"}')
        elif way == "hang up":
            assert page.page.connection.sock is not None
            page.page.connection.sock.shutdown(2)
        elif way == "close the page":
            await asyncio.to_thread(page.page._opened.close)
        else:
            await bridge.service.stop()
        if way == "hang up":
            with pytest.raises((OSError, http.client.HTTPException)):
                await asyncio.wait_for(waiting, SECONDS)
        else:
            status, answer = await asyncio.wait_for(waiting, SECONDS)
            expected = (503, "service-stopping") if way == "stop" else (409, "user-cancelled")
            assert (status, answer["error"]["code"]) == expected
        async with asyncio.timeout(SECONDS):
            while bridge.scene.assistant._dialogs._open:  # noqa: ASYNC110 - the page is gone
                await asyncio.sleep(0.01)
        assert isinstance(person.asked[-1], EnterPin)


@pytest.mark.anyio
async def test_an_id_is_in_use_once_and_another_page_cannot_cancel(practice_home: Path) -> None:
    async with open_bridge(practice_home) as bridge:
        page, twin, other = bridge.page(), bridge.page(), bridge.page(TRUSTED)
        person = bridge.scene.person
        for each in (page, other):
            await each.call("certificates")
        person.hold = asyncio.Event()
        person.opened.clear()
        waiting = asyncio.create_task(asyncio.to_thread(page.page.ask, "login", {"nonce": nonce()}, request_id="one"))
        await asyncio.wait_for(person.opened.wait(), SECONDS)
        status, answer = await asyncio.to_thread(twin.page.ask, "login", {"nonce": nonce()}, request_id="one")
        assert (status, answer["error"]["code"]) == (400, "bad-request")
        assert await other.call("cancel", request="one") == {"cancelled": False}
        person.type(PIN)
        person.hold.set()
        assert (await waiting)[0] == 200


@pytest.mark.anyio
async def test_an_unknown_site_is_asked_about_once_and_a_blocked_one_never(practice_home: Path) -> None:
    async with open_bridge(practice_home) as bridge:
        page = bridge.page(UNKNOWN)
        assert await page.fails(Code.DENIED_BY_POLICY, "status")
        await page.call("certificates")
        await page.call("status")
        (asked,) = [each for each in bridge.scene.person.asked if isinstance(each, Confirm)]
        assert (asked.kind, asked.warning != "") == (ConfirmKind.CONNECT, True)
        bridge.scene.assistant.origins.set_class(UNKNOWN, OriginClass.BLOCKED)
        for name in ("status", "certificates", "choose"):
            assert await page.fails(Code.DENIED_BY_POLICY, name)
        with pytest.raises(Exception, match="403"):
            await page.open_session()
        assert len(bridge.scene.person.asked) == 1


@pytest.mark.anyio
async def test_nothing_is_loaded_before_somebody_connects(practice_home: Path) -> None:
    heavy = "{'uvicorn', 'starlette', 'ssl', 'cryptography', 'asn1crypto'}"
    code = f"import sys, hebca_helper.bridge.https.service; print(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: ASYNC221
    assert done.stdout.strip() in ("", "ssl")  # websockets brings ssl along
    async with open_bridge(practice_home) as bridge:
        assert bridge.service.listening
        assert not (practice_home / "tls").exists()
        await bridge.page(HALL).call("certificates")
        assert (practice_home / "tls").exists()
