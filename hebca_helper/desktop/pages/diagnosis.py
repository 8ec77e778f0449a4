"""故障检测: what runs and what does not: services for browsers, drivers of USBKEYs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from hebca_helper.desktop.icons import icon_label
from hebca_helper.desktop.pages.page import Page, waiting
from hebca_helper.desktop.runtime import Runtime, ServiceStatus
from hebca_helper.desktop.widgets import badge, button, column, empty, label
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.tokens.discovery import ModuleState

_LEVEL_ICONS = {"good": "good", "red": "problem", "grey": "information"}


class DiagnosisPage(Page):
    def __init__(self, runtime: Callable[[], Runtime | None]) -> None:
        super().__init__(tr("故障检测"), tr("浏览器服务和 USBKEY 驱动的状态"))
        self._runtime = runtime
        self.top.addWidget(
            button(tr("重新检测"), "checkAgainButton", self.show_states), 0, Qt.AlignmentFlag.AlignBottom
        )
        self.show_states()

    def shown_first(self) -> None:
        self.show_states()

    def show_states(self) -> None:
        empty(self.body)
        runtime = self._runtime()
        if runtime is None:
            self.body.addWidget(waiting(tr("证书助手正在启动…")))
            self.body.addStretch(1)
            return
        self.body.addWidget(label(tr("浏览器服务"), "groupTitle"))
        self._add([_service(status) for status in runtime.services()], tr("没有启动浏览器服务"))
        self.body.addSpacing(8)
        self.body.addWidget(label(tr("USBKEY 驱动"), "groupTitle"))
        self._add(
            [_module(state) for state in runtime.modules()], tr("没有找到 USBKEY 驱动，请安装随 USBKEY 提供的驱动")
        )
        self.body.addStretch(1)

    def _add(self, lines: list[QWidget], nothing: str) -> None:
        for line in lines or [_line(nothing, "", "", "grey")]:
            self.body.addWidget(line)


def _service(status: ServiceStatus) -> QWidget:
    if status.problem is not None:
        return _problem_line(status.name, status.problem)
    if not status.url:
        return _line(status.name, tr("没有启动"), tr("未启动"), "grey")
    return _line(status.name, status.url, tr("正常"), "good")


def _module(state: ModuleState) -> QWidget:
    title = state.place.driver.title
    if state.problem is not None:
        return _problem_line(title, state.problem)
    text = f"{state.place.path}  {state.library}".strip()
    return _line(title, text, tr("正常") if state.running else tr("待用"), "good" if state.running else "grey")


def _problem_line(title: str, problem: HelperError) -> QWidget:
    return _line(title, str(problem), tr("有问题"), "red")


def _line(title: str, text: str, state: str, level: str) -> QWidget:
    card = QFrame()
    card.setObjectName("card")
    card.setProperty("level", level)
    said = column(label(title, "portalTitle"), spacing=2)
    if text:
        said.addWidget(label(text, "fieldName", wrap=True, selectable=True))
    line = QHBoxLayout(card)
    line.setContentsMargins(16, 10, 16, 10)
    line.setSpacing(12)
    line.addWidget(icon_label(_LEVEL_ICONS[level], 22), 0, Qt.AlignmentFlag.AlignVCenter)
    line.addLayout(said, 1)
    if state:
        line.addWidget(badge(state, level))
    return card
