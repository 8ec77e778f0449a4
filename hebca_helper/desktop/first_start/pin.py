"""Step 2: the initial PIN is known to everybody, so it is changed."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from hebca_helper.desktop import words
from hebca_helper.desktop.first_start.step import Step
from hebca_helper.desktop.look.widgets import Tell, button
from hebca_helper.desktop.pages.page import Surroundings
from hebca_helper.texts import named, tr
from hebca_helper.tokens.model import TokenInfo


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
