"""The line above every page: is a USBKEY plugged in, whose is it, how many days are left."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import ElidedLabel, badge, column, label, restyle
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.texts import tr


class Header(QWidget):
    def __init__(self, state: TokenState) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(scaled(64))
        self._state = state
        self._picture = icon_label("usbkey-none", 28)
        self._title = label("", "tokenState")
        self._detail = ElidedLabel("tokenDetail")
        self._days = badge("")
        self._practice = badge(tr("演练"), "practice")
        line = QHBoxLayout(self)
        line.setContentsMargins(24, 8, 24, 8)
        line.setSpacing(12)
        line.addWidget(self._picture)
        line.addLayout(column(self._title, self._detail, spacing=0), 1)
        line.addWidget(self._practice)
        line.addWidget(self._days)
        state.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._practice.setVisible(any(token.practice for token in self._state.tokens))
        self._days.hide()
        self._picture.use("usbkey" if self._state.tokens or self._state.unusable else "usbkey-none")
        title, detail = self._say()
        self._title.setText(title)
        self._detail.tell(detail)

    def _say(self) -> tuple[str, str]:
        if not self._state.known:
            return tr("正在检测 USBKEY…"), tr("请稍候")
        if self._state.problem is not None and not self._state.tokens:
            return tr("没有读取 USBKEY"), str(self._state.problem)
        if not self._state.entries and self._state.unusable:
            return tr("已插入 USBKEY"), self._state.unusable[0].text
        if not self._state.tokens:
            return tr("未插入 USBKEY"), tr("插入后会自动识别")
        if not self._state.entries:
            return tr("已插入 USBKEY"), tr("USBKEY 中没有数字证书")
        return self._say_holder()

    def _say_holder(self) -> tuple[str, str]:
        from hebca_helper.desktop import words

        count = len(self._state.tokens)
        title = tr("已插入 USBKEY") if count == 1 else tr("已插入 {count} 个 USBKEY").format(count=count)
        urgent = words.most_urgent(self._state.entries)
        if urgent is not None:
            told = words.validity(urgent)
            self._days.setText(told.short)
            restyle(self._days, level=told.level)
            self._days.show()
        return title, words.holders(self._state.entries)
