"""The first page as a clerk uses it: own links, favourites, order; the checklist before a site opens; and the word that
its page has reached us. Real windows, real clicks and keys; a program of our own stands for the browser."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QPushButton, QToolButton, QWidget
from websockets.sync.client import connect
from websockets.typing import Origin

from hebca_helper import texts
from hebca_helper.app.parts import App
from hebca_helper.app.window import Background
from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.bridge.ports import WantedPorts
from hebca_helper.bridge.system_root import VARIABLE as SYSTEM_ROOT
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.links import visits
from hebca_helper.desktop.links.book import LinkBook
from hebca_helper.desktop.links.card import LinkCard, LinkChip
from hebca_helper.desktop.links.checklist import PreflightDialog
from hebca_helper.desktop.links.edit import LinkDialog
from hebca_helper.desktop.links.lists import HiddenDialog, ImportDialog
from hebca_helper.desktop.links.menu import LinkMenu
from hebca_helper.desktop.presence.notices import Notices
from hebca_helper.desktop.presence.tray import Tray
from hebca_helper.desktop.prompts import QtPrompts
from hebca_helper.desktop.window import MainWindow
from hebca_helper.places import shipped
from hebca_helper.portals import catalogue, own_links
from hebca_helper.portals.browsers import Browser, BrowserKind
from hebca_helper.portals.catalogue import BrowserNeed, Group, Need, Portal
from hebca_helper.practice.usbkey import plug, unplug
from tests.desktop.gallery import access, layout
from tests.desktop.person import Person
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.desktop


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """A pipe in which the browser of these tests leaves its arguments."""
    os.mkfifo(tmp_path / "asked")
    program = tmp_path / "chromium"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n')
    program.chmod(0o755)
    return tmp_path / "asked"


@pytest.fixture
def window(
    person: Person, link: Link, home: Path, asked: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """With the links of this home and nothing else of the program yet; no link has been opened."""
    chromium = Browser(BrowserKind.CHROMIUM, asked.with_name("chromium"))
    monkeypatch.setattr(visits, "find_browsers", lambda: [chromium])
    made = MainWindow(link, catalogue.load(), lambda: True, home=home)
    made.show()
    yield person.window(MainWindow)
    made.links.close()


@pytest.fixture
def running(window: MainWindow, person: Person, link: Link, home: Path) -> Iterator[Background]:
    """The rest of the program, with a practice USBKEY that holds no seal."""
    put_practice_usbkey(home, "no-seal")
    runtime = Background(App(home), ports=WantedPorts(0), practice=False)
    ready = runtime.start().result(60)
    runtime.loop.call_soon_threadsafe(setattr, runtime.assistant, "prompts", QtPrompts(link, lambda _: None))
    window.attach(ready)
    person.wait(lambda: window.state.known and not window.state.busy)
    yield runtime
    link.close()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(runtime.quit).result(60)


def card(window: MainWindow, title: str) -> LinkCard:
    """When it is there and has its place."""

    def look() -> LinkCard | None:
        shown = [each for each in window.findChildren(LinkCard) if shiboken6.isValid(each) and each.isVisible()]
        return next((each for each in shown if each.accessibleName() == title and each.height() > 40), None)

    return Person().wait(look)


def titles(window: MainWindow, group: Group) -> list[str]:
    return [portal.title for portal in window.catalogue.group(group)]


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def kept(window: MainWindow, home: Path) -> own_links.OwnLinks:
    """What a next start would read."""
    window.links.close()
    return own_links.load(home)[0]


def require_readable(dialog: QWidget) -> None:
    """The rules of the gallery, for dialogs that it does not open."""
    assert [*layout.examine(dialog, english=False, data=()), *access.examine(dialog)] == []


# Own links


def test_a_clerk_adds_a_link_of_their_own(window: MainWindow, person: Person, home: Path, asked: Path) -> None:
    person.click(window, "addLinkButton")
    dialog = person.window(LinkDialog)
    person.click(dialog, "saveButton")
    assert "请填写名称" in person.texts(dialog)
    person.type(dialog, "titleEdit", "石家庄公积金")
    person.type(dialog, "addressEdit", "gjj sjz")
    person.click(dialog, "saveButton")
    assert "网址不完整" in person.texts(dialog)
    QTest.keyClicks(person.find(dialog, QWidget, "addressEdit"), "\b" * 7 + "gjj.sjz.example/ish")
    person.click(dialog, "saveButton")
    person.wait(lambda: "石家庄公积金" in titles(window, Group.SOCIAL_SECURITY))
    click(card(window, "石家庄公积金"))
    assert asked.read_text().strip() == "https://gjj.sjz.example/ish"
    [portal] = kept(window, home).portals
    assert portal.origins == ("https://gjj.sjz.example",)
    assert not window.links.is_known(portal)


def test_who_knows_the_address_of_a_portal_fills_it_in(window: MainWindow, person: Person, asked: Path) -> None:
    shown = card(window, "石家庄人社局网报")
    shown.setFocus()
    QTest.keyClick(shown, Qt.Key.Key_F2)
    dialog = person.window(LinkDialog)
    person.type(dialog, "addressEdit", "https://rsj.sjz.example/wb")
    person.click(dialog, "saveButton")
    person.wait(lambda: "自定义" in person.texts(card(window, "石家庄人社局网报")))
    click(card(window, "石家庄人社局网报"))
    assert asked.read_text().strip() == "https://rsj.sjz.example/wb"
    [restore] = [c for c in card(window, "石家庄人社局网报")._choices if c is not None and c.name == "restoreAction"]
    restore.do()
    assert window.catalogue == catalogue.load()


def test_in_english_a_changed_link_stays_english_and_its_city_is_written_so(window: MainWindow, person: Person) -> None:
    texts.use_language(str(shipped("resources", "translations")), "en")
    try:
        portal = window.catalogue.find("zhangjiakou-provident-fund")
        assert portal is not None
        dialog = LinkDialog(portal, window.links.cities, window)
        dialog.saved.connect(window.links.keep)
        dialog.open()
        assert [*layout.examine(dialog, english=True, data=[" ".join(portal.aliases)])] == []
        person.find(dialog, QComboBox, "browserBox").setCurrentIndex(1)
        person.click(dialog, "saveButton")
        changed = window.catalogue.find("zhangjiakou-provident-fund")
        assert changed == replace(portal, browser=BrowserNeed.CHROME)
    finally:
        texts.use_language("", texts.SOURCE_LANGUAGE)


def test_hiding_can_be_taken_back_at_once_and_later(window: MainWindow, person: Person, home: Path) -> None:
    def press_delete() -> None:
        shown = card(window, "下载电子发票")
        shown.setFocus()
        QTest.keyClick(shown, Qt.Key.Key_Delete)
        person.wait(lambda: "下载电子发票" not in titles(window, Group.CERTIFICATE_SERVICE))

    press_delete()
    person.click(window.toast, "toastButton")
    assert "下载电子发票" in titles(window, Group.CERTIFICATE_SERVICE)
    press_delete()
    menu = person.find(window, QPushButton, "moreLinksButton").menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.objectName() == "hiddenAction").trigger()
    hidden = person.window(HiddenDialog)
    assert "下载电子发票" in person.texts(hidden)
    require_readable(hidden)
    person.click(hidden, "restoreButton")
    person.wait(lambda: "没有隐藏的链接" in person.texts(hidden))
    person.click(hidden, "closeButton")
    assert kept(window, home).hidden == ()


def test_links_are_put_in_order_with_keys_and_the_keyboard_stays(window: MainWindow, person: Person) -> None:
    assert titles(window, Group.PROVIDENT_FUND) == ["沧州公积金", "张家口公积金"]
    shown = card(window, "张家口公积金")
    shown.setFocus()
    QTest.keyClick(shown, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert titles(window, Group.PROVIDENT_FUND) == ["张家口公积金", "沧州公积金"]
    person.wait(lambda: card(window, "张家口公积金").hasFocus())
    QTest.keyClick(card(window, "张家口公积金"), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert titles(window, Group.PROVIDENT_FUND) == ["沧州公积金", "张家口公积金"]


def test_favourites_and_recent_links_are_on_top_and_in_the_tray(
    window: MainWindow, person: Person, asked: Path, home: Path
) -> None:
    menu = QMenu()
    kept_menu = LinkMenu(menu, window.links, window.open_portal)
    click(person.find(card(window, "沧州公积金"), QToolButton, "favouriteButton"))
    person.wait(lambda: [chip.portal.title for chip in chips(window)] == ["沧州公积金"])
    assert [action.text() for action in kept_menu._shown] == ["沧州公积金", "快捷链接"]
    click(card(window, "张家口公积金"))
    asked.read_text()
    person.wait(lambda: [chip.portal.title for chip in chips(window)] == ["沧州公积金", "张家口公积金"])
    assert [action.text() for action in kept_menu._shown] == ["沧州公积金", "最近使用", "快捷链接"]
    own = kept(window, home)
    assert (own.favourites, own.recent) == (("cangzhou-provident-fund",), ("zhangjiakou-provident-fund",))


def test_the_page_stays_where_it_is_when_links_change(window: MainWindow, person: Person) -> None:
    bar = window._pages["links"]._area.verticalScrollBar()
    person.wait(lambda: bar.maximum() > 100)
    shown = card(window, "丢失补办")
    shown.setFocus()
    bar.setValue(100)
    click(person.find(shown, QToolButton, "favouriteButton"))
    person.wait(lambda: [chip.portal.title for chip in chips(window)] == ["丢失补办"] and bar.value() == 100)
    person.wait(lambda: window.focusWidget() is card(window, "丢失补办"))
    assert bar.value() == 100


def chips(window: MainWindow) -> list[LinkChip]:
    return [chip for chip in window.findChildren(LinkChip) if shiboken6.isValid(chip) and chip.isVisible()]


def test_a_help_desks_file_is_looked_at_before_it_is_taken_in(
    window: MainWindow, person: Person, tmp_path: Path
) -> None:
    file = tmp_path / "desk.toml"
    entry = '[[portal]]\nid = "{}"\ngroup = "{}"\ntitle = "{}"\naddress = "{}"\n'
    file.write_text(
        entry.format("sjz", "公积金", "石家庄公积金", "https://gjj.sjz.example/")
        + entry.format("renew", "证书服务", "老用户延期", "https://renew.example/")
    )
    doings = window._pages["links"]._doings  # type: ignore[attr-defined]
    doings.read_file(file)
    dialog = person.window(ImportDialog)
    for words in (
        "https://gjj.sjz.example/",
        "新增",
        "https://renew.example/",
        "修改",
        "原来是 https://www.hebca.com/",
    ):
        assert words in person.texts(dialog)
    require_readable(dialog)
    person.click(dialog, "cancelButton")
    assert window.catalogue == catalogue.load()
    doings.read_file(file)
    person.click(person.window(ImportDialog), "importButton")
    person.wait(lambda: "石家庄公积金" in titles(window, Group.PROVIDENT_FUND))
    renew = window.catalogue.find("renew")
    assert renew is not None
    assert not window.links.is_known(renew)
    file.write_text("[[portal]]\nid = 1\n")
    doings.read_file(file)
    assert "desk.toml" in person.texts(window.toast)


def test_a_damaged_file_is_told_and_the_links_are_those_of_the_catalogue(link: Link, home: Path) -> None:
    (home / own_links.FILE_NAME).write_text("oops")
    book = LinkBook(catalogue.load(), home)
    assert book.problem is not None
    assert book.catalogue == catalogue.load()


# The checklist


def test_a_blocked_http_site_opens_in_a_window_of_its_own_profile(
    window: MainWindow, running: Background, person: Person, asked: Path, home: Path
) -> None:
    click(card(window, "沧州公积金"))
    checklist = person.window(PreflightDialog)
    assert "谷歌浏览器会阻止它" in person.texts(checklist)
    assert "插入的是演练 USBKEY" in person.texts(checklist)
    person.click(checklist, "own-windowButton")
    options = asked.read_text().split()
    assert options[-1] == "http://111.62.46.105:9010/ish/"
    assert "--unsafely-treat-insecure-origin-as-secure=http://111.62.46.105:9010" in options
    assert options[0].startswith(f"--user-data-dir={home}/")
    assert not person.windows(PreflightDialog)


def test_once_the_policies_are_set_an_http_site_opens_in_the_usual_browser(
    window: MainWindow,
    running: Background,
    person: Person,
    asked: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SYSTEM_ROOT, str(tmp_path))
    click(card(window, "沧州公积金"))
    checklist = person.window(PreflightDialog)
    person.click(checklist, "install-policyButton")
    person.wait(lambda: "网站可以在 Chromium 中连接证书助手" in person.texts(checklist))
    assert "浏览器全部关闭后再打开" in person.texts(checklist)
    person.click(checklist, "openButton")
    assert asked.read_text().strip() == "http://111.62.46.105:9010/ish/"


def test_the_checklist_sees_the_usbkey_come(
    window: MainWindow, running: Background, person: Person, home: Path, asked: Path
) -> None:
    unplug(home)
    person.wait(lambda: not window.state.tokens and not window.state.busy)
    hall = Portal("hall", Group.PRACTICE, "大厅", "http://127.0.0.1:1/", need=Need.CERTIFICATE)
    window.links.use_practice((hall,))
    click(card(window, "大厅"))
    checklist = person.window(PreflightDialog)
    assert "没有插入 USBKEY" in person.texts(checklist)
    assert "仍然打开" in person.texts(checklist)
    plug(home)
    person.wait(lambda: "已插入 USBKEY" in person.texts(checklist) and "证书有效" in person.texts(checklist))
    person.wait(lambda: "仍然打开" not in person.texts(checklist))
    person.click(checklist, "openButton")
    assert asked.read_text().strip() == "http://127.0.0.1:1/"


def test_a_missing_seal_is_told_once_in_a_run(
    window: MainWindow, running: Background, person: Person, asked: Path
) -> None:
    hall = Portal("hall", Group.PRACTICE, "上报材料", "http://127.0.0.1:1/", need=Need.SEAL)
    window.links.use_practice((hall,))
    click(card(window, "上报材料"))
    checklist = person.window(PreflightDialog)
    assert "证书中没有印章信息" in person.texts(checklist)
    person.click(checklist, "openButton")
    asked.read_text()
    window.toast.hide()
    click(card(window, "上报材料"))
    person.wait(window.toast.isVisible)  # it was looked for on the other thread
    assert asked.read_text().strip() == "http://127.0.0.1:1/"


def test_a_checklist_that_is_closed_during_a_search_for_seals_opens_nothing(
    window: MainWindow, running: Background, person: Person, link: Link
) -> None:
    hall = Portal("hall", Group.PRACTICE, "上报材料", "http://127.0.0.1:1/", need=Need.SEAL)
    window.links.use_practice((hall,))
    click(card(window, "上报材料"))
    checklist = person.window(PreflightDialog)
    window.state.changed.emit()
    search = window.opener._seal_search
    assert search is not None
    window.opener.visits.usual = Mock()  # type: ignore[method-assign]
    checklist.reject()
    person.wait(search._future.done)  # type: ignore[union-attr]
    passed: list[str] = []
    link.in_window(lambda: passed.append("what the search had to say"))
    person.wait(lambda: passed)
    window.opener.visits.usual.assert_not_called()


def test_a_site_that_was_refused_in_the_browser_is_told(
    window: MainWindow, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    preferences = tmp_path / "config" / "chromium" / "Default" / "Preferences"
    preferences.parent.mkdir(parents=True)
    refused = {"https://wt.zjkgjj.com:443,*": {"setting": 2}}
    preferences.write_text(json.dumps({"profile": {"content_settings": {"exceptions": {"loopback_network": refused}}}}))
    click(card(window, "张家口公积金"))
    dialog = person.window(PreflightDialog)
    assert "您在 Chromium 中拒绝过这个网站访问本机" in person.texts(dialog)
    require_readable(dialog)
    dialog.reject()


def test_without_chrome_another_browser_may_be_tried(window: MainWindow, person: Person, asked: Path) -> None:
    window.opener.visits.browsers = lambda: [Browser(BrowserKind.FIREFOX, asked.with_name("chromium"))]
    click(card(window, "衡水市社保医保网报"))
    person.click(person.window(PreflightDialog), "use-otherButton")
    assert asked.read_text().strip() == "https://www.hebca.com/"


def test_without_a_browser_that_we_know_the_system_is_asked_and_else_the_address_is_kept(
    window: MainWindow, person: Person
) -> None:
    asked: list[str] = []

    def hand_over(opens: bool, address: str) -> bool:
        asked.append(address)
        return opens

    window.opener.visits.browsers = list
    for opens in (True, False):
        window.opener.visits.hand_over = partial(hand_over, opens)
        click(card(window, "张家口公积金"))
        person.click(person.window(PreflightDialog), "use-otherButton")
    assert asked == ["https://wt.zjkgjj.com/ish/"] * 2
    assert QApplication.clipboard().text() == asked[0]
    assert "网址已复制" in person.texts(window)


# Through the bridge


def test_the_page_of_a_link_may_connect_and_is_told_when_it_has(
    window: MainWindow, running: Background, person: Person, asked: Path
) -> None:
    told: list[str] = []
    window.portal_connected = told.append
    portal = window.catalogue.find("zhangjiakou-provident-fund")
    assert portal is not None
    [origin] = portal.origins
    page = running.assistant.connect(Asker(Channel.CERTIFICATE_SERVICE, origin))
    assert not running.assistant.is_admitted(page)
    click(card(window, portal.title))
    person.click(person.window(PreflightDialog), "openButton")
    asked.read_text()
    person.wait(lambda: running.assistant.is_admitted(page))
    assert told == []
    url = next(status.url for status in running.services())
    with connect(url, origin=Origin(origin), proxy=None):
        person.wait(lambda: told == ["“张家口公积金”已连接证书助手，可以用证书登录了"])
    with connect(url, origin=Origin(origin), proxy=None) as again:
        again.send("1|getAssistorVersion")
        again.recv(timeout=60)
    person.wait(lambda: len(told) == 1)


@pytest.mark.parametrize("services_first", [True, False])
def test_the_page_of_the_first_link_ever_opened_is_told_in_window_and_tray(
    window: MainWindow, person: Person, asked: Path, request: pytest.FixtureRequest, services_first: bool
) -> None:
    """What opens links is made for the first of them."""
    notices = Notices(window)
    notices.tray = tray = Mock(spec=Tray)
    window.portal_connected = notices.tell
    if services_first:
        request.getfixturevalue("running")
    assert "opener" not in vars(window)
    click(card(window, "张家口一体化网上申报平台"))
    if services_first:  # and with them a practice USBKEY, which is told
        person.click(person.window(PreflightDialog), "openButton")
    assert asked.read_text().strip() == "https://rsj.zjk.gov.cn/zjkwb/static/loginsyth.html"
    running: Background = request.getfixturevalue("running")
    window.hide()
    url = next(status.url for status in running.services())
    with connect(url, origin=Origin("https://rsj.zjk.gov.cn"), proxy=None):
        person.wait(lambda: tray.notify.called)
    told = "“张家口一体化网上申报平台”已连接证书助手，可以用证书登录了"
    assert tray.notify.call_args.args[0] == told
    window.show()
    assert told in person.texts(window.toast)


def test_a_link_that_a_person_added_answers_no_question(
    window: MainWindow, running: Background, person: Person, asked: Path
) -> None:
    own = Portal("own-1", Group.OTHER, "电子税务局", "https://tax.example/", origins=("https://tax.example",))
    window.links.keep(own)
    click(card(window, "电子税务局"))
    asked.read_text()
    page = running.assistant.connect(Asker(Channel.CERTIFICATE_SERVICE, "https://tax.example"))
    assert not running.assistant.is_admitted(page)


def test_a_link_that_is_opened_before_the_services_is_announced_when_they_are_there(
    window: MainWindow, person: Person, asked: Path, request: pytest.FixtureRequest
) -> None:
    click(card(window, "张家口一体化网上申报平台"))
    assert asked.read_text().strip() == "https://rsj.zjk.gov.cn/zjkwb/static/loginsyth.html"
    running: Background = request.getfixturevalue("running")
    page = running.assistant.connect(Asker(Channel.CERTIFICATE_SERVICE, "https://rsj.zjk.gov.cn"))
    person.wait(lambda: running.assistant.is_admitted(page))
