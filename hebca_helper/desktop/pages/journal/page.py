"""签名记录: what was asked of the assistant, by which site, with which certificate, and how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QWidget

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.assistant.journal.csv_export import as_csv
from hebca_helper.assistant.journal.reading import JournalFilter, JournalRow, count, read_all, read_newer, read_page
from hebca_helper.desktop.actions import Actions
from hebca_helper.desktop.file_dialogs import file_to_save
from hebca_helper.desktop.files import write_file
from hebca_helper.desktop.link import Call, Link
from hebca_helper.desktop.look.widgets import Tell, button, column, empty, label, panel
from hebca_helper.desktop.pages.journal.detail import JournalDetail
from hebca_helper.desktop.pages.journal.filter import FilterLine
from hebca_helper.desktop.pages.journal.model import JournalModel
from hebca_helper.desktop.pages.journal.table import JournalTable
from hebca_helper.desktop.pages.page import Page, nothing_here, waiting
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

SETTLE_MILLISECONDS = 250
"""Rows that come quickly one after the other are shown together."""


class JournalPage(Page):
    """Reads in a thread, a page of rows at a time; new rows come in at the top by themselves."""

    def __init__(self, state: TokenState, link: Link, runtime: Callable[[], Runtime | None], actions: Actions) -> None:
        super().__init__(tr("签名记录"), tr("哪个网站在什么时候用您的证书做了什么；不保存签名内容"))
        self._link = link
        self._runtime = runtime
        self._actions = actions
        self._joined = False
        self._stale = True
        self._reading: Call | None = None
        self.model = JournalModel(self._read_more)
        self._export = button(tr("导出 CSV"), "exportCsvButton", self._ask_where)
        self.top.addWidget(self._export, 0, Qt.AlignmentFlag.AlignBottom)
        self._filter = FilterLine(utc_now)
        self._filter.changed.connect(self.reload)
        self._total = label("", "hint")
        self._told = panel("journalTold")
        self._told_box = column(spacing=0)
        self._told_box.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._told.setLayout(self._told_box)
        self.table = JournalTable(self.model)
        self.table.selectionModel().currentRowChanged.connect(self._show_detail)
        self.table.hide()
        self.detail = JournalDetail(actions)
        self.above.addWidget(self._filter)
        for widget in (self._told, self.table, self._total, self.detail):
            self.body.addWidget(widget)
        self.body.setStretchFactor(self._told, 1)
        self.body.setStretchFactor(self.table, 1)
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MILLISECONDS)
        self._settling.timeout.connect(self._look_for_newer)
        state.changed.connect(self._join)
        self._tell(waiting(tr("正在读取签名记录…")))

    def shown_first(self) -> None:
        self._join()
        if self._joined and self._stale:
            self.reload()

    def _join(self) -> None:
        """Once the rest of the program is there."""
        runtime = self._runtime()
        if runtime is None or self._joined:
            return
        self._joined = True
        journal = runtime.assistant.journal
        runtime.loop.call_soon_threadsafe(journal.subscribe, lambda: self._link.in_window(self._changed))
        if self.isVisible():
            self.reload()

    # Reading

    def reload(self) -> None:
        """From the newest row on."""
        if self._runtime() is None:
            return
        self._stale = False
        self.detail.hide()
        self.model.clear()

    def _read_more(self, before: int | None) -> None:
        runtime = self._runtime()
        if runtime is None:
            return
        if self._reading is not None:
            self._reading.cancel()
        chosen = self._filter.chosen()
        work = _first(runtime.home, chosen) if before is None else _older(runtime.home, chosen, before)
        self._reading = self._link.submit(runtime.loop, work, self._read, self._failed)

    def _read(self, found: tuple[list[JournalRow], int | None]) -> None:
        rows, total = found
        self._reading = None
        self.model.add_older(rows)
        if total is not None:
            self._say_total(total)
        self._tell_if_empty()

    def _failed(self, problem: HelperError) -> None:
        self._reading = None
        self.model.failed()
        self._tell(Tell(str(problem), "red", button(tr("重试"), "retryButton", self.reload)))

    def _changed(self) -> None:
        """The journal has another row, or fewer."""
        self._stale = True
        if self.isVisible() and not self._settling.isActive():
            self._settling.start()

    def _look_for_newer(self) -> None:
        runtime = self._runtime()
        if runtime is None or not self.isVisible():
            return
        if self._reading is not None:
            self._settling.start()
            return
        self._stale = False
        work = _newer(runtime.home, self._filter.chosen(), self.model.newest)
        self._link.submit(runtime.loop, work, self._found_newer, self._failed)

    def _found_newer(self, found: tuple[list[JournalRow], int | None]) -> None:
        """A reading that began in the meantime has them already."""
        rows, total = found
        self.model.add_newer([row for row in rows if row.number > self.model.newest])
        if total is not None and total < self.model.rowCount():  # rows were deleted, here or in 设置
            self.reload()
            return
        self._say_total(total or 0)
        self._tell_if_empty()

    # Showing

    def _show_detail(self, current: QModelIndex) -> None:
        chosen = self.model.row(current.row())
        if chosen is not None:
            self.detail.show_row(chosen)
            QTimer.singleShot(0, self.table, lambda: self.table.scrollTo(self.table.currentIndex()))

    def _say_total(self, total: int) -> None:
        words = tr("符合条件的记录 {count} 条") if self._filter.is_set else tr("共 {count} 条记录")
        self._total.setText(words.format(count=f"{total:,}"))

    def _tell_if_empty(self) -> None:
        nothing = not self.model.rowCount()
        self._export.setDisabled(nothing)
        self._filter.setVisible(self._filter.is_set or not nothing)
        if not nothing:
            self._tell(None)
        elif self._filter.is_set:
            clear = button(tr("显示全部"), "clearFilterButton", self._filter.clear)
            hint = tr("换一个词，或放宽时间范围和结果")
            self._tell(nothing_here("search", tr("没有符合条件的记录"), hint, clear))
        else:
            text = tr("您登录网站、签名、修改密码之后，这里会留下记录。\n只记录时间、网站和摘要，不保存签名的内容。")
            self._tell(nothing_here("journal-on", tr("还没有签名记录"), text))

    def _tell(self, widget: QWidget | None) -> None:
        """In place of the table."""
        empty(self._told_box)
        if widget is not None:
            self._told_box.addWidget(widget)
        self._told.setVisible(widget is not None)
        self.table.setVisible(widget is None)
        self._total.setVisible(widget is None)
        if widget is not None:
            self.detail.hide()

    # The export

    def _ask_where(self) -> None:
        kinds = tr("CSV 表格 (*.csv)")
        path = file_to_save(self, tr("导出签名记录"), Path.home() / tr("签名记录.csv"), kinds)
        if path is not None:
            self.export(path)

    def export(self, path: Path) -> None:
        """Every row that the filter lets through."""
        if (runtime := self._runtime()) is None:
            return
        work = asyncio.to_thread(_write_csv, runtime.home, self._filter.chosen(), path)
        self._link.submit(runtime.loop, work, lambda _: self._exported(path), lambda p: self._actions.tell(str(p)))

    def _exported(self, path: Path) -> None:
        self._actions.tell(tr("已导出到 {path}").format(path=path))


def _write_csv(home: Path, chosen: JournalFilter, path: Path) -> None:
    write_file(path, as_csv(row.entry for row in read_all(home, chosen)))


async def _first(home: Path, chosen: JournalFilter) -> tuple[list[JournalRow], int | None]:
    return await asyncio.to_thread(lambda: (read_page(home, chosen), count(home, chosen)))


async def _older(home: Path, chosen: JournalFilter, before: int) -> tuple[list[JournalRow], int | None]:
    return await asyncio.to_thread(lambda: (read_page(home, chosen, before), None))


async def _newer(home: Path, chosen: JournalFilter, after: int) -> tuple[list[JournalRow], int | None]:
    return await asyncio.to_thread(lambda: (read_newer(home, chosen, after), count(home, chosen)))
