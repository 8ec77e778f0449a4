"""我的证书 as a clerk uses it: the issuer told, single fields copied, both forms exported, a locked PIN unlocked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QToolButton

from hebca_helper.assistant.stamping.chain_states import Chain, ChainState
from hebca_helper.desktop import words
from hebca_helper.desktop.dialogs.new_pin import NewPinDialog
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.pages.certificates.card import CertificateCard
from hebca_helper.pki.pem import certificates_from
from hebca_helper.practice.usbkey import PRACTICE_SO_PIN
from tests.desktop.desk import Desk, open_desk
from tests.desktop.file_dialogs import saving_as
from tests.desktop.person import Person
from tests.tokens.shim.build import Shim, build

pytestmark = pytest.mark.desktop


def cards(desk: Desk) -> list[CertificateCard]:
    return desk.page("certificates").findChildren(CertificateCard)


def export(desk: Desk, shown: CertificateCard, downs: int, path: Path) -> None:
    """Unfold the menu and choose with keys."""
    button = desk.person.find(shown, QPushButton, "exportButton")
    menu = desk.person.find(button, QMenu, "exportMenu")
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
    desk.person.wait(menu.isVisible)
    with saving_as(path):
        for _ in range(downs):
            QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
        desk.person.wait(path.exists)


def test_a_card_tells_copies_and_exports(person: Person, link: Link, home: Path, tmp_path: Path) -> None:
    with open_desk(person, link, home) as desk:
        first = cards(desk)[0]
        desk.sees("演练机构签发，未吊销，只能用于练习", "密码正常")
        certificate = first.entry.certificate
        copied = []
        for button in first.findChildren(QToolButton, "copyField"):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            copied.append(QGuiApplication.clipboard().text())
        assert copied == [
            certificate.unique_id,
            certificate.credit_code,
            certificate.serial_hex,
            certificate.serial_decimal,
        ]
        export(desk, first, 1, tmp_path / "a.cer")
        export(desk, first, 2, tmp_path / "a.pem")
        assert (tmp_path / "a.cer").read_bytes() == certificate.der
        assert (tmp_path / "a.pem").read_text().startswith("-----BEGIN CERTIFICATE-----\n")
        assert certificates_from((tmp_path / "a.pem").read_bytes()) == [certificate]


def test_a_locked_usbkey_is_unlocked_with_the_unlock_code(person: Person, link: Link, home: Path) -> None:
    with open_desk(person, link, home, "locked") as desk:
        page = desk.page("certificates")
        assert page.findChild(QPushButton, "changePinButton") is None
        assert page.findChild(QPushButton, "resetPinButton") is not None
        person.click(page, "unblockButton")
        dialog = person.window(NewPinDialog)
        for name, text in (("unlockCodeEdit", PRACTICE_SO_PIN), ("newPinEdit", "Wk7-qp2"), ("againPinEdit", "Wk7-qp2")):
            person.type(dialog, name, text)
        person.click(dialog, "confirmButton")
        person.wait(lambda: "已解锁" in person.texts(desk.window.toast))
        desk.sees("密码正常")
        person.wait(lambda: page.findChild(QPushButton, "changePinButton") is not None)


def test_revoked_certificates_and_several_usbkeys_are_told_apart(person: Person, link: Link, home: Path) -> None:
    with open_desk(person, link, home, "two-tokens") as desk:
        shown = cards(desk)
        assert len({card.entry.token.id for card in shown}) == 2
        assert len(desk.page("certificates").findChildren(QPushButton, "changePinButton")) == 2
        person.wait(lambda: all(line_of(card) for card in shown))
        shown[0].tell_chain(Chain(ChainState.REVOKED, ("演练CA",)))
        person.wait(lambda: "证书已吊销，不能再使用" in person.texts(shown[0]))


def line_of(card: CertificateCard) -> bool:
    line = card.findChild(QLabel, "chainLine")
    return line is not None and line.property("level") == "practice"


def test_a_computer_without_a_driver_is_told_what_to_install(person: Person, link: Link, home: Path) -> None:
    with open_desk(person, link, home, None) as desk:
        page = desk.page("certificates")
        desk.sees("没有 USBKEY 驱动")
        person.click(page, "diagnosisLink")
        assert desk.window._stack.currentWidget() is desk.window._pages["diagnosis"]


@pytest.mark.parametrize("state", ChainState)
def test_every_state_of_an_issuer_has_words(state: ChainState) -> None:
    told = words.chain(Chain(state, ("甲", "乙"), revocation_known=True))
    assert told.short
    assert bool(told.text) == (told.level == "red")


def test_what_is_plugged_in_and_cannot_be_used_is_told(
    person: Person, link: Link, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never as "not plugged in": a certificate that is not told, then a USBKEY that is blank."""
    shim = Shim(build(tmp_path), tmp_path)
    for name, value in shim.environment.items():
        monkeypatch.setenv(name, value)
    shim.command("hide 11")  # CKA_VALUE
    with open_desk(person, link, home, practice_module=str(shim.library)) as desk:
        desk.page("certificates")
        desk.sees("证书内容无法读取", "USBKEY 没有给出证书的内容")
        assert "没有数字证书" not in desk.person.texts(desk.window)
        shim.command("clear 400")
        desk.sees("这个 USBKEY 还是空的，没有初始化")
        assert "未插入 USBKEY" not in desk.person.texts(desk.window)
