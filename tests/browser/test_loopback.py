"""May a page from the internet reach us? Asked of a real Chromium: by its permission, its policies and its TLS.

The page counts as public (`--ip-address-space-overrides`); the services are the program's own, in a process of their
own; policies and trusted certificates are those that the program writes, in an /etc and a home that only the test sees.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from hebca_helper.bridge.policies import policies
from hebca_helper.bridge.policies.chromium import FILE, FOLDERS
from hebca_helper.bridge.policies.wording import INSECURE, LOOPBACK
from hebca_helper.bridge.system_root import VARIABLE as SYSTEM_ROOT
from hebca_helper.places import HOME_VARIABLE
from tests.bridge.identity.authorities import foreign_leaf
from tests.browser.desk import CHROMIUM, CHROMIUM_OPTIONS, PATIENCE
from tests.browser.public_pages import (
    FETCH,
    KNOCK,
    KNOCK_PATIENTLY,
    STATE,
    can_mount,
    own_etc,
    program,
    web_site,
    with_etc,
)
from tests.displays import VirtualDisplay
from tests.running import Service, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PORTAL, OTHER = "portal.example", "other.example"
PERMISSION = "loopback-network"


@pytest.fixture(scope="module")
def helper_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("helper")


@pytest.fixture(scope="module")
def service(helper_home: Path) -> Iterator[Service]:
    with serving(environment={HOME_VARIABLE: str(helper_home)}) as running:
        yield running


@pytest.fixture(scope="module")
def site() -> Iterator[int]:
    with web_site() as port:
        yield port


@contextmanager
def chromium(path: str | Path, public: int, *, environment: dict[str, str] | None = None) -> Iterator[Browser]:
    """A Chromium to which everything on that port of 127.0.0.1 is on the internet."""
    options = [
        *CHROMIUM_OPTIONS,
        f"--ip-address-space-overrides=127.0.0.1:{public}=public",
        f"--host-resolver-rules=MAP {PORTAL} 127.0.0.1, MAP {OTHER} 127.0.0.1",
    ]
    headless = environment is None or "DISPLAY" not in environment
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, headless=headless, args=options, env={**os.environ, **(environment or {})}
        )
        yield started
        started.close()


def at(browser: Browser, address: str) -> Page:
    page = browser.new_context(no_viewport=True).new_page()
    page.goto(address)
    return page


# The browser's question


def test_the_person_is_asked_and_the_answer_holds(service: Service, site: int) -> None:
    with (
        VirtualDisplay(window_manager=True) as display,
        chromium(CHROMIUM, site, environment=display.environment()) as browser,
    ):
        for keys, opened, state in ((("Return",), "blocked", "denied"), (("Tab", "Return"), "open", "granted")):
            page = at(browser, f"http://localhost:{site}/")
            assert page.evaluate(STATE, PERMISSION) == "prompt"
            page.evaluate(f"address => {{ ({KNOCK})(address).then(seen => {{ window.seen = seen; }}); }}", service.url)
            press_until_seen(page, display, *keys)
            assert page.evaluate("window.seen") == opened
            assert page.evaluate(STATE, PERMISSION) == state
            assert page.evaluate(KNOCK, service.url) == opened
            page.close()


def press_until_seen(page: Page, display: VirtualDisplay, *keys: str) -> None:
    """Alt+Shift+A goes to the browser's question, where the first button refuses and the second allows."""
    end = time.monotonic() + PATIENCE
    assert not page.evaluate("window.seen"), "nobody was asked"
    while not page.evaluate("window.seen"):
        assert time.monotonic() < end, "the question did not go away"
        for key in ("alt+shift+a", *keys):
            display.run("xdotool", "key", "--clearmodifiers", key)
        time.sleep(0.2)


# Without and with policies and trust


