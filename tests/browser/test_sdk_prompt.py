"""The SDK while the browser asks whether a page from the internet may reach this computer: what it tells the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from hebca_helper.places import HOME_VARIABLE, shipped
from tests.browser.public_pages import web_site
from tests.browser.test_loopback import chromium, press_until_seen
from tests.displays import VirtualDisplay
from tests.running import Service, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
CONNECT = """async ([certificatePort, httpsPort]) => {
    const { Assistant } = await import("/sdk/hebca-helper.js");
    window.told = [];
    const assistant = new Assistant({ certificatePort, httpsPort, onState: (state, text) => told.push([state, text !== ""]) });
    assistant.connect().catch(problem => problem.code).then(seen => { window.seen = seen; });
}"""


def asked(page: Page, service: Service, site: int) -> None:
    """Up to the moment when the page was told that the person is asked."""
    folder = shipped("resources", "sdk")
    page.route("**/sdk/*", lambda route: route.fulfill(path=folder / route.request.url.rpartition("/")[2]))
    page.goto(f"http://portal.localhost:{site}/")
    ports = [int(service.urls[name].split("/")[2].rpartition(":")[2]) for name in ("certificate_service", "https")]
    page.evaluate(CONNECT, ports)
    page.wait_for_function("window.told?.length")


def test_a_page_is_told_that_the_browser_asks_and_what_the_person_said(tmp_path: Path) -> None:
    answers: dict[str, Any] = {}
    with (
        serving(environment={HOME_VARIABLE: str(tmp_path)}) as service,
        web_site() as site,
        VirtualDisplay(window_manager=True) as display,
    ):
        for keys in ("Return",), ("Tab", "Return"):
            with chromium("/usr/bin/chromium", site, environment=display.environment()) as browser:
                page = browser.new_context(no_viewport=True, ignore_https_errors=True).new_page()
                asked(page, service, site)
                press_until_seen(page, display, *keys)
                answers[page.evaluate("window.seen")] = page.evaluate("window.told")
    assert answers == {
        "permission-denied": [["prompt-showing", True]],
        "https": [["prompt-showing", True], ["connected", False]],
    }
