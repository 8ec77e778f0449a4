"""The clerk in a headless Chromium: the same steps as the scripted one, by the page's own buttons and inputs."""

from __future__ import annotations

from playwright.async_api import Error, Page

from hebca_helper.errors import HelperError
from hebca_helper.practice.hall.clerk import (
    DEMO_CLERK,
    DEMO_PEOPLE,
    Clerk,
    Judge,
    Report,
    already,
    people_added,
    to_the_counter,
    walk,
)
from tests.practice.hands import Hands, SaidNoError, chromium, hook


class BrowserClerk:
    """`await BrowserClerk(origin, page).work(report)` is True when every step went well. With a judge of receipts the
    clerk also files the register."""

    def __init__(self, origin: str, page: Page, clerk: Clerk = DEMO_CLERK, judge: Judge | None = None) -> None:
        self._hands = Hands(origin, page)
        self._clerk = clerk
        self._judge = judge
        self._counter = False

    @property
    def files(self) -> bool:
        return self._judge is not None

    async def work(self, report: Report) -> bool:
        return await walk(self, report, (SaidNoError, Error, HelperError))

    async def register(self) -> str:
        clerk = self._clerk
        await self._hands.open("/register", "register")
        await self._hands.fill("register-username", clerk.username)
        await self._hands.fill("register-person", clerk.person)
        await self._hands.fill("register-id-number", clerk.id_number)
        await self._hands.fill("register-password", clerk.password)
        await self._hands.fill("register-phone", clerk.phone)
        await self._hands.fill("register-captcha", await self._hands.read_captcha())
        await self._hands.click("register-send-code")
        await self._hands.expect_message("good")
        await self._hands.fill("register-code", await self._hands.newest_code())
        await self._hands.click("register-agreed")
        await self._hands.click("register-submit")
        if await self._hands.wait(hook("dialog-ok"), self._hands.message("bad")) != hook("dialog-ok"):
            text = await self._hands.text("message")
            if "已被注册" in text:
                return already()
            raise SaidNoError(text)
        return await self._hands.accept_dialog()

    async def log_in_with_password(self) -> str:
        await self._hands.open("/login#password", "login")
        await self._hands.fill("login-username", self._clerk.username)
        await self._hands.fill("login-password", self._clerk.password)
        await self._hands.fill("login-captcha", await self._hands.read_captcha("#password "))
        await self._hands.click("login-submit")
        await self._hands.go_on(hook("page-home"), hook("page-bind_unit"))
        return await self._hands.text("header-person")

    async def bind_unit(self) -> str:
        who = await self._hands.post("/api/whoami")
        if who["unit"]:
            return f"{already()}：{who['unit_name']}"
        unit = self._clerk.unit
        await self._hands.fill("unit-number", unit.number)
        await self._hands.fill("unit-person", unit.legal_person)
        await self._hands.fill("unit-id-number", unit.legal_id_number)
        await self._hands.click("bind-unit")
        await self._hands.go_on(hook("dialog-ok"))
        await self._hands.accept_dialog()
        await self._hands.wait(hook("page-home"))
        return f"{unit.number} {unit.name}"

    async def bind_certificate(self) -> str:
        """By the gear, as the manual says. A certificate that is bound already goes on to the login."""
        await self._hands.click("gear")
        await self._hands.click("to-bind-ca")
        await self._hands.wait(hook("page-bind_ca"))
        text = await self._save_binding()
        if "另一张证书" in text:  # the practice USBKEY was made anew with another holder
            await self._hands.fill("unbind-password", self._clerk.password)
            await self._hands.click("unbind")
            await self._hands.expect_message("good")
            text = await self._save_binding()
        if any(words in text for words in ("重新登录", "已经与本账户绑定", "已绑定其他账户")):
            return text
        raise SaidNoError(text)

    async def _save_binding(self) -> str:
        """读取证书, 保存; what the page says then."""
        await self._hands.choose("vendor", "hebca")
        await self._hands.click("read-certificate")
        await self._hands.expect_message("good")
        await self._hands.click("save-binding")
        if await self._hands.wait(hook("dialog-ok"), self._hands.message("bad")) != hook("dialog-ok"):
            return await self._hands.text("message")
        said = await self._hands.accept_dialog()
        await self._hands.wait(hook("page-login"))
        return said

    async def log_in_with_certificate(self) -> str:
        await self._hands.open("/login#ca", "login")
        await self._hands.click("ca-login")
        await self._hands.go_on(hook("send-code"))
        return await self._hands.text("code-holder")

    async def confirm_code(self) -> str:
        await self._hands.click("send-code")
        await self._hands.expect_message("good")
        code = await self._hands.newest_code()
        await self._hands.fill("code-input", code)
        await self._hands.click("confirm-login")
        await self._hands.go_on(hook("page-home"))
        return code

    async def see_home(self) -> str:
        await self._hands.wait('[data-testid="whoami"][data-ready]')
        names = ("whoami-person", "whoami-unit", "whoami-unique-id", "whoami-method")
        return " · ".join([await self._hands.text(name) for name in names])

    async def add_people(self) -> str:
        hands, added = self._hands, 0
        await hands.click("to-business")
        await hands.wait("body[data-ready] " + hook("page-business"))
        shown = await hands.text("people")
        for person in DEMO_PEOPLE:
            if person.id_number in shown:
                continue
            await hands.fill("person-name", person.name)
            await hands.fill("person-id", person.id_number)
            await hands.fill("person-wage", person.wage)
            await hands.click("add-person")
            await hands.expect_message("good")
            added += 1
        return people_added(added)

    async def make_register(self) -> str:
        """申报提交: leads to 上报材料, or to the counter where the certificate has no seal."""
        await self._hands.click("submit-report")
        failed = self._hands.message("bad", "materials-message")
        found = await self._hands.go_on(hook("upload"), hook("question-yes"), failed)
        if found == failed:
            raise SaidNoError(await self._hands.text("materials-message"))
        self._counter = found == hook("question-yes")
        return await self._hands.text("question-text" if self._counter else "materials-paper")

    async def seal_and_upload(self) -> str:
        if self._counter:
            await self._hands.click("question-yes")
            await self._hands.go_on(self._hands.message("calm"))
            return to_the_counter()
        await self._hands.click("upload")
        good = self._hands.message("good", "materials-message")
        others = [self._hands.message(kind, "materials-message") for kind in ("bad", "calm")]
        found = await self._hands.wait(good, *others)
        said = await self._hands.text("materials-message")
        if found != good:
            raise SaidNoError(said)
        return said

    async def check_receipt(self) -> str:
        if self._counter or self._judge is None:
            return to_the_counter()
        return await self._judge(await self._hands.octets("#materials " + hook("receipt")))


async def browser_clerk(origin: str, report: Report, judge: Judge | None = None) -> bool:
    """Start a browser, do all steps, end the browser."""
    async with chromium() as page:
        return await BrowserClerk(origin, page, judge=judge).work(report)