def test_without_policies_or_trust_nothing_from_the_internet_gets_in(
    service: Service, site: int, tmp_path: Path
) -> None:
    with web_site() as here, chromium(CHROMIUM, site, environment={"HOME": str(tmp_path)}) as browser:
        for host in ("localhost", PORTAL):
            page = at(browser, f"http://{host}:{site}/")
            assert page.evaluate(KNOCK_PATIENTLY, service.url) == "blocked"
            assert page.evaluate(FETCH, service.url.replace("ws:", "http:")) == "blocked"
        page = at(browser, f"http://localhost:{here}/")
        assert page.evaluate(KNOCK, service.url) == "open"
        assert page.evaluate(KNOCK_IN_SANDBOX, service.url) == "null blocked"
        assert page.evaluate(FETCH, service.urls["https"]) == "blocked"
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            page.goto(service.urls["https"])


KNOCK_IN_SANDBOX = """address => new Promise(tell => {
    addEventListener("message", event => tell(`${event.origin} ${event.data}`));
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts";
    frame.srcdoc = `<script>
        const socket = new WebSocket("${address}");
        socket.onopen = () => parent.postMessage("open", "*");
        socket.onerror = () => parent.postMessage("blocked", "*");
    </` + "script>";
    document.body.append(frame);
})"""


@pytest.mark.skipif(not can_mount(), reason="no mount namespaces here")
def test_policies_let_the_portals_in_and_nobody_else(
    service: Service, helper_home: Path, site: int, tmp_path: Path
) -> None:
    own_etc(tmp_path)
    policies.install(tmp_path, [f"http://{PORTAL}:{site}", f"http://localhost:{site}"])
    trust(helper_home, tmp_path)
    with (
        web_site() as stranger,
        foreign_site(tmp_path) as foreign,
        chromium(wrapped(tmp_path), site, environment={"HOME": str(tmp_path)}) as browser,
    ):
        for host in (PORTAL, "localhost"):
            page = at(browser, f"http://{host}:{site}/")
            assert page.evaluate(KNOCK_PATIENTLY, service.url) == "open"
            assert page.evaluate(FETCH, service.urls["https"]) == "open"  # trusted, too
        assert at(browser, f"http://{OTHER}:{site}/").evaluate(KNOCK_PATIENTLY, service.url) == "blocked"
        assert at(browser, f"http://{PORTAL}:{stranger}/").evaluate("isSecureContext") is False
        with pytest.raises(Error, match="ERR_CERT_INVALID"):  # under a trusted CA of ours, but not a name of ours
            at(browser, f"https://{PORTAL}:{foreign}/")


@pytest.mark.skipif(not can_mount(), reason="no mount namespaces here")
@pytest.mark.parametrize("missing", [(INSECURE,), LOOPBACK], ids=["without-override", "without-loopback"])
def test_an_http_portal_needs_both_policies(
    service: Service, site: int, tmp_path: Path, missing: tuple[str, ...]
) -> None:
    own_etc(tmp_path)
    policies.install(tmp_path, [f"http://{PORTAL}:{site}"])
    file = tmp_path / FOLDERS["Chromium"] / FILE
    table = json.loads(file.read_bytes())
    file.write_text(json.dumps({name: value for name, value in table.items() if name not in missing}), "utf-8")
    with chromium(wrapped(tmp_path), site) as browser:
        assert at(browser, f"http://{PORTAL}:{site}/").evaluate(KNOCK_PATIENTLY, service.url) == "blocked"


def wrapped(folder: Path) -> Path:
    """Chromium that sees `folder`/etc as /etc."""
    return program(folder / "chromium", *with_etc(folder / "etc", CHROMIUM))


def trust(helper_home: Path, person: Path) -> None:
    """`hebca-helper trust install` by a person whose home folder this is."""
    ours = {"HOME": str(person), HOME_VARIABLE: str(helper_home), SYSTEM_ROOT: str(person)}
    command = [sys.executable, "-m", "hebca_helper", "trust", "install"]
    subprocess.run(command, check=True, env={**os.environ, **ours})


@contextmanager
def foreign_site(home: Path) -> Iterator[int]:
    """An https site for PORTAL under a CA shaped like ours, which this person trusts."""
    ca, certificate, key = foreign_leaf(home, PORTAL)
    database = f"sql:{home / '.pki/nssdb'}"
    subprocess.run(["certutil", "-d", database, "-A", "-n", "foreign", "-t", "C,,", "-i", str(ca)], check=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
