"""我的签章: the electronic seals on the USBKEYs at true size, whether they are in order, and how to get one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from hebca_helper.desktop.link import Call, Link
from hebca_helper.desktop.look.widgets import Tell, button, empty
from hebca_helper.desktop.pages.page import Page, nothing_here, waiting
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.seals import Found, TokenSeal


class SealsPage(Page):
    """Looks at the USBKEYs when the person comes here, and again at every change while here."""

    def __init__(self, state: TokenState, link: Link, runtime: Callable[[], Runtime | None], apply: Callable[[], None]):
        super().__init__(tr("我的签章"), tr("USBKEY 中的电子印章，以实际大小显示，并逐项检查"))
        self._state = state
        self._link = link
        self._runtime = runtime
        self._apply = apply
        self._call: Call | None = None
        self._refresh = button(tr("刷新"), "refreshSealsButton", state.rescan)
        self.top.addWidget(self._refresh, 0, Qt.AlignmentFlag.AlignBottom)
        self._fill(waiting(tr("正在读取印章信息…")))
        state.changed.connect(self._changed)

    def shown_first(self) -> None:
        self._changed()

    def _changed(self) -> None:
        runtime = self._runtime()
        self._refresh.setDisabled(self._state.busy)
        if self._state.busy or runtime is None or not self.isVisible():
            return
        if self._call is not None:
            self._call.cancel()
            self._call = None
        if not self._state.tokens:
            text = tr("请插入 USBKEY，这里会显示其中的电子印章。")
            self._fill(nothing_here("usbkey-none", tr("未插入 USBKEY"), text))
            return
        work = runtime.assistant.seals.found(runtime.connection)
        self._call = self._link.submit(runtime.loop, work, self._found, self._failed, told=tr("正在读取印章信息…"))

    def _found(self, found: Found) -> None:
        self._call = None
        from hebca_helper.desktop.pages.seals.card import SealCard, picture_card

        with_seal = {seal.token_id for seal in found.seals}
        cards = [SealCard(seal, self._apply, self._preview) for seal in found.seals]
        alone = [picture_card(each) for each in found.pictures if each.token.id not in with_seal]
        self._fill(*cards, *alone, *([] if cards else [self._no_seal()]))

    def _failed(self, problem: HelperError) -> None:
        self._call = None
        self._fill(Tell(str(problem), "red", button(tr("重试"), "retryButton", self._changed)))

    def _fill(self, *widgets: QWidget) -> None:
        empty(self.body)
        for widget in widgets:
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def _preview(self, seal: TokenSeal) -> None:
        from hebca_helper.desktop.pages.seals.print import preview

        preview(seal, self)

    def _no_seal(self) -> QWidget:
        text = tr(
            "没有印章时，提交的业务不能自动审批，需要到柜台审批。\n"
            "已有证书的单位可以免费申请社保专用章：插好 USBKEY，在河北CA网站点“社保用户申请章”；\n"
            "也可以携带 USBKEY 和公章到当地河北CA窗口办理。"
        )
        apply = button(tr("社保用户申请章"), "applySealButton", self._apply, "primary")
        return nothing_here("seal", tr("您的证书中没有印章信息"), text, apply)
