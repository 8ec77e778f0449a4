"""The line of filters above 签名记录."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QComboBox, QDateEdit, QWidget

from hebca_helper.assistant.journal import words as journal_words
from hebca_helper.assistant.journal.reading import JournalFilter, Outcome
from hebca_helper.desktop.look.search_field import SearchField
from hebca_helper.desktop.look.widgets import column, label, row
from hebca_helper.pki.moments import BEIJING, beijing
from hebca_helper.texts import tr

TYPING_MILLISECONDS = 250
"""The journal is searched when the person has stopped typing for so long."""
_OWN_DATES = -1


class FilterLine(QWidget):
    """`changed` when the person wants to see other rows."""

    changed = Signal()

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setObjectName("journalFilter")
        self._now = now
        examples = tr("搜索网站、持有人、操作")
        self._search = SearchField(tr("搜索签名记录"), examples, pause=TYPING_MILLISECONDS)
        self._period = _choice("periodChoice", tr("时间范围"), _periods())
        self._operation = _choice("operationChoice", tr("操作"), [(tr("全部操作"), ()), *journal_words.groups()])
        self._outcome = _choice("outcomeChoice", tr("结果"), _outcomes())
        self._since, self._until = (
            self._date("sinceEdit", tr("开始日期"), 30),
            self._date("untilEdit", tr("结束日期"), 0),
        )
        self._dates = QWidget()
        self._dates.setLayout(row(self._since, label(tr("至"), "hint"), self._until, None))
        self._dates.hide()
        self.setLayout(column(row(self._search, self._period, self._operation, self._outcome), self._dates))
        self._search.wanted.connect(self.changed)
        self._period.currentIndexChanged.connect(self._period_changed)
        for choice in (self._operation, self._outcome):
            choice.currentIndexChanged.connect(lambda _: self.changed.emit())

    @property
    def is_set(self) -> bool:
        """Whether something is filtered out at all."""
        return self.chosen() != JournalFilter()

    def chosen(self) -> JournalFilter:
        since, until = self._span()
        return JournalFilter(
            words=self._search.words,
            since=since,
            until=until,
            operations=tuple(self._operation.currentData()),
            outcome=Outcome(self._outcome.currentData()),
        )

    def clear(self) -> None:
        """Show everything; one change, however much was set."""
        self.blockSignals(True)
        self._search.set_quietly("")
        for choice in (self._period, self._operation, self._outcome):
            choice.setCurrentIndex(0)
        self.blockSignals(False)
        self.changed.emit()

    def _span(self) -> tuple[datetime | None, datetime | None]:
        """Whole days in Beijing."""
        days = int(self._period.currentData())
        if days == _OWN_DATES:
            first, last = sorted((_day(self._since), _day(self._until)))
            return _midnight(first), _midnight(last + timedelta(days=1))
        return (_midnight(beijing(self._now()).date() - timedelta(days=days - 1)), None) if days else (None, None)

    def _period_changed(self) -> None:
        self._dates.setVisible(self._period.currentData() == _OWN_DATES)
        self.changed.emit()

    def _date(self, name: str, told: str, before: int) -> QDateEdit:
        today = beijing(self._now()).date()
        edit = QDateEdit(QDate(today.year, today.month, today.day).addDays(-before))
        edit.setObjectName(name)
        edit.setAccessibleName(told)
        edit.setCalendarPopup(True)
        calendar = edit.calendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            calendar.setWeekdayTextFormat(day, QTextCharFormat())  # Qt's red cannot be read on a dark ground
        edit.setDisplayFormat("yyyy-MM-dd")
        edit.dateChanged.connect(lambda: self.changed.emit())
        return edit


def _choice(name: str, told: str, items: list[tuple[str, object]]) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    made.setAccessibleName(told)
    for text, value in items:
        made.addItem(text, value)
    return made


def _periods() -> list[tuple[str, object]]:
    """Days, today included; 0 is any time."""
    return [
        (tr("全部时间"), 0),
        (tr("今天"), 1),
        (tr("最近 7 天"), 7),
        (tr("最近 30 天"), 30),
        (tr("最近一年"), 365),
        (tr("自选日期"), _OWN_DATES),
    ]


def _outcomes() -> list[tuple[str, object]]:
    return [
        (tr("全部结果"), Outcome.ANY.value),
        (tr("成功"), Outcome.DONE.value),
        (tr("没有成功"), Outcome.FAILED.value),
        (tr("已取消"), Outcome.CANCELLED.value),
    ]


def _day(edit: QDateEdit) -> date:
    chosen = edit.date()
    return date(chosen.year(), chosen.month(), chosen.day())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)
