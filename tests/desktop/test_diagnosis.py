"""故障检测 in the real window: one click, and what is wrong stands first with what to do and a button."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from hebca_helper.checks.autostart import Autostart, autostart_file, read_autostart
from hebca_helper.checks.model import Outcome
from hebca_helper.desktop.links.checklist import PreflightDialog
from hebca_helper.desktop.pages.diagnosis.page import DiagnosisPage
from hebca_helper.desktop.window import MainWindow
from hebca_helper.portals.browsers import Browser, BrowserKind
from tests.desktop.person import Person
from tests.desktop.test_window import OpenWindow, asked_for, joined, page, recorder, window

__all__ = ["joined", "window"]  # fixtures
pytestmark = pytest.mark.desktop


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's autostart file goes."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    return tmp_path / "configuration"


def examined(window: MainWindow, person: Person) -> DiagnosisPage:
    """The page after one click and the wait for the result."""
    shown = page(window, person, "diagnosis")
    assert isinstance(shown, DiagnosisPage)
    person.click(shown, "startChecksButton")
    person.wait(lambda: shown.report and shown.report.summary in person.texts(shown))
    return shown


def lines(shown: QWidget, check: str) -> list[QWidget]:
    return [w for w in shown.findChildren(QWidget) if w.property("check") == check and w.isVisible()]


def line(shown: QWidget, check: str) -> QWidget:
    return lines(shown, check)[0]


def press(person: Person, shown: DiagnosisPage, check: str, name: str) -> None:
    """Scroll there and click, as a person does."""
    wanted = person.find(line(shown, check), QPushButton, name)
    QApplication.processEvents()
    shown._area.ensureWidgetVisible(wanted)
    person.wait(lambda: not wanted.visibleRegion().isEmpty())
    QTest.mouseClick(wanted, Qt.MouseButton.LeftButton)


def texts_of(person: Person, shown: QWidget, check: str) -> str:
    return "\n".join(person.texts(each) for each in lines(shown, check))


def test_before_the_rest_of_the_program_is_there_nothing_can_be_started(window: MainWindow, person: Person) -> None:
    shown = page(window, person, "diagnosis")
    start = person.find(shown, QPushButton, "startChecksButton")
    assert not start.isEnabled()
    person.wait(lambda: "大约需要几秒钟" in person.texts(shown))


def test_one_click_tells_every_state_and_sorts_what_is_wrong_to_the_top(joined: OpenWindow, person: Person) -> None:
    shown = examined(joined("last-try"), person)
    assert shown.report is not None
    assert {f.check.id for f in shown.report.findings} >= {"token", "pin", "ports", "modules", "localhost", "disk"}
    texts = person.texts(shown)
    assert "证书密码只剩最后一次机会" in texts
    assert "解决办法：请确认密码后再输入" in texts
    assert texts.index("需要处理") < texts.index("证书密码只剩最后一次机会") < texts.index("USBKEY 与证书")
    assert "正在监听 ws://localhost:" in person.texts(line(shown, "ports"))
    assert shown.report.summary in texts


def test_autostart_is_switched_by_its_button_and_looked_at_again(joined: OpenWindow, person: Person) -> None:
    shown = examined(joined("fresh"), person)
    press(person, shown, "autostart", "fix-autostart-on")
    person.wait(lambda: "已开启" in texts_of(person, shown, "autostart"))
    assert read_autostart(os.environ) is Autostart.ON
    press(person, shown, "autostart", "fix-autostart-off")
    person.wait(lambda: "未开启" in texts_of(person, shown, "autostart"))
    assert not autostart_file(os.environ).exists()


def test_a_known_portal_that_is_blocked_is_let_ask_again_by_one_click(
    joined: OpenWindow, person: Person, home: Path
) -> None:
    (home / "origins.toml").write_text('[origins]\n"https://wt.zjkgjj.com" = "blocked"\n')
    shown = examined(joined("fresh"), person)
    assert "https://wt.zjkgjj.com" in person.texts(line(shown, "origins"))
    press(person, shown, "origins", "fix-unblock-origin")
    person.wait(lambda: "没有阻止任何网站" in texts_of(person, shown, "origins"))
    assert "wt.zjkgjj.com" not in (home / "origins.toml").read_text()


def test_the_report_is_copied_and_saved_as_text_and_as_json(joined: OpenWindow, person: Person, tmp_path: Path) -> None:
    window = joined("expired")
    shown = examined(window, person)
    person.click(shown, "copyReportButton")
    copied = QGuiApplication.clipboard().text()
    assert "certificate-expired" in copied
    shown.save(tmp_path / "report.txt")
    assert (tmp_path / "report.txt").read_text("utf-8") == copied
    shown.save(tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["problems"] >= 1
    assert "已导出到" in person.texts(window.toast)


def test_a_locked_pin_leads_to_the_site_that_resets_it(joined: OpenWindow, person: Person, tmp_path: Path) -> None:
    window = joined("locked")
    shown = examined(window, person)
    browser = Browser(BrowserKind.CHROMIUM, recorder(tmp_path))
    window.opener.visits.browsers = lambda: [browser]
    press(person, shown, "pin", "link-reset-pin")
    portal = window.catalogue.find("reset-pin")
    assert portal is not None
    person.click(person.window(PreflightDialog), "openButton")  # a practice USBKEY is none for a real site
    with ThreadPoolExecutor(1) as reader:  # the window looks at browsers and USBKEY first, and needs its thread for it
        assert person.result(reader.submit(asked_for, tmp_path)) == portal.address


def test_the_keyboard_alone_starts_and_goes_on_where_the_result_is(joined: OpenWindow, person: Person) -> None:
    window = joined("fresh")
    shown = page(window, person, "diagnosis")
    assert isinstance(shown, DiagnosisPage)
    person.find(shown, QPushButton, "startChecksButton").setFocus()
    QTest.keyClick(person.wait(window.focusWidget), Qt.Key.Key_Space)
    person.wait(lambda: shown.report)
    person.wait(lambda: window.focusWidget() is person.find(shown, QPushButton, "checkAgainButton"))


def test_what_was_found_stays_until_it_is_looked_at_again(joined: OpenWindow, person: Person) -> None:
    window = joined("fresh")
    first = examined(window, person).report
    page(window, person, "links")
    shown = page(window, person, "diagnosis")
    assert isinstance(shown, DiagnosisPage)
    assert shown.report is first
    person.click(shown, "checkAgainButton")
    person.wait(lambda: shown.report not in (None, first))


def test_checking_can_be_given_up(joined: OpenWindow, person: Person) -> None:
    window = joined("fresh")
    shown = page(window, person, "diagnosis")
    assert isinstance(shown, DiagnosisPage)
    person.click(shown, "startChecksButton")
    person.click(shown, "stopChecksButton")
    person.find(shown, QPushButton, "startChecksButton")
    assert shown.report is None


def test_the_ports_of_this_window_are_found_to_be_its_own(joined: OpenWindow, person: Person) -> None:
    report = examined(joined("fresh"), person).report
    assert report is not None
    ports = [f for f in report.findings if f.check.id == "ports"]
    assert {port.outcome for port in ports} == {Outcome.OK}
