"""The computer goes to sleep: the real program ends its logins first. A private bus, and a stand-in for logind on it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from hebca_helper.places import HOME_VARIABLE
from hebca_helper.practice.names import COMPANY
from hebca_helper.practice.usbkey import PRACTICE_PIN
from tests.browser.conftest import free_port
from tests.browser.dialogs import Dialogs
from tests.displays import VirtualDisplay
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.desktop

SITE = "https://rsj.zjk.gov.cn"
SETTINGS = "first_start_done = true\ncertificate_port = {port}\nseal_port = 0\nhttps_port = 0\n"
SECONDS = 30


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Of a person who allowed the site."""
    made = tmp_path / "home"
    made.mkdir()
    (made / "origins.toml").write_text(f'[origins]\n"{SITE}" = "allowed"\n')
    return made


@contextmanager
def process(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(SECONDS)


def line(of: subprocess.Popen[str]) -> str:
    assert of.stdout is not None
    return of.stdout.readline().strip()


def call(page: ClientConnection, name: str, **given: object) -> dict[str, object]:
    page.send(f"1|{name}|{json.dumps(given)}")
    found: dict[str, object] = json.loads(str(page.recv()).split("|")[2])
    return found


@pytest.mark.timeout(120)
def test_the_login_ends_before_the_computer_sleeps(home: Path, tmp_path: Path) -> None:
    port = free_port()
    (home / "settings.toml").write_text(SETTINGS.format(port=port))
    drawer = tmp_path / "drawer"
    drawer.mkdir()
    put_practice_usbkey(drawer)
    with VirtualDisplay(window_manager=True, session_bus=True) as display:
        environment = display.environment(
            **{HOME_VARIABLE: str(home), "SOFTHSM2_CONF": str(drawer / "practice" / "softhsm2.conf")}
        )
        environment["DBUS_SYSTEM_BUS_ADDRESS"] = environment["DBUS_SESSION_BUS_ADDRESS"]
        with (
            process([sys.executable, "-m", "tests.desktop.login_service"], environment) as logind,
            process([sys.executable, "-m", "hebca_helper", "run"], environment),
        ):
            assert line(logind) == "ready"
            assert {line(logind), line(logind)} == {"held", "followed"}
            with connect(f"ws://localhost:{port}/test", origin=Origin(SITE), proxy=None) as page:
                log_in(page, Dialogs(display))
                assert call(page, "IsCertLogined", cn=COMPANY.name)["result"]
                assert logind.stdin is not None
                logind.stdin.write("sleep\n")
                logind.stdin.flush()
                assert line(logind) == "released"
                assert not call(page, "IsCertLogined", cn=COMPANY.name)["result"]


def log_in(page: ClientConnection, dialogs: Dialogs) -> None:
    page.send("0|1")
    page.recv()
    assert call(page, "GetSignCert", index=0)["ret"] == 0
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(call, page, "UILogin")
        dialogs.type_pin("请输入证书密码", PRACTICE_PIN)
        dialogs.cancel("初始密码")
        assert answer.result()["ret"] == 0
