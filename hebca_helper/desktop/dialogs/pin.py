"""Asks for one PIN. With a kind, the same dialog is the consent to that, with what it is about."""

from __future__ import annotations

from hebca_helper.assistant.person.prompts import ConfirmKind, EnterPin, PinAnswer
from hebca_helper.desktop import words
from hebca_helper.desktop.dialogs.keypad import Keypad
from hebca_helper.desktop.dialogs.parts import (
    PREVIEW_WIDTH,
    CapsHint,
    SecretEdit,
    certificate_panel,
    content_panel,
    preview_panel,
    subject_panel,
)
from hebca_helper.desktop.dialogs.question import WIDTH_WITH_CONTENT, QuestionDialog, asker_panel
from hebca_helper.desktop.dialogs.wording import Wording, wording
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import Tell, button, column, label, row
from hebca_helper.texts import tr
from hebca_helper.tokens.model import PinState


class PinDialog(QuestionDialog):
    def __init__(self, question: EnterPin, known: str = "") -> None:
        """`known` is a remembered PIN to begin with."""
        self._words = _words(question)
        words = self._words
        title = (
            tr("{action}：请看清内容，再输入证书密码").format(action=words.button) if words else tr("请输入证书密码")
        )
        super().__init__(title, words.picture if words else "key")
        self.setObjectName("pinDialog")
        if _is_practice(question):
            self.mark_practice()
        self._pin = SecretEdit("pinEdit")
        self._pin.setPlaceholderText(tr("证书密码（USBKEY 口令）"))
        self._pin.setAccessibleName(tr("证书密码"))
        self._pin.textChanged.connect(self.refresh_buttons)
        self._on_token = question.token.protected_path
        self._locked = question.token.pin_state is PinState.LOCKED
        self._pin.setDisabled(self._locked)
        self._fill(question)
        if known:
            self._pin.setText(known)
            self._pin.selectAll()
            self.foot.addWidget(label(tr("已填入您之前输入的密码，请看清后再确定"), "rememberedLine", wrap=True))
        self.add_cancel(tr("取消"))
        confirm = words.button if words else tr("确定")
        self.add_consent(button(confirm, "confirmButton", self._send, "primary"), default=True)
        self._pin.setFocus()

    def _fill(self, question: EnterPin) -> None:
        words = self._words
        self.body.addWidget(asker_panel(question.asker, words.wish if words else _login_wish(question)))
        self.body.addWidget(certificate_panel(question.entry, question.token))
        if question.subject and words:
            self.body.addWidget(subject_panel(words.subject, question.subject))
        if question.content is not None and words:
            self.body.addWidget(content_panel(question.content, words.content))
            self.resize(scaled(WIDTH_WITH_CONTENT), self.height())
        if question.picture and words:
            self.add_beside(preview_panel(question.picture), PREVIEW_WIDTH)
        if question.problem is not None:
            said = label(str(question.problem.text), "problemLine", wrap=True)
            said.setAccessibleName(question.problem.text)
            self.foot.addWidget(said)
        if self._on_token:
            self.foot.addWidget(Tell(tr("按下按钮后，请在 USBKEY 自己的键盘上输入证书密码"), "amber"))
        else:
            name = row(label(tr("证书密码"), "formLabel"), None, CapsHint(self._pin))
            self.foot.addLayout(column(name, self._pin, spacing=4))
        self._tell_tries(question)
        if not self._locked and not self._on_token:
            self.foot.addWidget(Keypad([self._pin], self.fit))

    def _tell_tries(self, question: EnterPin) -> None:
        told = words.tries(question.token)
        if told.level == "good":
            self.foot.addWidget(label(told.text or tr("初始密码为 123456；多次输错会锁定"), "triesLine"))
        else:
            box = Tell(told.text, told.level)
            box.setAccessibleName(told.text)
            self.foot.addWidget(box)

    def ready(self) -> bool:
        return (self._on_token or bool(self._pin.text())) and not self._locked

    def _send(self) -> None:
        self.finish(PinAnswer(self._pin.text()))

    def forget_secrets(self) -> None:
        self._pin.forget()


def _is_practice(question: EnterPin) -> bool:
    return question.entry.practice if question.entry is not None else question.token.practice


def _words(question: EnterPin) -> Wording | None:
    """What the dialog is the consent to; None where it only logs in."""
    if question.kind is not None:
        return wording(question.kind)
    return wording(ConfirmKind.SIGN) if question.content is not None else None


def _login_wish(question: EnterPin) -> str:
    return tr("请求用您的证书登录") if question.asker.origin is not None else tr("登录证书")
