"""The journal as a CSV file (RFC 4180) that Excel opens right: UTF-8 with a byte order mark, no cell is a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import datetime

from hebca_helper.assistant.journal import words as journal_words
from hebca_helper.assistant.journal.book import JournalEntry
from hebca_helper.pki.moments import beijing_text
from hebca_helper.texts import tr

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would work out (OWASP, "CSV Injection")."""
_NUMBER = re.compile(r"\d{12,}|\d+e\d+", re.IGNORECASE)
"""Serials and digests that a spreadsheet would round to fifteen figures, or read as a power of ten."""


def as_csv(entries: Iterable[JournalEntry]) -> bytes:
    """A heading and a line for each entry, in their order. Times are Beijing's."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_heading())
    writer.writerows([neutral(cell) for cell in _cells(entry)] for entry in entries)
    return text.getvalue().encode("utf-8-sig")


def _heading() -> list[str]:
    return [
        tr("时间（北京时间）"),
        tr("网站"),
        tr("操作"),
        tr("证书持有人"),
        tr("证书序列号"),
        tr("USBKEY"),
        tr("结果"),
        tr("来源"),
        tr("内容大小（字节）"),
        tr("内容摘要（SHA-256）"),
    ]


def _cells(entry: JournalEntry) -> list[str]:
    return [
        time_text(entry),
        journal_words.asker(entry),
        journal_words.operation(entry.operation),
        entry.holder,
        entry.certificate,
        entry.token,
        journal_words.result(entry.result),
        journal_words.channel(entry.channel),
        str(entry.size) if entry.digest else "",
        entry.digest,
    ]


def time_text(entry: JournalEntry) -> str:
    """YYYY-MM-DD HH:MM:SS in Beijing; a damaged row shows what is there."""
    try:
        return beijing_text(datetime.fromisoformat(entry.at))
    except ValueError:
        return entry.at


def neutral(cell: str) -> str:
    """An apostrophe before what would be a formula, a tab after what would be a rounded number: both become text."""
    if _NUMBER.fullmatch(cell):
        return f"{cell}\t"
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
