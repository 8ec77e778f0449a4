"""The rows of 签名记录 as a table that reads more of the journal when the person scrolls to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from hebca_helper.assistant.journal import words as journal_words
from hebca_helper.assistant.journal.book import DONE, JournalEntry
from hebca_helper.assistant.journal.csv_export import time_text
from hebca_helper.assistant.journal.reading import PAGE, JournalRow
from hebca_helper.desktop.look.icons import icon
from hebca_helper.errors import Code
from hebca_helper.texts import tr

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    TIME = 0
    SITE = 1
    OPERATION = 2
    HOLDER = 3
    RESULT = 4


_TEXTS: dict[Column, Callable[[JournalEntry], str]] = {
    Column.TIME: time_text,
    Column.SITE: lambda entry: journal_words.asker(entry).removeprefix("https://"),
    Column.OPERATION: lambda entry: journal_words.operation(entry.operation),
    Column.HOLDER: lambda entry: entry.holder or entry.certificate or "—",
    Column.RESULT: lambda entry: journal_words.result(entry.result),
}


class JournalModel(QAbstractTableModel):
    """`read_more` is called with the number of the last row that is here (None for the first page), and answers later
    with `add_older`."""

    def __init__(self, read_more: Callable[[int | None], None]) -> None:
        super().__init__()
        self._read_more = read_more
        self._rows: list[JournalRow] = []
        self._texts: list[tuple[str, ...]] = []
        self._complete = True
        self._reading = False
        self._titles = (tr("时间（北京时间）"), tr("网站"), tr("操作"), tr("证书持有人"), tr("结果"))

    # What the page does with it

    def clear(self) -> None:
        """Nothing is here, and the first page is asked for."""
        self.beginResetModel()
        self._rows, self._texts = [], []
        self._complete, self._reading = False, True
        self.endResetModel()
        self._read_more(None)

    def add_older(self, rows: Sequence[JournalRow]) -> None:
        self._reading = False
        self._complete = len(rows) < PAGE
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows += rows
            self._texts += [_texts(row.entry) for row in rows]
            self.endInsertRows()

    def add_newer(self, rows: Sequence[JournalRow]) -> None:
        if rows:
            self.beginInsertRows(QModelIndex(), 0, len(rows) - 1)
            self._rows[:0] = rows
            self._texts[:0] = [_texts(row.entry) for row in rows]
            self.endInsertRows()

    def failed(self) -> None:
        self._reading, self._complete = False, True

    def row(self, place: int) -> JournalRow | None:
        return self._rows[place] if 0 <= place < len(self._rows) else None

    @property
    def newest(self) -> int:
        """Number of the first row; 0 when there is none."""
        return self._rows[0].number if self._rows else 0

    # What Qt asks

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(Column)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._complete and not self._reading

    def fetchMore(self, parent: Index) -> None:
        self._reading = True
        self._read_more(self._rows[-1].number if self._rows else None)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._texts[index.row()][index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == Column.RESULT:
            return icon(_picture(self._rows[index.row()].entry.result))
        return None


def _texts(entry: JournalEntry) -> tuple[str, ...]:
    return tuple(_TEXTS[column](entry) for column in Column)


def _picture(result: str) -> str:
    if result == DONE:
        return "good"
    return "information" if result == Code.USER_CANCELLED else "problem"
