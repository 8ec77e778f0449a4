"""The icon in a real tray: it shows the state, its menu has what a clerk needs, a click brings the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from hebca_helper.desktop.link import Link
from hebca_helper.desktop.links.book import LinkBook
from hebca_helper.desktop.presence.status import Status
from hebca_helper.desktop.presence.tray import Tray, has_tray
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.portals import catalogue
from hebca_helper.portals.catalogue import Portal
from tests.desktop.person import Person
from tests.displays import VirtualDisplay

pytestmark = pytest.mark.desktop


@dataclass
class Done:
    """What the menu asked for, in order."""

    words: list[str] = field(default_factory=list)

    def open(self, portal: Portal) -> None:
        self.words.append(portal.title)


@pytest.fixture
def done() -> Done:
    return Done()


@pytest.fixture
def tray(person: Person, link: Link, done: Done) -> Iterator[Tray]:
    assert has_tray()
    made = Tray(
        LinkBook(catalogue.load()),
        Status(link, TokenState(link)),
        show=lambda: done.words.append("show"),
        show_page=lambda name: done.words.append(name),
        open_portal=done.open,
        change_pin=lambda: done.words.append("change"),
        leave=lambda: done.words.append("leave"),
    )
    yield made
    made.close()


def actions(menu: QMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions() if action.text()}


def test_the_menu_has_what_a_clerk_needs(tray: Tray, done: Done) -> None:
    menu = actions(tray.menu)
    assert list(menu) == ["打开", "快捷链接", "我的证书", "故障检测", "修改密码", "退出"]
    for name in ("打开", "我的证书", "故障检测", "修改密码", "退出"):
        menu[name].trigger()
    assert done.words == ["show", "certificates", "diagnosis", "change", "leave"]


def test_every_quick_link_is_in_the_menu(tray: Tray, done: Done) -> None:
    groups = tray.menu.findChildren(QMenu)
    titles = {group.menuAction().text() for group in groups}  # the wrapper of action.menu() would take its menu with it
    links = {text: action for group in groups for text, action in actions(group).items() if text not in titles}
    links["沧州公积金"].trigger()
    assert done.words == ["沧州公积金"]
    assert {portal.title for portal in catalogue.load().portals} <= links.keys()


def test_a_click_on_the_icon_brings_the_window(tray: Tray, done: Done, person: Person, display: VirtualDisplay) -> None:
    person.wait(lambda: tray.icon.geometry().x() > 0)  # the tray has taken it in
    middle = tray.icon.geometry().center()
    display.run("xdotool", "mousemove", str(middle.x()), str(middle.y()), "click", "1")
    person.wait(lambda: done.words == ["show"])
