"""故障检测 from inside a browser, in the real window: the button, the waiting, and what the browser said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from hebca_helper.checks.model import Group
from hebca_helper.desktop.pages.diagnosis.page import DiagnosisPage
from tests.desktop.person import Person
from tests.desktop.test_diagnosis import configuration, examined
from tests.desktop.test_window import OpenWindow, joined, window
from tests.scripted_browser import scripted_browser

__all__ = ["configuration", "joined", "window"]  # fixtures
pytestmark = pytest.mark.desktop


@pytest.fixture(autouse=True)
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only browser of this computer."""
    folder = tmp_path / "programs"
    folder.mkdir()
    scripted_browser(
        folder, {"tls": "bad", "secure-socket": "bad", "socket": "good", "loopback": "asks", "pdf": "good"}
    )
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def press(person: Person, shown: DiagnosisPage, name: str) -> None:
    """Scroll there, which takes until the page has its final height, and click."""

    def in_sight() -> QPushButton | None:
        wanted = next((each for each in shown.findChildren(QPushButton, name) if each.isVisible()), None)
        if wanted is None:
            return None
        shown._area.ensureWidgetVisible(wanted)
        return None if wanted.visibleRegion().isEmpty() else wanted

    QApplication.processEvents()
    QTest.mouseClick(person.wait(in_sight), Qt.MouseButton.LeftButton)


def test_what_the_browser_says_stands_in_the_report_with_its_remedy(joined: OpenWindow, person: Person) -> None:
    shown = examined(joined("fresh"), person)
    before = shown.report
    assert before is not None
    press(person, shown, "examine-chromium")
    person.wait(lambda: "请在打开的网页上完成检测" in person.texts(shown))
    person.wait(lambda: shown.report is not before and shown.report)
    person.wait(lambda: "浏览器内检测" in person.texts(shown))
    texts = person.texts(shown)
    assert texts.index("需要处理") < texts.index("浏览器不信任证书助手的安全连接") < texts.index("浏览器内检测")
    assert "浏览器会在每个网站询问一次" in texts
    assert person.find(shown, QPushButton, "fix-trust-install").isEnabled()
    assert shown.report is not None
    lines = [finding for finding in shown.report.findings if finding.check.group is Group.BROWSER]
    press(person, shown, "examine-chromium")  # once more: one browser's lines, not two
    person.wait(lambda: shown._call is None)
    again = [finding for finding in shown.report.findings if finding.check.group is Group.BROWSER]
    assert [finding.title for finding in again] == [finding.title for finding in lines]


def test_waiting_for_the_browser_can_be_given_up(joined: OpenWindow, person: Person, tmp_path: Path) -> None:
    (tmp_path / "programs/chromium").write_text("#!/bin/sh\n")  # opens nothing
    shown = examined(joined("fresh"), person)
    before = shown.report
    press(person, shown, "examine-chromium")
    press(person, shown, "stopChecksButton")
    person.find(shown, QPushButton, "examine-chromium")
    assert shown.report is before
