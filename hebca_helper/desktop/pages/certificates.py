"""我的证书: the certificates of every USBKEY, how long they are valid, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from hebca_helper.desktop import words
from hebca_helper.desktop.actions import Actions
from hebca_helper.desktop.pages.certificate_card import CertificateCard
from hebca_helper.desktop.pages.page import Page, nothing_here, waiting
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.desktop.widgets import Tell, badge, button, column, empty, label, row
from hebca_helper.texts import tr
from hebca_helper.tokens.model import PinState, TokenInfo


class CertificatesPage(Page):
    def __init__(self, state: TokenState, actions: Actions) -> None:
        super().__init__(tr("我的证书"), tr("USBKEY 中的数字证书和有效期；在这里修改密码"))
        self._state = state
        self._actions = actions
        self._refresh = button(tr("刷新"), "refreshButton", state.rescan)
        self.top.addWidget(self._refresh, 0, Qt.AlignmentFlag.AlignBottom)
        state.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._refresh.setDisabled(self._state.busy)
        if self._state.busy and self._state.known:
            return  # what is shown stays until the answer comes
        empty(self.body)
        for widget in self._content():
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def _content(self) -> list[QWidget]:
        if not self._state.known:
            return [waiting(tr("正在读取 USBKEY…"))]
        if self._state.problem is not None:
            again = button(tr("重试"), "retryButton", self._state.rescan)
            return [Tell(str(self._state.problem), "red", again)]
        return [self._token(token) for token in self._state.tokens] or [_nothing_plugged_in()]

    def _token(self, token: TokenInfo) -> QWidget:
        entries = [entry for entry in self._state.entries if entry.token.id == token.id]
        layout = column(spacing=12)
        layout.addLayout(row(*self._token_line(token)))
        told = words.tries(token)
        if told.level != "good":
            layout.addWidget(Tell(told.text, told.level, self._way_out(token)))
        for entry in sorted(entries, key=lambda entry: entry.replaced):
            layout.addWidget(CertificateCard(entry, self._actions))
        if not entries:
            layout.addWidget(Tell(tr("这个 USBKEY 中没有数字证书。新领的 USBKEY 请按随附说明安装证书。"), "amber"))
        layout.addSpacing(12)
        box = QWidget()
        box.setLayout(layout)
        return box

    def _way_out(self, token: TokenInfo) -> QPushButton | None:
        """Who has no unlock code has the PIN reset by the issuer."""
        if token.pin_state is not PinState.LOCKED:
            return None
        return button(tr("重置证书密码"), "resetPinButton", lambda: self._actions.open_link("reset-pin"))

    def _token_line(self, token: TokenInfo) -> list[QWidget | None]:
        told = words.tries(token)
        marks: list[QLabel] = [badge(tr("演练"), "practice")] if token.practice else []
        if told.level != "good":
            marks.append(badge(told.short, told.level))
        serial = label(tr("序列号 {serial}").format(serial=token.serial), "fieldName", selectable=True)
        return [label(words.token_name(token), "tokenTitle"), *marks, serial, None, *self._pin_buttons(token)]

    def _pin_buttons(self, token: TokenInfo) -> list[QPushButton]:
        locked = token.pin_state is PinState.LOCKED
        unblock = button(tr("解锁"), "unblockButton", lambda: self._actions.unblock(token.id), "primary")
        change = button(tr("修改密码"), "changePinButton", lambda: self._actions.change_pin(token.id), "primary")
        return [unblock] if locked else [change]


def _nothing_plugged_in() -> QWidget:
    text = tr(
        "请把 USBKEY 插入电脑，几秒内会自动显示证书。\n"
        "已经插好仍不显示时，请换一个 USB 口（直接插在主机上），或打开“故障检测”查看驱动状态。"
    )
    return nothing_here("usbkey-none", tr("未插入 USBKEY"), text)
