"""The five steps of a first start, clicked through with a real program behind them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from hebca_helper.desktop.first_start.page import FirstStartPage
from hebca_helper.desktop.link import Link
from hebca_helper.practice.usbkey import plug, unplug
from hebca_helper.settings import load
from tests.desktop.desk import Desk, NotingChrome, open_desk
from tests.desktop.person import Person

pytestmark = pytest.mark.desktop


@pytest.fixture
def desk(person: Person, link: Link, home: Path) -> Iterator[Desk]:
    with open_desk(person, link, home) as made:
        yield made


@pytest.fixture
def bare_desk(person: Person, link: Link, home: Path) -> Iterator[Desk]:
    """Nothing was ever plugged in here."""
    with open_desk(person, link, home, None) as made:
        yield made


def first_start(desk: Desk) -> FirstStartPage:
    desk.window.show_first_start()
    page = desk.window._pages["first-start"]
    assert isinstance(page, FirstStartPage)
    return page


def step(page: FirstStartPage) -> QWidget:
    return page._steps[page.step]


def marks(page: QWidget) -> list[str]:
    return [mark.property("level") for mark in page.findChildren(QLabel, "stepMark")]


def test_five_steps_lead_to_a_program_that_is_ready(desk: Desk, person: Person) -> None:
    page = first_start(desk)
    person.wait(lambda: "已识别" in person.texts(step(page)) and "演练科技有限公司" in person.texts(step(page)))
    unplug(desk.home)
    person.wait(lambda: "还没有发现 USBKEY" in person.texts(step(page)))
    plug(desk.home)
    person.wait(lambda: "已识别" in person.texts(step(page)))
    QTest.keyClick(person.find(page, QWidget, "nextButton"), Qt.Key.Key_Space)  # the keyboard is enough
    assert "123456" in person.texts(step(page))
    person.wait(lambda: any(change.isVisible() for change in page.findChildren(QWidget, "changePinButton1")))
    person.click(page, "nextButton")
    person.wait(lambda: "浏览器服务正常" in person.texts(step(page)) and "找到的浏览器" in person.texts(step(page)))
    person.click(page, "nextButton")
    person.click(page, "city2")
    person.wait(lambda: desk.runtime.settings.city == "张家口")
    person.wait(lambda: "张家口公积金" in person.texts(step(page)) and "13191910947" in person.texts(step(page)))
    person.click(page, "nextButton")
    assert marks(page) == ["done"] * 4 + ["now"]
    person.click(page, "nextButton")
    assert desk.window._pages["links"].isVisible()
    person.wait(lambda: load(desk.home)[0].first_start_done)
    assert load(desk.home)[0].city == "张家口"


def test_a_try_in_the_hall_needs_no_usbkey(
    bare_desk: Desk, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chrome = NotingChrome(tmp_path, monkeypatch.setenv)
    page = first_start(bare_desk)
    for _ in range(4):
        person.click(page, "nextButton")
    person.click(page, "openHallButton")
    person.wait(lambda: bare_desk.runtime.practice_portals())
    hall = bare_desk.runtime.practice_portals()[0]
    assert chrome.asked(person) == hall.address
    person.wait(lambda: bare_desk.window.state.tokens)
    bare_desk.sees("已插入 USBKEY", "演练")


def test_what_waits_for_usbkeys_waits_for_the_answer(bare_desk: Desk, person: Person) -> None:
    """The practice USBKEY that was just made: a site's checklist must not look before it is known."""
    state = bare_desk.window.state
    person.wait(lambda: state.known and not state.busy)
    asked: list[bool] = []
    state.when_settled(lambda: asked.append(state.busy))
    assert asked == [False]
    state.refresh()
    state.refresh()  # an event came meanwhile: asked twice, and only the second answer counts
    state.when_settled(lambda: asked.append(state.busy))
    assert asked == [False]
    person.wait(lambda: len(asked) > 1)
    assert asked == [False, False]


def test_who_skips_is_not_asked_again_and_can_come_back(bare_desk: Desk, person: Person) -> None:
    page = first_start(bare_desk)
    person.click(page, "skipButton")
    person.wait(lambda: load(bare_desk.home)[0].first_start_done)
    person.click(bare_desk.page("help"), "firstStartButton")
    assert page.isVisible()
    assert page.step == 0
