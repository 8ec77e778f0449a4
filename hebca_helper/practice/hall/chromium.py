"""The clerk in a headless Chromium: the same steps as the scripted one, by the page's own buttons and inputs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from hebca_helper.practice.hall import captcha
from hebca_helper.practice.hall.clerk import DEMO_CLERK, Clerk, Report, Step, StepName, already
from hebca_helper.practice.hall.devtools import DevToolsError, Page, chromium
from hebca_helper.texts import tr

STEP_TIME = 60.0
"""Seconds for one step; a signature on a slow USBKEY takes a few."""
_LOST_PAGE = ("navigated", "destroyed", "collected", "Cannot find context")

# Resolves to the first of the selectors that is visible and enabled; looks again at every change of the page.
_WAIT = """new Promise((found) => {
  const usable = (it) => it && it.checkVisibility({ visibilityProperty: true }) && !it.disabled;
  const look = () => {
    const seen = document.readyState === "complete" && %s.find((selector) => usable(document.querySelector(selector)));
    if (seen) { watcher.disconnect(); found(seen); }
  };
  const watcher = new MutationObserver(look);
  document.addEventListener("readystatechange", look);
  watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  look();
})"""


def hook(name: str) -> str:
    return f'[data-testid="{name}"]'


class _FailedError(Exception):
    pass


class BrowserClerk:
    """`await BrowserClerk(origin, page).work(report)` is True when every step went well."""

    def __init__(self, origin: str, page: Page, clerk: Clerk = DEMO_CLERK) -> None:
        self._origin = origin.rstrip("/")
        self._page = page
        self._clerk = clerk

    async def work(self, report: Report) -> bool:
        steps: list[tuple[StepName, Callable[[], Awaitable[str]]]] = [
            (StepName.REGISTER, self.register),
            (StepName.PASSWORD_LOGIN, self.log_in_with_password),
            (StepName.BIND_UNIT, self.bind_unit),
            (StepName.BIND_CERTIFICATE, self.bind_certificate),
            (StepName.CERTIFICATE_LOGIN, self.log_in_with_certificate),
            (StepName.CODE, self.confirm_code),
            (StepName.HOME, self.see_home),
        ]
        for name, step in steps:
            try:
                async with asyncio.timeout(STEP_TIME):
                    report(Step(name, True, await step()))
            except TimeoutError:
                report(Step(name, False, tr("页面在 {seconds} 秒内没有反应").format(seconds=int(STEP_TIME))))
                return False
            except (_FailedError, DevToolsError) as problem:
                report(Step(name, False, str(problem)))
                return False
        return True

    async def register(self) -> str:
        clerk = self._clerk
        await self._open("/register", "register")
        await self._fill("register-username", clerk.username)
        await self._fill("register-person", clerk.person)
        await self._fill("register-id-number", clerk.id_number)
        await self._fill("register-password", clerk.password)
        await self._fill("register-phone", clerk.phone)
        await self._fill("register-captcha", await self._read_captcha())
        await self._click("register-send-code")
        await self._expect_message("good")
        await self._fill("register-code", await self._newest_code())
        await self._click("register-agreed")
        await self._click("register-submit")
        if await self._wait(hook("dialog-ok"), self._message("bad")) != hook("dialog-ok"):
            text = await self._text("message")
            if "已被注册" in text:
                return already()
            raise _FailedError(text)
        return await self._accept_dialog()

    async def log_in_with_password(self) -> str:
        await self._open("/login#password", "login")
        await self._fill("login-username", self._clerk.username)
        await self._fill("login-password", self._clerk.password)
        await self._fill("login-captcha", await self._read_captcha("#password "))
        await self._click("login-submit")
        await self._go_on(hook("page-home"), hook("page-bind_unit"))
        return await self._text("header-person")

    async def bind_unit(self) -> str:
        who = await self._post("/api/whoami")
        if who["unit"]:
            return f"{already()}：{who['unit_name']}"
        unit = self._clerk.unit
        await self._fill("unit-number", unit.number)
        await self._fill("unit-person", unit.legal_person)
        await self._fill("unit-id-number", unit.legal_id_number)
        await self._click("bind-unit")
        await self._go_on(hook("dialog-ok"))
        await self._accept_dialog()
        await self._wait(hook("page-home"))
        return f"{unit.number} {unit.name}"

    async def bind_certificate(self) -> str:
        """By the gear, as the manual says. A certificate that is bound already goes on to the login."""
        await self._click("gear")
        await self._click("to-bind-ca")
        await self._wait(hook("page-bind_ca"))
        text = await self._save_binding()
        if "另一张证书" in text:  # the practice USBKEY was made anew with another holder
            await self._fill("unbind-password", self._clerk.password)
            await self._click("unbind")
            await self._expect_message("good")
            text = await self._save_binding()
        if any(words in text for words in ("重新登录", "已经与本账户绑定", "已绑定其他账户")):
            return text
        raise _FailedError(text)

    async def _save_binding(self) -> str:
        """读取证书, 保存; what the page says then."""
        await self._choose("vendor", "hebca")
        await self._click("read-certificate")
        await self._expect_message("good")
        await self._click("save-binding")
        if await self._wait(hook("dialog-ok"), self._message("bad")) != hook("dialog-ok"):
            return await self._text("message")
        said = await self._accept_dialog()
        await self._wait(hook("page-login"))
        return said

    async def log_in_with_certificate(self) -> str:
        await self._open("/login#ca", "login")
        await self._click("ca-login")
        await self._go_on(hook("send-code"))
        return await self._text("code-holder")

    async def confirm_code(self) -> str:
        await self._click("send-code")
        await self._expect_message("good")
        code = await self._newest_code()
        await self._fill("code-input", code)
        await self._click("confirm-login")
        await self._go_on(hook("page-home"))
        return code

    async def see_home(self) -> str:
        await self._wait('[data-testid="whoami"][data-ready]')
        names = ("whoami-person", "whoami-unit", "whoami-unique-id", "whoami-method")
        return " · ".join([await self._text(name) for name in names])

    # What a hand and an eye do

    async def _open(self, path: str, name: str) -> None:
        await self._page.command("Page.navigate", url="about:blank")
        await self._page.command("Page.navigate", url=self._origin + path)
        await self._wait(hook(f"page-{name}"))

    async def _wait(self, *selectors: str) -> str:
        """The first selector that shows; a page that goes away meanwhile is looked at again when the next is there."""
        while True:
            try:
                return str(await self._page.evaluate(_WAIT % json.dumps(selectors)))
            except DevToolsError as problem:
                if not any(words in str(problem) for words in _LOST_PAGE):
                    raise

    async def _go_on(self, *selectors: str) -> None:
        """Wait for what comes next, or fail with what the page says."""
        if await self._wait(*selectors, self._message("bad")) == self._message("bad"):
            raise _FailedError(await self._text("message"))

    async def _expect_message(self, kind: str) -> None:
        await self._go_on(self._message(kind))

    @staticmethod
    def _message(kind: str) -> str:
        return f'{hook("message")}[data-kind="{kind}"]'

    async def _click(self, name: str) -> None:
        await self._wait(hook(name))
        await self._page.evaluate(f"document.querySelector({json.dumps(hook(name))}).click()")

    async def _fill(self, name: str, text: str) -> None:
        await self._wait(hook(name))
        await self._page.evaluate(f"document.querySelector({json.dumps(hook(name))}).select()")
        await self._page.command("Input.insertText", text=text)

    async def _choose(self, name: str, value: str) -> None:
        await self._wait(hook(name))
        place = f"document.querySelector({json.dumps(hook(name))})"
        await self._page.evaluate(f"{place}.value = {json.dumps(value)}")

    async def _text(self, name: str) -> str:
        return str(await self._page.evaluate(f"document.querySelector({json.dumps(hook(name))}).innerText"))

    async def _accept_dialog(self) -> str:
        text = await self._text("dialog-text")
        await self._click("dialog-ok")
        return text

    async def _read_captcha(self, inside: str = "") -> str:
        picture = f"{inside}{hook('captcha')} svg"
        await self._wait(picture)
        return captcha.read(str(await self._page.evaluate(f"document.querySelector({json.dumps(picture)}).outerHTML")))

    async def _newest_code(self) -> str:
        return str((await self._post("/api/phone/messages"))["messages"][0]["code"])

    async def _post(self, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = await self._page.evaluate(f"Hall.post({json.dumps(path)})")
        return answer


async def browser_clerk(origin: str, executable: Path, report: Report, clerk: Clerk = DEMO_CLERK) -> bool:
    """Start a browser, do all steps, end the browser."""
    async with chromium(executable) as page:
        return await BrowserClerk(origin, page, clerk).work(report)
