"""Where people and papers are kept: tables of the hall's database."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime

from hebca_helper.pki.moments import beijing
from hebca_helper.practice.hall.materials.model import Insured, Paper, PaperKind, PaperState
from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.hall.store import Store
from hebca_helper.texts import tr

MOST_PEOPLE = 400
MOST_PAPERS = 200
_LARGEST_NUMBER = 2**63 - 1
"""Of SQLite; a page may ask for any."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS insured (id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id),
    name TEXT NOT NULL, id_number TEXT NOT NULL, wage INTEGER NOT NULL, flexible INTEGER NOT NULL,
    added_at REAL NOT NULL, UNIQUE (account, id_number)) STRICT;
CREATE TABLE IF NOT EXISTS paper (id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id),
    person INTEGER REFERENCES insured(id), kind TEXT NOT NULL, serial TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    state TEXT NOT NULL, made BLOB NOT NULL, stamped BLOB NOT NULL DEFAULT x'', uploaded_at REAL) STRICT;
CREATE TABLE IF NOT EXISTS piece (paper INTEGER NOT NULL REFERENCES paper(id), digest TEXT NOT NULL,
    place INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (paper, digest, place)) STRICT;
"""
_PAPER = ", ".join(field.name for field in fields(Paper))
_INSURED = ", ".join(field.name for field in fields(Insured))


class Shelf:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        for statement in _SCHEMA.split(";")[:-1]:
            store.run(statement)

    # People

    def add(self, account: int, name: str, id_number: str, wage: int, *, flexible: bool) -> None:
        """HallError where the person is reported already, or too many are."""
        if len(self.people(account, flexible=flexible)) >= MOST_PEOPLE:
            raise HallError(Reason.OUT_OF_ORDER, tr("演练人员太多，请先清空演练数据"))
        try:
            self._store.run(
                "INSERT INTO insured (account, name, id_number, wage, flexible, added_at) VALUES (?, ?, ?, ?, ?, ?)",
                account,
                name,
                id_number,
                wage,
                int(flexible),
                self._clock().timestamp(),
            )
        except sqlite3.IntegrityError:
            raise HallError(Reason.FIELD_WRONG, tr("这个身份证号码已经录入"), field="id_number") from None

    def people(self, account: int, *, flexible: bool) -> list[Insured]:
        found = self._store.run(
            f"SELECT {_INSURED} FROM insured WHERE account = ? AND flexible = ? ORDER BY id",  # noqa: S608 own names
            account,
            int(flexible),
        )
        return [_insured(row) for row in found]

    def person(self, account: int, number: int) -> Insured:
        row = self._row_of("insured", _INSURED, account, number)
        if row is None:
            raise HallError(Reason.BAD_REQUEST, tr("没有找到这位人员，请刷新页面"))
        return _insured(row)

    # Papers

    def issue(self, account: int, kind: PaperKind, title: str, person: int | None, made: bytes, serial: str) -> Paper:
        """A new paper. One of this kind (about this person) that nobody has uploaded yet gives way to it."""
        with self._store.transaction():
            for old in self.papers(account):
                if (old.kind, old.person, old.state) == (kind, person, PaperState.MADE):
                    self._forget(old.id)
            if len(self.papers(account)) >= MOST_PAPERS:
                raise HallError(Reason.OUT_OF_ORDER, tr("演练材料太多，请先清空演练数据"))
            self._store.run(
                "INSERT INTO paper (account, person, kind, serial, title, state, made) VALUES (?, ?, ?, ?, ?, ?, ?)",
                account,
                person,
                kind,
                serial,
                title,
                PaperState.MADE,
                made,
            )
        return next(paper for paper in self.papers(account) if paper.serial == serial)

    def papers(self, account: int) -> list[Paper]:
        found = self._store.run(f"SELECT {_PAPER} FROM paper WHERE account = ? ORDER BY id", account)  # noqa: S608
        return [_paper(row) for row in found]

    def paper(self, account: int, number: int) -> Paper:
        """HallError for one of somebody else, too: what others file is nobody's business."""
        row = self._row_of("paper", _PAPER, account, number)
        if row is None:
            raise HallError(Reason.BAD_REQUEST, tr("没有找到这份材料，请刷新页面"))
        return _paper(row)

    def mark(self, paper: Paper, state: PaperState, stamped: bytes = b"") -> None:
        """Only a paper that waits changes: of two requests with the same one, the first counts."""
        with self._store.transaction():
            self._store.run(
                "UPDATE paper SET state = ?, stamped = ?, uploaded_at = ? WHERE id = ? AND state = ?",
                state,
                stamped,
                self._clock().timestamp(),
                paper.id,
                PaperState.MADE,
            )
            self._store.run("DELETE FROM piece WHERE paper = ?", paper.id)

    def clear(self, account: int) -> None:
        """清空演练数据: all people and papers of this account."""
        with self._store.transaction():
            for paper in self.papers(account):
                self._forget(paper.id)
            self._store.run("DELETE FROM insured WHERE account = ?", account)

    # Pieces of an upload

    def received(self, paper: Paper, digest: str) -> int:
        """How many pieces of this very file are here; of another file none are."""
        row = self._store.row("SELECT count(*) AS many FROM piece WHERE paper = ? AND digest = ?", paper.id, digest)
        return int(row["many"]) if row else 0

    def keep_piece(self, paper: Paper, digest: str, place: int, content: bytes) -> None:
        with self._store.transaction():
            self._store.run("DELETE FROM piece WHERE paper = ? AND digest <> ?", paper.id, digest)
            self._store.run("INSERT INTO piece VALUES (?, ?, ?, ?)", paper.id, digest, place, content)

    def drop_pieces(self, paper: Paper) -> None:
        """An upload that came to nothing begins anew."""
        self._store.run("DELETE FROM piece WHERE paper = ?", paper.id)

    def joined(self, paper: Paper, digest: str) -> bytes:
        found = self._store.run(
            "SELECT content FROM piece WHERE paper = ? AND digest = ? ORDER BY place", paper.id, digest
        )
        return b"".join(row["content"] for row in found)

    def _row_of(self, table: str, columns: str, account: int, number: int) -> sqlite3.Row | None:
        if number > _LARGEST_NUMBER:
            return None
        return self._store.row(f"SELECT {columns} FROM {table} WHERE account = ? AND id = ?", account, number)  # noqa: S608

    def _forget(self, paper: int) -> None:
        self._store.run("DELETE FROM piece WHERE paper = ?", paper)
        self._store.run("DELETE FROM paper WHERE id = ?", paper)


def new_serial(now: datetime) -> str:
    """流水号: the moment (Beijing time, as printed beside it) and six random digits."""
    return f"{beijing(now):%Y%m%d%H%M%S}{secrets.randbelow(10**6):06}"


def _insured(row: sqlite3.Row) -> Insured:
    values = dict(row)
    return Insured(**{**values, "flexible": bool(values["flexible"])})


def _paper(row: sqlite3.Row) -> Paper:
    values = dict(row)
    return Paper(**{**values, "kind": PaperKind(values["kind"]), "state": PaperState(values["state"])})
