"""我的签章: whether there are seals on the USBKEYs (data objects `seal` and `signpic`), and how to get one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QWidget

from hebca_helper.desktop import words
from hebca_helper.desktop.icons import icon_label
from hebca_helper.desktop.link import Call, Link
from hebca_helper.desktop.pages.page import Page, nothing_here, waiting
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.desktop.token_state import TokenState, seal_objects
from hebca_helper.desktop.widgets import Tell, badge, button, column, empty, label, row
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.tokens.model import DataObject

SEAL_OBJECTS = frozenset({"seal", "signpic"})
"""Labels of the data objects that hold seals (seals reference: USBKEY objects)."""


class SealsPage(Page):
    """Looks at the USBKEYs when the person comes here, and again at every change while here."""

    def __init__(self, state: TokenState, link: Link, runtime: Callable[[], Runtime | None], apply: Callable[[], None]):
        super().__init__(tr("我的签章"), tr("查看 USBKEY 中有没有电子印章"))
        self._state = state
        self._link = link
        self._runtime = runtime
        self._apply = apply
        self._call: Call | None = None
        self._fill(waiting(tr("正在读取印章信息…")))
        state.changed.connect(self._changed)

    def shown_first(self) -> None:
        self._changed()

    def _changed(self) -> None:
        runtime = self._runtime()
        if self._state.busy or runtime is None or not self.isVisible():
            return
        if not self._state.tokens:
            text = tr("请插入 USBKEY，这里会显示其中的电子印章。")
            self._fill(nothing_here("usbkey-none", tr("未插入 USBKEY"), text))
            return
        if self._call is not None:
            self._call.cancel()
        self._call = self._link.submit(runtime.loop, seal_objects(runtime, SEAL_OBJECTS), self._found, self._failed)

    def _found(self, objects: list[DataObject]) -> None:
        self._fill(*(self._card(item) for item in objects) if objects else (self._no_seal(),))

    def _failed(self, problem: HelperError) -> None:
        self._fill(Tell(str(problem), "red", button(tr("重试"), "retryButton", self._changed)))

    def _fill(self, *widgets: QWidget) -> None:
        empty(self.body)
        for widget in widgets:
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def _no_seal(self) -> QWidget:
        text = tr(
            "没有印章时，提交的业务不能自动审批，需要到柜台审批。\n"
            "已有证书的单位可以免费申请社保专用章：插好 USBKEY，在河北CA网站点“社保用户申请章”；\n"
            "也可以携带 USBKEY 和公章到当地河北CA窗口办理。"
        )
        apply = button(tr("社保用户申请章"), "applySealButton", self._apply, "primary")
        return nothing_here("seal", tr("您的证书中没有印章信息"), text, apply)

    def _card(self, item: DataObject) -> QWidget:
        token = next((token for token in self._state.tokens if token.id == item.token_id), None)
        name = tr("印章数据") if item.label == "seal" else tr("印章图片")
        where = words.token_name(token) if token else item.token_id
        said = column(
            label(name, "cardTitle"), label(f"{where} · {words.size_text(item.size)}", "fieldName"), spacing=2
        )
        line = row(icon_label("seal-on", 32), spacing=14)
        line.addLayout(said, 1)
        if token is not None and token.practice:
            line.addWidget(badge(tr("演练"), "practice"))
        line.addWidget(badge(item.label))
        card = QFrame()
        card.setObjectName("card")
        line.setContentsMargins(18, 14, 18, 14)
        card.setLayout(line)
        return card
