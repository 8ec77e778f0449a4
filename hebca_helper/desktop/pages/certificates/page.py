"""我的证书: the certificates of every USBKEY, how long they are valid, and what can be done with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from hebca_helper.desktop import words
from hebca_helper.desktop.issuers import AddingIssuer
from hebca_helper.desktop.link import Call
from hebca_helper.desktop.look.widgets import Tell, badge, button, column, empty, label, row
from hebca_helper.desktop.pages.certificates.card import CertificateCard
from hebca_helper.desktop.pages.page import Page, nothing_here, waiting
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr
from hebca_helper.tokens.model import PinState, TokenInfo

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.chain_states import Chain
    from hebca_helper.desktop.pages.page import Surroundings


BATCH = 8
"""Cards that are made at once."""


class CertificatesPage(Page):
    def __init__(self, around: Surroundings) -> None:
        super().__init__(tr("我的证书"), tr("USBKEY 中的数字证书和有效期；在这里修改密码"))
        self._around = around
        self._state = around.state
        self._actions = around.actions
        self._cards: list[CertificateCard] = []
        self._later: list[TokenInfo] = []
        self._judging: Call | None = None
        self._chains: Mapping[str, Chain] = {}
        self._adding = AddingIssuer(self, around.link, around.runtime, self._judge_again)
        self._refresh = button(tr("刷新"), "refreshButton", self._state.rescan)
        self.top.addWidget(self._refresh, 0, Qt.AlignmentFlag.AlignBottom)
        self._state.changed.connect(self._show)
        self.near_end.connect(self._show_more)
        self._show()

    def shown_first(self) -> None:
        """Issuers are looked up only when somebody looks: it takes all the algorithms."""
        self._judge()

    def _show(self) -> None:
        self._refresh.setDisabled(self._state.busy)
        if self._state.busy and self._state.known and self.body.count():
            return  # what is shown stays until the answer comes
        empty(self.body)
        self._cards, self._later = [], []
        for widget in self._content():
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._show_more()
        if self.isVisible():
            self._judge()

    def _content(self) -> list[QWidget]:
        if not self._state.known:
            return [waiting(tr("正在读取 USBKEY…"))]
        if self._state.problem is not None:
            again = button(tr("重试"), "retryButton", self._state.rescan)
            return [Tell(str(self._state.problem), "red", again)]
        self._later = list(self._state.tokens)
        unusable: list[QWidget] = [Tell(str(each), "amber") for each in self._state.unusable]
        return unusable if self._later or unusable else [self._nothing_plugged_in()]

    def _show_more(self) -> None:
        """The next few: who keeps the books of a hundred firms does not wait for all their cards at once."""
        if not self._later:
            return
        enough = len(self._cards) + BATCH
        while self._later and len(self._cards) < enough:
            self.body.insertWidget(self.body.count() - 1, self._token(self._later.pop(0)))
        self._tell_chains()
        if self.isVisible():
            self._judge()

    # One USBKEY

    def _token(self, token: TokenInfo) -> QWidget:
        entries = [entry for entry in self._state.entries if entry.token.id == token.id]
        layout = column(spacing=12)
        layout.addLayout(self._token_line(token))
        told = words.tries(token)
        if told.level != "good":
            layout.addWidget(Tell(told.text, told.level, self._way_out(token)))
        for entry in sorted(entries, key=lambda entry: entry.replaced):
            self._cards.append(CertificateCard(entry, self._actions, self._adding.button))
            layout.addWidget(self._cards[-1])
        if not entries and not any(each.code is Code.CERTIFICATE_UNREADABLE for each in self._state.unusable):
            layout.addWidget(self._without_certificate())
        layout.addSpacing(12)
        box = QWidget()
        box.setObjectName("tokenGroup")
        box.setLayout(layout)
        return box

    def _way_out(self, token: TokenInfo) -> QPushButton | None:
        """Who has no unlock code has the PIN reset by the issuer."""
        if token.pin_state not in (PinState.LOCKED, PinState.LAST_TRY):
            return None
        return button(tr("重置证书密码"), "resetPinButton", lambda: self._actions.open_link("reset-pin"))

    def _token_line(self, token: TokenInfo) -> QHBoxLayout:
        told = words.tries(token)
        marks = [badge(tr("演练"), "practice")] if token.practice else []
        marks.append(badge(told.short, told.level))
        below = [label(tr("序列号 {serial}").format(serial=token.serial), "fieldName", selectable=True)]
        if told.level == "good" and told.text:
            below.append(label(told.text, "fieldName"))
        title = row(label(words.token_name(token), "tokenTitle"), *marks, None)
        said = column(title, row(*below, None, spacing=16), spacing=2)
        line = row()
        line.addLayout(said, 1)
        for each in self._pin_buttons(token):
            line.addWidget(each, 0, Qt.AlignmentFlag.AlignVCenter)
        return line

    def _pin_buttons(self, token: TokenInfo) -> list[QPushButton]:
        if token.pin_state is PinState.LOCKED:
            return [button(tr("解锁"), "unblockButton", lambda: self._actions.unblock(token.id), "primary")]
        change = button(tr("修改密码"), "changePinButton", lambda: self._actions.change_pin(token.id), "primary")
        return [self._forgotten(token), change]

    def _forgotten(self, token: TokenInfo) -> QPushButton:
        """Who forgot the PIN need not use up the tries first."""
        made = button(tr("忘记密码"), "forgottenButton", lambda: None)
        menu = QMenu(made)
        menu.setObjectName("forgottenMenu")
        menu.addAction(tr("用解锁码设置新密码…"), lambda: self._actions.unblock(token.id))
        menu.addAction(tr("在河北CA网站重置证书密码"), lambda: self._actions.open_link("reset-pin"))
        made.setMenu(menu)
        return made

    def _without_certificate(self) -> QWidget:
        text = tr(
            "这个 USBKEY 中没有数字证书。新领的 USBKEY 请按随附说明安装证书；网上办理延期、补办后，在河北CA网站点“安装证书”。"
        )
        install = button(tr("去安装证书"), "installButton", lambda: self._actions.open_link("renew"))
        return Tell(text, "amber", install)

    # Nothing to show

    def _nothing_plugged_in(self) -> QWidget:
        diagnosis = button(tr("打开故障检测"), "diagnosisLink", lambda: self._around.show_page("diagnosis"))
        if self._has_driver():
            text = tr(
                "请把 USBKEY 插入电脑，几秒内会自动显示证书。\n"
                "已经插好仍不显示时，请换一个 USB 口（直接插在主机上），或打开“故障检测”查看驱动状态。"
            )
            return nothing_here("usbkey-none", tr("未插入 USBKEY"), text, diagnosis)
        text = tr(
            "这台电脑上还没有 USBKEY 的驱动程序，插入后也读不到证书。\n"
            "请安装随 USBKEY 提供的驱动，或到河北CA网站“客户支持”下载，装好后点“刷新”。"
        )
        download = button(
            tr("去下载驱动"), "driversButton", lambda: self._actions.open_link("support-downloads"), "primary"
        )
        return nothing_here("usbkey-none", tr("没有 USBKEY 驱动"), text, download, diagnosis)

    def _has_driver(self) -> bool:
        runtime = self._around.runtime()
        return runtime is None or any(module.running for module in runtime.modules())

    # Issuers

    def _judge(self) -> None:
        runtime = self._around.runtime()
        unknown = [card.entry for card in self._cards if card.entry.certificate.fingerprint not in self._chains]
        if runtime is None or not unknown or self._judging is not None:
            return
        entries = [card.entry for card in self._cards]
        work = runtime.assistant.chains(entries)
        self._judging = self._around.link.submit(runtime.loop, work, self._judged, self._not_judged)

    def _judge_again(self) -> None:
        self._chains = {}
        self._judge()

    def _judged(self, chains: Mapping[str, Chain]) -> None:
        """Other certificates may have come in the meantime."""
        self._judging = None
        self._chains = chains
        self._tell_chains()
        self._judge()

    def _not_judged(self, problem: HelperError) -> None:
        self._judging = None
        for card in self._cards:
            card.tell_chain(None)
        self._actions.tell(str(problem))

    def _tell_chains(self) -> None:
        for card in self._cards:
            if (chain := self._chains.get(card.entry.certificate.fingerprint)) is not None:
                card.tell_chain(chain)
