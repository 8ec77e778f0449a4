"""The dialog for a new PIN alone, as an online reset asks it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from hebca_helper.assistant.person.prompts import EnterPin, PinAnswer, PinPurpose
from hebca_helper.desktop.dialogs.new_pin import NewPinDialog
from hebca_helper.desktop.dialogs.parts import SecretEdit
from hebca_helper.desktop.prompts import QtPrompts
from hebca_helper.errors import Code, HelperError
from tests.desktop.person import LoopThread, Person
from tests.desktop.questions import Office

pytestmark = pytest.mark.desktop


@pytest.fixture
def question(office: Office) -> EnterPin:
    asked = office.unblock()
    return EnterPin(asked.asker, PinPurpose.NEW, asked.token, asked.entry, subject="www.hebca.com")


def test_it_asks_the_new_pin_twice_and_nothing_else(
    person: Person, prompts: QtPrompts, background: LoopThread, question: EnterPin
) -> None:
    asked = background.start(prompts.enter_pin(question))
    dialog = person.window(NewPinDialog)
    told = person.texts(dialog)
    assert "重置证书密码" in told
    assert "www.hebca.com" in told
    assert question.token.label in told
    assert [edit.objectName() for edit in dialog.findChildren(SecretEdit)] == ["newPinEdit", "againPinEdit"]
    assert QApplication.focusWidget() is person.find(dialog, QLineEdit, "newPinEdit")
    person.type(dialog, "newPinEdit", "Fq27-kp9")
    assert not person.find(dialog, QPushButton, "confirmButton").isEnabled()
    person.type(dialog, "againPinEdit", "Fq27-kp9")
    person.click(dialog, "confirmButton")
    person.wait(asked.done)
    assert asked.result() == PinAnswer("Fq27-kp9")


@pytest.mark.parametrize(("new", "again"), [("123456", "123456"), ("12345", "12345"), ("Fq27-kp9", "Fq27-kp8")])
def test_a_weak_pin_or_two_different_ones_are_not_taken(
    person: Person, prompts: QtPrompts, background: LoopThread, question: EnterPin, new: str, again: str
) -> None:
    asked = background.start(prompts.enter_pin(question))
    dialog = person.window(NewPinDialog)
    person.type(dialog, "newPinEdit", new)
    person.type(dialog, "againPinEdit", again)
    assert not dialog.ready()
    dialog.reject()
    person.wait(asked.done)
    with pytest.raises(HelperError) as told:
        asked.result()
    assert told.value.code is Code.USER_CANCELLED
