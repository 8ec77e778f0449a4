"""Step 5: everything once, where nothing can go wrong."""

from __future__ import annotations

from hebca_helper.desktop.first_start.step import Step
from hebca_helper.desktop.link import Call
from hebca_helper.desktop.look.widgets import Tell, button
from hebca_helper.desktop.pages.page import Surroundings
from hebca_helper.errors import HelperError
from hebca_helper.portals.catalogue import Portal
from hebca_helper.texts import tr


class HallStep(Step):
    def __init__(self, around: Surroundings) -> None:
        super().__init__(
            around,
            tr("到演练大厅试一次"),
            tr(
                "演练大厅和真的办事网站一样注册、绑定、登录，用的是演练 USBKEY，不会提交到任何部门。演练密码是 123456。"
            ),
        )
        self._call: Call | None = None

    def come(self) -> None:
        if self._call is not None:
            self.show_items([Tell(tr("正在准备演练大厅，第一次需要几秒钟…"))])
            return
        go = button(tr("打开演练大厅"), "openHallButton", self._go, "primary")
        running = self.around.runtime() is not None and self._portal() is not None
        told = tr("演练大厅已经准备好。") if running else tr("第一次打开时会制作一个演练 USBKEY。")
        self.show_items([Tell(told, "good" if running else "")], go)

    def _portal(self) -> Portal | None:
        runtime = self.around.runtime()
        return next(iter(runtime.practice_portals()), None) if runtime is not None else None

    def _go(self) -> None:
        runtime = self.around.runtime()
        if runtime is None:
            return
        if runtime.practice_portals():
            self._open()
            return
        told = tr("正在准备演练大厅…")
        self._call = self.around.link.submit(
            runtime.loop, runtime.start_practice(), lambda _: self._ready(), self.failed, told=told
        )
        self.come()

    def _ready(self) -> None:
        self._call = None
        self.come()
        self._open()

    def failed(self, problem: HelperError) -> None:
        self._call = None
        self.come()
        super().failed(problem)

    def _open(self) -> None:
        """Once the practice USBKEY is known: before that the site's checklist would say that none is plugged in."""
        self.around.state.refresh()
        self.around.state.when_settled(self._open_hall)

    def _open_hall(self) -> None:
        if (portal := self._portal()) is not None:
            self.around.open_portal(portal)
