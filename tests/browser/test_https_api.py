"""The HTTPS API from inside a real Chromium: a portal's page, a rebound host name, a sandboxed frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.desk import CHROMIUM, CHROMIUM_OPTIONS
from tests.https_page import nonce
from tests.practice_homes import put_practice_usbkey
from tests.security.conftest import PORTAL, Guarded, guarded

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
REBOUND = "rebound.example"
FETCH = """async ([url, method, body]) => {
    const options = method === "GET" ? {} : {method, body, headers: {"Content-Type": "application/json"}};
    try {
        const answer = await fetch(url, options);
        return {status: answer.status, text: await answer.text()};
    } catch (problem) { return {status: 0, text: String(problem)}; }
}"""
SOCKET = """url => new Promise(resolve => {
    const socket = new WebSocket(url);
    socket.onmessage = message => resolve(message.data);
    socket.onerror = () => resolve("refused");
})"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(put_practice_usbkey(tmp_path_factory.mktemp("home"))) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Its resolver says that the attacker's name is this computer; our certificate and Local Network Access, which have
    tests of their own, are no obstacle."""
    rules = [f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1", "--ignore-certificate-errors"]
    rules.append("--disable-features=LocalNetworkAccessChecks")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=[*CHROMIUM_OPTIONS, *rules])
        yield opened
        opened.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context(ignore_https_errors=True) as context:
        context.route(
            f"{PORTAL}/**", lambda route: route.fulfill(body="<title>portal</title>", content_type="text/html")
        )
        yield context.new_page()


def ask(page: Page, url: str, method: str = "GET", body: str = "{}") -> dict[str, Any]:
    answer: dict[str, Any] = page.evaluate(FETCH, [url, method, body])
    return answer


def test_a_portal_s_page_logs_in(service: Guarded, page: Page) -> None:
    url = service.service.urls["https"]
    page.goto(f"{PORTAL}/")
    assert ask(page, f"{url}/v1/status")["status"] == 200
    login = ask(page, f"{url}/v1/login", "POST", f'{{"nonce":"{nonce()}"}}')
    assert (login["status"], "web-eid:1.0" in login["text"]) == (200, True)
    assert '"event":"session"' in page.evaluate(SOCKET, url.replace("https", "wss") + "/v1/events")


def test_a_rebound_host_name_reaches_nothing(service: Guarded, page: Page) -> None:
    """Same origin for the browser, so no CORS protects us: the Host header does."""
    url = service.service.urls["https"].replace("localhost", REBOUND)
    opened = page.goto(f"{url}/v1/status")
    assert opened is not None
    assert opened.status == 403
    assert "version" not in opened.text()
    for name in ("certificates", "login", "sign", "cancel"):
        answer = ask(page, f"{url}/v1/{name}", "POST")
        assert (answer["status"], answer["text"]) == (403, "wrong host\n")
    assert page.evaluate(SOCKET, url.replace("https", "wss") + "/v1/events") == "refused"
    page.goto(f"http://{REBOUND}:{service.port}/test")
    assert page.evaluate(SOCKET, f"ws://{REBOUND}:{service.port}/test") == "refused"


def test_a_sandboxed_frame_has_no_origin_and_gets_nothing(service: Guarded, page: Page) -> None:
    url = service.service.urls["https"]
    page.goto(f"{PORTAL}/")
    page.set_content('<iframe sandbox="allow-scripts" srcdoc="<p>ad</p>"></iframe>')
    frame = page.frames[-1]
    assert frame.evaluate("origin") == "null"
    answer = frame.evaluate(FETCH, [f"{url}/v1/status", "GET", ""])
    assert answer["status"] == 0  # 403 without CORS: the frame cannot even read that
    assert frame.evaluate(SOCKET, url.replace("https", "wss") + "/v1/events") == "refused"
