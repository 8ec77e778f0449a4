"""Changes a PIN (old, new, again) or unblocks it (unlock code, new, again), with the strength rules in sight."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from hebca_helper.assistant.pin_rules import check_new_pin
from hebca_helper.assistant.prompts import EnterPin, PinAnswer, PinPurpose
from hebca_helper.desktop import words
from hebca_helper.desktop.dialogs.parts import CapsHint, SecretEdit, certificate_panel
from hebca_helper.desktop.dialogs.question import QuestionDialog, asker_panel
from hebca_helper.desktop.icons import picture
from hebca_helper.desktop.widgets import Tell, button, label, restyle
from hebca_helper.texts import tr
from hebca_helper.tokens.model import PinState


class NewPinDialog(QuestionDialog):
    def __init__(self, question: EnterPin) -> None:
        self._changing = question.purpose is PinPurpose.CHANGE
        super().__init__(tr("修改密码") if self._changing else tr("解锁证书"), "key")
        self.setObjectName("newPinDialog")
        if question.token.practice:
            self.mark_practice()
        self._old = SecretEdit("oldPinEdit" if self._changing else "unlockCodeEdit")
        self._new = SecretEdit("newPinEdit")
        self._again = SecretEdit("againPinEdit")
        self._rules = RuleList()
        self._blocked = self._changing and question.token.pin_state is PinState.LOCKED
        self._fill(question)
        self.add_cancel(tr("取消"))
        confirm = tr("修改密码") if self._changing else tr("解锁")
        self.add_consent(button(confirm, "confirmButton", self._send, "primary"), default=True)
        self._old.setFocus()

    def _fill(self, question: EnterPin) -> None:
        wish = tr("修改证书密码") if self._changing else tr("用解锁码解锁，并设置新的证书密码")
        self.body.addWidget(asker_panel(question.asker, wish))
        self.body.addWidget(certificate_panel(question.entry, question.token))
        if question.problem is not None:
            self.body.addWidget(label(question.problem.text, "problemLine", wrap=True))
        self.body.addLayout(self._form())
        self.body.addWidget(self._rules)
        self.body.addWidget(CapsHint(self._old, self._new, self._again))
        told = words.tries(question.token)
        if self._changing and told.level != "good":
            self.body.addWidget(Tell(told.text, told.level))
        self._typed()

    def _form(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        names = (tr("原密码") if self._changing else tr("解锁码"), tr("新密码"), tr("再次输入新密码"))
        for line, (name, edit) in enumerate(zip(names, (self._old, self._new, self._again), strict=True)):
            edit.setAccessibleName(name)
            edit.setDisabled(self._blocked)
            edit.textChanged.connect(self._typed)
            grid.addWidget(label(name, "formLabel"), line, 0)
            grid.addWidget(edit, line, 1)
        return grid

    def _typed(self) -> None:
        old = self._old.text() if self._changing else ""
        checks = [(rule.text, rule.passed) for rule in check_new_pin(self._new.text(), old)]
        same = bool(self._new.text()) and self._new.text() == self._again.text()
        self._rules.show_rules([*checks, (tr("两次输入一致"), same)])
        self.refresh_buttons()

    def ready(self) -> bool:
        return bool(self._old.text()) and self._rules.all_passed and not self._blocked

    def _send(self) -> None:
        self.finish(PinAnswer(self._old.text(), self._new.text()))

    def forget_secrets(self) -> None:
        for edit in (self._old, self._new, self._again):
            edit.forget()


class RuleList(QWidget):
    """Each rule with a mark that is set as soon as what was typed keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ruleList")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(4)
        self._lines: list[tuple[QLabel, QLabel]] = []
        self.all_passed = False

    def show_rules(self, rules: list[tuple[str, bool]]) -> None:
        while len(self._lines) < len(rules):
            self._add_line()
        for (mark, text), (rule, passed) in zip(self._lines, rules, strict=True):
            mark.setPixmap(picture("good" if passed else "rule-open", 16, self.devicePixelRatioF()))
            text.setText(rule)
            text.setAccessibleName(f"{rule}：{tr('已满足') if passed else tr('未满足')}")
            restyle(text, passed="true" if passed else "false")
        self.all_passed = all(passed for _, passed in rules)

    def _add_line(self) -> None:
        mark, text = QLabel(), label("", "ruleText")
        mark.setFixedSize(16, 16)
        line, place = divmod(len(self._lines), 2)
        box = QHBoxLayout()
        box.setSpacing(6)
        box.addWidget(mark)
        box.addWidget(text, 1)
        self._grid.addLayout(box, line, place)
        self._lines.append((mark, text))
