"""Asks which of several certificates to use."""

from __future__ import annotations

from PySide6.QtGui import QMouseEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QScrollArea, QVBoxLayout

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.person.prompts import ChooseCertificate
from hebca_helper.desktop import words
from hebca_helper.desktop.dialogs.parts import period
from hebca_helper.desktop.dialogs.question import SIDE, WIDTH, QuestionDialog, asker_panel, screen_height
from hebca_helper.desktop.look.cards import CardButton
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import Tell, badge, button, column, fields, label, panel, row, scrolled
from hebca_helper.errors import TABLE, Code
from hebca_helper.pki.moments import Validity
from hebca_helper.texts import tr


class ChooseDialog(QuestionDialog):
    def __init__(self, question: ChooseCertificate) -> None:
        super().__init__(tr("请选择证书"), "certificate-on")
        self.setObjectName("chooseDialog")
        wish = tr("请求使用您的签名证书") if question.usage is Usage.SIGN else tr("请求使用您的加密证书")
        self.body.addWidget(asker_panel(question.asker, wish))
        self._group = QButtonGroup(self)
        self._entries = question.entries
        self._unsuitable = question.unsuitable
        if not self._entries:
            said = tr("没有可以使用的证书。过期的证书请先在“我的证书”中办理延期。")
            self.body.addWidget(Tell(said, "red"))
        self._area = self._list()
        self.body.addWidget(self._area)
        self._group.buttonToggled.connect(self._follow)
        self.add_cancel(tr("取消"))
        self.add_consent(button(tr("确定"), "confirmButton", self._send, "primary"), default=True)
        if self._entries:
            first = self._group.button(_first_choice(question.entries))
            first.setChecked(True)
            first.setFocus()

    def _list(self) -> QScrollArea:
        inside = panel("pageBody")
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        for place, entry in enumerate(self._entries):
            card = ChoiceCard(entry)
            card.chosen_at_once.connect(self._send)
            self._group.addButton(card, place)
            box.addWidget(card)
        for each in self._unsuitable:
            box.addWidget(ChoiceCard(each.entry, each.reason))
        box.addStretch(1)
        area = scrolled(inside, "choiceList")
        inside.ensurePolished()
        wanted = box.totalHeightForWidth(scaled(WIDTH) - 2 * SIDE)
        area.setFixedHeight(min(wanted + 2, screen_height() // 2))
        return area

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if (chosen := self._group.checkedButton()) is not None:
            self._follow(chosen)

    def _follow(self, card: QAbstractButton) -> None:
        """Arrow keys may lead beyond what is seen."""
        if card.isChecked():
            self._area.ensureWidgetVisible(card)

    def ready(self) -> bool:
        return self._group.checkedId() >= 0

    def _send(self) -> None:
        if self.ready():
            self.finish(self._entries[self._group.checkedId()])


class ChoiceCard(CardButton):
    """One certificate to choose; a double click chooses it and goes on. With a `reason` it cannot be chosen."""

    def __init__(self, entry: CertificateEntry, reason: Code | None = None) -> None:
        super().__init__("choiceCard")
        self.setCheckable(True)
        self.setDisabled(reason is not None)
        self.setProperty("unsuitable", "true" if reason is not None else "false")  # Qt: a state colours no children
        self.setAccessibleName(f"{entry.holder} {entry.certificate.serial_hex}")
        told = words.validity(entry)
        marks = [badge(tr("演练"), "practice")] if entry.practice else []
        title = row(label(entry.holder, "holderName", wrap=True), *marks, badge(told.short, told.level))
        title.setStretch(0, 1)
        facts = [
            (tr("唯一标识"), visible_name(entry.certificate.unique_id)),
            (tr("证书序列号"), entry.certificate.serial_hex),
            (tr("有效期"), period(entry)),
            (tr("所在 USBKEY"), words.token_name(entry.token)),
        ]
        inside = column(title, fields(facts), spacing=6)
        if reason is not None:
            why = tr("不能选择：{text}，{remedy}").format(text=tr(TABLE[reason].text), remedy=tr(TABLE[reason].remedy))
            inside.addWidget(label(why, "choiceReason", wrap=True))
            self.setAccessibleDescription(why)
        self.fill(inside)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.chosen_at_once.emit()


def _first_choice(entries: tuple[CertificateEntry, ...]) -> int:
    """The first valid one that is not replaced, else the first."""
    good = (place for place, entry in enumerate(entries) if entry.validity is Validity.VALID and not entry.replaced)
    return next(good, 0)
