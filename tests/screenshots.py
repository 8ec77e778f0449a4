"""The README's pictures, from the real program: `.venv/bin/python -m tests.screenshots`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hebca_helper.places import HOME_VARIABLE
from tests.browser.desk import PORT_OPTIONS, Desk, browser, free_port, running_hall, window
from tests.browser.dialogs import Dialogs
from tests.displays import VirtualDisplay
from tests.practice_homes import put_practice_usbkey

PICTURES = Path(__file__).parents[1] / ".readme"
PIN = "123456"


def main() -> None:
    """Writes window.png, pin.png, hall.png, stamp.png and seals.png; documents.png is one of the gallery's."""
    with (
        tempfile.TemporaryDirectory() as folder,
        VirtualDisplay(size="1400x1050x24", window_manager=True, tray=True) as display,
    ):
        home = Path(folder)
        os.environ[HOME_VARIABLE] = folder
        put_practice_usbkey(home)
        (home / "settings.toml").write_text("first_start_done = true\n", encoding="ascii")
        ports = [free_port() for _ in PORT_OPTIONS]
        with window(display, ports), running_hall(ports) as hall, browser(display) as page:
            dialogs = Dialogs(display)
            take(Desk(home, hall, page, dialogs, f"ws://localhost:{ports[0]}/test"))


def take(desk: Desk) -> None:
    """One clerk's day, photographed."""
    desk.register_and_bind_unit()
    desk.control("gear").click()
    desk.control("to-bind-ca").click()
    desk.control("vendor").select_option("hebca")
    desk.control("read-certificate").click()
    desk.dialogs.accept("允许这个网站使用您的证书吗")
    desk.say("good")
    desk.control("save-binding").click()
    desk.dialogs.type_pin("签名：请看清内容", PIN)
    desk.dialogs.cancel("初始密码")
    desk.control("dialog-ok").click()
    desk.control("ca-login").click()
    desk.dialogs.wait_for("签名：请看清内容")
    desk.dialogs.screenshot(PICTURES / "pin.png")
    desk.dialogs.type_pin("签名：请看清内容", PIN)
    desk.control("send-code").click()
    desk.say("good")
    desk.control("code-input").fill(desk.newest_code())
    desk.control("confirm-login").click()
    desk.page.locator('[data-testid="whoami"][data-ready]').wait_for()
    desk.page.screenshot(path=PICTURES / "hall.png")
    picture_of_window(desk, "window.png")
    stamp(desk)
    subprocess.run([sys.executable, "-m", "hebca_helper", "show", "seals"], check=True, env=desk.dialogs.environment())
    time.sleep(6)  # nothing tells from outside that the seals were read and drawn
    picture_of_window(desk, "seals.png")


def stamp(desk: Desk) -> None:
    """上报材料, up to the dialog that shows the sealed page."""
    desk.visit("/business")
    for _ in range(3):
        desk.control("add-example").click()
        desk.control("add-person").click()
        desk.say("good")
    desk.control("report-materials").click()
    desk.control("upload").click()
    found = desk.dialogs.wait_for("盖章：请看清内容")
    time.sleep(9)  # until the tray has taken its notice back, which covers the buttons
    desk.dialogs.photograph(found, PICTURES / "stamp.png")
    desk.dialogs.type_pin("盖章：请看清内容", PIN)
    desk.page.get_by_text("电子签章验证通过").wait_for()


def picture_of_window(desk: Desk, name: str) -> None:
    desk.dialogs.photograph(desk.dialogs.wait_for("^河北CA数字证书助手$"), PICTURES / name)


if __name__ == "__main__":
    main()
