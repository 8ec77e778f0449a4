"""Asks for a consent: a site that wants to connect, content to be signed, data, keys, files, the last try of a PIN."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from hebca_helper.assistant.person.prompts import Confirm, ConfirmKind, Decision
from hebca_helper.desktop.dialogs.parts import (
    PREVIEW_WIDTH,
    certificate_panel,
    content_panel,
    preview_panel,
    subject_panel,
)
from hebca_helper.desktop.dialogs.question import WIDTH_WITH_CONTENT, QuestionDialog, asker_panel
from hebca_helper.desktop.dialogs.wording import wording
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import Tell, button, label
from hebca_helper.texts import tr


class ConsentDialog(QuestionDialog):
    """The refusing button answers NO; Escape and close leave the question open (USER_CANCELLED)."""

    def __init__(self, question: Confirm) -> None:
        words = wording(question.kind)
        super().__init__(words.title, words.picture)
        self.setObjectName("consentDialog")
        if question.entry is not None and question.entry.practice:
            self.mark_practice()
        self._fill(question)
        _BUTTONS.get(question.kind, _one_button)(self, question)

    def _fill(self, question: Confirm) -> None:
        words = wording(question.kind)
        self.body.addWidget(asker_panel(question.asker, words.wish))
        if question.warning:
            self.body.addWidget(Tell(question.warning, "red"))
        if question.waiting:
            said = tr("还有 {n} 个网站的请求在等待。不是您打开的网站，可以全部拒绝。").format(n=question.waiting)
            self.body.addWidget(Tell(said, "amber"))
        if question.entry is not None:
            self.body.addWidget(certificate_panel(question.entry, question.entry.token))
        if question.subject:
            self.body.addWidget(subject_panel(words.subject, question.subject))
        if question.content is not None:
            self.body.addWidget(content_panel(question.content, words.content))
            self.resize(scaled(WIDTH_WITH_CONTENT), self.height())
        if question.picture:
            self.add_beside(preview_panel(question.picture), PREVIEW_WIDTH)
        explanation = _explanation(question)
        if explanation:
            self.body.addWidget(label(explanation, "dialogReason", wrap=True))

    def decide(self, text: str, name: str, decision: Decision, kind: str = "") -> QPushButton:
        made = button(text, name, lambda: self.finish(decision), kind)
        self.add_consent(made)
        return made

    def refuse(self, text: str) -> None:
        """The safe answer has the focus, so that Enter alone agrees to nothing."""
        no = button(text, "cancelButton", lambda: self.decline_with(Decision.NO))
        self.buttons.addWidget(no)
        no.setDefault(True)
        no.setFocus()


def _connect_buttons(dialog: ConsentDialog, question: Confirm) -> None:
    block = dialog.decide(tr("阻止此网站"), "blockButton", Decision.BLOCK, "danger")
    dialog.buttons.insertWidget(0, block)  # away from the others
    if question.waiting:
        every = button(tr("全部拒绝"), "allButton", lambda: dialog.decline_with(Decision.REFUSE_ALL))
        dialog.buttons.addWidget(every)
    dialog.refuse(tr("拒绝"))
    if question.may_remember:
        dialog.decide(tr("仅本次允许"), "onceButton", Decision.ONCE)
        dialog.decide(tr("允许并记住"), "rememberButton", Decision.REMEMBER, "primary")
    else:
        dialog.decide(tr("仅本次允许"), "onceButton", Decision.ONCE, "primary")


def _one_button(dialog: ConsentDialog, question: Confirm) -> None:
    words = wording(question.kind)
    dialog.refuse(tr("取消"))
    dialog.decide(words.button, "confirmButton", Decision.ONCE, "danger" if words.danger else "primary")


def _weak_pin_buttons(dialog: ConsentDialog, question: Confirm) -> None:
    dialog.refuse(tr("以后再说"))
    dialog.decide(wording(question.kind).button, "confirmButton", Decision.ONCE, "primary")


_BUTTONS: dict[ConfirmKind, Callable[[ConsentDialog, Confirm], None]] = {
    ConfirmKind.CONNECT: _connect_buttons,
    ConfirmKind.INITIAL_PIN: _weak_pin_buttons,
    ConfirmKind.WEAK_PIN: _weak_pin_buttons,
}


def _explanation(question: Confirm) -> str:
    """What the answer means, in a sentence."""
    if question.kind is ConfirmKind.CONNECT and question.may_remember:
        return tr("选择“允许并记住”后，该网站下次连接时不再询问；登录和签名仍会逐次请您确认。")
    return wording(question.kind).explanation
