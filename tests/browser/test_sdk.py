"""The SDK in a real Chromium, on the hall's page of examples: every task, and every way to be without the assistant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from hebca_helper.places import HOME_VARIABLE, shipped
from tests.browser.desk import CHROMIUM, CHROMIUM_OPTIONS, ended, told
from tests.browser.public_pages import web_site
from tests.browser.test_loopback import trust
from tests.practice_homes import put_practice_usbkey
from tests.running import Service, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SIMPLE = {
    "certificates": "演练科技有限公司",
    "choose": "fingerprint",
    "sign": "signatures",
    "several": "附件",
    "envelope": "秘密",
}
SECURE_ONLY = {
    "login": "web-eid:1.0",
    "digest": "大文件",
    "seals": "社保专用章",
    "seal": "JVBERi0",
    "check": "signatures",
}


@dataclass
class Portal:
    """The hall, the assistant that its pages look for, and a home whose browser may trust it."""

    url: str
    service: Service
    home: Path


@contextmanager
def hall(home: Path, ports: list[int]) -> Iterator[str]:
    command = [sys.executable, "-m", "hebca_helper", "practice", "hall", "--port", "0", *told(ports)]
    environment = {**os.environ, HOME_VARIABLE: str(home)}
    with ended(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["hall"].rstrip("/")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    home = put_practice_usbkey(tmp_path_factory.mktemp("portal"))
    environment = {HOME_VARIABLE: str(home)}
    with serving("--unattended", environment=environment) as service:
        ports = [int(url.split("/")[2].rpartition(":")[2]) for url in service.urls.values()]
        with hall(home, ports) as url:
            yield Portal(url, service, home)


@contextmanager
def chromium(home: Path, **options: Any) -> Iterator[Page]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_OPTIONS, env={**os.environ, "HOME": str(home)}
        )
        yield started.new_context(**options).new_page()
        started.close()


def result(page: Page, task: str, state: str = "done") -> str:
    page.get_by_test_id(f"task-{task}").click()
    shown = page.get_by_test_id("result")
    try:
        expect(shown).to_have_attribute("data-state", state)
    except AssertionError:
        raise AssertionError(f"{task}: {shown.inner_text()}") from None
    return shown.inner_text()


def test_over_https_every_task_works(portal: Portal, tmp_path: Path) -> None:
    trust(portal.home, tmp_path)
    with chromium(tmp_path) as page:
        page.goto(f"{portal.url}/examples")
        for task, text in {**SIMPLE, **SECURE_ONLY}.items():
            assert text in result(page, task), task
        assert page.get_by_test_id("transport").inner_text() == "https"
        assert page.evaluate("examples.assistant.certificates().then(found => found.length)") == 2
        page.goto(f"{portal.url}/login#ca")
        page.get_by_test_id("ca-login-https").click()
        said = page.locator('[data-testid="message"][data-kind="bad"]')
        expect(said).to_contain_text("还没有绑定账户")  # the token was believed; only nobody has bound this certificate


def test_without_trust_the_old_socket_is_used_and_the_page_told(portal: Portal, tmp_path: Path) -> None:
    with chromium(tmp_path) as page:
        page.goto(f"{portal.url}/examples")
        for task, text in SIMPLE.items():
            assert text in result(page, task), task
        assert page.get_by_test_id("transport").inner_text() == "websocket"
        for task in SECURE_ONLY:
            assert result(page, task, "failed") == "needs-https"
        page.goto(f"{portal.url}/examples?https-only")
        assert result(page, "certificates", "failed") == "certificate-not-trusted"


COUNTED = """window.made = 0; const Real = WebSocket;
window.WebSocket = class extends Real { constructor(...all) { super(...all); window.made += 1; } };"""


def test_what_a_page_does_in_a_hurry_goes_well(portal: Portal, tmp_path: Path) -> None:
    """Several calls before there is a connection share one; a withdrawn or closed one leaves nothing behind."""
    with chromium(tmp_path, ignore_https_errors=True) as page:
        page.add_init_script(COUNTED)
        page.goto(f"{portal.url}/examples")
        found = page.evaluate(
            """async () => { const a = examples.assistant;
            const code = problem => problem.code ?? problem.name;
            const [certificates, , status] = await Promise.all([a.certificates(), a.certificates(), a.certificates().then(() => a.status())]);
            const sockets = made;
            a.close();
            const closed = a.connect().catch(code);
            a.close();
            const file = new File([new Uint8Array([1])], "报表.pdf");
            return { session: status.session, count: certificates.length, sockets, closed: await closed,
                file: (await a.check(file)).verdict, wrong: await a.sign([{ data: 5 }]).catch(code),
                detail: await a.login("short").catch(problem => problem.detail) }; }"""
        )
    assert found.pop("detail").startswith("nonce: ")
    assert found == {
        "session": True,
        "count": 2,
        "sockets": 1,
        "closed": "user-cancelled",
        "file": "unreadable",
        "wrong": "TypeError",
    }


def test_the_old_calls_by_their_names(portal: Portal, tmp_path: Path) -> None:
    """As the README has it, with and without `open`; and without a service."""
    port = int(portal.service.urls["certificate_service"].split("/")[2].rpartition(":")[2])
    with chromium(tmp_path) as page:
        page.goto(f"{portal.url}/examples")
        found = page.evaluate(
            """async port => { const { LegacyClient } = await import("/sdk/legacy.js");
            const client = await new LegacyClient(port).open();
            await client.SelectSignCert();
            const { signature } = await client.SignText({ signText: "x" });
            const [first, second] = await Promise.all((at => [at.GetSignCertCount(), at.GetSignCertCount()])(new LegacyClient(port)));
            const unknown = await client.NoSuchCall().catch(problem => problem.number);
            const nobody = await new LegacyClient(1).SelectSignCert().catch(problem => problem.code);
            return [signature.length, first.count, second.count, unknown, nobody]; }""",
            port,
        )
    assert found == [344, 1, 1, -536142079, "not-running"]


def test_without_an_assistant_a_page_can_say_why(portal: Portal, tmp_path: Path) -> None:
    with hall(portal.home, [1, 1, 1]) as url, chromium(tmp_path) as page:
        page.goto(f"{url}/examples")
        assert result(page, "certificates", "failed") == "not-installed"
        page.evaluate("localStorage.setItem('hebca-helper-seen', '1')")
        assert result(page, "certificates", "failed") == "not-running"
        assert "证书助手没有启动" in page.get_by_test_id("message").inner_text()
        said: list[str] = []
        page.on("console", lambda line: said.append(line.text))
        with page.expect_event(
            "console", lambda line: "WebSocket" in line.text
        ):  # it knocks again: `p11://` went before
            page.get_by_test_id("start-assistant").click()
        assert not [line for line in said if "Content Security Policy" in line]


def test_a_page_can_withdraw(portal: Portal, tmp_path: Path) -> None:
    with chromium(tmp_path, ignore_https_errors=True) as page:
        page.goto(f"{portal.url}/examples")
        stopped = page.evaluate(
            """() => { const stop = new AbortController(); stop.abort();
            return examples.assistant.certificates({}, { signal: stop.signal }).catch(problem => problem.code); }"""
        )
        assert stopped == "user-cancelled"


def test_a_site_that_was_not_allowed_hears_so(portal: Portal, tmp_path: Path) -> None:
    """Another origin of the same computer, which the unattended assistant does not know; with TLS and without."""
    folder = shipped("resources", "sdk")
    ports = [int(url.split("/")[2].rpartition(":")[2]) for url in portal.service.urls.values()]
    for trusting in (True, False):
        with web_site() as port, chromium(tmp_path, ignore_https_errors=trusting) as page:
            page.route("**/sdk/*", lambda route: route.fulfill(path=folder / route.request.url.rpartition("/")[2]))
            page.goto(f"http://localhost:{port}/")
            refused = page.evaluate(
                """async ports => { const { Assistant } = await import("/sdk/hebca-helper.js");
                const assistant = new Assistant({ certificatePort: ports[0], httpsPort: ports[2] });
                return assistant.certificates().catch(problem => problem.code); }""",
                ports,
            )
            assert refused == "origin-blocked", trusting


def test_the_sdk_is_small_and_ready_to_publish() -> None:
    folder = shipped("resources", "sdk")
    package = json.loads((folder / "package.json").read_text("utf-8"))
    assert all((folder / name).is_file() for name in package["files"])
    assert sum((folder / name).stat().st_size for name in package["files"] if name.endswith(".js")) < 22_000
