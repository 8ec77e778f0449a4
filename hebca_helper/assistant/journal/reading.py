"""Reading the journal in pages and by filters, from any thread, while the assistant goes on writing it (WAL)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from hebca_helper.assistant.journal import words as journal_words
from hebca_helper.assistant.journal.book import COLUMNS, DONE, FILE_NAME, JournalEntry, moment
from hebca_helper.errors import Code, HelperError

PAGE = 200
"""Rows that are read at once."""
_TEXTS = ("origin", "holder", "certificate", "token", "digest")


class Outcome(StrEnum):
    """How an operation ended, as far as a person looks for it."""

    ANY = "any"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """The person said no, or the page went away."""


_OUTCOMES: Mapping[Outcome, tuple[str, tuple[str, ...]]] = {
    Outcome.DONE: ("result = ?", (DONE,)),
    Outcome.FAILED: ("result NOT IN (?, ?)", (DONE, Code.USER_CANCELLED)),
    Outcome.CANCELLED: ("result = ?", (Code.USER_CANCELLED,)),
}


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """`words`, separated by blanks, must each be in site, holder, serial, USBKEY or digest, or in what the operation or
    the result is called. `since` is the first aware moment, `until` the first that is too late. Without `operations`
    all of them count."""

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    operations: tuple[str, ...] = ()
    outcome: Outcome = Outcome.ANY


@dataclass(frozen=True, slots=True)
class JournalRow:
    """`number` grows with each row that is written."""

    number: int
    entry: JournalEntry


class Conditions:
    """The WHERE of one filter: every value is a parameter, never part of the statement."""

    def __init__(self, chosen: JournalFilter) -> None:
        self._parts: list[str] = ["true"]
        self.values: list[str | int] = []
        if chosen.since is not None:
            self.add("at >= ?", moment(chosen.since.astimezone(UTC)))
        if chosen.until is not None:
            self.add("at < ?", moment(chosen.until.astimezone(UTC)))
        if chosen.operations:
            self.add(f"operation IN ({_marks(len(chosen.operations))})", *chosen.operations)
        if chosen.outcome is not Outcome.ANY:
            part, values = _OUTCOMES[chosen.outcome]
            self.add(part, *values)
        for word in chosen.words.split():
            self._add_word(word)

    @property
    def where(self) -> str:
        return " AND ".join(self._parts)

    def add(self, part: str, *values: str | int) -> None:
        self._parts.append(part)
        self.values += values

    def _add_word(self, word: str) -> None:
        parts = [f"{column} LIKE ? ESCAPE '\\'" for column in _TEXTS]
        values = [f"%{_escaped(word)}%"] * len(_TEXTS)
        for column, names in (("operation", journal_words.operations()), ("result", journal_words.results())):
            meant = [value for value, name in names.items() if word.casefold() in name.casefold()]
            parts.append(f"{column} IN ({_marks(len(meant))})")
            values += meant
        self.add(f"({' OR '.join(parts)})", *values)


def _marks(number: int) -> str:
    return ", ".join("?" * number)


def _escaped(word: str) -> str:
    """Taken literally by LIKE (sqlite.org, lang_expr.html)."""
    for special in "\\%_":
        word = word.replace(special, "\\" + special)
    return word


def read_page(folder: Path, chosen: JournalFilter, before: int | None = None, limit: int = PAGE) -> list[JournalRow]:
    """Newest first, those with a number below `before`. HelperError(FILE_UNREADABLE)."""
    conditions = Conditions(chosen)
    if before is not None:
        conditions.add("number < ?", before)
    return _read(folder, conditions, limit)


def read_newer(folder: Path, chosen: JournalFilter, after: int, limit: int = PAGE) -> list[JournalRow]:
    """Newest first, those with a number above `after`."""
    conditions = Conditions(chosen)
    conditions.add("number > ?", after)
    return _read(folder, conditions, limit)


def read_all(folder: Path, chosen: JournalFilter) -> list[JournalRow]:
    """Newest first, for an export."""
    return _read(folder, Conditions(chosen), -1)


def count(folder: Path, chosen: JournalFilter) -> int:
    """How many rows the filter lets through."""
    conditions = Conditions(chosen)
    with _reading(folder) as database:
        statement = f"SELECT count(*) FROM journal WHERE {conditions.where}"  # noqa: S608 - only our own column names
        return int(database.execute(statement, conditions.values).fetchone()[0])


def _read(folder: Path, conditions: Conditions, limit: int) -> list[JournalRow]:
    statement = f"SELECT number, {COLUMNS} FROM journal WHERE {conditions.where} ORDER BY number DESC LIMIT ?"  # noqa: S608
    with _reading(folder) as database:
        rows = database.execute(statement, [*conditions.values, limit])
        return [JournalRow(number, JournalEntry(*columns)) for number, *columns in rows]


@contextmanager
def _reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection of its own for each reading: SQLite's belong to one thread."""
    path = folder.absolute() / FILE_NAME
    try:
        database = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=5.0)
        try:
            database.execute("PRAGMA query_only = ON")
            yield database
        finally:
            database.close()
    except sqlite3.Error as problem:
        raise HelperError(Code.FILE_UNREADABLE, f"{FILE_NAME}: {problem}") from None
