"""The window of its own profile that 快捷链接 offers for a portal on plain http: in a real Chromium, to which the portal is
on the internet, that one site may ask to reach this computer, and no other site can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from hebca_helper.places import HOME_VARIABLE
from hebca_helper.portals.browsers import declared_secure
from tests.browser.desk import CHROMIUM, CHROMIUM_OPTIONS
from tests.browser.public_pages import KNOCK_PATIENTLY, web_site
from tests.running import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PORTAL, OTHER = "portal.example", "other.example"
PROFILE = "--user-data-dir="


@contextmanager
def window(options: list[str], public: int) -> Iterator[BrowserContext]:
    """As the program starts it, and headless; everything on that port of 127.0.0.1 is on the internet."""
    [profile] = [each.removeprefix(PROFILE) for each in options if each.startswith(PROFILE)]
    more = [
        f"--ip-address-space-overrides=127.0.0.1:{public}=public",
        f"--host-resolver-rules=MAP {PORTAL} 127.0.0.1, MAP {OTHER} 127.0.0.1",
    ]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=[*CHROMIUM_OPTIONS, *more, *(each for each in options if not each.startswith(PROFILE))],
        )
        yield opened
        opened.close()


def knock(context: BrowserContext, origin: str, service: str) -> str:
    """What becomes of a page's socket when the person allows what can be allowed: only secure pages have that question."""
    page = context.new_page()
    allowed = {"permission": {"name": "loopback-network"}, "setting": "granted", "origin": origin}
    page.goto(origin)
    if page.evaluate("isSecureContext"):
        context.new_cdp_session(page).send("Browser.setPermission", allowed)
    return str(page.evaluate(KNOCK_PATIENTLY, service))


def test_one_http_portal_reaches_us_in_a_window_of_its_own_and_no_other_does(tmp_path: Path, home: Path) -> None:
    with serving(environment={HOME_VARIABLE: str(home)}) as service, web_site() as port:
        portal, other = f"http://{PORTAL}:{port}", f"http://{OTHER}:{port}"
        with window([f"{PROFILE}{tmp_path / 'usual'}"], port) as usual:
            assert knock(usual, portal, service.url) == "blocked"
        with window(declared_secure(tmp_path, portal), port) as own:
            assert knock(own, portal, service.url) == "open"
            assert knock(own, other, service.url) == "blocked"
