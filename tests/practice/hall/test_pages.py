"""What the pages say when the certificate service is missing or says no.

The service here is a stand-in that answers from a script: only so can a test have each failure at will. The whole way
with the real one is in test_clerks.py and tests/browser.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page
from websockets.asyncio.server import ServerConnection, serve

from hebca_helper.practice.hall.server import Hall
from tests.practice.hall.held import HeldCertificate, Issue
from tests.practice.hall.people import ZHANG, Person
from tests.practice.hands import Hands, chromium, hook

pytestmark = [pytest.mark.anyio, pytest.mark.browser]
Answers = dict[str, dict[str, Any]]
MESSAGE = hook("message")
CANCELLED = {"ret": -536145911, "msg": "用户取消了操作"}
NO_CERTIFICATE = {"ret": -536145917, "msg": "没有找到数字证书"}


class StandIn:
    """Answers calls from a table (a function that is missing succeeds with nothing) and remembers the frames."""

    def __init__(self, answers: Answers, held: HeldCertificate | None = None, *, breaks_off: bool = False) -> None:
        self.answers = answers
        self.breaks_off = breaks_off
        self.held = held
        self.frames: list[str] = []
        self.origins: list[str | None] = []

    async def __call__(self, page: ServerConnection) -> None:
        assert page.request is not None
        self.origins.append(page.request.headers.get("Origin"))
        async for frame in page:
            self.frames.append(str(frame))
            if str(frame).startswith("0|"):
                await page.send("0|Welcome 4711")
            elif self.breaks_off:
                return
            else:
                name, _, arguments = str(frame)[2:].partition("|")
                await page.send(f"1|{name}|{json.dumps(await self._answer(name, arguments))}")

    async def _answer(self, name: str, arguments: str) -> dict[str, Any]:
        if name in self.answers:
            return self.answers[name]
        if self.held is not None and name == "SignText":
            return {"ret": 0, "signature": await self.held.sign(json.loads(arguments)["signText"])}
        if self.held is not None and name == "GetCertB64":
            return {"ret": 0, "cert": await self.held.certificate()}
        return {"ret": 0, "count": 0}


@asynccontextmanager
async def login_page(hall: Hall, service: StandIn | None) -> AsyncIterator[tuple[Hands, Page]]:
    """The login page with `service` behind it, or with nobody there."""
    async with asyncio.timeout(110), serve(service or _gone, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        if service is None:
            server.close()
            await server.wait_closed()
        async with chromium() as page:
            hands = Hands(hall.origin, page)
            await hands.open("/login", "login")
            await page.evaluate(f"void (document.body.dataset.certificatePort = '{port}')")
            yield hands, page


async def _gone(page: ServerConnection) -> None:
    await page.close()


async def test_the_frames_are_those_of_a_portal_s_page(hall: Hall, company: HeldCertificate) -> None:
    await Person(hall, ZHANG).settle(company)
    service = StandIn({}, company)
    async with login_page(hall, service) as (hands, _):
        await hands.click("ca-login")
        await hands.go_on(hook("send-code"))
    greeting, select, sign, get = service.frames
    assert greeting.startswith("0|1")
    assert (select, get) == ("1|SelectSignCert", "1|GetCertB64")
    challenge = json.loads(sign.removeprefix("1|SignText|"))["signText"]
    assert sign == f'1|SignText|{{"signText":"{challenge}"}}'
    assert service.origins == [hall.origin]


async def test_a_missing_assistant_is_told_with_a_way_to_start_it(hall: Hall) -> None:
    async with login_page(hall, None) as (hands, page):
        for button in ("ca-login", "tab-unit"):
            await hands.click(button)
            await hands.wait(hands.message("bad"))
            said = await hands.text("message")
            assert "证书助手没有启动" in said
            assert "1004" in said
            assert await page.evaluate(f"document.querySelector('{hook('start-assistant')}').href") == "p11://"


async def test_retry_takes_up_the_login_when_the_assistant_is_there(hall: Hall, company: HeldCertificate) -> None:
    await Person(hall, ZHANG).settle(company)
    async with login_page(hall, None) as (hands, page):
        await hands.click("ca-login")
        await hands.wait(hook("retry"))
        async with serve(StandIn({}, company), "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            await page.evaluate(f"void (document.body.dataset.certificatePort = '{port}')")
            await hands.click("retry")
            await hands.go_on(hook("send-code"))


@pytest.mark.parametrize("where", ["SelectSignCert", "SignText"])
async def test_cancelling_stays_calm(hall: Hall, company: HeldCertificate, where: str) -> None:
    async with login_page(hall, StandIn({where: CANCELLED}, company)) as (hands, _):
        await hands.click("ca-login")
        await hands.go_on(hands.message("calm"))
        assert "已取消" in await hands.text("message")
        await hands.wait(hook("ca-login"))


async def test_no_usbkey_says_plug_it_in(hall: Hall) -> None:
    async with login_page(hall, StandIn({"SelectSignCert": NO_CERTIFICATE})) as (hands, _):
        await hands.click("ca-login")
        await hands.wait(hands.message("bad"))
        said = await hands.text("message")
        assert "请插入 USBKEY" in said
        assert "-536145917" in said


async def test_the_list_of_holders_may_be_empty(hall: Hall) -> None:
    async with login_page(hall, StandIn({"GetSignCertCount": {"ret": 0, "count": 0}})) as (hands, page):
        await hands.click("tab-unit")
        await hands.wait(hook("list-certificates"))
        await hands.wait("#unit .empty")
        assert await page.evaluate(f"document.querySelector('{hook('unit-login')}').disabled")


async def test_text_of_the_service_and_of_the_hall_is_shown_as_text(hall: Hall) -> None:
    evil = {"ret": -536145887, "msg": "<img src=x onerror=document.title=1>"}
    async with login_page(hall, StandIn({"SelectSignCert": evil})) as (hands, page):
        await hands.click("ca-login")
        await hands.wait(hands.message("bad"))
        assert "<img src=x" in await hands.text("message")
        assert await page.evaluate("document.title") == "登录 · 演练办事大厅"


async def test_an_expired_certificate_says_renew_with_the_result_code(hall: Hall, issue: Issue) -> None:
    expired = issue(days=(-30, -2))
    async with login_page(hall, StandIn({}, expired)) as (hands, _):
        await hands.click("ca-login")
        await hands.wait(hands.message("bad"))
        said = await hands.text("message")
        assert "老用户延期" in said
        assert "验证结果代码：2" in said


async def test_a_service_that_breaks_off_is_told(hall: Hall) -> None:
    async with login_page(hall, StandIn({"SelectSignCert": {}}, breaks_off=True)) as (hands, _):
        await hands.click("ca-login")
        await hands.wait(hands.message("bad"))
        assert "连接已断开" in await hands.text("message")
