"""The icon under a status-notifier host, and what locking the screen does: a real program, stand-ins for the desktop's
services, a private bus. (test_tray has the XEmbed tray, test_program the desktop without any.)"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from hebca_helper.practice.names import COMPANY
from hebca_helper.practice.usbkey import PRACTICE_PIN, plug, unplug
from tests.browser.desk import free_port
from tests.browser.dialogs import Dialogs
from tests.desktop.desk import PortalPage
from tests.desktop.test_session_watch import running
from tests.displays import VirtualDisplay
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.desktop
SECONDS = 60.0
SETTINGS = "seal_port = 0\nhttps_port = 0\nfirst_start_done = true\nremember_pin = true\n"
TOOL = ["pkcs11-tool", "--module", "/usr/lib/softhsm/libsofthsm2.so", "--login"]
PIN = "Wk7-qp2"
TITLE = "^河北CA数字证书助手$"
PORTAL = "https://rsj.zjk.gov.cn"


class Tray:
    """What a person sees of the program in a panel."""

    def __init__(self, host: subprocess.Popen[str]) -> None:
        self._host = host

    def line(self) -> str:
        assert self._host.stdout is not None
        return self._host.stdout.readline().strip()

    def look(self) -> dict[str, Any]:
        assert self._host.stdin is not None
        self._host.stdin.write("look\n")
        self._host.stdin.flush()
        found: dict[str, Any] = json.loads(self.line())
        return found

    def until(self, words: str, *, is_seen: bool = True) -> dict[str, Any]:
        end = time.monotonic() + SECONDS
        while (words in str((found := self.look())["tip"])) is not is_seen:
            assert time.monotonic() < end, found
            time.sleep(0.1)
        return found


@dataclass
class Panel:
    display: VirtualDisplay
    tray: Tray
    system: subprocess.Popen[str]
    port: int

    def say(self, event: str) -> None:
        """What logind says."""
        assert self.system.stdin is not None
        self.system.stdin.write(f"{event}\n")
        self.system.stdin.flush()

    def heard(self) -> str:
        """What logind noticed of the program."""
        return _line(self.system)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


Start = Callable[..., Panel]


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def begin(*options: str, late: bool = False, **more: str) -> Panel:
            """`late`: the panel comes after the program, as at many a log-in."""
            port = free_port()
            (home / "settings.toml").write_text(f"{SETTINGS}certificate_port = {port}\n")
            display = stack.enter_context(VirtualDisplay(window_manager=True, session_bus=True))
            environment = display.environment(**more)
            environment["DBUS_SYSTEM_BUS_ADDRESS"] = environment["DBUS_SESSION_BUS_ADDRESS"]

            def part(name: str) -> subprocess.Popen[str]:
                command = [sys.executable, "-m", f"tests.desktop.{name}"]
                return stack.enter_context(running(command, environment, "ready"))

            early = None if late else part("status_notifier")
            system = part("login_service")
            program = [sys.executable, "-m", "hebca_helper", "run", *options]
            stack.callback(stack.enter_context(subprocess.Popen(program, env=environment)).kill)
            if late:
                assert {_line(system), _line(system)} == {"held", "followed"}  # by now it has looked for a tray
            panel = Panel(display, Tray(early or part("status_notifier")), system, port)
            assert panel.tray.line().startswith("item ")
            return panel

        yield begin


def test_state_and_menu_in_a_panel(start: Start, home: Path) -> None:
    put_practice_usbkey(home)
    tray = start().tray
    ready = tray.until("已插入 USBKEY")
    assert ready["picture"]
    for entry in ("打开", "我的证书", "故障检测", "退出"):
        assert entry in ready["menu"]
    unplug(home)
    assert tray.until("未插入 USBKEY")["picture"] != ready["picture"]
    plug(home)
    assert tray.until("已插入 USBKEY")["picture"] == ready["picture"]


def test_started_with_the_system_it_waits_in_the_tray_even_when_that_comes_late(start: Start, home: Path) -> None:
    put_practice_usbkey(home)
    panel = start("--background", late=True)
    panel.tray.until("已插入 USBKEY")
    dialogs = Dialogs(panel.display)
    dialogs.wait_gone(TITLE)
    summon = [sys.executable, "-m", "hebca_helper", "show", "certificates"]
    subprocess.run(summon, env=panel.display.environment(), check=True, timeout=SECONDS)
    dialogs.wait_for(TITLE)


def test_a_portals_login_ends_when_the_screen_is_locked_and_before_the_computer_sleeps(
    start: Start, tmp_path: Path
) -> None:
    """The portal is a known one and the USBKEY counts as real: everything is as on a working day."""
    drawer = tmp_path / "drawer"
    drawer.mkdir()
    configuration = str(put_practice_usbkey(drawer) / "practice" / "softhsm2.conf")
    change_pin(configuration)
    panel = start(SOFTHSM2_CONF=configuration)
    ready = panel.tray.until("已插入 USBKEY")
    assert {panel.heard(), panel.heard()} == {"followed", "held"}
    dialogs = Dialogs(panel.display)
    address = f"ws://localhost:{panel.port}/test"
    with connect(address, origin=Origin(PORTAL), compression=None, proxy=None) as socket, ThreadPoolExecutor(1):
        page = PortalPage(socket)
        chosen = page.call("GetSignCert", index=0)
        dialogs.accept("允许这个网站使用您的证书吗")
        assert chosen.result(SECONDS)["ret"] == 0
        sign(page, dialogs)
        assert panel.tray.until("证书已登录")["picture"] != ready["picture"]
        panel.say("lock")
        assert panel.tray.until("证书已登录", is_seen=False)["picture"] == ready["picture"]
        sign(page, dialogs)
        assert page.call("IsCertLogined", cn=COMPANY.name).result(SECONDS)["result"] == 1
        panel.say("sleep")
        assert panel.heard() == "released"
        assert page.call("IsCertLogined", cn=COMPANY.name).result(SECONDS)["result"] == 0
        page.close()


def change_pin(configuration: str) -> None:
    """Nothing is pointed out about this one."""
    change = [*TOOL, "--change-pin", "--pin", PRACTICE_PIN, "--new-pin", PIN]
    subprocess.run(change, env={**os.environ, "SOFTHSM2_CONF": configuration}, check=True, capture_output=True)


def sign(page: PortalPage, dialogs: Dialogs) -> None:
    signed = page.call("SignText", signText="session-11")
    dialogs.type_pin("签名：请看清内容", PIN)
    assert signed.result(SECONDS)["signature"]
