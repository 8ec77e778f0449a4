"""What a clerk's hand and eye do on a page of the hall: wait until something shows, click, type, read."""

from __future__ import annotations

import base64
import json
from typing import Any

from hebca_helper.practice.hall import captcha
from hebca_helper.practice.hall.devtools import DevToolsError, Page

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


class SaidNoError(Exception):
    """The page showed an error message; its text is what it said."""


class Hands:
    """Works on one page of the hall at `origin`; names are the pages' `data-testid` hooks."""

    def __init__(self, origin: str, page: Page) -> None:
        self._origin = origin.rstrip("/")
        self._page = page

    async def open(self, path: str, name: str) -> None:
        await self._page.command("Page.navigate", url="about:blank")
        await self._page.command("Page.navigate", url=self._origin + path)
        await self.wait(hook(f"page-{name}"))

    async def wait(self, *selectors: str) -> str:
        """The first selector that shows; a page that goes away meanwhile is looked at again when the next is there."""
        while True:
            try:
                return str(await self._page.evaluate(_WAIT % json.dumps(selectors)))
            except DevToolsError as problem:
                if not any(words in str(problem) for words in _LOST_PAGE):
                    raise

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
        await self._page.evaluate(f"document.querySelector({json.dumps(hook(name))}).click()")

    async def fill(self, name: str, text: str) -> None:
        await self.wait(hook(name))
        await self._page.evaluate(f"document.querySelector({json.dumps(hook(name))}).select()")
        await self._page.command("Input.insertText", text=text)

    async def choose(self, name: str, value: str) -> None:
        await self.wait(hook(name))
        place = f"document.querySelector({json.dumps(hook(name))})"
        await self._page.evaluate(f"{place}.value = {json.dumps(value)}")

    async def text(self, name: str) -> str:
        return str(await self._page.evaluate(f"document.querySelector({json.dumps(hook(name))}).innerText"))

    async def octets(self, selector: str) -> bytes:
        """The file behind a link of the page, with the page's own session."""
        await self.wait(selector)
        place = f"document.querySelector({json.dumps(selector)}).href"
        reading = (
            f"fetch({place}).then((reply) => reply.arrayBuffer()).then((all) => Upload.base64(new Uint8Array(all)))"
        )
        return base64.b64decode(str(await self._page.evaluate(reading)))

    async def accept_dialog(self) -> str:
        text = await self.text("dialog-text")
        await self.click("dialog-ok")
        return text

    async def read_captcha(self, inside: str = "") -> str:
        picture = f"{inside}{hook('captcha')} svg"
        await self.wait(picture)
        return captcha.read(str(await self._page.evaluate(f"document.querySelector({json.dumps(picture)}).outerHTML")))

    async def newest_code(self) -> str:
        return str((await self.post("/api/phone/messages"))["messages"][0]["code"])

    async def post(self, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = await self._page.evaluate(f"Hall.post({json.dumps(path)})")
        return answer
