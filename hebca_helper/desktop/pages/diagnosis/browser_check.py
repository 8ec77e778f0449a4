"""故障检测 from inside a browser: the invitation under the report, and the run itself."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from hebca_helper.desktop.look.widgets import button, column, label
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.portals.browsers import TITLES, Browser, find_browsers
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.checks.model import Finding


def invitation(start: Callable[[Browser], None]) -> QWidget | None:
    """A card with a button for each browser of this computer; None without any."""
    browsers = find_browsers(os.environ)
    if not browsers:
        return None
    card = QFrame()
    card.setObjectName("card")
    said = column(label(tr("从浏览器里检测"), "portalTitle"), spacing=4)
    text = tr("打开一个检测网页，看这个浏览器能不能连上证书助手、弹出窗口、显示 PDF、下载和打印。")
    said.addWidget(label(text, "fieldName", wrap=True))
    line = QHBoxLayout(card)
    line.setContentsMargins(16, 12, 16, 12)
    line.setSpacing(12)
    line.addLayout(said, 1)
    for browser in browsers:
        made = button(TITLES[browser.kind], f"examine-{browser.kind}", partial(start, browser))
        made.setAccessibleName(tr("从浏览器里检测：{browser}").format(browser=TITLES[browser.kind]))
        line.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
    return card


async def examine_browser(runtime: Runtime, browser: Browser) -> list[Finding]:
    """On the loop: open the page and wait for what the person and the browser say."""
    from hebca_helper.assistant.asker.clock import utc_now
    from hebca_helper.bridge.browser_path.examination import examine, service_url
    from hebca_helper.checks.machine import ThisMachine

    machine = ThisMachine(os.environ)
    service = await asyncio.to_thread(service_url, machine, runtime.settings.certificate_port)
    urls = [status.url for status in runtime.services() if status.url.startswith("ws:")]
    return await examine(browser, runtime.home, urls[0] if urls else service, utc_now())
