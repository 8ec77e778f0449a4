"""Keys on the screen, and certificates that cannot be chosen, in real dialogs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from hebca_helper.assistant.person.choosing import choice
from hebca_helper.assistant.person.prompts import PinAnswer
from hebca_helper.desktop.dialogs.choose import ChoiceCard, ChooseDialog
from hebca_helper.desktop.dialogs.new_pin import NewPinDialog
from hebca_helper.desktop.dialogs.pin import PinDialog
from hebca_helper.desktop.prompts import QtPrompts
from tests.desktop.person import LoopThread, Person
from tests.desktop.questions import SITE, TOKEN, Office

pytestmark = pytest.mark.desktop


def test_a_pin_is_put_in_without_a_keyboard(
    person: Person, prompts: QtPrompts, background: LoopThread, office: Office
) -> None:
    asked = background.start(prompts.enter_pin(office.pin()))
    dialog = person.window(PinDialog)
    before = dialog.height()
    person.click(dialog, "keypadButton")
    person.wait(lambda: dialog.height() > before)
    for key in ("key-1", "key-a", "keyShift", "key-b", "key-9", "keyBackspace", "key-_", "key-7"):
        person.click(dialog, key)
    QTest.keyClicks(dialog._pin, "7")  # both kinds of keys mix: the field kept the focus
    person.click(dialog, "confirmButton")
    assert asked.result(60) == PinAnswer("1aB=&7")


def test_the_keys_go_to_the_field_in_use(
    person: Person, prompts: QtPrompts, background: LoopThread, office: Office
) -> None:
    background.start(prompts.enter_pin(office.change()))
    dialog = person.window(NewPinDialog)
    person.click(dialog, "keypadButton")
    person.wait(lambda: dialog.findChild(QPushButton, "key-5") is not None)
    dialog._new.setFocus()
    person.click(dialog, "key-5")
    assert [edit.text() for edit in dialog._edits()] == ["", "5", ""]
    dialog.withdraw()


def test_what_cannot_be_chosen_says_why(
    person: Person, prompts: QtPrompts, background: LoopThread, office: Office
) -> None:
    second = replace(TOKEN, id="longmai:2", serial="9F0077CC01")
    question = choice(SITE, office.choice().usage, [office.entry(-12), office.entry(token=second)])
    asked = background.start(prompts.choose_certificate(question))
    dialog = person.window(ChooseDialog)
    good, gone = dialog.findChildren(ChoiceCard)
    assert "不能选择：证书已过期" in person.texts(gone)
    QTest.mouseClick(gone, Qt.MouseButton.LeftButton)
    assert good.isChecked()
    person.click(dialog, "confirmButton")
    assert asked.result(60).token.id == "longmai:2"


def test_where_nothing_can_be_chosen_only_cancelling_is_left(person: Person, office: Office) -> None:
    dialog = ChooseDialog(choice(SITE, office.choice().usage, [office.entry(-12), office.entry(-30)]))
    dialog.show()
    person.window(ChooseDialog)
    assert "没有可以使用的证书" in person.texts(dialog)
    assert not dialog.ready()
    dialog.withdraw()
