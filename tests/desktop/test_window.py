"""The window with the real assistant behind it: what the manuals tell clerks to find is there, and works."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget

from hebca_helper.app.parts import App
from hebca_helper.app.window import Background
from hebca_helper.bridge.ports import WantedPorts
from hebca_helper.desktop.dialogs.new_pin import NewPinDialog
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.links.checklist import PreflightDialog
from hebca_helper.desktop.pages.certificates.details import DetailsDialog
from hebca_helper.desktop.prompts import QtPrompts
from hebca_helper.desktop.window import MainWindow
from hebca_helper.portals import catalogue
from hebca_helper.portals.browsers import CHROME_DOWNLOAD, Browser, BrowserKind
from hebca_helper.practice.usbkey import PRACTICE_PIN, plug, unplug
from tests.desktop.person import Person
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.desktop

OpenWindow = Callable[[str | None], MainWindow]


@pytest.fixture
def window(person: Person, link: Link) -> MainWindow:
    """As it is in the first moment, before anything else of the program is there."""
    made = MainWindow(link, catalogue.load(), lambda: True)
    made.show()
    return person.window(MainWindow)


@pytest.fixture
def joined(window: MainWindow, person: Person, link: Link, home: Path) -> Iterator[OpenWindow]:
    """The window with the real assistant and a practice USBKEY of a scenario, or none."""
    running: list[Background] = []

    def join(scenario: str | None) -> MainWindow:
        if scenario is not None:
            put_practice_usbkey(home, scenario)
        runtime = Background(App(home), ports=WantedPorts(0), practice=False)
        running.append(runtime)
        ready = runtime.start().result(30)
        runtime.loop.call_soon_threadsafe(setattr, runtime.assistant, "prompts", QtPrompts(link, window.tell_notice))
        window.attach(ready)
        person.wait(lambda: window.state.known and not window.state.busy)
        return window

    yield join
    link.close()
    with ThreadPoolExecutor(1) as thread:
        for runtime in running:
            thread.submit(runtime.quit).result(30)


def page(window: MainWindow, person: Person, name: str) -> QWidget:
    person.click(window, f"{name}Button")
    return window._pages[name]


def cards(window: MainWindow) -> dict[str, QPushButton]:
    found = window.findChildren(QPushButton, "portalCard")
    return {card.accessibleName(): card for card in found if shiboken6.isValid(card) and card.isVisible()}


@pytest.mark.parametrize("word", ["快捷链接", "我的证书", "我的签章", "故障检测", "社保", "公积金", "证书服务"])
def test_the_words_of_the_manuals_are_on_the_first_page(window: MainWindow, person: Person, word: str) -> None:
    assert word in person.texts(window).split("\n")


@pytest.mark.parametrize(
    "title",
    ["石家庄人社局网报", "衡水市社保医保网报", "张家口一体化网上申报平台", "沧州公积金", "张家口公积金"],
)
def test_every_portal_of_the_manuals_is_one_click_from_the_first_page(window: MainWindow, title: str) -> None:
    opened: list[str] = []
    window._pages["links"]._open = lambda portal: opened.append(portal.title)  # type: ignore[attr-defined]
    QTest.mouseClick(cards(window)[title], Qt.MouseButton.LeftButton)
    assert opened == [title]


def test_old_names_are_found_by_the_search(window: MainWindow, person: Person) -> None:
    person.type(window, "searchEdit", "解锁证书")
    person.wait(lambda: list(cards(window)) == ["重置证书密码"])
    person.type(window, "searchEdit", "xyz")
    person.wait(lambda: "没有找到相关的链接" in person.texts(window))
    person.click(window, "clearSearchButton")
    person.wait(lambda: len(cards(window)) == len(window.catalogue.portals))


def test_a_portal_that_needs_chrome_leads_to_its_download_without_it(
    window: MainWindow, person: Person, tmp_path: Path
) -> None:
    firefox = Browser(BrowserKind.FIREFOX, recorder(tmp_path))
    window.opener.visits.browsers = lambda: [firefox]
    QTest.mouseClick(cards(window)["衡水市社保医保网报"], Qt.MouseButton.LeftButton)
    checklist = person.window(PreflightDialog)
    assert "需要谷歌浏览器" in person.texts(checklist)
    person.click(checklist, "install-chromeButton")
    assert asked_for(tmp_path) == CHROME_DOWNLOAD


def test_a_link_opens_its_address(window: MainWindow, person: Person, tmp_path: Path) -> None:
    window.opener.visits.browsers = lambda: [Browser(BrowserKind.CHROMIUM, recorder(tmp_path))]
    QTest.mouseClick(cards(window)["张家口公积金"], Qt.MouseButton.LeftButton)
    assert asked_for(tmp_path) == "https://wt.zjkgjj.com/ish/"


def test_a_telephone_number_is_copied(window: MainWindow) -> None:
    QTest.mouseClick(cards(window)["客服 400-707-3355"], Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "400-707-3355"


def recorder(folder: Path) -> Path:
    """A program that leaves its argument in a pipe."""
    os.mkfifo(folder / "asked")
    program = folder / "browser"
    program.write_text(f'#!/bin/sh\necho "$@" > {folder}/asked\n')
    program.chmod(0o755)
    return program


def asked_for(folder: Path) -> str:
    return (folder / "asked").read_text().strip()


def test_who_is_quicker_than_the_program_sees_the_settings_when_they_are_there(
    joined: OpenWindow, window: MainWindow, person: Person
) -> None:
    settings = page(window, person, "settings")
    assert not settings.isEnabled()
    joined(None)
    assert settings.isEnabled()


def test_nothing_plugged_in_is_told_with_what_to_do(joined: OpenWindow, person: Person) -> None:
    window = joined(None)
    assert "未插入 USBKEY" in person.texts(window)
    assert "还没有 USBKEY 的驱动程序" in person.texts(page(window, person, "certificates"))  # a home without any


def test_my_certificates_show_what_clerks_are_asked_for(joined: OpenWindow, person: Person) -> None:
    window = joined("fresh")
    shown = person.texts(page(window, person, "certificates"))
    entry = window.state.entries[0]
    for fact in (
        entry.certificate.holder,
        entry.certificate.unique_id,
        entry.certificate.credit_code,
        entry.certificate.serial_hex,
        entry.certificate.serial_decimal,
        entry.certificate.issuer_name,
        f"还剩 {entry.days_left} 天",
        "签名证书",
        "加密证书",
        "演练",
        "修改密码",
    ):
        assert fact in shown
    assert "已插入 USBKEY" in person.texts(window)


@pytest.mark.parametrize(
    ("scenario", "words", "level"),
    [
        ("expiring", "请尽快办理“老用户延期”", "red"),
        ("expired", "证书已过期", "red"),
        ("renewed", "已被新证书代替", "grey"),
        ("last-try", "只剩最后 1 次机会", "red"),
        ("locked", "证书密码已锁定", "red"),
    ],
)
def test_what_is_wrong_is_told_plainly(
    joined: OpenWindow, person: Person, scenario: str, words: str, level: str
) -> None:
    shown = page(joined(scenario), person, "certificates")
    assert words in person.texts(shown)
    assert any(mark.property("level") == level for mark in shown.findChildren(QLabel, "badge"))


def test_unplugging_and_plugging_is_seen_on_every_page(joined: OpenWindow, person: Person, home: Path) -> None:
    window = joined("fresh")
    certificates = page(window, person, "certificates")
    unplug(home)
    person.wait(lambda: "未插入 USBKEY" in person.texts(window) and "请把 USBKEY 插入" in person.texts(certificates))
    plug(home)
    person.wait(lambda: "已插入 USBKEY" in person.texts(window) and "演练科技有限公司" in person.texts(certificates))


def test_a_clerk_changes_the_pin_in_my_certificates(joined: OpenWindow, person: Person) -> None:
    window = joined("fresh")
    certificates = page(window, person, "certificates")
    change(person, certificates, PRACTICE_PIN, "Wk7-qp2")
    person.wait(lambda: "密码已修改" in person.texts(window.toast))
    window.toast.hide()
    change(person, certificates, "Wk7-qp2", "Zq4+mm8")  # the new one is the one in force
    person.wait(lambda: "密码已修改" in person.texts(window.toast))


def test_a_wrong_old_pin_is_asked_again_and_cancelling_changes_nothing(joined: OpenWindow, person: Person) -> None:
    window = joined("fresh")
    change(person, page(window, person, "certificates"), "000000", "Wk7-qp2")
    again = person.wait(lambda: next((d for d in person.windows(NewPinDialog) if "不正确" in person.texts(d)), None))
    person.click(again, "cancelButton")
    person.wait(lambda: not person.windows(NewPinDialog))
    assert not window.toast.isVisible()


def change(person: Person, shown: QWidget, old: str, new: str) -> None:
    person.click(shown, "changePinButton")
    dialog = person.window(NewPinDialog)
    for name, text in (("oldPinEdit", old), ("newPinEdit", new), ("againPinEdit", new)):
        person.type(dialog, name, text)
    person.click(dialog, "confirmButton")


def test_details_can_be_copied_and_the_certificate_exported(joined: OpenWindow, person: Person, tmp_path: Path) -> None:
    window = joined("fresh")
    entry = window.state.entries[0]
    person.click(page(window, person, "certificates"), "detailsButton")
    details = person.window(DetailsDialog)
    person.click(details, "copyAllButton")
    assert entry.certificate.unique_id in QGuiApplication.clipboard().text()
    person.click(details, "closeButton")
    window.actions_of_person.write(tmp_path / "holder.cer", entry.certificate.der)
    assert (tmp_path / "holder.cer").read_bytes() == entry.certificate.der
    window.actions_of_person.write(tmp_path / "no" / "folder.cer", b"")
    assert "文件无法读取" in person.texts(window.toast)


def test_a_usbkey_without_a_seal_is_told_as_the_manuals_say(joined: OpenWindow, person: Person) -> None:
    seals = page(joined("no-seal"), person, "seals")
    person.wait(lambda: "您的证书中没有印章信息" in person.texts(seals))
    assert seals.findChild(QPushButton, "applySealButton") is not None


def test_services_and_drivers_are_listed(joined: OpenWindow, person: Person) -> None:
    window = joined("fresh")
    diagnosis = page(window, person, "diagnosis")
    person.click(diagnosis, "startChecksButton")
    person.wait(lambda: "ws://localhost:" in person.texts(diagnosis))
    assert "libsofthsm2.so" in person.texts(diagnosis)


def test_the_keyboard_is_at_the_page_that_is_shown(joined: OpenWindow, person: Person) -> None:
    """Whatever had it on the page before is hidden, or made anew."""
    opened = joined(None)
    for name in ("seals", "diagnosis", "help"):
        opened.show_page(name)
        person.wait(lambda name=name: opened.focusWidget() is opened.findChild(QWidget, f"{name}Button"))  # type: ignore[misc]


def test_every_control_has_a_name_for_screen_readers(window: MainWindow) -> None:
    for control in [*window.findChildren(QPushButton), *window.findChildren(QToolButton)]:
        if control.isVisible():
            assert control.text() or control.accessibleName() or control.toolTip(), control.objectName()
