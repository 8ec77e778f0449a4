"""The table of 签名记录: five thousand rows are never measured one by one, columns are as wide as usual texts need."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from hebca_helper.desktop.pages.journal.model import Column, JournalModel
from hebca_helper.errors import TABLE, Code
from hebca_helper.texts import tr

ICON = 16
SIDES = 28
"""Pixels beside a text: the style sheet's padding, and Qt's own margins."""
ROW_GAP = 16


class JournalTable(QTableView):
    def __init__(self, model: JournalModel) -> None:
        super().__init__()
        self.setObjectName("journalTable")
        self.setAccessibleName(tr("签名记录"))
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(ICON, ICON))
        self.setMinimumHeight(200)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        for column in (Column.SITE, Column.HOLDER):
            columns.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def showEvent(self, event: QShowEvent) -> None:
        self._measure()
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another size of texts."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self.isVisible():
            self._measure()

    def _measure(self) -> None:
        self.ensurePolished()
        metrics = self.fontMetrics()
        self.verticalHeader().setDefaultSectionSize(metrics.height() + ROW_GAP)
        for column, sample in _samples().items():
            self.horizontalHeader().resizeSection(column, metrics.horizontalAdvance(sample) + SIDES)


def _samples() -> dict[Column, str]:
    """What is seen whole in each column but the two that take the room that is left."""
    return {
        Column.TIME: "0000-00-00 00:00:00",
        Column.OPERATION: tr("连接证书助手"),
        Column.RESULT: f"{tr(TABLE[Code.PIN_INCORRECT].text)}mm",  # and the icon
    }
