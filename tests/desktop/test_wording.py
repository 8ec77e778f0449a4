"""Every question has its words: in the dialogs, where it is put together with a PIN, and in a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from hebca_helper.assistant.person.prompts import Confirm, ConfirmKind
from hebca_helper.cli.prompts import _QUESTIONS
from hebca_helper.desktop.dialogs.consent import ConsentDialog
from hebca_helper.desktop.dialogs.pin import PinDialog
from hebca_helper.desktop.dialogs.wording import wording
from tests.desktop.person import Person
from tests.desktop.questions import SITE, Office

pytestmark = pytest.mark.desktop
NAMED = sorted(kind for kind in ConfirmKind if wording(kind).subject)


def texts_of(dialog: ConsentDialog | PinDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


@pytest.mark.parametrize("kind", ConfirmKind)
def test_every_question_has_words_of_its_own(kind: ConfirmKind) -> None:
    words = wording(kind)
    assert all((words.title, words.picture, words.wish, words.button, words.explanation))
    assert kind in _QUESTIONS


@pytest.mark.parametrize("kind", NAMED)
def test_a_consent_names_what_it_is_about(person: Person, office: Office, kind: ConfirmKind) -> None:
    dialog = ConsentDialog(Confirm(SITE, kind, entry=office.entry(), may_remember=False, subject="<b>seal</b>"))
    assert {SITE.name, wording(kind).wish, "<b>seal</b>"} <= set(texts_of(dialog))
    dialog.withdraw()


def test_a_pin_dialog_says_what_the_pin_agrees_to(person: Person, office: Office) -> None:
    question = replace(office.pin(), kind=ConfirmKind.GENERATE_KEY, subject="演练科技有限公司")
    dialog = PinDialog(question)
    assert "演练科技有限公司" in texts_of(dialog)
    [confirm] = [each for each in dialog.findChildren(QPushButton) if each.objectName() == "confirmButton"]
    assert confirm.text() == wording(ConfirmKind.GENERATE_KEY).button
    dialog.withdraw()
