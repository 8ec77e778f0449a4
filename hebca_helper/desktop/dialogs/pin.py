"""Asks for one PIN. With content, the same dialog is the consent to sign it."""

from __future__ import annotations

from hebca_helper.assistant.prompts import EnterPin, PinAnswer
from hebca_helper.desktop import words
from hebca_helper.desktop.dialogs.parts import CapsHint, SecretEdit, certificate_panel, content_panel
from hebca_helper.desktop.dialogs.question import WIDTH_WITH_CONTENT, QuestionDialog, asker_panel
from hebca_helper.desktop.widgets import Tell, button, column, label, row
from hebca_helper.texts import tr
from hebca_helper.tokens.model import PinState


class PinDialog(QuestionDialog):
    def __init__(self, question: EnterPin) -> None:
        title = tr("请输入证书密码") if question.content is None else tr("签名：请看清内容，再输入证书密码")
        super().__init__(title, "key" if question.content is None else "pen")
        self.setObjectName("pinDialog")
        if _is_practice(question):
            self.mark_practice()
        self._pin = SecretEdit("pinEdit")
        self._pin.setPlaceholderText(tr("证书密码（USBKEY 口令）"))
        self._pin.setAccessibleName(tr("证书密码"))
        self._pin.textChanged.connect(self.refresh_buttons)
        self._locked = question.token.pin_state is PinState.LOCKED
        self._pin.setDisabled(self._locked)
        self._fill(question)
        self.add_cancel(tr("取消"))
        confirm = tr("确定") if question.content is None else tr("签名")
        self.add_consent(button(confirm, "confirmButton", self._send, "primary"), default=True)
        self._pin.setFocus()

    def _fill(self, question: EnterPin) -> None:
        self.body.addWidget(asker_panel(question.asker, _wish(question)))
        self.body.addWidget(certificate_panel(question.entry, question.token))
        if question.content is not None:
            self.body.addWidget(content_panel(question.content))
            self.resize(WIDTH_WITH_CONTENT, self.height())
        if question.problem is not None:
            said = label(str(question.problem.text), "problemLine", wrap=True)
            said.setAccessibleName(question.problem.text)
            self.body.addWidget(said)
        name = row(label(tr("证书密码"), "formLabel"), None, CapsHint(self._pin))
        self.body.addLayout(column(name, self._pin, spacing=4))
        self._tell_tries(question)

    def _tell_tries(self, question: EnterPin) -> None:
        told = words.tries(question.token)
        if told.level == "good":
            self.body.addWidget(label(told.text or tr("初始密码为 123456；多次输错会锁定"), "triesLine"))
        else:
            box = Tell(told.text, told.level)
            box.setAccessibleName(told.text)
            self.body.addWidget(box)

    def ready(self) -> bool:
        return bool(self._pin.text()) and not self._locked

    def _send(self) -> None:
        self.finish(PinAnswer(self._pin.text()))

    def forget_secrets(self) -> None:
        self._pin.forget()


def _is_practice(question: EnterPin) -> bool:
    return question.entry.practice if question.entry is not None else question.token.practice


def _wish(question: EnterPin) -> str:
    if question.content is not None:
        return tr("请求用您的证书对下面的内容签名")
    return tr("请求用您的证书登录") if question.asker.origin is not None else tr("登录证书")
