"""The hall's SQLite database: units, accounts, messages to the practice telephone, and who logged in.

The rule "one certificate, one account, one 单位编号, both ways" is kept by the table itself (UNIQUE columns).
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hebca_helper.errors import Code, HelperError
from hebca_helper.files import set_aside
from hebca_helper.practice.hall import passwords
from hebca_helper.practice.hall.units import Unit

_SCHEMA = """
CREATE TABLE IF NOT EXISTS unit (number TEXT PRIMARY KEY, name TEXT NOT NULL, legal_person TEXT NOT NULL,
    legal_id_number TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS account (id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE COLLATE NOCASE,
    person TEXT NOT NULL, id_number TEXT NOT NULL, password TEXT NOT NULL, phone TEXT NOT NULL,
    unit TEXT UNIQUE REFERENCES unit(number), certificate_id TEXT UNIQUE, former INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, phone TEXT NOT NULL, purpose TEXT NOT NULL,
    code TEXT NOT NULL, sent_at REAL NOT NULL, wrong INTEGER NOT NULL DEFAULT 0, used INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX IF NOT EXISTS message_of_phone ON message (phone, purpose, id);
CREATE TABLE IF NOT EXISTS login (id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id),
    method TEXT NOT NULL, certificate_id TEXT NOT NULL, at REAL NOT NULL) STRICT;
"""
_ACCOUNT = (
    "SELECT account.*, unit.name AS unit_name FROM account LEFT JOIN unit ON unit.number = account.unit WHERE {} = ?"
)


@dataclass(frozen=True, slots=True)
class Account:
    """One row. `unit`, `unit_name` and `certificate_id` are None until bound."""

    id: int
    username: str
    person: str
    id_number: str
    password: str
    phone: str
    unit: str | None
    certificate_id: str | None
    former: int
    unit_name: str | None


def open_store(path: Path) -> tuple[Store, HelperError | None]:
    """The database at `path`. A damaged one is set aside and told in the second item; a new one takes its place."""
    try:
        return Store(path), None
    except sqlite3.OperationalError:
        raise  # locked or no room: nothing is wrong with the file
    except sqlite3.DatabaseError:
        aside = set_aside(path)
        for companion in ("-wal", "-shm"):
            path.with_name(path.name + companion).unlink(missing_ok=True)
        return Store(path), HelperError(Code.FILE_UNREADABLE, f"{path.name}; {aside.name}")


class Store:
    """One connection, used on one thread."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        try:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA foreign_keys = ON")
            self._database.executescript(_SCHEMA)
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        self._database.close()

    def run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return self._database.execute(sql, values)

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self.run(sql, *values).fetchone()
        return found

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def seed(self, units: Iterable[Unit]) -> None:
        """Add the units this database does not know yet, with their accounts of the former system."""
        with self.transaction():
            for unit in units:
                if self.row("SELECT 1 FROM unit WHERE number = ?", unit.number) is None:
                    self._add(unit)

    def _add(self, unit: Unit) -> None:
        self.run(
            "INSERT INTO unit VALUES (?, ?, ?, ?)", unit.number, unit.name, unit.legal_person, unit.legal_id_number
        )
        if unit.old_username:
            self.run(
                "INSERT INTO account (username, person, id_number, password, phone, unit, former) "
                "VALUES (?, ?, ?, ?, '', ?, 1)",
                unit.old_username,
                unit.legal_person,
                unit.legal_id_number,
                passwords.digest(unit.old_password),
                unit.number,
            )

    def account(self, number: int | None) -> Account | None:
        return self._account("account.id", number)

    def account_named(self, username: str) -> Account | None:
        return self._account("account.username", username)

    def account_of_certificate(self, unique_id: str) -> Account | None:
        return self._account("account.certificate_id", unique_id)

    def _account(self, column: str, value: object) -> Account | None:
        row = self.row(_ACCOUNT.format(column), value)
        return Account(**dict(row)) if row else None
