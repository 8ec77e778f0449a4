"""What a clerk's hand and eye do on a practice page in a real Chromium: wait until something shows, click, type, read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Page, async_playwright

from hebca_helper.practice.hall import captcha

CHROMIUM = "/usr/bin/chromium"


@asynccontextmanager
async def chromium() -> AsyncIterator[Page]:
    """A page of a fresh headless browser, which is gone at the end."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"])
        yield await browser.new_page()
        await browser.close()


def hook(name: str) -> str:
    return f'[data-testid="{name}"]'


class SaidNoError(Exception):
    """The page showed an error message; its text is what it said."""


class Hands:
    """Works on one page at `origin`; names are the pages' `data-testid` hooks."""

    def __init__(self, origin: str, page: Page) -> None:
        self._origin = origin.rstrip("/")
        self._page = page

    async def open(self, path: str, name: str) -> None:
        await self._page.goto("about:blank")
        await self._page.goto(self._origin + path)
        await self.wait(hook(f"page-{name}"))

    async def wait(self, *selectors: str) -> str:
        """The first selector that shows and can be used, on a page that has loaded."""
        usable = {selector: f"{selector}:visible:not(:disabled)" for selector in selectors}
        while True:
            await self._page.locator(", ".join(usable.values())).first.wait_for()
            await self._page.wait_for_load_state()
            for selector, shown in usable.items():
                if await self._page.locator(shown).count():
                    return selector

    async def go_on(self, *selectors: str) -> str:
        """Wait for what comes next and tell which, or fail with what the page says."""
        found = await self.wait(*selectors, self.message("bad"))
        if found == self.message("bad"):
            raise SaidNoError(await self.text("message"))
        return found

    async def expect_message(self, kind: str) -> None:
        await self.go_on(self.message(kind))

    @staticmethod
    def message(kind: str, box: str = "message") -> str:
        return f'{hook(box)}[data-kind="{kind}"]'

    async def click(self, name: str) -> None:
        await self.wait(hook(name))
        await self._page.locator(hook(name)).first.click()

    async def fill(self, name: str, text: str) -> None:
        await self.wait(hook(name))
        await self._page.locator(hook(name)).first.fill(text)

    async def choose(self, name: str, value: str) -> None:
        await self.wait(hook(name))
        await self._page.locator(hook(name)).first.select_option(value)

    async def text(self, name: str) -> str:
        return await self._page.locator(hook(name)).first.inner_text()

    async def octets(self, selector: str) -> bytes:
        """The file behind a link of the page, with the page's own session."""
        await self.wait(selector)
        address = await self._page.locator(selector).evaluate("link => link.href")
        return await (await self._page.request.get(str(address))).body()

    async def accept_dialog(self) -> str:
        text = await self.text("dialog-text")
        await self.click("dialog-ok")
        return text

    async def read_captcha(self, inside: str = "") -> str:
        picture = f"{inside}{hook('captcha')} svg"
        await self.wait(picture)
        return captcha.read(str(await self._page.locator(picture).first.evaluate("picture => picture.outerHTML")))

    async def newest_code(self) -> str:
        return str((await self.post("/api/phone/messages"))["messages"][0]["code"])

    async def post(self, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = await self._page.evaluate("path => Hall.post(path)", path)
        return answer
