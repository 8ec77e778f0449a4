"""What a clerk and an auditor find again in the journal, and what is gone when it was deleted."""

from __future__ import annotations

import csv
import io
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hebca_helper.assistant.journal import words as journal_words
from hebca_helper.assistant.journal.book import FILE_NAME, Journal, JournalEntry, Operation, moment
from hebca_helper.assistant.journal.csv_export import as_csv, neutral
from hebca_helper.assistant.journal.reading import JournalFilter, Outcome, count, read_all, read_newer, read_page
from hebca_helper.errors import Code, HelperError

START = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)
"""A minute before midnight in Beijing."""
HOLDER = "演练科技有限公司"


def entry(
    minutes: int, operation: str = Operation.SIGN, result: str = "done", origin: str = "https://a.example"
) -> JournalEntry:
    at = moment(START + timedelta(minutes=minutes))
    return JournalEntry(at, "certificate-service", origin, operation, "t", "4a5b", "ab" * 32, 7, result, HOLDER)


@pytest.fixture
def journal(home: Path) -> Journal:
    made = Journal(home)
    for row in (
        entry(0),
        entry(1, Operation.LOGIN, Code.PIN_INCORRECT),
        entry(2, Operation.CONNECT, Code.USER_CANCELLED, "https://100%.example"),
        entry(3, "GenKeyPair", Code.DENIED_BY_POLICY, "http://b.example"),
    ):
        made.write(row)
    return made


def operations(home: Path, **chosen: object) -> list[str]:
    return [row.entry.operation for row in read_all(home, JournalFilter(**chosen))]  # type: ignore[arg-type]


def test_rows_are_read_in_pages_newest_first_while_more_are_written(home: Path, journal: Journal) -> None:
    everything = JournalFilter()
    first = read_page(home, everything, limit=3)
    assert [row.entry.operation for row in first] == ["GenKeyPair", "connect", "login"]
    journal.write(entry(4, Operation.LOGOUT))
    assert [row.entry.operation for row in read_page(home, everything, first[-1].number, 3)] == ["sign"]
    assert [row.entry.operation for row in read_newer(home, everything, first[0].number)] == ["logout"]
    assert count(home, everything) == 5 == journal.count()
    journal.close()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("登录证书", ["login"]),
        ("密码不正确", ["login"]),
        ("a.example 签名", ["sign"]),
        ("演练科技", ["GenKeyPair", "connect", "login", "sign"]),
        ("100%", ["connect"]),
        ("%", ["connect"]),
        ("' OR 1=1 --", []),
    ],
)
def test_words_find_sites_holders_operations_and_results(
    home: Path, journal: Journal, words: str, found: list[str]
) -> None:
    assert operations(home, words=words) == found
    journal.close()


def test_days_kinds_and_results_narrow_it_down(home: Path, journal: Journal) -> None:
    midnight = START + timedelta(minutes=1)
    assert operations(home, since=midnight) == ["GenKeyPair", "connect", "login"]
    assert operations(home, until=midnight) == ["sign"]
    assert operations(home, operations=("login", "sign")) == ["login", "sign"]
    assert operations(home, outcome=Outcome.DONE) == ["sign"]
    assert operations(home, outcome=Outcome.CANCELLED) == ["connect"]
    assert operations(home, outcome=Outcome.FAILED) == ["GenKeyPair", "login"]
    journal.close()


def test_what_is_deleted_is_in_no_file_any_more(home: Path, journal: Journal) -> None:
    told: list[int] = []
    stop = journal.subscribe(lambda: told.append(journal.count()))
    assert journal.delete_before(START + timedelta(minutes=3)) == 3
    assert operations(home) == ["GenKeyPair"]
    assert b"b.example" in on_disk(home)
    assert b"100%.example" not in on_disk(home)
    assert journal.delete_all() == 1
    assert told == [1, 0]
    stop()
    journal.close()
    assert b"b.example" not in on_disk(home)


def on_disk(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(home.glob(f"{FILE_NAME}*")))


def test_a_journal_from_before_holders_were_written_is_read_and_goes_on(home: Path) -> None:
    old = sqlite3.connect(home / FILE_NAME)
    old.execute(
        """CREATE TABLE journal (number INTEGER PRIMARY KEY, at TEXT NOT NULL, channel TEXT NOT NULL,
        origin TEXT NOT NULL, operation TEXT NOT NULL, token TEXT NOT NULL, certificate TEXT NOT NULL,
        digest TEXT NOT NULL, size INTEGER NOT NULL, result TEXT NOT NULL) STRICT"""
    )
    old.execute(
        "INSERT INTO journal VALUES (1, '2026-01-01T00:00:00.000+00:00', 'window', '', 'sign', '', '', '', 0, 'done')"
    )
    old.commit()
    old.close()
    journal = Journal(home)
    journal.write(entry(0))
    assert [row.holder for row in journal.recent()] == [HOLDER, ""]
    assert journal.damaged is None
    journal.close()


def test_a_journal_that_cannot_be_read_is_told(home: Path) -> None:
    (home / FILE_NAME).write_bytes(b"no database at all" * 100)
    with pytest.raises(HelperError) as told:
        read_page(home, JournalFilter())
    assert told.value.code is Code.FILE_UNREADABLE


def test_the_csv_opens_right_in_a_spreadsheet(home: Path, journal: Journal) -> None:
    evil = JournalEntry(
        moment(START), "window", "", '=HYPERLINK("x")', "@t", "12345678901234567890", "", 0, "done", "+A,\n"
    )
    data = as_csv([evil, *(row.entry for row in read_all(home, JournalFilter()))])
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 6
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [len(line) for line in lines] == [10] * 6
    assert lines[1][2:6] == ['网页功能 =HYPERLINK("x")', "'+A,\n", "12345678901234567890\t", "'@t"]
    assert lines[-1][0] == "2026-11-20 23:59:00"
    journal.close()


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


def test_every_operation_and_every_result_has_words() -> None:
    assert set(Operation) <= set(journal_words.operations())
    grouped = {operation for _, operations in journal_words.groups() for operation in operations}
    assert grouped == set(Operation)
    assert all(journal_words.result(code) != code for code in Code)
