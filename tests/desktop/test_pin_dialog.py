"""The PIN dialog: what is typed comes back, nothing else does; and it is safe against what was meant for a page."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from hebca_helper.assistant.person.prompts import EnterPin, PinAnswer
from hebca_helper.desktop.dialogs.parts import SecretEdit
from hebca_helper.desktop.dialogs.pin import PinDialog
from hebca_helper.desktop.dialogs.question import FOCUS_MILLISECONDS
from hebca_helper.desktop.prompts import QtPrompts
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import PinState
from tests.desktop.person import LoopThread, Person
from tests.desktop.questions import Office, content_of
from tests.displays import VirtualDisplay

pytestmark = pytest.mark.desktop


class Asking:
    """A question on the loop and the dialog it opened."""

    def __init__(self, person: Person, prompts: QtPrompts, background: LoopThread) -> None:
        self._person, self._prompts, self._background = person, prompts, background

    def __call__(self, question: EnterPin) -> tuple[PinDialog, Future[PinAnswer]]:
        asked = self._background.start(self._prompts.enter_pin(question))
        return self._person.window(PinDialog), asked


@pytest.fixture
def ask(person: Person, prompts: QtPrompts, background: LoopThread) -> Asking:
    return Asking(person, prompts, background)


def cancelled(asked: Future[PinAnswer]) -> bool:
    with pytest.raises(HelperError) as told:
        asked.result(60)
    return told.value.code is Code.USER_CANCELLED


def test_what_is_typed_is_answered(ask: Asking, person: Person, office: Office) -> None:
    dialog, asked = ask(office.pin())
    assert QApplication.focusWidget() is person.find(dialog, QLineEdit, "pinEdit")
    person.type(dialog, "pinEdit", "Wk7-qp2")
    person.click(dialog, "confirmButton")
    assert asked.result(60) == PinAnswer("Wk7-qp2")


def test_the_dialog_says_who_asks_and_for_what(ask: Asking, person: Person, office: Office) -> None:
    question = office.pin()
    dialog, _ = ask(question)
    told = person.texts(dialog)
    assert question.entry is not None
    for word in (
        "https://rsj.zjk.gov.cn",
        "请求用您的证书登录",
        "演练科技有限公司",
        question.entry.certificate.serial_hex,
    ):
        assert word in told


def test_cancel_and_escape_cancel(ask: Asking, person: Person, office: Office) -> None:
    dialog, asked = ask(office.pin())
    person.type(dialog, "pinEdit", "123456")
    person.click(dialog, "cancelButton")
    assert cancelled(asked)
    dialog, asked = ask(office.pin())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert cancelled(asked)


def test_enter_on_cancel_cancels_and_sends_no_pin(ask: Asking, person: Person, office: Office) -> None:
    dialog, asked = ask(office.pin())
    person.type(dialog, "pinEdit", "Wk7-qp2")
    person.wait(person.find(dialog, QPushButton, "confirmButton").isEnabled)
    while (focused := person.wait(QApplication.focusWidget)).objectName() != "cancelButton":
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert cancelled(asked)


def test_closing_the_window_cancels(ask: Asking, person: Person, office: Office) -> None:
    dialog, asked = ask(office.pin())
    dialog.close()
    assert cancelled(asked)


def test_the_dialog_goes_with_the_page_that_asked(ask: Asking, person: Person, office: Office) -> None:
    _, asked = ask(office.pin())
    asked.cancel()
    person.wait(lambda: not person.windows(PinDialog))


def test_keys_and_clicks_of_the_first_half_second_do_nothing(ask: Asking, person: Person, office: Office) -> None:
    dialog, asked = ask(office.pin())
    dialog._focus.start()  # as if the focus came this moment, however slow the test was
    person.type(dialog, "pinEdit", "123456")
    QTest.keyClick(person.find(dialog, QLineEdit, "pinEdit"), Qt.Key.Key_Return)
    confirm = person.find(dialog, QPushButton, "confirmButton")
    assert not confirm.isEnabled()
    QTest.mouseClick(confirm, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert not asked.done()
    assert dialog._focus.remainingTime() <= FOCUS_MILLISECONDS == 500
    person.wait(confirm.isEnabled)


@pytest.fixture
def other_program(display: VirtualDisplay) -> Iterator[Callable[[], object]]:
    """Brings a window of another program to the front."""
    with subprocess.Popen(["xev"], env=display.environment(), stdout=subprocess.DEVNULL) as program:
        window = display.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "Event Tester").split()[0]
        yield lambda: display.run("xdotool", "windowactivate", window)
        program.terminate()


def test_the_button_dies_when_another_program_takes_the_focus(
    ask: Asking, person: Person, office: Office, other_program: Callable[[], object]
) -> None:
    dialog, _ = ask(office.pin())
    person.type(dialog, "pinEdit", "123456")
    confirm = person.find(dialog, QPushButton, "confirmButton")
    person.wait(confirm.isEnabled)
    other_program()
    person.wait(lambda: not dialog.isActiveWindow())
    assert not confirm.isEnabled()


def test_no_pin_no_button(ask: Asking, person: Person, office: Office) -> None:
    dialog, _ = ask(office.pin())
    confirm = person.find(dialog, QPushButton, "confirmButton")
    person.type(dialog, "pinEdit", "1")
    person.wait(confirm.isEnabled)
    QTest.keyClick(person.find(dialog, QLineEdit, "pinEdit"), Qt.Key.Key_Backspace)
    assert not confirm.isEnabled()


def test_the_pin_does_not_stay_in_the_field(person: Person, office: Office) -> None:
    dialog = PinDialog(office.pin())
    dialog.show()
    person.window(PinDialog)
    field = person.find(dialog, SecretEdit, "pinEdit")
    person.type(dialog, "pinEdit", "123456")
    person.click(dialog, "confirmButton")
    assert field.text() == ""
    field.undo()
    assert field.text() == ""


def test_the_field_offers_no_menu_and_teaches_no_input_method(person: Person) -> None:
    field = SecretEdit("pinEdit")
    field.show()
    place = QPoint(3, 3)
    QApplication.sendEvent(field, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, place))
    assert QApplication.activePopupWidget() is None
    assert field.echoMode() is QLineEdit.EchoMode.Password
    assert field.inputMethodHints() & Qt.InputMethodHint.ImhSensitiveData
    assert not field.dragEnabled()
    field.deleteLater()


def test_what_is_copied_with_a_pin_or_typed_in_full_width_costs_no_try(person: Person) -> None:
    """By the keys for pasting, by the middle button of the mouse, and from an input method that was left on."""
    field = SecretEdit("pinEdit")
    field.show()
    QGuiApplication.clipboard().setText(" Wk7-qp2\r\n")
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))
    assert field.text() == "Wk7-qp2"
    for given in ("Ｗｋ７－ｑｐ２", "Wk7\u200b-qp2\ufeff", "Wk7-\tqp2\n"):
        field.setText(given)
        assert (field.text(), field.cursorPosition()) == ("Wk7-qp2", 7)
    field.setText("two words")
    assert field.text() == "two words"
    field.deleteLater()


def test_a_usbkey_with_keys_of_its_own_is_typed_on(ask: Asking, person: Person, office: Office) -> None:
    """CKF_PROTECTED_AUTHENTICATION_PATH: there is no field that would take a PIN for nothing."""
    question = office.sign_with_pin()
    dialog, asked = ask(replace(question, token=replace(question.token, protected_path=True)))
    assert "请在 USBKEY 自己的键盘上输入证书密码" in person.texts(dialog)
    assert [field for field in dialog.findChildren(QLineEdit) if field.isVisible()] == []
    person.click(dialog, "confirmButton")
    assert asked.result(60).pin == ""


def test_why_the_pin_is_asked_again_is_told(ask: Asking, person: Person, office: Office) -> None:
    dialog, _ = ask(replace(office.sign_with_pin(), problem=HelperError(Code.PIN_AGAIN)))
    assert "这把密钥每次使用都要输入证书密码" in person.texts(dialog)


def test_a_wrong_pin_is_told_where_the_dialog_was(ask: Asking, person: Person, office: Office) -> None:
    dialog, asked = ask(office.pin())
    person.type(dialog, "pinEdit", "000000")
    dialog.move(120, 90)
    person.wait(lambda: dialog.frameGeometry().topLeft() == QPoint(120, 90))
    place = dialog.geometry().topLeft()
    person.click(dialog, "confirmButton")
    asked.result(60)
    again = replace(office.pin(PinState.FEW_LEFT, 3), problem=HelperError(Code.PIN_INCORRECT))
    dialog, _ = ask(again)
    assert "证书密码不正确" in person.texts(dialog)
    assert "还可以试 3 次" in person.texts(dialog)
    person.wait(lambda: dialog.geometry().topLeft() == place)


def test_tries_left_are_told_in_words(ask: Asking, person: Person, office: Office) -> None:
    dialog, asked = ask(office.pin(PinState.LAST_TRY))
    assert "只剩最后 1 次机会" in person.texts(dialog)
    asked.cancel()
    person.wait(lambda: not person.windows(PinDialog))
    dialog, _ = ask(office.pin(PinState.LOCKED))
    assert "证书密码已锁定" in person.texts(dialog)
    assert not person.find(dialog, QLineEdit, "pinEdit").isEnabled()


def test_an_expired_certificate_is_told_with_what_to_do(ask: Asking, person: Person, office: Office) -> None:
    dialog, _ = ask(office.pin(days=-5))
    told = person.texts(dialog)
    assert "证书已过期 5 天" in told
    assert "老用户延期" in told


def test_a_practice_certificate_is_marked(ask: Asking, person: Person, office: Office) -> None:
    dialog, asked = ask(office.practice_pin())
    assert "演练" in person.texts(dialog).split("\n")
    asked.cancel()
    person.wait(lambda: not person.windows(PinDialog))
    dialog, _ = ask(office.pin())
    assert "演练" not in person.texts(dialog).split("\n")


def test_what_will_be_signed_is_there_whole(ask: Asking, person: Person, office: Office) -> None:
    content = content_of("\n".join(f"第 {line} 行" for line in range(500)))
    dialog, _ = ask(replace(office.pin(), content=content))
    shown = person.find(dialog, QPlainTextEdit, "contentView")
    assert shown.toPlainText() == content.text
    assert shown.isReadOnly()
    assert shown.verticalScrollBar().maximum() > 0
    assert content.digest in person.texts(dialog).replace("\n", "")
    assert f"{content.size:,} 字节" in person.texts(dialog)


def test_markup_from_a_usbkey_is_shown_as_it_is(ask: Asking, person: Person, office: Office) -> None:
    token = replace(office.pin().token, label="<b>河北CA</b>")
    dialog, _ = ask(replace(office.pin(), token=token, entry=office.entry(token=token)))
    said = [shown for shown in dialog.findChildren(QLabel) if "<b>河北CA</b>" in shown.text()]
    assert said
    assert all(shown.textFormat() is Qt.TextFormat.PlainText for shown in said)


def test_caps_lock_is_pointed_out(ask: Asking, person: Person, office: Office) -> None:
    dialog, _ = ask(office.pin())
    hint = person.find(dialog, QWidget, "capsHint")
    field = person.find(dialog, QLineEdit, "pinEdit")
    QTest.keyClicks(field, "A")  # a capital without Shift
    assert hint.isVisible()
    QTest.keyClicks(field, "b")
    assert not hint.isVisible()


def test_it_stays_in_front_of_the_browser(ask: Asking, office: Office) -> None:
    dialog, _ = ask(office.pin())
    assert dialog.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert dialog.isModal()
