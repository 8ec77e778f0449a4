"""Step 3: pages in a browser reach the assistant."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from hebca_helper.desktop.first_start.step import Step
from hebca_helper.desktop.look.widgets import Tell
from hebca_helper.desktop.pages.page import Surroundings
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.portals.browsers import Browser


class BrowserStep(Step):
    def __init__(self, around: Surroundings) -> None:
        super().__init__(
            around,
            tr("浏览器"),
            tr("办事网站在浏览器里通过证书助手使用证书。第一次使用时，浏览器会问是否允许访问本机，请选“允许”。"),
        )
        self._browsers: list[Browser] | None = None

    def come(self) -> None:
        runtime = self.around.runtime()
        if runtime is not None and self._browsers is None:
            self.around.link.submit(runtime.loop, _look_for_browsers(), self._found, self.failed)
        self._show()

    def _found(self, browsers: list[Browser]) -> None:
        self._browsers = browsers
        self._show()

    def _show(self) -> None:
        self.show_items([*self._services(), self._browser_line()], self.diagnosis(tr("详细检测")))

    def _services(self) -> list[QWidget]:
        runtime = self.around.runtime()
        if runtime is None:
            return [Tell(tr("正在启动浏览器服务…"))]
        broken = [status.problem for status in runtime.services() if status.problem is not None]
        if broken:
            return [Tell(str(problem), "red") for problem in broken]
        return [Tell(tr("浏览器服务正常，网页可以找到证书助手"), "good")]

    def _browser_line(self) -> QWidget:
        if self._browsers is None:
            return Tell(tr("正在查找浏览器…"))
        if not self._browsers:
            return Tell(tr("没有找到浏览器。请安装谷歌浏览器（Chrome）。"), "amber")
        names = tr("、").join(dict.fromkeys(browser.kind.value.capitalize() for browser in self._browsers))
        return Tell(tr("找到的浏览器：{names}").format(names=names), "good")


async def _look_for_browsers() -> list[Browser]:
    from hebca_helper.portals.browsers import find_browsers

    return await asyncio.to_thread(find_browsers)
