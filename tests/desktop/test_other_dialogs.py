"""Choosing a certificate, consenting, and setting a new PIN."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from hebca_helper.assistant.person.prompts import Confirm, ConfirmKind, Decision, PinAnswer
from hebca_helper.desktop.dialogs.choose import ChoiceCard, ChooseDialog
from hebca_helper.desktop.dialogs.consent import ConsentDialog
from hebca_helper.desktop.dialogs.new_pin import NewPinDialog
from hebca_helper.desktop.prompts import QtPrompts
from hebca_helper.errors import Code, HelperError
from tests.desktop.person import LoopThread, Person
from tests.desktop.questions import Office

pytestmark = pytest.mark.desktop


def test_the_certificate_that_is_clicked_is_chosen(
    person: Person, prompts: QtPrompts, background: LoopThread, office: Office
) -> None:
    question = office.choice()
    asked = background.start(prompts.choose_certificate(question))
    dialog = person.window(ChooseDialog)
    told = person.texts(dialog)
    assert "已过期" in told
    assert all(entry.certificate.serial_hex in told for entry in question.entries)
    cards = dialog.findChildren(ChoiceCard)
    assert cards[0].isChecked()
    QTest.mouseClick(cards[1], Qt.MouseButton.LeftButton)
    person.click(dialog, "confirmButton")
    assert asked.result(60) is question.entries[1]


def test_the_arrow_keys_lead_to_certificates_further_down(person: Person, office: Office) -> None:
    dialog = ChooseDialog(office.long_choice())
    dialog.show()
    person.window(ChooseDialog)
    for _ in range(9):
        QTest.keyClick(person.wait(QApplication.focusWidget), Qt.Key.Key_Down)
    card = person.wait(QApplication.focusWidget)
    assert card.visibleRegion().boundingRect() == card.rect()


def test_a_double_click_in_the_first_half_second_chooses_nothing(
    person: Person, prompts: QtPrompts, background: LoopThread, office: Office
) -> None:
    asked = background.start(prompts.choose_certificate(office.choice()))
    dialog = person.window(ChooseDialog)
    dialog._focus.start()
    QTest.mouseDClick(dialog.findChildren(ChoiceCard)[1], Qt.MouseButton.LeftButton)
    assert not asked.done()
    assert dialog.isVisible()


class Consent:
    def __init__(self, person: Person, prompts: QtPrompts, background: LoopThread) -> None:
        self._person, self._prompts, self._background = person, prompts, background

    def __call__(self, question: Confirm) -> tuple[ConsentDialog, Future[Decision]]:
        asked = self._background.start(self._prompts.confirm(question))
        return self._person.window(ConsentDialog), asked


@pytest.fixture
def consent(person: Person, prompts: QtPrompts, background: LoopThread) -> Consent:
    return Consent(person, prompts, background)


@pytest.mark.parametrize(
    ("button", "decision"),
    [
        ("cancelButton", Decision.NO),
        ("onceButton", Decision.ONCE),
        ("rememberButton", Decision.REMEMBER),
        ("blockButton", Decision.BLOCK),
    ],
)
def test_each_answer_to_a_site_that_wants_to_connect(
    consent: Consent, person: Person, office: Office, button: str, decision: Decision
) -> None:
    dialog, asked = consent(office.connect())
    assert "https://rsj.zjk.gov.cn" in person.texts(dialog)
    person.click(dialog, button)
    assert asked.result(60) is decision


def test_all_sites_that_wait_can_be_refused_at_once_and_only_where_some_do(
    consent: Consent, person: Person, office: Office
) -> None:
    dialog, asked = consent(replace(office.connect(), waiting=24))
    assert "24" in person.texts(dialog)
    person.click(dialog, "allButton")  # it agrees to nothing: live at once
    assert asked.result(60) is Decision.REFUSE_ALL
    alone, _ = consent(office.connect())
    assert alone.findChild(QPushButton, "allButton") is None


@pytest.mark.parametrize(("steps", "decision"), [(1, Decision.ONCE), (2, Decision.REMEMBER), (3, Decision.BLOCK)])
def test_enter_presses_the_button_that_tab_led_to(
    consent: Consent, person: Person, office: Office, steps: int, decision: Decision
) -> None:
    dialog, asked = consent(office.connect())
    person.wait(person.find(dialog, QPushButton, "rememberButton").isEnabled)
    for _ in range(steps):
        QTest.keyClick(person.wait(QApplication.focusWidget), Qt.Key.Key_Tab)
    QTest.keyClick(person.wait(QApplication.focusWidget), Qt.Key.Key_Return)
    assert asked.result(60) is decision


def test_an_insecure_site_is_warned_of_and_never_remembered(consent: Consent, person: Person, office: Office) -> None:
    dialog, _ = consent(office.connect(insecure=True))
    assert "连接不安全" in person.texts(dialog)
    assert dialog.findChild(QPushButton, "rememberButton") is None


@pytest.mark.parametrize("kind", list(ConfirmKind)[:5])
def test_enter_alone_agrees_to_nothing(consent: Consent, person: Person, office: Office, kind: ConfirmKind) -> None:
    dialog, asked = consent(office.connect() if kind is ConfirmKind.CONNECT else office.about(kind))
    consenting = [name for name in ("rememberButton", "confirmButton") if dialog.findChild(QPushButton, name)]
    button = person.find(dialog, QPushButton, consenting[0])
    person.wait(button.isEnabled)
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert asked.result(60) is Decision.NO


def test_escape_leaves_the_question_open(consent: Consent, person: Person, office: Office) -> None:
    dialog, asked = consent(office.connect())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    with pytest.raises(HelperError) as told:
        asked.result(60)
    assert told.value.code is Code.USER_CANCELLED


def test_a_signature_shows_its_content(consent: Consent, person: Person, office: Office) -> None:
    question = office.about(ConfirmKind.SIGN)
    dialog, asked = consent(question)
    assert question.content is not None
    assert question.content.text == person.find(dialog, QWidget, "contentView").toPlainText()  # type: ignore[attr-defined]
    person.click(dialog, "confirmButton")
    assert asked.result(60) is Decision.ONCE


def test_a_new_pin_is_taken_when_every_rule_is_kept(
    person: Person, prompts: QtPrompts, background: LoopThread, office: Office
) -> None:
    asked = background.start(prompts.enter_pin(office.change()))
    dialog = person.window(NewPinDialog)
    confirm = person.find(dialog, QPushButton, "confirmButton")
    person.type(dialog, "oldPinEdit", "123456")
    for weak in ("12345", "123456", "888888", "234567"):
        for name in ("newPinEdit", "againPinEdit"):
            person.find(dialog, QWidget, name).setText("")  # type: ignore[attr-defined]
            person.type(dialog, name, weak)
        assert not dialog.ready(), weak
    for name in ("newPinEdit", "againPinEdit"):
        person.find(dialog, QWidget, name).setText("")  # type: ignore[attr-defined]
    person.type(dialog, "newPinEdit", "Wk7-qp2")
    person.type(dialog, "againPinEdit", "Wk7-qp")
    assert not dialog.ready(), "the two differ"
    person.type(dialog, "againPinEdit", "2")
    person.wait(confirm.isEnabled)
    person.click(dialog, "confirmButton")
    assert asked.result(60) == PinAnswer("123456", "Wk7-qp2")


def test_unblocking_asks_the_unlock_code(
    person: Person, prompts: QtPrompts, background: LoopThread, office: Office
) -> None:
    asked = background.start(prompts.enter_pin(office.unblock()))
    dialog = person.window(NewPinDialog)
    person.type(dialog, "unlockCodeEdit", "12345678")
    person.type(dialog, "newPinEdit", "Wk7-qp2")
    person.type(dialog, "againPinEdit", "Wk7-qp2")
    person.click(dialog, "confirmButton")
    assert asked.result(60) == PinAnswer("12345678", "Wk7-qp2")
