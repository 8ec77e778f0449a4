"""Asks for a consent: a site that wants to connect, content to be signed, the last try of a PIN, the initial PIN."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from hebca_helper.assistant.prompts import Confirm, ConfirmKind, Decision
from hebca_helper.desktop.dialogs.parts import certificate_panel, content_panel
from hebca_helper.desktop.dialogs.question import WIDTH_WITH_CONTENT, QuestionDialog, asker_panel
from hebca_helper.desktop.widgets import Tell, button, label
from hebca_helper.texts import tr


class ConsentDialog(QuestionDialog):
    """The refusing button answers NO; Escape and close leave the question open (USER_CANCELLED)."""

    def __init__(self, question: Confirm) -> None:
        title, picture = _title(question.kind)
        super().__init__(title, picture)
        self.setObjectName("consentDialog")
        if question.entry is not None and question.entry.practice:
            self.mark_practice()
        self._fill(question)
        _BUTTONS[question.kind](self, question)

    def _fill(self, question: Confirm) -> None:
        self.body.addWidget(asker_panel(question.asker, _wish(question.kind)))
        if question.warning:
            self.body.addWidget(Tell(question.warning, "red"))
        if question.entry is not None:
            self.body.addWidget(certificate_panel(question.entry, question.entry.token))
        if question.content is not None:
            self.body.addWidget(content_panel(question.content))
            self.resize(WIDTH_WITH_CONTENT, self.height())
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
    dialog.refuse(tr("拒绝"))
    if question.may_remember:
        dialog.decide(tr("仅本次允许"), "onceButton", Decision.ONCE)
        dialog.decide(tr("允许并记住"), "rememberButton", Decision.REMEMBER, "primary")
    else:
        dialog.decide(tr("仅本次允许"), "onceButton", Decision.ONCE, "primary")


def _one_button(text: str, kind: str = "primary") -> Callable[[ConsentDialog, Confirm], None]:
    def add(dialog: ConsentDialog, _question: Confirm) -> None:
        dialog.refuse(tr("取消"))
        dialog.decide(text, "confirmButton", Decision.ONCE, kind)

    return add


def _initial_pin_buttons(dialog: ConsentDialog, _question: Confirm) -> None:
    dialog.refuse(tr("以后再说"))
    dialog.decide(tr("修改密码"), "confirmButton", Decision.ONCE, "primary")


_BUTTONS: dict[ConfirmKind, Callable[[ConsentDialog, Confirm], None]] = {
    ConfirmKind.CONNECT: _connect_buttons,
    ConfirmKind.SIGN: _one_button(tr("签名")),
    ConfirmKind.LAST_TRY: _one_button(tr("仍然提交"), "danger"),
    ConfirmKind.INITIAL_PIN: _initial_pin_buttons,
}


def _title(kind: ConfirmKind) -> tuple[str, str]:
    return {
        ConfirmKind.CONNECT: (tr("允许这个网站使用您的证书吗？"), "globe"),
        ConfirmKind.SIGN: (tr("确认签名"), "pen"),
        ConfirmKind.LAST_TRY: (tr("这是最后一次机会"), "problem"),
        ConfirmKind.INITIAL_PIN: (tr("证书密码还是初始密码"), "warning"),
    }[kind]


def _wish(kind: ConfirmKind) -> str:
    return {
        ConfirmKind.CONNECT: tr("请求连接证书助手，读取您的证书信息"),
        ConfirmKind.SIGN: tr("请求用您的证书对下面的内容签名"),
        ConfirmKind.LAST_TRY: tr("提交刚才输入的证书密码"),
        ConfirmKind.INITIAL_PIN: tr("建议现在修改密码"),
    }[kind]


def _explanation(question: Confirm) -> str:
    """What the answer means, in a sentence."""
    remembered = tr("选择“允许并记住”后，该网站下次连接时不再询问；")
    return {
        ConfirmKind.CONNECT: (remembered if question.may_remember else "") + tr("登录和签名仍会逐次请您确认。"),
        ConfirmKind.SIGN: tr("签名等同于盖章或亲笔签字。请看清内容后再确认。"),
        ConfirmKind.LAST_TRY: tr(
            "如果这次的密码仍不正确，USBKEY 会锁定，需要解锁码或办理“重置证书密码”才能继续使用。不确定时请先取消。"
        ),
        ConfirmKind.INITIAL_PIN: tr(
            "初始密码 123456 人人都知道，拿到 USBKEY 的人可以冒用您单位的名义签章。修改只需半分钟。"
        ),
    }[question.kind]
