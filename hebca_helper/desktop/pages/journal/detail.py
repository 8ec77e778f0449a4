"""Everything that the journal knows of one operation."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from hebca_helper.assistant.journal import words as journal_words
from hebca_helper.assistant.journal.book import DONE, JournalEntry
from hebca_helper.assistant.journal.csv_export import time_text
from hebca_helper.assistant.journal.reading import JournalRow
from hebca_helper.desktop import words
from hebca_helper.desktop.actions import Actions
from hebca_helper.desktop.look.widgets import badge, button, column, empty, fields, grouped, label, row
from hebca_helper.errors import TABLE, Code
from hebca_helper.texts import tr


class JournalDetail(QFrame):
    """Hidden until a row is chosen."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("card")
        self._actions = actions
        self._box = column(spacing=8)
        self._box.setContentsMargins(16, 10, 16, 12)
        self.setLayout(self._box)
        self.hide()

    def show_row(self, chosen: JournalRow) -> None:
        empty(self._box)
        entry = chosen.entry
        facts = all_facts(entry)
        copy = button(tr("复制"), "copyRowButton", lambda: self._actions.copy_facts(facts))
        close = button(tr("收起"), "closeDetailButton", self.hide)
        level = "good" if entry.result == DONE else "grey" if entry.result == Code.USER_CANCELLED else "red"
        title = label(journal_words.operation(entry.operation), "cardTitle")
        self._box.addLayout(row(title, badge(journal_words.result(entry.result), level), None, copy, close))
        self._box.addLayout(fields(facts, columns=2))
        if remedy := journal_words.remedy(entry.result):
            self._box.addWidget(label(tr("解决办法：{remedy}").format(remedy=remedy), "fieldValue", wrap=True))
        self.show()


def all_facts(entry: JournalEntry) -> list[tuple[str, str]]:
    facts = [
        (tr("时间"), time_text(entry)),
        (tr("网站"), journal_words.asker(entry)),
        (tr("证书持有人"), entry.holder),
        (tr("证书序列号"), entry.certificate),
        (tr("USBKEY"), entry.token),
        (tr("来源"), journal_words.channel(entry.channel)),
        (tr("错误代码"), _number(entry.result)),
        (tr("内容大小"), words.size_text(entry.size) if entry.digest else ""),
        (tr("内容摘要"), grouped(entry.digest, 16)),
    ]
    return [(name, value) for name, value in facts if value]


def _number(result: str) -> str:
    """As the help page and old pages write it."""
    code = next((code for code in Code if code == result and result != Code.USER_CANCELLED), None)
    return f"{TABLE[code].number & 0xFFFFFFFF:08X}" if code else ""
