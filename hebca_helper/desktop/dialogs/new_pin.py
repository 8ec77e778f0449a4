"""Changes a PIN (old, new, again), unblocks it (unlock code, new, again) or sets one for an online reset (new, again),
with the strength rules in sight."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from hebca_helper.assistant.login.pin_rules import check_new_pin
from hebca_helper.assistant.person.prompts import EnterPin, PinAnswer, PinPurpose
from hebca_helper.desktop import words
from hebca_helper.desktop.dialogs.keypad import Keypad
from hebca_helper.desktop.dialogs.parts import CapsHint, SecretEdit, certificate_panel
from hebca_helper.desktop.dialogs.question import QuestionDialog, asker_panel
from hebca_helper.desktop.look.icons import picture
from hebca_helper.desktop.look.widgets import Tell, button, label, restyle
from hebca_helper.errors import Code
from hebca_helper.texts import named, tr
from hebca_helper.tokens.model import PinState


@dataclass(frozen=True, slots=True)
class _Words:
    """`first` names the field above the new PIN, and `first_edit` is its name for tests; "" where there is none."""

    title: str
    wish: str
    confirm: str
    first: str
    first_edit: str


_WORDS = {
    PinPurpose.CHANGE: _Words("修改密码", "修改证书密码", "修改密码", "原密码", "oldPinEdit"),
    PinPurpose.UNBLOCK: _Words("解锁证书", "用解锁码解锁，并设置新的证书密码", "解锁", "解锁码", "unlockCodeEdit"),
    PinPurpose.NEW: _Words("重置证书密码", "在线解锁，并设置新的证书密码", "重置", "", ""),
}


class NewPinDialog(QuestionDialog):
    def __init__(self, question: EnterPin) -> None:
        self._words = _WORDS[question.purpose]
        self._changing = question.purpose is PinPurpose.CHANGE
        super().__init__(tr(self._words.title), "key")
        self.setObjectName("newPinDialog")
        if question.token.practice:
            self.mark_practice()
        self._old = SecretEdit(self._words.first_edit) if self._words.first else None
        self._new = SecretEdit("newPinEdit")
        self._again = SecretEdit("againPinEdit")
        self._rules = RuleList()
        self._blocked = self._changing and question.token.pin_state is PinState.LOCKED
        self._fill(question)
        self.add_cancel(tr("取消"))
        self.add_consent(button(tr(self._words.confirm), "confirmButton", self._send, "primary"), default=True)
        self._edits()[0].setFocus()

    def _edits(self) -> list[SecretEdit]:
        return [edit for edit in (self._old, self._new, self._again) if edit is not None]

    def _fill(self, question: EnterPin) -> None:
        self.body.addWidget(asker_panel(question.asker, tr(self._words.wish)))
        self.body.addWidget(certificate_panel(question.entry, question.token))
        if question.subject:
            self.body.addWidget(label(tr("在线服务：{host}").format(host=question.subject), "dialogReason", wrap=True))
        if question.problem is not None:
            self.body.addWidget(label(_problem(question), "problemLine", wrap=True))
        self.body.addLayout(self._form())
        self.body.addWidget(self._rules)
        self.body.addWidget(CapsHint(*self._edits()))
        if not self._blocked:
            self.body.addWidget(Keypad(self._edits(), self.fit))
        if question.purpose is PinPurpose.UNBLOCK:
            said = tr("解锁码也有次数限制，连续输错后 USBKEY 只能到河北CA窗口处理。不确定时请先取消。")
            self.body.addWidget(Tell(said, "amber"))
        told = words.tries(question.token)
        if self._changing and told.level != "good":
            self.body.addWidget(Tell(told.text, told.level))
        self._typed()

    def _form(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        names = [tr(self._words.first)] if self._words.first else []
        names += [tr("新密码"), tr("再次输入新密码")]
        for line, (name, edit) in enumerate(zip(names, self._edits(), strict=True)):
            edit.setAccessibleName(name)
            edit.setDisabled(self._blocked)
            edit.textChanged.connect(self._typed)
            grid.addWidget(label(name, "formLabel"), line, 0)
            grid.addWidget(edit, line, 1)
        return grid

    def _typed(self) -> None:
        old = self._old.text() if self._old is not None and self._changing else None
        checks = [(rule.text, rule.passed) for rule in check_new_pin(self._new.text(), old)]
        same = bool(self._new.text()) and self._new.text() == self._again.text()
        self._rules.show_rules([*checks, (tr("两次输入一致"), same)])
        self.refresh_buttons()

    def ready(self) -> bool:
        return (self._old is None or bool(self._old.text())) and self._rules.all_passed and not self._blocked

    def _send(self) -> None:
        new = self._new.text()
        self.finish(PinAnswer(new) if self._old is None else PinAnswer(self._old.text(), new))

    def forget_secrets(self) -> None:
        for edit in self._edits():
            edit.forget()


def _problem(question: EnterPin) -> str:
    """Which of the three was wrong."""
    problem = question.problem
    if problem is None:
        return ""
    if problem.code is Code.PIN_INCORRECT:
        wrong = {PinPurpose.CHANGE: tr("原密码不正确"), PinPurpose.UNBLOCK: tr("解锁码不正确")}
        return wrong.get(question.purpose, problem.text)
    return problem.text


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
            text.setAccessibleName(named(rule, tr("已满足") if passed else tr("未满足")))
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
