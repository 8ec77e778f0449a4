"""故障检测 from inside a real Chromium: the page finds out, the person does the rest, and each line has its remedy."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from hebca_helper.bridge.browser_path.examination import examine
from hebca_helper.bridge.system_root import VARIABLE as SYSTEM_ROOT
from hebca_helper.bridge.trust.trust import Trust
from hebca_helper.checks.model import Finding, Outcome
from hebca_helper.errors import Code
from hebca_helper.portals.browsers import Browser, BrowserKind
from tests.browser.desk import CHROMIUM, CHROMIUM_OPTIONS, PATIENCE
from tests.running import serving

pytestmark = [pytest.mark.browser, pytest.mark.anyio, pytest.mark.timeout(240)]
NOW = datetime.now(UTC)
expect.set_options(timeout=PATIENCE * 1000)
Hands = Callable[[Page], Awaitable[None]]


@asynccontextmanager
async def page_of(home: Path) -> AsyncIterator[Page]:
    """A browser of a person whose home folder this is. Everything fits on its screen: nothing has to be scrolled."""
    environment = {**os.environ, "HOME": str(home)}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_OPTIONS, env=dict(environment)
        )
        page = await browser.new_page(viewport={"width": 1000, "height": 1600})
        yield page
        await browser.close()


async def examined(home: Path, person: Path, service: str, hands: Hands) -> dict[str, Finding]:
    """The findings by check, after a person has used the page with these hands."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def open_page(browser: Browser, url: str) -> None:
        address.get_loop().call_soon_threadsafe(address.set_result, url)

    async def person_at_the_browser() -> None:
        url = await address
        async with page_of(person) as page:
            await page.add_init_script("window.print = () => {}")  # a print preview would have nobody to close it
            await page.goto(url)
            await page.wait_for_selector("body[data-ready]")
            await hands(page)

    browser = Browser(BrowserKind.CHROMIUM, Path(CHROMIUM))
    person_there = asyncio.create_task(person_at_the_browser())
    found = await examine(browser, home, service, NOW, open_page=open_page, patience=100)
    await person_there
    return {finding.check.id: finding for finding in found}


async def do_everything(page: Page) -> None:
    await page.get_by_test_id("popup").click()
    await expect(page.locator('[data-step="popup"][data-result="good"]')).to_be_visible()
    await page.get_by_test_id("pdf").click()
    await page.get_by_test_id("pdf-yes").click()
    async with page.expect_download() as download:
        await page.get_by_test_id("download").click()
    assert (await download.value).suggested_filename == "hebca-test.pdf"
    await page.get_by_test_id("download-yes").click()
    await page.get_by_test_id("print").click()
    await page.get_by_test_id("print-no").click()
    await expect(page.locator('[data-step="print"][data-result="bad"]')).to_be_visible()


async def only_finish(page: Page) -> None:
    await page.get_by_test_id("finish").click()
    await page.wait_for_selector("body[data-finished]")


async def test_a_browser_that_trusts_us_tells_so_and_the_person_does_the_rest(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(SYSTEM_ROOT, str(tmp_path))
    Trust(home).install(NOW)
    with serving() as service:
        found = await examined(home, tmp_path, service.url, do_everything)
    good = {
        "browser-tls",
        "browser-secure-socket",
        "browser-socket",
        "browser-popup",
        "browser-pdf",
        "browser-download",
    }
    assert {check for check, finding in found.items() if finding.outcome is Outcome.OK} == good
    # a headless browser says no to every question: what portals meet there is what the page meets
    assert found["browser-loopback"].seen.code is Code.LOOPBACK_BLOCKED
    assert found["browser-print"].seen.code is Code.BROWSER_PRINT
    assert found["browser-policy"].seen.code is Code.POLICY_MISSING
    assert "沧州" in found["browser-policy"].seen.told


async def test_a_browser_that_does_not_trust_us_gets_the_button_that_mends_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(SYSTEM_ROOT, str(tmp_path))
    found = await examined(home, tmp_path, "ws://localhost:9/test", only_finish)
    assert found["browser-socket"].seen.code is Code.BROWSER_CONNECTION
    assert found["browser-popup"].outcome is Outcome.NOT_APPLICABLE
    untrusted = found["browser-tls"].seen
    assert untrusted.code is Code.TLS_UNTRUSTED
    assert untrusted.fix is not None
    await asyncio.to_thread(untrusted.fix.apply)
    found = await examined(home, tmp_path, "", only_finish)
    assert found["browser-tls"].outcome is Outcome.OK
    assert found["browser-socket"].outcome is Outcome.NOT_APPLICABLE
