"""A clerk's desk: a display, the assistant's real window, a real portal and a real Chromium beside it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Locator, Page, expect, sync_playwright
from websockets.sync.client import connect
from websockets.typing import Origin

from hebca_helper.practice.hall import captcha
from hebca_helper.practice.hall.clerk import DEMO_CLERK
from tests.browser.dialogs import Dialogs
from tests.displays import VirtualDisplay
from tests.running import ask

T = TypeVar("T", str, bytes)
PATIENCE = 60.0
"""Seconds until which what must happen has happened, on a busy machine too."""
expect.set_options(timeout=PATIENCE * 1000)
CHROMIUM = "/usr/bin/chromium"
PORT_OPTIONS = ("--certificate-port", "--seal-port", "--https-port")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-position=0,0",
    "--window-size=900,880",
]


class Desk:
    """Everything in front of the clerk. `visit` opens a page of the hall; `dialogs` are the assistant's own windows."""

    def __init__(self, home: Path, hall: str, page: Page, dialogs: Dialogs, service_url: str) -> None:
        self.home = home
        self.hall = hall.rstrip("/")
        self.page = page
        self.dialogs = dialogs
        self.service_url = service_url

    def visit(self, path: str) -> None:
        self.page.goto(f"{self.hall}{path}")

    def control(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def captcha(self, inside: str = "body") -> str:
        """The picture's letters: the hall draws them with strokes that only its own reader knows."""
        picture = self.page.locator(inside).get_by_test_id("captcha").locator("svg")
        return captcha.read(picture.evaluate("picture => picture.outerHTML"))

    def say(self, kind: str) -> str:
        """The page's message of a kind ("good" or "bad"), once it is there."""
        message = self.page.locator(f'[data-testid="message"][data-kind="{kind}"]')
        message.wait_for()
        return message.inner_text()

    def register_and_bind_unit(self) -> None:
        """What a clerk does once, before the certificate comes in."""
        clerk = DEMO_CLERK
        self.visit("/register")
        self.control("register-username").fill(clerk.username)
        self.control("register-person").fill(clerk.person)
        self.control("register-id-number").fill(clerk.id_number)
        self.control("register-password").fill(clerk.password)
        self.control("register-phone").fill(clerk.phone)
        self.control("register-captcha").fill(self.captcha())
        self.control("register-send-code").click()
        self.say("good")
        self.control("register-code").fill(self.newest_code())
        self.control("register-agreed").check()
        self.control("register-submit").click()
        self.control("dialog-ok").click()
        self.log_in_with_password()
        self.control("unit-number").fill(clerk.unit.number)
        self.control("unit-person").fill(clerk.unit.legal_person)
        self.control("unit-id-number").fill(clerk.unit.legal_id_number)
        self.control("bind-unit").click()
        self.control("dialog-ok").click()
        self.page.wait_for_url("**/home")

    def log_in_with_password(self) -> None:
        """On the login page, to which the hall leads by itself."""
        self.control("tab-password").click()
        self.control("login-username").fill(DEMO_CLERK.username)
        self.control("login-password").fill(DEMO_CLERK.password)
        self.control("login-captcha").fill(self.captcha("#password"))
        self.control("login-submit").click()
        self.page.wait_for_url(lambda url: "/login" not in url)

    def wait_for_certificates(self, count: int) -> None:
        """Until the assistant has noticed that the USBKEY was pulled out or plugged in."""
        end = time.monotonic() + PATIENCE
        with connect(self.service_url, origin=Origin(self.hall), proxy=None, open_timeout=PATIENCE) as socket:
            while ask(socket, "GetSignCertCount").get("count", 0) != count:
                assert time.monotonic() < end, f"never {count} certificates"

    def newest_code(self) -> str:
        """Read from the practice telephone, as the clerk does."""
        telephone = self.page.context.new_page()
        telephone.goto(f"{self.hall}/phone")
        code = telephone.get_by_test_id("sms-code").first.inner_text()
        telephone.close()
        return code


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def told(ports: Sequence[int]) -> list[str]:
    """Options for the ports of the certificate, seal and HTTPS services."""
    return [text for option, port in zip(PORT_OPTIONS, ports, strict=True) for text in (option, str(port))]


@contextmanager
def window(display: VirtualDisplay, ports: Sequence[int]) -> Iterator[None]:
    """The assistant as the clerk starts it."""
    command = [sys.executable, "-m", "hebca_helper", "run", *told(ports)]
    with ended(subprocess.Popen(command, env=display.environment())):
        Dialogs(display).wait_for("河北CA数字证书助手")
        yield


@contextmanager
def running_hall(ports: Sequence[int]) -> Iterator[str]:
    command = [sys.executable, "-m", "hebca_helper", "practice", "hall", "--port", "0", *told(ports)]
    with ended(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["hall"]


@contextmanager
def ended(process: subprocess.Popen[T]) -> Iterator[subprocess.Popen[T]]:
    """SIGTERM at the end must end it with status 0."""
    with process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(PATIENCE)
    assert status == 0


@contextmanager
def browser(display: VirtualDisplay) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=False, args=CHROMIUM_OPTIONS, env=dict(display.environment())
        )
        yield chromium.new_context(no_viewport=True).new_page()
        chromium.close()
