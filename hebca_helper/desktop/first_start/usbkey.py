"""Steps 1 and 2: the USBKEY is plugged in and its driver finds it; the initial PIN is known to everybody, so it is changed."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QPushButton, QWidget

from hebca_helper.desktop import words
from hebca_helper.desktop.first_start.step import Step
from hebca_helper.desktop.look.widgets import Tell, button
from hebca_helper.desktop.pages.page import Surroundings
from hebca_helper.texts import named, tr
from hebca_helper.tokens.model import TokenInfo


class UsbkeyStep(Step):
    def __init__(self, around: Surroundings) -> None:
        super().__init__(
            around, tr("插入 USBKEY"), tr("把河北CA的 USBKEY（数字证书）插到电脑的 USB 口，几秒钟内这里就会认出它。")
        )
        around.state.changed.connect(self.come)

    def come(self) -> None:
        state = self.around.state
        if state.busy and state.known:
            return
        if state.tokens:
            found = [self._found(token.id) for token in state.tokens]
            self.show_items(found)
            return
        if not state.known:
            self.show_items([Tell(tr("正在检测 USBKEY…"))])
            return
        none = tr("还没有发现 USBKEY。已经插上却没有反应时，多半是缺少驱动：可以重新检测，或用故障检测查找原因。")
        self.show_items([Tell(none, "amber")], self._again(), self.diagnosis(tr("故障检测")))

    def _found(self, token_id: str) -> QWidget:
        state = self.around.state
        token = next(each for each in state.tokens if each.id == token_id)
        holders = words.holders([entry for entry in state.entries if entry.token.id == token_id])
        if not holders:
            told = tr("已识别 {name}，但其中没有证书。").format(name=words.token_name(token))
            return Tell(told, "amber")
        return Tell(tr("已识别 {name}：{holder}").format(name=words.token_name(token), holder=holders), "good")

    def _again(self) -> QPushButton:
        return button(tr("重新检测"), "rescanButton", self.around.state.rescan, "primary")


class PinStep(Step):
    def __init__(self, around: Surroundings) -> None:
        super().__init__(
            around,
            tr("修改初始密码"),
            tr("在服务网点领取的证书，初始密码都是 123456。没有改过的话，请现在改成只有您知道的密码。"),
        )
        around.state.changed.connect(self.come)

    def come(self) -> None:
        state = self.around.state
        if state.busy and state.known:
            return
        if not state.tokens:
            told = tr("没有插入 USBKEY。可以先往后看，以后在“我的证书”里修改密码。")
            self.show_items([Tell(told)])
            return
        self.show_items([self._line(token, place) for place, token in enumerate(state.tokens, 1)])

    def _line(self, token: TokenInfo, place: int) -> QWidget:
        kind = "" if token.practice else "primary"
        change = button(
            tr("修改密码"), f"changePinButton{place}", partial(self.around.actions.change_pin, token.id), kind
        )
        change.setAccessibleName(tr("修改 {name} 的密码").format(name=words.token_name(token)))
        if token.practice:
            text = tr("{name}：演练密码是 123456，练习时不用修改").format(name=words.token_name(token))
            return Tell(text, "", change)
        told = words.tries(token)
        text = named(words.token_name(token), told.short)
        return Tell(text, "" if told.level == "good" else told.level, change)
