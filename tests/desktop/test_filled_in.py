"""Remembering the PIN, as a person sees it: the dialog still asks, and is filled in while the USBKEY stays in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit

from hebca_helper.desktop.dialogs.consent import ConsentDialog
from hebca_helper.desktop.dialogs.pin import PinDialog
from hebca_helper.desktop.link import Link
from hebca_helper.practice.usbkey import PRACTICE_PIN, plug, unplug
from tests.desktop.desk import Desk, open_desk
from tests.desktop.person import Person

pytestmark = pytest.mark.desktop


@pytest.fixture
def desk(person: Person, link: Link, home: Path) -> Iterator[Desk]:
    with open_desk(person, link, home, remember_pin=True) as made:
        yield made


def asked(desk: Desk) -> PinDialog:
    """The window's own login, as far as its dialog."""
    runtime = desk.runtime
    entry = desk.window.state.entries[0]
    desk.window._link.submit(
        runtime.loop, runtime.assistant.login(runtime.connection, entry), lambda _: None, lambda _: None
    )
    return desk.person.window(PinDialog)


def field(desk: Desk, dialog: PinDialog) -> QLineEdit:
    return desk.person.find(dialog, QLineEdit, "pinEdit")


def log_out(desk: Desk) -> None:
    runtime = desk.runtime
    desk.window._link.submit(runtime.loop, runtime.assistant.logout(runtime.connection), lambda _: None, lambda _: None)
    desk.person.wait(lambda: not desk.status.in_use)


def test_the_second_dialog_is_filled_in_until_the_usbkey_is_pulled_out(desk: Desk, person: Person) -> None:
    dialog = asked(desk)
    assert field(desk, dialog).text() == ""
    person.type(dialog, "pinEdit", PRACTICE_PIN)
    person.click(dialog, "confirmButton")
    person.wait(lambda: desk.status.in_use)
    person.click(person.window(ConsentDialog), "cancelButton")  # the PIN is still the initial one
    log_out(desk)
    dialog = asked(desk)
    assert field(desk, dialog).text() == PRACTICE_PIN
    assert field(desk, dialog).echoMode() is QLineEdit.EchoMode.Password
    assert "已填入" in person.texts(dialog)
    person.click(dialog, "confirmButton")
    person.wait(lambda: desk.status.in_use)
    unplug(desk.home)
    person.wait(lambda: not desk.window.state.tokens and not desk.window.state.busy)
    plug(desk.home)
    person.wait(lambda: desk.window.state.entries and not desk.window.state.busy)
    dialog = asked(desk)
    assert field(desk, dialog).text() == ""
    person.click(dialog, "cancelButton")
