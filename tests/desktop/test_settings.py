"""设置: what a person chooses holds at once, what makes no sense is told beside the field, and it is still so tomorrow."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QToolButton,
    QWidget,
)

from hebca_helper import settings
from hebca_helper.app.parts import App
from hebca_helper.app.window import Background
from hebca_helper.assistant.journal.book import JournalEntry, Operation
from hebca_helper.assistant.sites.origins import OriginClass
from hebca_helper.bridge.ports import WantedPorts
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.theme import Theme
from hebca_helper.desktop.pages.settings.page import SettingsPage
from tests.desktop.person import Person
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.desktop


class Clerk:
    """Sits before 设置 of a running program."""

    def __init__(self, person: Person, page: SettingsPage, runtime: Background, told: list[str]) -> None:
        self.person, self.page, self.runtime, self.told = person, page, runtime, told

    def type(self, name: str, text: str) -> None:
        """Over what stands there, and on with Tab."""
        field = self.person.find(self.page, QWidget, name)
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Tab)

    def choose(self, name: str, steps: int) -> None:
        """With the arrow keys; negative upwards."""
        box = self.person.find(self.page, QComboBox, name)
        box.setFocus()
        for _ in range(abs(steps)):
            QTest.keyClick(box, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)

    def becomes(self, **values: Any) -> None:
        """Used by the program, and written."""
        for name, value in values.items():
            self.person.wait(partial(self._has, name, value))
            kept, problem = settings.load(self.runtime.home)
            assert (getattr(kept, name), problem) == (value, None)

    def _has(self, name: str, value: Any) -> bool:
        return bool(getattr(self.runtime.settings, name) == value)

    def problem(self, row: str) -> str:
        """What stands beside a field."""
        line = self.person.find(self.page, QWidget, row)
        return self.person.wait(
            lambda: next((w.text() for w in line.findChildren(QLabel, "settingProblem") if w.isVisible()), "")
        )

    def answer(self, button: str) -> str:
        """A question; what it said."""
        box = self.person.window(QMessageBox)
        said = box.text() + box.informativeText()
        self.person.click(box, button)
        return said

    def sites(self) -> dict[str, OriginClass]:
        return self.runtime.assistant.origins.remembered()


@pytest.fixture
def clerk(person: Person, link: Link, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clerk]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    (home / "settings.toml").write_text("certificate_port = 0\nseal_port = 0\nhttps_port = 0\n")
    (home / "origins.toml").write_text('[origins]\n"https://a.example" = "allowed"\n"http://b.example" = "blocked"\n')
    runtime = Background(App(home), ports=WantedPorts(), practice=False)
    runtime.start().result(30)
    told: list[str] = []
    page = SettingsPage(lambda: runtime, link, told.append)
    page.resize(800, 1600)
    page.show()
    page.shown_first()
    QTest.qWaitForWindowActive(page)
    person.wait(lambda: page.findChildren(QComboBox, "state-https://a.example"))
    yield Clerk(person, page, runtime, told)
    link.close()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(runtime.quit).result(30)


def taken() -> tuple[socket.socket, int]:
    holder = socket.create_server(("127.0.0.1", 0))
    return holder, holder.getsockname()[1]


def test_a_login_is_made_shorter_with_the_keyboard(clerk: Clerk) -> None:
    clerk.type("login_lifetimeField", "5")
    clerk.becomes(login_lifetime=300)
    clerk.type("repeated_signaturesField", "3")
    clerk.becomes(repeated_signatures=3)


def test_switches_hold_at_once(clerk: Clerk) -> None:
    for name in ("refuse_unknown_origins", "remember_pin"):
        QTest.keyClick(clerk.person.find(clerk.page, QWidget, f"{name}Field"), Qt.Key.Key_Space)
        clerk.becomes(**{name: True})
    clerk.person.click(clerk.page, "minimize_to_trayField")
    clerk.becomes(minimize_to_tray=False)


def test_the_program_starts_with_the_system_or_not(clerk: Clerk, home: Path) -> None:
    started = home / "config" / "autostart" / "hebca-helper.desktop"
    clerk.person.click(clerk.page, "start_with_systemField")
    clerk.person.wait(started.exists)
    clerk.person.click(clerk.page, "start_with_systemField")
    clerk.person.wait(lambda: not started.exists())


@pytest.mark.parametrize("wrong", ["", "80", "70000", "abc", "-1"])
def test_what_is_no_port_is_told_beside_the_field(clerk: Clerk, wrong: str) -> None:
    clerk.type("certificate_portField", wrong)
    assert "1024" in clerk.problem("certificate_portRow")
    assert clerk.runtime.settings.certificate_port == 0


@pytest.mark.parametrize(
    "wrong", ["tsa.example.cn", "ftp://tsa.example.cn", "https://", "https://a b", "http://x:99999"]
)
def test_what_is_no_address_of_a_time_stamp_service_is_told_beside_the_field(clerk: Clerk, wrong: str) -> None:
    clerk.type("time_stamp_urlField", wrong)
    assert "http://" in clerk.problem("time_stamp_urlRow")
    assert clerk.runtime.settings.time_stamp_url == ""


def test_a_time_stamp_service_is_set_and_taken_away(clerk: Clerk) -> None:
    for address in ("http://tsa.example.cn:8080/tsp", ""):
        clerk.type("time_stamp_urlField", address)
        clerk.becomes(time_stamp_url=address)


def test_who_empties_the_field_after_a_mistake_has_no_time_stamp_service(clerk: Clerk) -> None:
    clerk.type("time_stamp_urlField", "http://tsa.example.cn/tsp")
    clerk.becomes(time_stamp_url="http://tsa.example.cn/tsp")
    clerk.type("time_stamp_urlField", "tsa.example.cn")
    assert clerk.problem("time_stamp_urlRow")
    clerk.type("time_stamp_urlField", "")
    clerk.becomes(time_stamp_url="")


def test_a_service_moves_to_another_port_while_it_runs(clerk: Clerk) -> None:
    holder, port = taken()
    clerk.type("certificate_portField", str(port))
    assert "占用" in clerk.problem("certificate_portRow")
    assert clerk.runtime.settings.certificate_port == 0
    holder.close()
    clerk.type("certificate_portField", str(port))
    clerk.becomes(certificate_port=port)
    with socket.create_connection(("127.0.0.1", port), 5):
        pass


def test_the_practice_hall_follows_a_service_to_its_new_port(clerk: Clerk, home: Path) -> None:
    put_practice_usbkey(home)
    asyncio.run_coroutine_threadsafe(clerk.runtime.start_practice(), clerk.runtime.loop).result(60)
    hall, *_ = clerk.runtime.practice_portals()
    holder, port = taken()
    holder.close()
    clerk.type("seal_portField", str(port))
    clerk.becomes(seal_port=port)
    with urlopen(hall.address + "login") as page:  # noqa: S310 - our own
        assert f'"{port}"' in page.read().decode()


def test_two_services_cannot_share_a_port(clerk: Clerk) -> None:
    holder, port = taken()
    holder.close()
    clerk.type("certificate_portField", str(port))
    clerk.becomes(certificate_port=port)
    clerk.type("https_portField", str(port))
    assert "不同的端口" in clerk.problem("https_portRow")


def test_a_site_is_trusted_only_after_it_was_told_what_that_means(clerk: Clerk) -> None:
    clerk.choose("state-https://a.example", 1)
    assert "不经询问签名" in clerk.answer("cancelButton")
    assert clerk.sites()["https://a.example"] is OriginClass.ALLOWED
    clerk.person.wait(lambda: clerk.page.findChildren(QComboBox, "state-https://a.example"))
    clerk.type("trustedSiteField", "https://Portal.example:443/login?x=1")
    clerk.person.click(clerk.page, "addTrustedSiteButton")
    assert "https://portal.example" in clerk.answer("consentButton")
    clerk.person.wait(lambda: clerk.sites().get("https://portal.example") is OriginClass.TRUSTED)


@pytest.mark.parametrize(("typed", "told"), [("http://b.example", "没有加密"), ("no site", "完整的网站地址")])
def test_what_cannot_be_trusted_is_told(clerk: Clerk, typed: str, told: str) -> None:
    clerk.type("trustedSiteField", typed)
    clerk.person.click(clerk.page, "addTrustedSiteButton")
    clerk.person.wait(lambda: told in clerk.person.texts(clerk.page))
    assert len(clerk.sites()) == 2


def test_a_site_is_blocked_and_forgotten(clerk: Clerk) -> None:
    clerk.choose("state-https://a.example", -1)
    clerk.person.wait(lambda: clerk.sites()["https://a.example"] is OriginClass.BLOCKED)
    insecure = clerk.person.find(clerk.page, QComboBox, "state-http://b.example")
    assert insecure.count() == 1, "it can only be blocked"
    clerk.person.click(clerk.page, "forget-http://b.example")
    clerk.person.wait(lambda: "http://b.example" not in clerk.sites())


def test_bare_signatures_are_allowed_behind_a_menu_and_a_question_and_taken_back_at_once(clerk: Clerk) -> None:
    site = "https://a.example"
    origins = clerk.runtime.assistant.origins
    assert not clerk.person.find(clerk.page, QToolButton, "more-http://b.example").isEnabled()
    bare_choice(clerk, site).trigger()
    assert "任何文件" in clerk.answer("cancelButton")
    assert not origins.may_have_bare(site)
    bare_choice(clerk, site).trigger()
    clerk.answer("consentButton")
    clerk.person.wait(lambda: origins.may_have_bare(site))
    clerk.person.wait(lambda: "可取得裸签名" in clerk.person.texts(clerk.page))
    bare_choice(clerk, site).trigger()
    clerk.person.wait(lambda: not origins.may_have_bare(site))


def bare_choice(clerk: Clerk, site: str) -> QAction:
    [choice] = clerk.person.find(clerk.page, QMenu, f"menu-{site}").actions()
    return choice


def test_many_sites_leave_the_other_settings_within_reach(clerk: Clerk) -> None:
    origins = [f"https://site-{number}.example" for number in range(20)]

    def allow() -> None:
        for origin in origins:
            clerk.runtime.assistant.origins.set_class(origin, OriginClass.ALLOWED)

    clerk.runtime.loop.call_soon_threadsafe(allow)
    clerk.person.wait(lambda: len(clerk.sites()) > len(origins))
    clerk.page.shown_first()
    clerk.person.click(clerk.page, clerk.person.wait(lambda: "moreSitesButton" if more(clerk) else ""))
    clerk.person.wait(lambda: all(clerk.page.findChildren(QComboBox, f"state-{origin}") for origin in origins))
    assert not more(clerk)


def more(clerk: Clerk) -> bool:
    return any(button.isVisible() for button in clerk.page.findChildren(QPushButton, "moreSitesButton"))


def test_the_journal_is_deleted_after_a_question(clerk: Clerk) -> None:
    journal = clerk.runtime.assistant.journal
    entry = JournalEntry("2026-01-01T00:00:00.000+00:00", "window", "", Operation.SIGN)
    clerk.runtime.loop.call_soon_threadsafe(journal.write, entry)
    clerk.person.click(clerk.page, "deleteJournalButton")
    assert "删除全部" in clerk.answer("cancelButton")
    assert clerk.told == []
    clerk.person.click(clerk.page, "deleteJournalButton")
    clerk.answer("consentButton")
    assert "1" in clerk.person.wait(lambda: clerk.told[-1] if clerk.told else "")
    clerk.person.wait(lambda: not clerk.page.findChildren(QMessageBox))


def test_looks_change_at_once_and_the_language_after_a_restart(clerk: Clerk, application: QApplication) -> None:
    theme = application.findChild(Theme)
    assert isinstance(theme, Theme)
    try:
        clerk.choose("themeField", 2)
        clerk.becomes(theme="dark")
        clerk.person.wait(lambda: theme.dark)
        clerk.choose("font_sizeField", 1)
        clerk.becomes(font_size=115)
    finally:
        theme.use("light", 100)
    clerk.choose("languageField", 1)
    clerk.becomes(language="en")
    clerk.person.wait(clerk.person.find(clerk.page, QWidget, "restartButton").isVisible)


def test_the_wheel_moves_the_page_and_no_value(clerk: Clerk) -> None:
    field = clerk.person.find(clerk.page, QWidget, "login_lifetimeField")
    clerk.person.find(clerk.page, QLineEdit, "trustedSiteField").setFocus()
    before = field.value()  # type: ignore[attr-defined]
    QTest.qWait(0)
    _wheel(field)
    assert field.value() == before  # type: ignore[attr-defined]


def _wheel(widget: QWidget) -> None:
    centre = QPointF(widget.rect().center())
    where = QPointF(widget.mapToGlobal(widget.rect().center()))
    none = Qt.MouseButton.NoButton
    phase = Qt.ScrollPhase.NoScrollPhase
    keys = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(centre, where, QPoint(), QPoint(0, 120), none, keys, phase, False)
    QApplication.sendEvent(widget, event)
