"""签名记录: five thousand rows, found, read and taken along by a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QTableView, QWidget

from hebca_helper.assistant.journal.book import Journal, JournalEntry, Operation, moment
from hebca_helper.assistant.journal.reading import PAGE
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.pages.journal.model import Column
from hebca_helper.desktop.pages.journal.page import JournalPage
from hebca_helper.errors import Code
from tests.desktop.desk import Desk, open_desk
from tests.desktop.file_dialogs import saving_as
from tests.desktop.person import Person

pytestmark = pytest.mark.desktop
ROWS = 5000
NOW = datetime.now(UTC)


def row(number: int, **chosen: str) -> JournalEntry:
    """One an hour; the newest has the largest number."""
    at = moment(NOW - timedelta(hours=ROWS - number))
    site = "https://rsj.zjk.gov.cn" if number % 2 else "http://111.62.46.105:9010"
    failed = {"operation": Operation.LOGIN, "result": Code.PIN_INCORRECT} if number % 1000 == 7 else {}
    told = {"operation": Operation.SIGN, "result": "done", **failed, **chosen}
    return JournalEntry(
        at, "certificate-service", site, **told, holder="演练科技有限公司", digest="ab" * 32, size=number
    )


def fill(home: Path) -> None:
    journal = Journal(home)
    journal._database.execute("BEGIN")
    for number in range(1, ROWS + 1):
        journal.write(row(number))
    journal._database.execute("COMMIT")
    journal.close()


def shown(desk: Desk) -> tuple[JournalPage, QTableView]:
    page = desk.page("journal")
    assert isinstance(page, JournalPage)
    return page, desk.person.find(page, QTableView, "journalTable")


def choose(person: Person, inside: QWidget, name: str, text: str) -> None:
    """With keys, as in any list."""
    box = person.find(inside, QComboBox, name)
    box.setFocus()
    while box.currentText() != text:
        before = box.currentIndex()
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() != before, f"there is no {text}"


def read_to_the_end(person: Person, table: QTableView) -> None:
    """Go to the last row that is here; more follow."""
    had = table.model().rowCount()
    QTest.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    person.wait(lambda: table.model().rowCount() > had)


def test_five_thousand_rows_are_read_as_far_as_somebody_looks(person: Person, link: Link, home: Path) -> None:
    fill(home)
    with open_desk(person, link, home, None) as desk:
        page, table = shown(desk)
        desk.sees("共 5,000 条记录")
        assert page.model.rowCount() < 3 * PAGE
        QTest.keyClick(table, Qt.Key.Key_Down)  # to the first row
        for _ in range(2 * ROWS // PAGE):
            if page.model.rowCount() == ROWS:
                break
            read_to_the_end(person, table)
        assert page.model.rowCount() == ROWS
        assert page.model.index(0, Column.SITE).data() == "http://111.62.46.105:9010"
        numbers = [page.model.row(place) for place in range(ROWS)]
        assert [each.number for each in numbers if each] == list(range(ROWS, 0, -1))

        choose(person, page, "outcomeChoice", "没有成功")
        desk.sees("符合条件的记录 5 条")
        choose(person, page, "periodChoice", "最近 30 天")
        person.wait(lambda: page.model.rowCount() == 0)
        desk.sees("没有符合条件的记录")
        person.click(page, "clearFilterButton")
        desk.sees("共 5,000 条记录")

        person.type(page, "searchEdit", "密码不正确")
        desk.sees("符合条件的记录 5 条")
        cell = table.visualRect(page.model.index(1, Column.OPERATION)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(cell))
        desk.sees("解决办法：请核对后重新输入", "E00B1F10", "https://rsj.zjk.gov.cn")
        person.click(page, "copyRowButton")
        assert "演练科技有限公司" in QGuiApplication.clipboard().text()

        saved = home / "taken.csv"
        with saving_as(saved):
            person.click(page, "exportCsvButton")
        person.wait(lambda: "已导出到" in person.texts(desk.window.toast))
        assert len(saved.read_bytes().decode("utf-8-sig").splitlines()) == 6


def test_an_empty_journal_says_so_and_new_rows_come_by_themselves(person: Person, link: Link, home: Path) -> None:
    with open_desk(person, link, home, None) as desk:
        page, _ = shown(desk)
        desk.sees("还没有签名记录")
        journal = desk.runtime.assistant.journal
        for number in (1, 2):
            desk.runtime.loop.call_soon_threadsafe(journal.write, row(number))
        desk.sees("共 2 条记录")
        assert page.model.rowCount() == 2
        desk.page("certificates")
        desk.runtime.loop.call_soon_threadsafe(journal.delete_all)
        desk.page("journal")
        desk.sees("还没有签名记录")
